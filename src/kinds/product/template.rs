//! A CloudFormation template: where it is put, and which parameters it has.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::config::Place;

/// What the names of templates in the bucket start with.
const FOLDER: &str = "smd/templates";
/// The section of a template that declares its parameters.
const PARAMETERS: &str = "Parameters";

/// The name of a template in its bucket: from its content, so that the same text is put there once and
/// no version's text ever changes.
#[must_use]
pub fn key(template: &str) -> String {
    let digest = hex::encode(Sha256::digest(template));
    format!("{FOLDER}/{digest}.template")
}

/// The address from which Service Catalog loads it.
#[must_use]
pub fn url(place: &Place, bucket: &str, template: &str) -> String {
    format!(
        "https://{bucket}.s3.{}.amazonaws.com/{}",
        place.region,
        key(template)
    )
}

/// Bucket and key of such an address.
#[must_use]
pub fn parts(url: &str) -> Option<(&str, &str)> {
    let (host, key) = url.strip_prefix("https://")?.split_once('/')?;
    let (bucket, _) = host.split_once(".s3.")?;
    Some((bucket, key))
}

/// The names of a template's parameters, in JSON or in YAML, whose own tags (`!Ref`) do not matter
/// here: the keys one step below `Parameters`.
#[must_use]
pub fn parameters(template: &str) -> BTreeSet<String> {
    if template.trim_start().starts_with('{') {
        let json: Json = serde_json::from_str(template).unwrap_or(Json::Null);
        let all = json.get(PARAMETERS).and_then(Json::as_object);
        return all
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect();
    }
    let mut names = BTreeSet::new();
    let mut inside = false;
    let mut indent = None;
    for line in template.lines() {
        let text = line.trim_start();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let depth = line.len() - text.len();
        let key = text.split(':').next().unwrap_or_default().trim();
        let key = key.trim_matches(['"', '\'']);
        if depth == 0 {
            inside = key == PARAMETERS && text.contains(':');
            indent = None;
        } else if inside && depth == *indent.get_or_insert(depth) && text.contains(':') {
            names.insert(key.to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::{key, parameters, parts};

    #[test]
    fn parameters_of_both_forms() {
        let names = |text: &str| parameters(text).into_iter().collect::<Vec<_>>();
        let yaml = "AWSTemplateFormatVersion: 2010-09-09\nParameters:\n  # names\n  A:\n    Type: String\n  \"B\":\n    Type: !Ref X\nResources:\n  C:\n    Type: X\n";
        assert_eq!(names(yaml), ["A", "B"]);
        assert_eq!(names("Parameters:\r\n    A: {Type: String}\r\n"), ["A"]);
        assert_eq!(names("{\"Parameters\": {\"A\": {}}}"), ["A"]);
        assert_eq!(names("Resources: {}\n"), [""; 0]);
        assert_eq!(names("{"), [""; 0]);
    }

    #[test]
    fn an_address_names_bucket_and_content() {
        let key = key("x");
        let url = format!("https://b.s3.eu-west-1.amazonaws.com/{key}");
        assert_eq!(parts(&url), Some(("b", key.as_str())));
        assert_eq!(parts("x"), None);
    }
}
