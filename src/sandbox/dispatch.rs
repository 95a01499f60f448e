//! The services the sandbox has, and the way of a call to its own.

use super::call::{Call, Fault};
use super::world::World;
use super::xml::Element;
use super::{cost_explorer, ec2, efs, iam, kms, ram, s3, sagemaker, service_catalog, sts, tagging};

/// A service of the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// AWS Cost Explorer: tags of the bill.
    CostExplorer,
    /// Amazon EC2: the network.
    Ec2,
    /// Amazon EFS.
    Efs,
    /// AWS IAM.
    Iam,
    /// AWS KMS.
    Kms,
    /// AWS Resource Access Manager.
    Ram,
    /// Amazon S3.
    S3,
    /// Amazon SageMaker.
    SageMaker,
    /// AWS Service Catalog.
    ServiceCatalog,
    /// AWS STS.
    Sts,
    /// The resource groups tagging API.
    Tagging,
}

/// The wire protocols the sandbox speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// EC2's own kind of query protocol.
    Ec2,
    /// AWS query: form in, XML out.
    Query,
    /// JSON 1.1 with the operation in a header.
    Json,
    /// JSON with the operation in method and path.
    RestJson,
    /// XML with the operation in method and path.
    RestXml,
}

/// What a service answers.
#[derive(Debug)]
pub enum Output {
    /// The children of the response element.
    Xml(Vec<Element>),
    /// The body.
    Json(serde_json::Value),
    /// All of the answer.
    Whole(s3::Reply),
}

impl Service {
    /// The service by its name in a credential scope.
    #[must_use]
    pub fn of_scope(name: &str) -> Option<Self> {
        Some(match name {
            "ce" => Self::CostExplorer,
            "ec2" => Self::Ec2,
            "elasticfilesystem" => Self::Efs,
            "iam" => Self::Iam,
            "kms" => Self::Kms,
            "ram" => Self::Ram,
            "s3" => Self::S3,
            "sagemaker" => Self::SageMaker,
            "servicecatalog" => Self::ServiceCatalog,
            "sts" => Self::Sts,
            "tagging" => Self::Tagging,
            _ => return None,
        })
    }

    /// Its protocol.
    #[must_use]
    pub fn protocol(self) -> Protocol {
        match self {
            Self::Ec2 => Protocol::Ec2,
            Self::Iam | Self::Sts => Protocol::Query,
            Self::CostExplorer
            | Self::Kms
            | Self::SageMaker
            | Self::ServiceCatalog
            | Self::Tagging => Protocol::Json,
            Self::Efs | Self::Ram => Protocol::RestJson,
            Self::S3 => Protocol::RestXml,
        }
    }

    /// The XML namespace of its answers (empty for JSON services).
    #[must_use]
    pub fn namespace(self) -> &'static str {
        match self {
            Self::Ec2 => "http://ec2.amazonaws.com/doc/2016-11-15/",
            Self::Iam => "https://iam.amazonaws.com/doc/2010-05-08/",
            Self::Sts => "https://sts.amazonaws.com/doc/2011-06-15/",
            Self::S3 => s3::NAMESPACE,
            Self::CostExplorer
            | Self::Efs
            | Self::Kms
            | Self::Ram
            | Self::SageMaker
            | Self::ServiceCatalog
            | Self::Tagging => "",
        }
    }

    /// Hands it a call.
    ///
    /// # Errors
    /// The fault AWS would answer.
    pub fn call(self, world: &mut World, call: &Call) -> Result<Output, Fault> {
        settle(world, call);
        let answer = self.answer(world, call);
        settle(world, call);
        answer
    }

    fn answer(self, world: &mut World, call: &Call) -> Result<Output, Fault> {
        match self {
            Self::CostExplorer => cost_explorer::call(world, call).map(Output::Json),
            Self::Ec2 => ec2::call(world, call).map(Output::Xml),
            Self::Iam => iam::call(world, call).map(Output::Xml),
            Self::Kms => kms::call(world, call).map(Output::Json),
            Self::ServiceCatalog => service_catalog::call(world, call).map(Output::Json),
            Self::Sts => sts::call(world, call).map(Output::Xml),
            Self::Efs => efs::call(world, call).map(Output::Json),
            Self::Ram => ram::call(world, call).map(Output::Json),
            Self::S3 => s3::call(world, call).map(Output::Whole),
            Self::SageMaker => sagemaker::call(world, call).map(Output::Json),
            Self::Tagging => tagging::call(world, call).map(Output::Json),
        }
    }
}

/// Lets what was due by now happen in the region of the call, before and after it: deletions that
/// take time have side effects in other services.
fn settle(world: &mut World, call: &Call) {
    sagemaker::settle(world, &call.account, &call.region, call.now_ms);
    efs::settle(world, &call.account, &call.region, call.now_ms);
    ec2::settle(world, &call.account, &call.region, call.now_ms);
}
