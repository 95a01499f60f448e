//! Codes of the plan part.

crate::codes! {
    PROTECTED = "E0501", "a protected thing would be deleted or replaced",
        "`lifecycle { protect = true }` keeps a thing from being deleted or replaced, whatever the cause: its block or key has gone, `when` leaves it out, a change forces a replacement, or `smd destroy` was run. The mark is kept in the state, so taking the block out does not lift it. Write `lifecycle { protect = false }` and apply to lift it.";
    NO_CONSENT = "E0502", "data would be lost",
        "The plan deletes something that holds data which smd cannot bring back, such as the home file system of a domain. That needs consent which names the thing: give `--consent ADDRESS` to `plan` (it is kept in the plan file) or to `apply`.";
    UNKNOWN_TARGET = "E0503", "a target names nothing",
        "`--target` and `--exclude` take the address of a resource or part as plans show it, or an address without its key for all instances. The address is neither in the configuration nor in the state.";
    CREATE_FIRST = "E0504", "a replacement cannot be made first",
        "`create_before_destroy` is written, but the new thing cannot stand beside the old one: AWS allows only one of its name, or only one at all. Give it another name, or take `create_before_destroy` out.";
    DAMAGED_FILE = "E0505", "a plan file is damaged",
        "The file is not as smd wrote it: it was cut, edited or is something else. Nothing was changed. Make the plan again.";
    FOREIGN_FORMAT = "E0506", "a plan file is of another format",
        "The file was written by an smd with another plan format. Make the plan again with this smd.";
    STALE = "E0507", "a plan is stale",
        "A plan is good only for the configuration, inputs and state it was made from, and it is used once. Something has moved since; the notes say what. Make the plan again and look at it again.";
    OTHER_STACK = "E0508", "the state belongs to another stack",
        "Every state carries the name of its stack. Planning against the state of another stack would delete what that stack owns. Check the name in the `stack` block and where its `state` is.";
    UNUSED_CONSENT = "W0509", "a consent is for nothing in the plan",
        "`--consent` names a thing that the plan neither deletes nor replaces, or that loses no data. It has no effect.";
    UNKNOWN_KIND = "E0510", "a recorded thing is of a kind this smd does not know",
        "The state holds a thing whose kind is unknown to this smd; a newer one wrote it. Use that version.";
    TOO_DEEP = "E0511", "a plan is nested too deeply for a file",
        "A value that is known only after apply is kept in the plan as the expression that gives it, and this one is nested deeper than a plan file can hold. Split the expression with `let`.";
    FOREIGN = "N0512", "something is there that this stack does not own",
        "A rule of a security group, a route of a route table or a policy of a role that this stack owns was put there by somebody else: by hand, by another stack, or by another program. smd owns what is written and recorded, part by part, and leaves the rest alone: it is not removed, and it is no reason for a change. If it should be this stack's, write it as a part of the resource and `import` it by its id. If nothing foreign shall stay in a group or route table, write `exclusive = true` in it: then each is planned as a deletion.";
    EXPECTATION = "E0540", "an expectation is not met",
        "An `expect \"sentence\" { … }` of the files is not true of what the plan would make, so that the plan stops (exit code 3). The message says which values the condition was given. Change the configuration, or the expectation if it no longer says what you want.";
    ALSO_EXCLUDED = "N0521", "more is left out than was named",
        "`--exclude` leaves out what it names, with its parts. What needs a thing that is not made or changed now cannot be made or changed either, and what is needed by a thing that stays cannot be deleted: that is left out too, and named.";
    CANNOT_REPLACE = "E0522", "there is nothing to replace",
        "`--replace ADDRESS` deletes a resource or part and makes it anew, though nothing else asks for it. It takes the address of what is in the files and stands, or an address without its key for all instances. Protection and consent to loss of data go for it as for any other replacement.";
    MOVED_TO_TAKEN = "E0520", "two things would have one address",
        "`moved { from = a, to = b }` gives what is recorded as `a` the address `b`, and something is recorded as `b` already, or moves there too. Both stand in AWS, and one address cannot mean both. Take the `moved` out, or forget one of them with `smd state rm`.";
    INTERNAL = "E0599", "a part of smd broke its own rule",
        "This is a defect of smd, not of your files. Nothing was changed. Please report it with the command and the message.";
}
