//! Codes of the apply part.

crate::codes! {
    CHANGED_SINCE_PLAN = "E0801", "something changed since the plan",
        "Before its first call, apply reads again what it will change or delete. What it found is not what the plan saw, so someone or something else changed it in the meantime. Nothing was changed. Plan again: the new plan shows what is there now.";
    UNKNOWN_KIND = "E0802", "a kind that this smd does not have",
        "The record or the plan names a kind of resource that this smd does not know: it was written by a newer one. Use that smd, or a newer one.";
    STILL_UNKNOWN = "E0803", "a value is still not known when it is needed",
        "The value is taken from another resource, which was made but did not give it. The step was stopped before its call. Plan again; if it happens again, AWS does not give this attribute for such a resource.";
    NOT_AS_SHOWN = "E0804", "a value is not what the plan showed",
        "Now that its inputs are known, the value differs from the part of it that the plan showed, or it does not fit the attribute. The step was stopped before its call, because nobody agreed to it. Plan again and look at the new plan.";
    NO_SECRET = "E0805", "a sensitive value is not given",
        "Plan files and records hold only digests of sensitive values, so apply takes them from the inputs again. Give the same inputs as for the plan: `--var`, `--var-file` or `SMD_VAR_name`.";
    NOT_RECORDED = "E0806", "what is to be changed is not recorded",
        "The plan changes a resource that the record does not hold (any more). Plan again.";
    BROKEN_ORDER = "E0807", "the plan's order cannot be walked",
        "The plan's list of tasks names a task before one that it needs, or one that is not there. smd does not write such plans: the file was changed. Make a new plan.";
    NOT_APPLIED = "W0808", "AWS kept an attribute as it was",
        "The call succeeded, but what AWS says afterwards is not what was asked for. It is recorded as it is, and the next plan shows the difference.";
    OUTPUT_UNKNOWN = "W0809", "an output is not known",
        "What the output is taken from was not made, so the output was not recorded.";
    OTHER_SECRET = "E0810", "a sensitive value is not the one of the plan",
        "The plan holds a digest of every sensitive value it was made with. The value that was given now has another digest, so nobody agreed to it. Give the same inputs as for the plan, or plan again.";
    UNCERTAIN = "E0811", "it is not known how earlier work ended",
        "An earlier run sent a call and never learned how it ended: the run was broken off, or the answer was lost. Every run looks first, by the marks that all it makes carries. Looking failed this time, so nothing is done to that resource or to what needs it. Mend what kept smd from looking, then run again.";
    BROKEN_OFF = "W0812", "an earlier run was broken off",
        "An earlier run ended before it could finish: it was killed, lost its machine or its network. Everything it recorded was in its journal, and what it had begun was looked for by the marks that all it makes carries. The notes say what was found. Nothing needs to be done by hand.";
    NOT_ALLOWED = "E0814", "the caller may not do what the plan needs",
        "Before the first call that changes anything, `smd apply` and `smd destroy` ask IAM (`iam:SimulatePrincipalPolicy`) whether the policies of the caller's role allow the actions that the plan's steps take. The notes name each action that is denied or that no policy allows, and the steps that need it. Nothing was changed. IAM counts identity policies, permissions boundaries and the organisation's policies. Where the caller may not ask, nothing is said; `--check-rights=false` does not ask.";
    AT_WORK = "W0813", "another run is at work",
        "The stack's lock is held by a run that is at work. A plan made now counts in what that run has recorded so far, and will be out of date when it ends.";
    EXPECTATION = "E0840", "an expectation is not met after the apply",
        "The condition of an `expect \"sentence\" { … }` was not known when planning. What it needs is made now, and it is not true (exit code 3). Everything that was done is recorded: change the configuration and apply again.";
    EXPECTATION_UNKNOWN = "W0841", "an expectation could not be checked",
        "What the condition of an `expect \"sentence\" { … }` needs gave no value, so that nothing can be said about it.";
    IMPORT = "E0830", "a thing that cannot be taken over",
        "`import ADDRESS from \"id\"` records what lives in AWS as a resource or part of this stack. The id has the form that the kind's page in docs/reference/kinds gives, the thing is there, in the account and region of the resource, no other stack has its marks on it, and it is not recorded yet. Nothing was changed.";
    STEP_BROKE = "E0899", "a part of smd broke its own rule",
        "This is a defect of smd, not of your files. The step was stopped, what was done is recorded. Please report it with the command and the message.";
}
