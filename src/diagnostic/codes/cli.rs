//! Codes of the cli part.

crate::codes! {
    NOT_A_TERMINAL = "E0901", "nobody can be asked",
        "`smd apply` and `smd destroy` show the plan and ask before they change anything. Standard input is no terminal, or the output is JSON for a program, so nobody can answer. Give `--auto-approve` (`-y`), or keep the plan with `smd plan -o FILE` and run `smd apply FILE`.";
    WRONG_ACCOUNT = "E0902", "the credentials are of another account",
        "The configuration names the account a resource goes to, and STS says that the credentials are of another one. Nothing was changed. Use the right profile, give the account an `assume_role` or `profile`, or correct its `id`.";
    FILE_UNREADABLE = "E0903", "a file cannot be read",
        "The file or folder named on the command line is not there or cannot be read by this user, or its text is not UTF-8.";
    FILE_UNWRITABLE = "E0904", "a file cannot be written",
        "The disk or the permissions refuse to write the file. Nothing else was changed.";
    NO_SUCH_OUTPUT = "E0905", "there is no such output",
        "The record of the last apply holds no output of this name. Outputs are recorded by `smd apply`; sensitive ones are not kept.";
    NO_SUCH_ADDRESS = "E0906", "nothing is recorded at this address",
        "The address is not in the record of this stack. `smd state list` lists all addresses that are.";
    NOTHING_RECORDED = "E0907", "nothing is recorded yet",
        "This stack has no record: it was never applied, or it was applied elsewhere (in the sandbox, or with another `state` block).";
    NO_SUCH_CODE = "E0908", "there is no such code",
        "Codes are a letter and four digits, as in `error[E0201]`. `smd explain` without a code lists them all.";
    NOT_A_DIRECTORY = "E0909", "a folder is needed",
        "The command works on the folder of the `.smd` files, and what was given is not a folder.";
    RUNTIME = "E0910", "the system refuses what smd needs to run",
        "Threads, signals or random numbers could not be had from the operating system. Nothing was changed.";
    NOT_FORMATTED = "E0911", "a file is not formatted",
        "`smd fmt --check` found files whose text is not what `smd fmt` would write. Run `smd fmt`.";
    TARGET_OF_PLAN = "E0912", "a plan file is applied as it is",
        "A plan file holds what is to be done. What decides it (`--target`, `--refresh`) is given to `smd plan`; `--consent` may be given to both.";
    UNSAVED = "E0913", "the record could not be saved",
        "What was done is recorded in memory, but the state could not be written. To lose nothing, smd wrote it to another file. Put that file in the place of the state, once the cause is gone.";
    USAGE = "E0914", "the command line is wrong",
        "A flag, an argument or a value is not one that the command takes. `smd --help` lists the commands, `smd COMMAND --help` what each takes.";
    NOT_A_PLAN_FILE = "E0915", "the plan's file would replace something else",
        "`smd plan -o FILE` writes a new file, or one in the place of an older plan. What FILE names is there and is no plan file, so it is left as it is. Name another file, or move this one away.";
    NOT_APPLIED = "E0916", "something that is known only after an apply",
        "The command looks at what the files say, and part of that is an id or ARN that AWS gives. Apply first; then it is on record.";
    SHARE_DOES_NOT_HOLD = "E0917", "something shared does not work for its consumer",
        "`smd share verify` describes and lists each shared pipeline with the consumer's credentials, and asks IAM whether the consumer's own policies allow what the share allows. The note says what AWS answered. An invitation may not be accepted yet (`smd apply` accepts it for a declared account), or the consumer's role lacks the action.";
    CANNOT_MOVE = "E0930", "an address that cannot be given",
        "`smd state mv FROM TO` gives what is recorded at FROM, with its parts, the address TO. Both are addresses of one kind, a part stays in its resource, and nothing is recorded at TO yet.";
    INTERNAL = "E0999", "a part of smd broke its own rule",
        "This is a defect of smd, not of your files. Nothing was changed. Please report it with the command and the message.";
}
