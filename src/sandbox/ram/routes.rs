//! Which RAM operation a method and path mean: the path is the operation's name in small letters
//! (API model of RAM 2018-01-04).

use http::Method;

use crate::sandbox::model;

/// The operation that this method and path mean.
#[must_use]
pub fn find(method: &Method, path: &str) -> Option<&'static str> {
    let word = path.strip_prefix('/')?;
    let name = model::RAM
        .names()
        .find(|name| name.eq_ignore_ascii_case(word))?;
    // Only DeleteResourceShare and DeletePermission are no POST.
    let wanted = if name.starts_with("Delete") {
        Method::DELETE
    } else {
        Method::POST
    };
    (*method == wanted && word.bytes().all(|byte| byte.is_ascii_lowercase())).then_some(name)
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::find;

    #[test]
    fn paths_mean_operations() {
        assert_eq!(
            find(&Method::POST, "/getresourceshares"),
            Some("GetResourceShares")
        );
        assert_eq!(
            find(&Method::DELETE, "/deleteresourceshare"),
            Some("DeleteResourceShare")
        );
        assert_eq!(find(&Method::POST, "/deleteresourceshare"), None);
        assert_eq!(find(&Method::POST, "/GetResourceShares"), None);
        assert_eq!(find(&Method::POST, "/box"), None);
    }
}
