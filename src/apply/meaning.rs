//! Whether two values of an attribute mean the same to AWS.

use crate::kinds::schema::Attribute;
use crate::kinds::{self, compare};
use crate::value::Value;

/// The schema's attribute of this name or alias.
pub fn attribute(kind: &str, name: &str) -> Option<&'static Attribute> {
    kinds::schema_of(kind)?
        .attributes
        .iter()
        .find(|attribute| attribute.is_called(name))
}

/// Whether what is there is what was wanted (or seen), by the kind's word, else by the attribute's
/// type. Of objects only the wanted members count.
pub fn means_the_same(
    kind: &str,
    attribute: Option<&Attribute>,
    name: &str,
    wanted: &Value,
    actual: &Value,
) -> bool {
    kinds::find(kind)
        .and_then(|found| found.same(kind, name, wanted, actual))
        .unwrap_or_else(|| match attribute {
            Some(attribute) => compare::same(&attribute.ty, wanted, actual),
            None => wanted == actual,
        })
}
