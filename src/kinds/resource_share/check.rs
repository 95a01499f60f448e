//! What AWS would refuse of a share.

use crate::diagnostic::{Diagnostic, codes};
use crate::kinds::Checks;
use crate::kinds::ec2::refer;

/// What the ARN of a pipeline holds.
const PIPELINE: &str = ":pipeline/";

pub fn check(checks: &mut Checks<'_>) {
    for node in checks.configuration.nodes.values() {
        match node.kind {
            "resource_share.resources" => {
                let Some(arn) = refer::text(node, "resource") else {
                    continue;
                };
                let mut parts = arn.splitn(6, ':').skip(2);
                let (service, region, account) = (parts.next(), parts.next(), parts.next());
                if service != Some("sagemaker") || !arn.contains(PIPELINE) {
                    checks.out.push(
                        Diagnostic::error(
                            codes::kinds::SHARE_NOT_A_PIPELINE,
                            format!("`{arn}` is not the ARN of a SageMaker pipeline"),
                        )
                        .at(refer::span(node, "resource"), "")
                        .help("write `arn:aws:sagemaker:REGION:ACCOUNT:pipeline/NAME`")
                        .about(node.address.to_string()),
                    );
                } else if region != Some(&*node.place.region)
                    || (!node.place.account.is_empty() && account != Some(&*node.place.account))
                {
                    checks.out.push(
                        Diagnostic::error(
                            codes::kinds::SHARE_OF_OTHERS,
                            format!(
                                "`{arn}` is not in account {} and {}, where the share is",
                                node.place.account, node.place.region
                            ),
                        )
                        .at(refer::span(node, "resource"), "")
                        .help("an account shares what it owns, region by region: place the share with `account` and `region`")
                        .about(node.address.to_string()),
                    );
                }
            }
            "resource_share.principals"
                if refer::text(node, "principal") == Some(&*node.place.account) =>
            {
                checks.out.push(
                    Diagnostic::error(
                        codes::kinds::SHARE_WITH_ITSELF,
                        format!(
                            "`{}` is shared with the account that owns it",
                            node.parent.as_ref().unwrap_or(&node.address)
                        ),
                    )
                    .at(refer::span(node, "principal"), "the same account")
                    .about(node.address.to_string()),
                );
            }
            _ => {}
        }
    }
}
