//! Codes of the aws part.

crate::codes! {
    CALL_FAILED = "E0701", "an AWS call failed",
        "AWS refused a call or did not answer. The message names the operation, AWS's own code and text. What had been done before is recorded; run the command again once the cause is gone.";
}
