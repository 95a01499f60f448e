//! Codes of the state part.

crate::codes! {
    DAMAGED = "E0601", "the state file is damaged",
        "The file is not a state, or only a part of one. smd writes states in one step, so a torn file comes from elsewhere: a merge, an editor, a copy that broke. Move it away, then put an earlier one back with `smd state restore`, or restore the file from a backup. Nothing was changed.";
    NEWER = "E0602", "the state was written by a newer smd",
        "A newer format may hold what this smd does not understand, so it is not touched. Use the smd that wrote it, or a newer one.";
    OTHER_STACK = "E0603", "the state belongs to another stack",
        "The state file names another stack than the configuration. Applying one stack on another's state would delete everything the other made. Give each stack a state of its own.";
    UNREADABLE = "E0604", "the state file cannot be read",
        "The file is there but the operating system refuses it to this user.";
    UNWRITABLE = "E0605", "the state cannot be written",
        "smd makes sure that it can record what it makes before it makes anything. Make the folder writable or free some space.";
    LOCKED = "E0606", "another run is at work on this state",
        "Only one run may write a state. In files the lock is one of the operating system and goes with the process that holds it. In S3 it is a lease that its run renews: when the run has died it ends within half a minute by the store's clock, and the next run takes it over. There is nothing to clean up after a crash. `smd lock show` tells who holds it.";
    MOVED = "E0607", "the state was changed by someone else meanwhile",
        "Each write of a state carries the next serial number. The stored one has moved on since this run read it. Run the plan again.";
    STORE_UNUSABLE = "E0608", "the bucket of the state cannot be used",
        "The stack keeps its state in an S3 bucket, which did not answer or refused. It must exist, in the region that the `state s3` block names, and the credentials of the environment must be allowed s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket on it. AWS_ENDPOINT_URL_S3 names another store of S3's kind.";
    JOURNAL_DAMAGED = "E0609", "the journal is damaged",
        "A run writes down every call in its journal before the call is sent. What a crash tears off at its end does no harm; this journal is damaged before that, so something else than smd changed it. Restore it from a copy. Without one, move it away and run `smd state rebuild`: it finds what the run made by the marks it carries.";
    JOURNAL_FOREIGN = "E0610", "the journal continues another state",
        "A run was broken off, and since then another state was put in the place of the one that its journal continues. Put that state back, so that what the run did can be settled.";
    JOURNAL_UNWRITABLE = "E0611", "the journal cannot be written",
        "No call that may change something is sent before it is written down. The journal could not be written, so the run stopped starting work. What was done is recorded or is looked up by the next run.";
    UNSETTLED = "E0612", "an earlier run left work open",
        "A run was broken off. The next command that asks AWS (plan, apply, destroy) finds out how its work ended and records it; until then what is recorded cannot be changed by hand.";
    STORE_UNSAFE = "E0620", "the state's store does not protect it from two runs at once",
        "smd keeps two runs apart by conditional writes (`If-None-Match`, `If-Match`) and by the time in the store's answers. Before the first state is written it tries both. Some stores of S3's kind take the headers and ignore them: two runs would overwrite each other there, so smd does not use them.";
    LEASE_LOST = "E0621", "the lock was lost",
        "A run on a state in S3 renews its lock every ten seconds. This one could not for twenty, or another run took the lock over after it had run out. Nothing new is begun then, and nothing is written under a lock that has run out. What was done is in the journal: the next run takes it in.";
    NOT_LOCKED = "E0622", "the lock is not held so",
        "`smd lock break --run RUN` takes the lock from the run that is named, so that a lock which was given back or taken over meanwhile is not broken by mistake. `smd lock show` names the run that holds it.";
    LOCK_OF_PROCESS = "E0623", "a lock of the operating system cannot be taken away",
        "The lock of a state in files belongs to a process and goes with it. There is nothing to break: end the process, or wait for it.";
    KEY_MISSING = "E0640", "the record is encrypted and its key was not given",
        "State, journal or plan file are encrypted on this machine before they are stored. Give the passphrase in SMD_PASSPHRASE (or the file that holds it in SMD_PASSPHRASE_FILE), or name the KMS key in SMD_KMS_KEY. Nothing was changed, and nothing is ever written in clear over it.";
    KEY_WRONG = "E0641", "the key does not open the record",
        "State, journal or plan file are encrypted with another passphrase or another KMS key than the one given, or the line that says with which was changed. To change the key, give the new one as usual and the old one in SMD_OLD_PASSPHRASE, SMD_OLD_PASSPHRASE_FILE or SMD_OLD_KMS_KEY: the next write uses the new one. Without its key nobody can read the record again; `smd state rebuild` makes a new one from the marks that resources carry.";
    KEY_UNUSABLE = "E0642", "the key that the environment names cannot be used",
        "SMD_PASSPHRASE is empty, the file that SMD_PASSPHRASE_FILE names cannot be read or is empty, more than one key is named, or only the one that was used before. An empty passphrase is refused, so that a secret which is missing by mistake does not leave the record in clear. Unset the variable to work without encryption.";
    KMS = "E0643", "the KMS key cannot be used",
        "SMD_KMS_KEY names an AWS KMS key, by its ARN, its id or `alias/…`. smd asks it for a data key before it writes (kms:GenerateDataKey) and to open one before it reads (kms:Decrypt), with the credentials of the environment and the stack's name as encryption context `smd:stack`. KMS refused or could not be reached. Nothing was changed.";
    NOT_LOST = "E0651", "the state is not lost",
        "`smd state rebuild` makes a lost state anew from the files and the marks on what this stack made. Beside a state or a journal that is there it would forget what only these know, such as things that no file names any more. Move them away first, if they are of no use.";
    NO_VERSION = "E0652", "that version of the state is not kept",
        "Each write of a state keeps the one it replaces, and the newest of them stay. `smd state history` lists them.";
    INTERNAL = "E0699", "a part of smd broke its own rule",
        "This is a defect of smd, not of your files. Please report it with the command and the message.";
}
