//! What a portfolio and its parts are.

use crate::kinds::schema::{
    Attribute, ChangeRule, NameRule, Part, PartForm, Placement, Ref, Schema, Text, Type, Unset,
};

/// Longest name, provider and description, in characters (API model).
const MAX_NAME: usize = 100;
const MAX_PROVIDER: usize = 50;
const MAX_DESCRIPTION: usize = 2000;

const PORTFOLIO_REF: Type = Type::Ref(Ref {
    kinds: &["portfolio"],
    attribute: "id",
});
const PRODUCT_REF: Type = Type::Ref(Ref {
    kinds: &["product"],
    attribute: "id",
});
const ROLE_REF: Type = Type::Ref(Ref {
    kinds: &["role"],
    attribute: "arn",
});

/// The portfolio that a part belongs to; filled in.
const OWN: Attribute = Attribute {
    required: true,
    change: ChangeRule::Replace("a part belongs to one portfolio"),
    ..Attribute::new("portfolio", "PortfolioId", PORTFOLIO_REF, "The portfolio.")
};

/// A portfolio.
pub static PORTFOLIO: Schema = Schema {
    kind: "portfolio",
    aws: "AWS::ServiceCatalog::Portfolio",
    doc: "A portfolio of Service Catalog: products and who may launch them.",
    attributes: &[
        Attribute {
            aliases: &["display_name"],
            ..Attribute::new(
                "name",
                "DisplayName",
                Type::String(Text::new("", 1, MAX_NAME)),
                "Its name; any number of portfolios may have it.",
            )
        },
        Attribute {
            aliases: &["provider_name"],
            required: true,
            ..Attribute::new(
                "provider",
                "ProviderName",
                Type::String(Text::new("", 1, MAX_PROVIDER)),
                "Who offers it, as people see it.",
            )
        },
        Attribute {
            unset: Unset::Empty,
            ..Attribute::new(
                "description",
                "Description",
                Type::String(Text::new("", 0, MAX_DESCRIPTION)),
                "What it is for.",
            )
        },
        Attribute {
            unset: Unset::Empty,
            ..Attribute::new("tags", "Tags", Type::Tags, "Tags.")
        },
        Attribute::computed("id", "Id", Type::String(Text::ANY), "Its id, `port-…`."),
        Attribute::computed("arn", "ARN", Type::Arn, "Its ARN."),
    ],
    parts: &[
        Part {
            word: "products",
            form: PartForm::Items("product"),
            schema: &MEMBER,
            parent: ("portfolio", "id"),
        },
        Part {
            word: "principals",
            form: PartForm::Items("principal"),
            schema: &PRINCIPAL,
            parent: ("portfolio", "id"),
        },
        Part {
            word: "launch_constraint",
            form: PartForm::Block,
            schema: &CONSTRAINT,
            parent: ("portfolio", "id"),
        },
    ],
    placement: Placement::Account,
    name: Some(NameRule {
        attribute: "name",
        max_length: MAX_NAME,
        allowed: |c| c.is_ascii_alphanumeric() || "-_. ".contains(c),
        unique: false,
    }),
    taggable: true,
    delete_first: None,
    data: None,
};

/// A product in a portfolio.
pub static MEMBER: Schema = Schema {
    kind: "portfolio.products",
    aws: "AWS::ServiceCatalog::PortfolioProductAssociation",
    doc: "A product in a portfolio.",
    attributes: &[
        OWN,
        Attribute {
            required: true,
            change: ChangeRule::Replace("another product is another association"),
            ..Attribute::new("product", "ProductId", PRODUCT_REF, "The product.")
        },
    ],
    parts: &[],
    placement: Placement::Parent,
    name: None,
    taggable: false,
    delete_first: None,
    data: None,
};

/// Who may use a portfolio.
pub static PRINCIPAL: Schema = Schema {
    kind: "portfolio.principals",
    aws: "AWS::ServiceCatalog::PortfolioPrincipalAssociation",
    doc: "Who may launch the products of a portfolio.",
    attributes: &[
        OWN,
        Attribute {
            required: true,
            change: ChangeRule::Replace("another principal is another association"),
            ..Attribute::new(
                "principal",
                "PrincipalARN",
                ROLE_REF,
                "The role, user or group, by reference or ARN.",
            )
        },
    ],
    parts: &[],
    placement: Placement::Parent,
    name: None,
    taggable: false,
    delete_first: None,
    data: None,
};

/// The role that a product is launched with.
pub static CONSTRAINT: Schema = Schema {
    kind: "portfolio.launch_constraint",
    aws: "AWS::ServiceCatalog::LaunchRoleConstraint",
    doc: "The role that a product of the portfolio is launched with, in place of the person's own.",
    attributes: &[
        OWN,
        Attribute {
            required: true,
            change: ChangeRule::Replace("a constraint is about one product"),
            ..Attribute::new(
                "product",
                "ProductId",
                PRODUCT_REF,
                "The product; it must be among the portfolio's `products`.",
            )
        },
        Attribute {
            aliases: &["role_arn"],
            required: true,
            ..Attribute::new(
                "role",
                "Parameters.RoleArn",
                ROLE_REF,
                "The role; its trust must name `servicecatalog.amazonaws.com`.",
            )
        },
        Attribute {
            unset: Unset::Empty,
            ..Attribute::new(
                "description",
                "Description",
                Type::String(Text::new("", 0, MAX_DESCRIPTION)),
                "What it is for.",
            )
        },
        Attribute::computed(
            "id",
            "ConstraintId",
            Type::String(Text::ANY),
            "Its id, `cons-…`.",
        ),
    ],
    parts: &[],
    placement: Placement::Parent,
    name: None,
    taggable: false,
    delete_first: Some("a product has one launch constraint in a portfolio"),
    data: None,
};
