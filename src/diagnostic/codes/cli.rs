//! Codes of the cli part.

crate::codes! {
    INTERNAL = "E0999", "a part of smd broke its own rule",
        "This is a defect of smd, not of your files. Nothing was changed. Please report it with the command and the message.";
}
