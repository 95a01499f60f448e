//! Codes of the graph part.

crate::codes! {
    CYCLE = "E0401", "resources need each other in a circle",
        "Nothing in the circle can be made first. Each line names one reference and where it stands. Parts such as security group rules, inline policies and routes are things of their own, so two groups may name each other, and a role's policy may name the domain that uses the role; the same is possible for most circles by moving the reference from the resource into one of its parts. Otherwise take one of the references out, or write the id or ARN as a literal.";
    MISSING = "E0402", "something needed is not declared",
        "A resource or part needs an address that is not in the configuration: it was never declared, or `when` or `for_each` left it out. Declare it, take the reference out, or wrap the reference in `try`.";
    INTERNAL = "E0499", "a part of smd broke its own rule",
        "This is a defect of smd, not of your files. Nothing was changed. Please report it with the command and the message.";
}
