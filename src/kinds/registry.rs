//! The list of kinds.

use super::Kind;
use super::schema::Schema;

/// Every kind.
static KINDS: &[&dyn Kind] = &[
    &super::role::Role,
    &super::policy::Policy,
    &super::domain::Domain,
    &super::user_profile::UserProfile,
    &super::lifecycle_config::LifecycleConfig,
    &super::space::Space,
    &super::image::Image,
    &super::image_version::ImageVersion,
    &super::app_image_config::AppImageConfig,
    &super::pipeline::Pipeline,
    &super::vpc::Vpc,
    &super::subnet::Subnet,
    &super::internet_gateway::InternetGateway,
    &super::route_table::RouteTable,
    &super::security_group::SecurityGroup,
    &super::peering::Peering,
    &super::resource_share::ResourceShare,
    &super::cost_allocation_tag::CostAllocationTag,
    &super::tag_backfill::TagBackfill,
    &super::product::Product,
    &super::portfolio::Portfolio,
    &super::elastic_ip::ElasticIp,
    &super::nat_gateway::NatGateway,
    &super::vpc_endpoint::VpcEndpoint,
];

/// Every kind.
#[must_use]
pub fn registry() -> &'static [&'static dyn Kind] {
    KINDS
}

/// The kind that has this schema word (`vpc`, `security_group.ingress`).
#[must_use]
pub fn find(kind: &str) -> Option<&'static dyn Kind> {
    KINDS
        .iter()
        .copied()
        .find(|candidate| candidate.schemas().iter().any(|schema| schema.kind == kind))
}

/// The schema of this word.
#[must_use]
pub fn schema_of(kind: &str) -> Option<&'static Schema> {
    KINDS
        .iter()
        .flat_map(|candidate| candidate.schemas().iter())
        .find(|schema| schema.kind == kind)
        .copied()
}

/// The words that may start a resource block.
pub fn kind_words() -> impl Iterator<Item = &'static str> {
    KINDS
        .iter()
        .filter_map(|kind| kind.schemas().first())
        .map(|schema| schema.kind)
}
