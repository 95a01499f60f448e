//! ARNs of EC2's things.

use super::ids::Kind;
use crate::sandbox::call::Fault;

/// The ARN of the thing of this id, if such things have ARNs.
#[must_use]
pub fn of(account: &str, region: &str, id: &str) -> Option<String> {
    let kind = Kind::of(id)?.resource_type();
    (!kind.is_empty()).then(|| format!("arn:aws:ec2:{region}:{account}:{kind}/{id}"))
}

/// Account, region and id in an ARN of EC2.
#[must_use]
pub fn read(arn: &str) -> Option<(&str, &str, &str)> {
    let (region, rest) = arn.strip_prefix("arn:aws:ec2:")?.split_once(':')?;
    let (account, resource) = rest.split_once(':')?;
    let (kind, id) = resource.split_once('/')?;
    (Kind::of(id)?.resource_type() == kind).then_some((account, region, id))
}

/// The fault of an ARN that is none of EC2's.
#[must_use]
pub fn malformed(arn: &str) -> Fault {
    Fault::client(
        "InvalidParameterException",
        format!("{arn} is not a valid ARN of Amazon EC2"),
    )
}
