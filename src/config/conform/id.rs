//! Ids of AWS that stand where a resource may: those of another kind are told by how they begin.

use super::{Conform, Site, shown};
use crate::diagnostic::{Diagnostic, codes};
use crate::kinds::schema::Ref;
use crate::value::Value;

/// How the ids of kinds begin (patterns of CloudFormation's and the services' models). None of
/// them is the beginning of another.
const PREFIXES: &[(&str, &str)] = &[
    ("vpc", "vpc-"),
    ("subnet", "subnet-"),
    ("security_group", "sg-"),
    ("internet_gateway", "igw-"),
    ("route_table", "rtb-"),
    ("peering", "pcx-"),
    ("domain", "d-"),
    ("file_system", "fs-"),
];

/// Ids that no kind of smd has, and what they are of.
const FOREIGN: &[(&str, &str)] = &[
    ("a network interface", "eni-"),
    ("a mount target", "fsmt-"),
    ("a NAT gateway", "nat-"),
    ("a network ACL", "acl-"),
    ("a VPC endpoint", "vpce-"),
    ("a transit gateway", "tgw-"),
    ("an instance", "i-"),
];

impl Conform<'_> {
    /// A text where a resource may stand. Fields for several kinds take ids of more things than
    /// smd has, and their kinds check them.
    pub(super) fn written_id(
        &mut self,
        text: &str,
        value: &Value,
        reference: &Ref,
        site: Site<'_>,
    ) -> Option<Value> {
        let fits = Some(value.clone());
        let ([kind], "id") = (reference.kinds, reference.attribute) else {
            return fits;
        };
        let Some((_, prefix)) = PREFIXES.iter().find(|(of, _)| of == kind) else {
            return fits;
        };
        let other = PREFIXES
            .iter()
            .filter(|(of, _)| of != kind)
            .map(|(of, prefix)| (format!("a `{of}`"), prefix))
            .chain(
                FOREIGN
                    .iter()
                    .map(|(of, prefix)| ((*of).to_owned(), prefix)),
            )
            .find(|(_, prefix)| text.starts_with(**prefix));
        let Some((of, _)) = other else { return fits };
        let mut diagnostic = Diagnostic::error(
            codes::config::BAD_VALUE,
            format!(
                "`{}` takes the id of a `{kind}`, not {}",
                site.path,
                shown(value)
            ),
        )
        .at_opt(value.span.or(site.span), "");
        if !value.sensitive {
            diagnostic = diagnostic.note(format!("this is the id of {of}"));
        }
        self.out
            .push(diagnostic.help(format!("ids of a `{kind}` begin with `{prefix}`")));
        None
    }
}
