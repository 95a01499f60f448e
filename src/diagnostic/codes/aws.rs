//! Codes of the aws part.

crate::codes! {
    CALL_FAILED = "E0701", "an AWS call failed",
        "AWS refused a call or did not answer. The message names the operation, AWS's own code and text. What had been done before is recorded; run the command again once the cause is gone.";
    CA_BUNDLE = "E0702", "the certificate bundle cannot be used",
        "AWS_CA_BUNDLE names a file with the certificates to trust beside the system's own. It must be readable and hold PEM certificates.";
    WRONG_ACCOUNT = "E0703", "the credentials belong to another account",
        "Before anything is read or changed, smd asks STS who the caller is. The account id in the files and the account of the credentials differ, so nothing was done. Use the right profile, or give the account block an `assume_role` into the account it names.";
    OUTSIDE_A_RUN = "E0799", "a part of smd broke its own rule",
        "A call that may change something was about to be sent without being written down first. It was not sent. This is a defect of smd, not of your files. Please report it with the command and the message.";
}
