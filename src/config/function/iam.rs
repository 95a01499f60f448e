//! Functions that make IAM documents.

use super::{Call, Function, Looks, Stop, Takes, required, rest};
use crate::config::conform;
use crate::config::fail::Fail;
use crate::diagnostic::codes;
use crate::value::{Data, Map, Value};

/// The version of IAM's policy language.
pub(in crate::config) const POLICY_VERSION: &str = "2012-10-17";

/// The tag that SageMaker puts on what is made inside a domain (developer guide,
/// domain-resource-isolation).
const DOMAIN_TAG_CONDITION: &str = "aws:ResourceTag/sagemaker:domain-arn";

pub(super) static FUNCTIONS: &[Function] = &[
    Function {
        name: "account_root",
        example: "account_root(account.studio)",
        params: &[required("account", Takes::Resource)],
        doc: "A trust document for everyone whom the account lets: its root.",
        looks: Looks::Outside,
        run: |call| {
            let id = call.resource(0, "id")?;
            if let Data::String(text) = &id.data
                && !conform::is_account_id(text)
            {
                return Err(call
                    .fail_at(
                        0,
                        format!(
                            "{} is not an account id of twelve digits",
                            conform::shown(&id)
                        ),
                    )
                    .into());
            }
            let arn = crate::config::operator::template(
                call.world,
                &[Value::string("arn:aws:iam::"), id, Value::string(":root")],
                call.span,
            )?;
            Ok(document(vec![trust("AWS", arn)]))
        },
    },
    Function {
        name: "domain_guard",
        example: "domain_guard(domain.finance)",
        params: &[required("domain", Takes::Resource)],
        doc: "A document that denies what carries another domain's tag.",
        looks: Looks::Outside,
        run: |call| {
            let arn = domain_arn(call)?;
            Ok(document(vec![object([
                ("Sid", Value::string("DenyOtherDomains")),
                ("Effect", Value::string("Deny")),
                ("Action", Value::string("sagemaker:*")),
                ("Resource", Value::string("*")),
                (
                    "Condition",
                    object([
                        ("StringNotEquals", object([(DOMAIN_TAG_CONDITION, arn)])),
                        // Without it what carries no tag at all would be denied too.
                        (
                            "Null",
                            object([(DOMAIN_TAG_CONDITION, Value::string("false"))]),
                        ),
                    ]),
                ),
            ])]))
        },
    },
    Function {
        name: "domain_isolation",
        example: "domain_isolation(domain.finance)",
        params: &[required("domain", Takes::Resource)],
        doc: "AWS's two Allow statements: make what is not a domain, profile or space, and read, change and delete what carries the domain's tag.",
        looks: Looks::Outside,
        run: |call| {
            let arn = domain_arn(call)?;
            // Developer guide, domain-resource-isolation.
            Ok(document(vec![
                object([
                    ("Sid", Value::string("CreateAPIs")),
                    ("Effect", Value::string("Allow")),
                    ("Action", Value::string("sagemaker:Create*")),
                    (
                        "NotResource",
                        texts(&[
                            "arn:aws:sagemaker:*:*:domain/*",
                            "arn:aws:sagemaker:*:*:user-profile/*",
                            "arn:aws:sagemaker:*:*:space/*",
                        ]),
                    ),
                ]),
                object([
                    ("Sid", Value::string("ResourceAccessRequireDomainTag")),
                    ("Effect", Value::string("Allow")),
                    (
                        "Action",
                        texts(&[
                            "sagemaker:Update*",
                            "sagemaker:Delete*",
                            "sagemaker:Describe*",
                        ]),
                    ),
                    ("Resource", Value::string("*")),
                    (
                        "Condition",
                        object([("StringEquals", object([(DOMAIN_TAG_CONDITION, arn)]))]),
                    ),
                ]),
            ]))
        },
    },
    Function {
        name: "iam_document",
        example: r#"iam_document({ Statement = [{ Effect = "Allow", Action = "s3:ListBucket", Resource = "*" }] })"#,
        params: &[required("document", Takes::Any)],
        doc: "The IAM document as canonical JSON text.",
        looks: Looks::Deep,
        run: |call| {
            let text = conform::document_text(call.value(0)?, call.span)?;
            call.give_text(text)
        },
    },
    Function {
        name: "service",
        example: r#"service("sagemaker.amazonaws.com")"#,
        params: &[required("host", Takes::Text), rest("hosts", Takes::Text)],
        doc: "A trust document for AWS services, such as `sagemaker.amazonaws.com`.",
        looks: Looks::Deep,
        run: |call| {
            let mut hosts = Vec::new();
            for position in 0..call.args.len() {
                hosts.push(Value::string(call.text(position)?));
            }
            let principal = match hosts.as_slice() {
                [host] => host.clone(),
                _ => Value::list(hosts),
            };
            Ok(document(vec![trust("Service", principal)]))
        },
    },
];

fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::map(
        members
            .into_iter()
            .map(|(key, value)| (key.into(), value))
            .collect::<Map>(),
    )
}

fn texts(items: &[&str]) -> Value {
    Value::list(items.iter().map(|item| Value::string(*item)).collect())
}

fn document(statements: Vec<Value>) -> Value {
    object([
        ("Version", Value::string(POLICY_VERSION)),
        ("Statement", Value::list(statements)),
    ])
}

fn trust(principal: &str, who: Value) -> Value {
    object([
        ("Effect", Value::string("Allow")),
        ("Principal", object([(principal, who)])),
        ("Action", Value::string("sts:AssumeRole")),
    ])
}

fn domain_arn(call: &Call<'_>) -> Result<Value, Stop> {
    if let Some(Data::Resource(resource)) = call.args.first().map(|arg| &arg.data)
        && &*resource.kind != "domain"
    {
        return Err(Fail::new(
            codes::config::WRONG_TYPE,
            format!(
                "`{}` takes a domain, not `{}`",
                call.function.name, resource.address
            ),
            call.args.first().and_then(|arg| arg.span).or(call.span),
        )
        .into());
    }
    Ok(call.resource(0, "arn")?)
}
