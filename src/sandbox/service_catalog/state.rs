//! What the sandbox's Service Catalog holds in one account and region.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::sandbox::table::{Rows, Table, Tables};
use crate::sandbox::tags::Tags;

/// Portfolios and products with what joins them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ServiceCatalog {
    /// By id, `port-…`.
    pub(super) portfolios: Table<Portfolio>,
    /// By id, `prod-…`.
    pub(super) products: Table<Product>,
    /// By [`pair`] of portfolio and product.
    pub(super) members: Table<Member>,
    /// By [`pair`] of portfolio and principal.
    pub(super) principals: Table<Principal>,
    /// By id, `cons-…`.
    pub(super) constraints: Table<Constraint>,
}

impl Tables for ServiceCatalog {
    fn each_table(&mut self, visit: &mut dyn FnMut(&'static str, &mut dyn Rows)) {
        visit("service_catalog_portfolios", &mut self.portfolios);
        visit("service_catalog_products", &mut self.products);
        visit("service_catalog_members", &mut self.members);
        visit("service_catalog_principals", &mut self.principals);
        visit("service_catalog_constraints", &mut self.constraints);
    }
}

/// The id of a row that joins two things.
pub(super) fn pair(portfolio: &str, other: &str) -> String {
    format!("{portfolio} {other}")
}

/// A portfolio.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Portfolio {
    /// Its settings under the API's names.
    pub(super) settings: Value,
    pub(super) token: String,
    pub(super) created_ms: u64,
    pub(super) tags: Tags,
}

/// A product.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Product {
    /// Its settings under the API's names.
    pub(super) settings: Value,
    pub(super) token: String,
    pub(super) created_ms: u64,
    pub(super) tags: Tags,
    /// In the order they were made.
    pub(super) versions: Vec<Version>,
}

/// A version of a product: AWS's provisioning artifact.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Version {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) url: String,
    pub(super) active: bool,
    pub(super) token: String,
    pub(super) created_ms: u64,
}

/// A product in a portfolio.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Member {
    pub(super) portfolio: String,
    pub(super) product: String,
}

/// Who may use a portfolio.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Principal {
    pub(super) portfolio: String,
    pub(super) arn: String,
}

/// A constraint on a product in a portfolio.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Constraint {
    pub(super) portfolio: String,
    pub(super) product: String,
    pub(super) kind: String,
    pub(super) parameters: String,
    pub(super) description: Option<String>,
    pub(super) token: String,
}
