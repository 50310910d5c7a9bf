//! Drops query parameters that a page's script filled from a missing value.

use crate::missing_value::is_missing_value;
use axum::extract::Request;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use axum::middleware::Next;
use axum::response::Response;

/// Addresses to which machines send data in the query, which stays as it is. A provider may write
/// `null` for a withheld caller, and a person may have that name.
pub(in crate::http) const DATA_IN_QUERY: [&str; 2] = ["/api/webhooks/", "/api/leads/"];

/// Removes parameters without a value from the query. It runs before all routes, so that each of
/// them sees such a parameter as missing.
pub async fn drop_missing_values(mut request: Request, next: Next) -> Response {
    if let Some(uri) = without_missing_values(request.uri()) {
        *request.uri_mut() = uri;
    }
    next.run(request).await
}

/// Returns the address without such parameters; `None` if it has none.
fn without_missing_values(uri: &Uri) -> Option<Uri> {
    let query = uri.query()?;
    if DATA_IN_QUERY.iter().any(|begin| uri.path().starts_with(begin)) {
        return None;
    }
    let (given, nothing): (Vec<&str>, Vec<&str>) =
        query.split('&').partition(|parameter| has_value(parameter));
    if nothing.is_empty() {
        return None;
    }
    let query = if given.is_empty() { String::new() } else { format!("?{}", given.join("&")) };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(format!("{}{query}", uri.path())).ok()?);
    Uri::from_parts(parts).ok()
}

fn has_value(parameter: &str) -> bool {
    let pair = form_urlencoded::parse(parameter.as_bytes()).next();
    pair.is_some_and(|(_, value)| !is_missing_value(&value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(uri: &str) -> String {
        let uri: Uri = uri.parse().unwrap();
        without_missing_values(&uri).unwrap_or(uri).to_string()
    }

    #[test]
    fn only_parameters_without_a_value_go() {
        for (asked, left) in [
            ("/a", "/a"),
            ("/a?", "/a"),
            ("/a?x", "/a"),
            ("/a?x=&y=1", "/a?y=1"),
            ("/a?x=undefined", "/a"),
            ("/a?x=1&y=null&z=NaN&x=%20", "/a?x=1"),
            ("/a?x=%75ndefined&y=a%26b", "/a?y=a%26b"),
            ("/a?x=Null&y=nan&z=null%20and%20void", "/a?x=Null&y=nan&z=null%20and%20void"),
            ("/api/webhooks/exotel/s?CallFrom=null", "/api/webhooks/exotel/s?CallFrom=null"),
        ] {
            assert_eq!(after(asked), left, "{asked}");
        }
    }
}
