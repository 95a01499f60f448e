//! What all Describe calls share: ids, filters, pages.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;

use super::filter::Filters;
use super::ids::Kind;
use super::request::{Answer, Request, invalid};
use crate::sandbox::call::Fault;
use crate::sandbox::xml::Element;

/// The fewest rows a page may be asked to have.
const FEWEST: usize = 5;
/// The most rows of a page of most calls.
pub(super) const MOST: usize = 1000;

/// A kind of thing that can be described.
pub(super) trait Describe {
    /// Its row.
    type Row;
    /// The argument with ids: `VpcId`.
    const IDS: &'static str;
    /// What the ids are of.
    const KIND: Kind;
    /// The element with the things: `vpcSet`.
    const SET: &'static str;
    /// The filter that is the thing's own id: `vpc-id`.
    const ID_FILTER: &'static str;
    /// The filters that EC2 knows, besides `tag:KEY`.
    const FILTERS: &'static [&'static str];
    /// The most rows of a page.
    const MOST: usize = MOST;

    /// The thing of this id, if the caller sees it.
    fn get<'a>(request: &'a Request<'_>, id: &str) -> Option<&'a Self::Row>;

    /// All things the caller sees, in order of their ids.
    fn all<'a>(
        request: &'a Request<'_>,
    ) -> Box<dyn Iterator<Item = (&'a String, &'a Self::Row)> + 'a>;

    /// Ids of all things of which `filter` is `value`, where an index knows them; `None`: none does.
    fn among(request: &Request<'_>, filter: &str, value: &str) -> Option<Vec<String>> {
        let _ = (request, filter, value);
        None
    }

    /// What a filter looks at.
    fn values(request: &Request<'_>, id: &str, row: &Self::Row, filter: &str) -> Vec<String>;

    /// The thing as it stands in answers.
    fn show(request: &Request<'_>, id: &str, row: &Self::Row) -> Vec<Element>;
}

/// Answers a Describe call.
pub(super) fn describe<D: Describe>(request: &Request<'_>) -> Answer {
    let filters = Filters::read(&request.query, D::FILTERS)?;
    let ids = request.query.list(D::IDS);
    let page = Page::read(request, D::MOST)?;
    if page.size.is_some() && !ids.is_empty() {
        return Err(Fault::client(
            "InvalidParameterCombination",
            format!(
                "The parameter {} cannot be used with the parameter maxResults",
                D::IDS
            ),
        ));
    }
    for id in &ids {
        D::KIND.check(id)?;
        if D::get(request, id).is_none() {
            return Err(D::KIND.not_found(id));
        }
    }
    request.dry_run()?;
    let named = match ids.is_empty() {
        false => Some(ids),
        true => among::<D>(request, &filters),
    };
    let named = named.map(|mut ids| {
        ids.sort_unstable();
        ids.dedup();
        ids
    });
    let candidates: Box<dyn Iterator<Item = (&String, &D::Row)> + '_> = match &named {
        None => D::all(request),
        Some(ids) => Box::new(ids.iter().filter_map(|id| Some((id, D::get(request, id)?)))),
    };
    let wanted = candidates
        .filter(|(id, _)| page.is_after(id))
        .filter(|(id, row)| {
            let tags = request.ec2().and_then(|ec2| ec2.tags_of(id));
            filters.want(tags, |filter| D::values(request, id, row, filter))
        });
    let (rows, next) = page.cut(wanted, |(id, _)| id.as_str());
    let items = rows
        .into_iter()
        .map(|(id, row)| D::show(request, id, row))
        .collect();
    Ok(std::iter::once(Element::list(D::SET, "item", items))
        .chain(next.map(|token| Element::text("nextToken", token)))
        .collect())
}

/// The ids among which everything is that the filters want, if one of them goes by an index: a look at
/// few things must not go through all there are.
fn among<D: Describe>(request: &Request<'_>, filters: &Filters) -> Option<Vec<String>> {
    filters.exact().find_map(|(name, values)| {
        if name == D::ID_FILTER {
            return Some(values.to_vec());
        }
        let mut ids = Vec::new();
        for value in values {
            ids.extend(D::among(request, name, value)?);
        }
        Some(ids)
    })
}

/// Which part of the rows a call asks for. Rows are in order of a key; a token names the last key
/// of the page before.
#[derive(Debug)]
pub(super) struct Page {
    size: Option<usize>,
    after: Option<String>,
}

impl Page {
    /// Reads `MaxResults` and `NextToken`.
    pub fn read(request: &Request<'_>, most: usize) -> Result<Self, Fault> {
        let size: Option<usize> = request.integer("MaxResults")?;
        if let Some(size) = size {
            if size < FEWEST {
                return Err(invalid(
                    "MaxResults",
                    &size.to_string(),
                    &format!("Expecting a value greater than or equal to {FEWEST}."),
                ));
            }
            if size > most {
                return Err(invalid(
                    "MaxResults",
                    &size.to_string(),
                    &format!("Expecting a value less than or equal to {most}."),
                ));
            }
        }
        let after = request
            .text("NextToken")
            .map(|token| {
                BASE64
                    .decode(token)
                    .ok()
                    .and_then(|bytes| String::from_utf8(bytes).ok())
                    .ok_or_else(|| {
                        Fault::client(
                            "InvalidPaginationToken",
                            "The specified pagination token is not valid or is expired.",
                        )
                    })
            })
            .transpose()?;
        Ok(Self { size, after })
    }

    /// Whether a row of this key is after the page before.
    pub fn is_after(&self, key: &str) -> bool {
        self.after.as_deref().is_none_or(|after| key > after)
    }

    /// The rows of this page, and the token of the next one if there are more.
    pub fn cut<T>(
        &self,
        rows: impl Iterator<Item = T>,
        key: impl Fn(&T) -> &str,
    ) -> (Vec<T>, Option<String>) {
        let Some(size) = self.size else {
            return (rows.collect(), None);
        };
        let mut rows = rows.peekable();
        let page: Vec<T> = rows.by_ref().take(size).collect();
        let next = match (page.last(), rows.peek()) {
            (Some(last), Some(_)) => Some(BASE64.encode(key(last))),
            _ => None,
        };
        (page, next)
    }
}
