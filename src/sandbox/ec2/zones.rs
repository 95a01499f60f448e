//! Regions and their availability zones.

/// A region and the short form in the ids of its zones.
const REGIONS: &[(&str, &str)] = &[
    ("af-south-1", "afs1"),
    ("ap-east-1", "ape1"),
    ("ap-northeast-1", "apne1"),
    ("ap-northeast-2", "apne2"),
    ("ap-northeast-3", "apne3"),
    ("ap-south-1", "aps1"),
    ("ap-south-2", "aps2"),
    ("ap-southeast-1", "apse1"),
    ("ap-southeast-2", "apse2"),
    ("ap-southeast-3", "apse3"),
    ("ap-southeast-4", "apse4"),
    ("ap-southeast-5", "apse5"),
    ("ap-southeast-7", "apse7"),
    ("ca-central-1", "cac1"),
    ("ca-west-1", "caw1"),
    ("eu-central-1", "euc1"),
    ("eu-central-2", "euc2"),
    ("eu-north-1", "eun1"),
    ("eu-south-1", "eus1"),
    ("eu-south-2", "eus2"),
    ("eu-west-1", "euw1"),
    ("eu-west-2", "euw2"),
    ("eu-west-3", "euw3"),
    ("il-central-1", "ilc1"),
    ("me-central-1", "mec1"),
    ("me-south-1", "mes1"),
    ("mx-central-1", "mxc1"),
    ("sa-east-1", "sae1"),
    ("us-east-1", "use1"),
    ("us-east-2", "use2"),
    ("us-west-1", "usw1"),
    ("us-west-2", "usw2"),
];

/// The zones of every region: letter in the name and number in the id.
const ZONES: [(&str, &str); 3] = [("a", "az1"), ("b", "az2"), ("c", "az3")];

/// All regions, in order of their names.
pub fn regions() -> impl Iterator<Item = &'static str> {
    REGIONS.iter().map(|(name, _)| *name)
}

/// Whether there is such a region.
#[must_use]
pub fn is_region(name: &str) -> bool {
    regions().any(|region| region == name)
}

/// An availability zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// `eu-west-1a`.
    pub name: String,
    /// `euw1-az1`.
    pub id: String,
}

/// The zones of a region.
#[must_use]
pub fn zones(region: &str) -> Vec<Zone> {
    let short = REGIONS
        .iter()
        .find(|(name, _)| *name == region)
        .map_or(region, |(_, short)| *short);
    ZONES
        .iter()
        .map(|(letter, number)| Zone {
            name: format!("{region}{letter}"),
            id: format!("{short}-{number}"),
        })
        .collect()
}

/// The id of a zone, from its name.
#[must_use]
pub fn zone_id(region: &str, name: &str) -> Option<String> {
    zones(region)
        .into_iter()
        .find(|zone| zone.name == name)
        .map(|zone| zone.id)
}
