//! Codes of the config part.

crate::codes! {
    DIRECTORY = "E0201", "the directory cannot be read",
        "The configuration's directory is missing, is not a directory or may not be read. Name another one on the command line, or change its permissions.";
    NO_FILES = "E0202", "no `.smd` file in the directory",
        "A configuration is all `.smd` files of one directory; those of folders below it are not read. Nothing was planned: an empty configuration would mean deleting everything.";
    FILE_UNREADABLE = "E0203", "a file cannot be read",
        "The file is there but reading it failed. The message says what the system answered; mostly its permissions are to be changed.";
    FILE_ENCODING = "E0204", "a file is not UTF-8",
        "Files of the language are UTF-8. Save the file as UTF-8 in your editor; the position is that of the first byte that does not fit.";
    LATER = "E0205", "comes with a later version",
        "This statement is part of the language, but this version of smd does not evaluate it. Take it out, or use a version that does.";
    UNKNOWN_KIND = "E0206", "unknown kind of resource",
        "A block starts with `stack`, `account` or the word of a kind, such as `vpc` or `security_group`.";
    DUPLICATE = "E0207", "a name is declared twice",
        "Each resource, account, input, let and output has a name of its own within its kind. Rename one of the two, or take it out.";
    DUPLICATE_ATTRIBUTE = "E0208", "an attribute is written twice",
        "An attribute may stand once in a block, under its name or one of its aliases. Take one of the two out.";
    UNKNOWN_ATTRIBUTE = "E0209", "unknown attribute or block",
        "The kind has no attribute or block of this name. The reference lists what each kind takes.";
    COMPUTED_ATTRIBUTE = "E0210", "the attribute cannot be written",
        "AWS gives this attribute; it can be referred to but not set.";
    MISSING_ATTRIBUTE = "E0211", "a required attribute is missing",
        "AWS cannot make the thing without this attribute, and smd makes none up.";
    BLOCK_FORM = "E0212", "written in the wrong form",
        "Some things are written as `name = value`, some as a block, some as a block with a label. The message says which form is taken.";
    WRONG_TYPE = "E0213", "a value of the wrong type",
        "The value does not fit the field or parameter. Numbers and bools are taken as text and text as number or bool where that is safe; nothing else is converted silently.";
    BAD_CIDR = "E0214", "not a network in CIDR form",
        "A network is written as an address and a prefix length, such as `10.0.0.0/16`.";
    HOST_BITS = "E0215", "a network with host bits",
        "In `10.0.1.5/16` the bits behind the prefix are not zero. AWS clears them silently, so that what is there is not what the file says; smd asks for the network itself.";
    BAD_VALUE = "E0216", "a value outside what AWS takes",
        "The value is of the right type but AWS refuses it: an unknown word, a length, a pattern, a range or a count that does not fit.";
    UNKNOWN_NAME = "E0217", "a reference to something that is not declared",
        "A name stands for a `for` variable, a `let`, or a kind of resource; `input.x`, `let.x` and `account.x` for what is declared under that word. Nothing of this name is declared in the directory.";
    LEFT_OUT = "E0218", "a reference to something left out",
        "The resource or part is declared, but its `when` is false. Use `try(reference, other)` where that may happen.";
    NEEDS_KEY = "E0219", "a reference that needs a key",
        "What has `for_each` stands for a map. Name one of its instances, as in `domain.team[\"finance\"]`, or go through all of them with `for`, `values(...)` or `[*]`.";
    UNKNOWN_KEY = "E0220", "no such key or index",
        "The map, list or `for_each` has no such key or index.";
    CYCLE = "E0221", "values that need each other",
        "To know the first value smd must know the second, and so on back to the first. Break one of the edges that the message lists, for example by writing a value twice instead of referring to it.";
    OPERATION = "E0222", "an operation that cannot be done",
        "The operator does not work on these values: text where a number is needed, a division by zero, a number too large.";
    UNKNOWN_FUNCTION = "E0223", "unknown function",
        "There is no function of this name. The reference lists all of them.";
    ARGUMENTS = "E0224", "wrong number of arguments",
        "The function takes fewer or more arguments than were written. The message shows how it is called.";
    FUNCTION = "E0225", "a function cannot give a result",
        "The arguments are of the right types, but there is no result for these values. The message says why.";
    FOR_EACH = "E0226", "`for_each` or `when` cannot be used so",
        "`for_each` takes a map, a set or a list of distinct strings and `when` a bool. How many resources there are must be known when planning: keys and `when` may not wait for an apply, and may not be sensitive as they stand in addresses.";
    SENSITIVE = "E0227", "a sensitive value where it would show",
        "Keys, names and tags stand in plans, states and AWS's consoles in clear, so sensitive values are refused there; an output that holds one must say `sensitive = true`.";
    UNKNOWN_INPUT = "E0228", "a value for an input that is not declared",
        "A `--var` or a file of values names an input that no `input` statement declares.";
    MISSING_INPUT = "E0229", "an input without a value",
        "The input has no default and no value was given. Give one with `--var name=value`, `--var-file FILE` or the environment variable `SMD_VAR_name`.";
    INPUT_INVALID = "E0230", "an input's value is refused",
        "The value does not meet a `validate` block of the input, or its type.";
    INPUT_FILE = "E0231", "a file of values cannot be read",
        "A file given with `--var-file` holds lines `name = value` in the language's own form, or, if its name ends in `.json`, one JSON object.";
    UNKNOWN_TYPE = "E0232", "unknown type",
        "Types are `string`, `number`, `bool`, `any`, `list(T)`, `set(T)`, `map(T)`, `object({ … })`, `account`, the words of kinds, and the field types `cidr`, `ports`, `arn`, `account_id`, `az`, `duration`, `protocol` and `iam_document`.";
    PLACEMENT = "E0233", "the account or region cannot be told",
        "A resource stands where `account` and `region` say, else where the resource it belongs to stands, else in the account with `default = true`, else in the only account. What it says itself may not contradict the resource it belongs to.";
    STATIC = "E0234", "only literals and inputs are taken here",
        "`state` and `account` blocks are read before anything else, so they may use literals and inputs but no resources, lets or other accounts.";
    ACCOUNT = "E0235", "an account that cannot be used",
        "Account ids have twelve digits, and at most one account is the default.";
    PART_KEY = "E0236", "a list item that names no part",
        "Each item of the list is a part with an address of its own, so what it names must be known when planning, and no two may name the same.";
    LIFECYCLE = "E0237", "a `lifecycle` block that says nothing smd knows",
        "`lifecycle` takes `protect`, `ignore_changes` and `create_before_destroy`; the paths of `ignore_changes` are attributes of the kind.";
    DOCUMENT = "E0238", "not an IAM policy document",
        "A document is an object in IAM's JSON shape, a JSON text, a list of documents to join, or `statement SID { … }` blocks with effect, principals, actions, resources and conditions.";
    FILE_FUNCTION = "E0239", "a file outside the configuration, or too large",
        "`file` and `template` read files below the directory of the configuration, or of the module that they stand in, only: no absolute path, no `..`, no link that leads out of it. What is read is part of the plan's digest.";
    TOO_LARGE = "E0240", "values grow beyond what the files can account for",
        "The values made by the files are far larger than the files, or nested too deeply. This is refused so that a small file cannot use up the machine's memory or time. Look for a `let` that doubles another one, or a `range` that is too long.";
    OUTPUT = "E0241", "an output that cannot be written so",
        "An output is `output name = value`, or a block with `value`, `description` and `sensitive`.";
    STACK = "E0242", "a `stack` block that cannot be used",
        "There is one `stack` block at most. It takes `state local { path }` or `state s3 { bucket, key, region }`, `default_tags`, and `rules`: how much warnings about resources weigh, as `rules = { W0339 = \"off\" }` with `off`, `warn` or `error`.";
    INPUT = "E0243", "an input that is declared wrongly",
        "An input takes `default`, `sensitive`, `description` and `validate { condition, message }` blocks.";
    MODULE_PATH = "E0250", "a module that cannot be read",
        "A module is a directory of `.smd` files below the configuration's own: its path is a text, relative to the files of the call, and leads out of the configuration neither by `..` nor by a link.";
    MODULE_CYCLE = "E0251", "modules that call each other in a circle",
        "A module that is there again in itself would never end. Take one of the calls out that the message lists.";
    MODULE = "E0252", "a module that cannot be used so",
        "A call is `module NAME from \"./path\" { … }` with a value for each input of the module, and `for_each`, `when`, `account`, `region` and `depends_on`, whose words no input of a module may have. A module has inputs and outputs, resources, lets, modules and expectations of its own; `stack` and `account` stand in the configuration's own files.";
    EXPECT = "E0253", "an expectation that is written wrongly",
        "An expectation is `expect \"sentence\" { condition = …, message = … }`: the condition is a bool, the message says what to do where it is not true, and may be left out. Each sentence stands once.";
    EXISTING = "E0254", "an `existing` block that is written wrongly",
        "`existing KIND NAME { … }` takes `id`, or `name` and `tags`, and beside them `all`, `optional`, `account` and `region`. They must be known when planning: what is looked for is found before anything is planned.";
    EXISTING_NONE = "E0255", "what should be there is not",
        "An `existing` block found nothing. The notes say what was looked for and where. Correct it, make the thing first, or write `optional = true`, which gives `null` then.";
    EXISTING_SEVERAL = "E0256", "several things are there where one is meant",
        "An `existing` block found more than one thing. Name one by its `id`, say more in `tags`, or take all of them with `all = true`, which gives a map by id.";
    EXISTING_OWN = "E0257", "what is sought is the configuration's own",
        "An `existing` block found a thing that this very configuration makes. Refer to the resource itself: the thing then waits for it, and for its changes.";
    EXISTING_STACK = "E0258", "an `existing stack` block that is written wrongly",
        "`existing stack NAME { … }` reads the outputs of another stack from its state. It takes `name`, where that stack calls itself otherwise, and a `state local { path = … }` or `state s3 { bucket = …, key = …, region = … }` as the stack's own files have it; without one the state is `.smd/NAME.state.json`.";
    EXISTING_STACK_NONE = "E0259", "nothing is recorded of another stack",
        "An `existing stack` block reads the state of another stack, and there is none where it looked. Apply that stack first, or correct its `state` block. With the sandbox the states of all stacks are in the sandbox.";
    EXISTING_STACK_OUTPUT = "E0268", "another stack has no such output",
        "The state of another stack that an `existing stack` block reads has no output of this name. Its outputs are recorded by `smd apply` of that stack; sensitive ones are never written to a state, so that no other stack can read them.";
    MOVED = "E0260", "a `moved` that cannot be",
        "`moved { from = a, to = b }` says that what is recorded as `a` is `b` now, with all that is in it; in AWS nothing happens but that its tag `smd:address` follows. Both are addresses of one kind, `a` is declared no more, and moves do not lead in a circle. A part stays in its resource. Once every state has followed, the statement may go.";
    REMOVED = "E0261", "a `removed` that cannot be",
        "`removed { from = a, destroy = false }` forgets what is recorded as `a` and is in no file any more: the thing stays, and smd's marks are taken off it. `removed { from = a, protect = false }` lifts the protection that it was recorded with, so that it can be deleted. `a` must not be declared any more.";
    IMPORT = "E0262", "an `import` that cannot be",
        "`import vpc.main from \"vpc-0abc\"` records what lives in AWS as this resource or part. The address is declared in the files, and the id is a text that is known when planning; its page in docs/reference/kinds says how it is written. Nothing is changed but smd's tags; where the declaration differs, the same plan shows the update.";
    TIMEOUTS = "E0263", "a `timeouts` block that says nothing smd knows",
        "`timeouts { create = \"45m\", update = \"30m\", delete = \"1h\" }` in a resource says how long smd waits at most for work on it and on its parts; without it each kind has its own limits. Durations are numbers with `ms`, `s`, `m`, `h` or `d`, known when planning. What a run stopped waiting for is gone on with by the next one.";
    INTERNAL = "E0299", "a part of smd broke its own rule",
        "This is a defect of smd, not of your files. Nothing was changed. Please report it with the command and the message.";
}
