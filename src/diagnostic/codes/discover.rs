//! Codes of discovery.

crate::codes! {
    NO_DOMAIN = "E1101", "a domain that cannot be discovered",
        "`smd import --discover` begins with domains: those that are named, or the one that the account has in the region. The one that was named is not there, in the account and region that were asked, or is broken. Nothing was written.";
    SEVERAL_DOMAINS = "E1102", "it is not clear which domain is meant",
        "The account has several domains in the region. Name those that are meant, or give `--all`. Nothing was written.";
    NOTHING_FOUND = "E1103", "nothing to discover",
        "There is no domain in the account and region, and with `--all` nothing else either that smd can declare. Check the account and the region: `--account`, `--region`, `--assume-role`.";
    NOT_EMPTY = "E1104", "a folder with a configuration",
        "`smd import --discover` writes a configuration of its own and replaces nothing, so the folder may hold no `.smd` file and none of the files that it would write. Name another folder.";
    OTHER_STACK = "E1105", "things of another stack",
        "What was found carries the marks of another stack: its state has it. Forget it there first (`removed { from = …, destroy = false }`), or, where that state is lost, give `--take-over`, or `--stack` with the stack's own name. Two states that hold one thing undo each other's work. Nothing was written.";
    WOULD_CHANGE = "E1106", "the written files would change something",
        "What was written is held against what is there before anything is recorded, and the two differ in more than tags. The files stay for you to look at, with an `import` for each thing in `imports.smd`; nothing was recorded and nothing in AWS was changed. Please report it: smd should have written it so that it fits.";
    NO_REGION = "E1107", "no region",
        "Neither `--region` nor the environment (AWS_REGION, the profile) names the region to look in.";
    WRONG_ROLE = "E1108", "not the ARN of a role",
        "`--assume-role` takes the ARN of a role, `arn:aws:iam::111122223333:role/NAME`, in the account that it leads into; one for each account.";
}
