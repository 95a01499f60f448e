//! Codes of the sandbox part.

crate::codes! {
    DIRECTORY = "E1001", "the sandbox's directory cannot be used",
        "The sandbox keeps its accounts in a directory and could not read or write there. What it had answered before is on disk; check that the directory exists, is yours and has room, then run the command again.";
    IN_USE = "E1002", "another process uses the sandbox's directory",
        "Only one process at a time may change a sandbox. Wait for the other one (often `smd sandbox serve`) to end, or give this one a directory of its own with `--sandbox=DIR`.";
    DAMAGED = "E1003", "a file of the sandbox is damaged",
        "A file in the sandbox's directory is not what the sandbox wrote. Restore it from a copy, or start afresh with `smd sandbox reset`. The sandbox leaves the file as it is.";
    NEWER = "E1004", "the sandbox was written by a newer smd",
        "The sandbox's files have a format this smd does not know. Use the newer smd, or another directory.";
    NOT_LOOPBACK = "E1005", "the sandbox listens on loopback addresses only",
        "The sandbox takes any key for a key of its accounts, so it must not be reachable from other machines. Use `127.0.0.1` or `::1`.";
    LISTEN = "E1006", "the sandbox cannot listen there",
        "The address is in use or not permitted. Choose another port, or `--port 0` for any free one.";
    NOT_A_SANDBOX = "E1007", "the folder is not a sandbox's",
        "`smd sandbox reset` takes away the files that a sandbox keeps, and the folder holds none, or files of the same names that no sandbox wrote. Nothing was deleted. Name the sandbox's own folder with `--dir DIR`. Where the files are a sandbox's that are damaged beyond recognition, delete `world.json` and `world.log` by hand.";
    SEED = "E1008", "what the sandbox is to be seeded with is wrong",
        "`smd sandbox seed FILE` puts into the sandbox what was in the accounts before smd came. The file is JSON: `buckets` is a list of `{ account, region, name }`, `things` is a list of `{ account, region, kind, name, created }` with the kinds of `tag_backfill` (`experiment`, `training_job` …); `count` makes many of one entry, numbered where the name has `{n}`, and `maker` is the ARN of the user profile that made them. Put the file right and seed again: what is there already stays as it is.";
    INTERNAL = "E1099", "a part of smd broke its own rule",
        "This is a defect of smd, not of your files. Nothing was changed. Please report it with the command and the message.";
}
