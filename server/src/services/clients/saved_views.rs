//! Saves named views of the dashboard: an admin's for all staff of the client, a viewer's for the
//! viewer alone.

use crate::services::ServiceError;
use crate::services::access::operator::Operator;
use crate::storage::{SavedViewRow, Store, ViewOutcome};
use crate::time;
use serde::Serialize;
use utoipa::ToSchema;

/// The most views of one client that everybody sees, and the most of each viewer.
const MAX_VIEWS: i64 = 200;
/// The most characters of a path.
pub const MAX_PATH_CHARS: usize = 2_000;
/// The path of the dashboard; every view is at or below it.
const DASHBOARD: &str = "/dashboard";
/// The paths that [`is_view`] accepts, as a pattern for the OpenAPI document.
pub const PATH_PATTERN: &str = r"^/dashboard(/([^/?#.%\\\s\u0000-\u001f\u007f-\u009f]|%[013-9A-Fa-f][0-9A-Fa-f]|%2[0-9A-Da-dFf])[^/?#\\\s\u0000-\u001f\u007f-\u009f]*)*([?#][^\\\s\u0000-\u001f\u007f-\u009f]*)?$";

/// A saved view.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SavedView {
    #[schema(examples("view_0199d7d2c5e07c3f9a3be2b1f0c44a10"))]
    view_id: String,
    #[schema(examples("Overdue more than 60 days"))]
    name: String,
    /// A path within the dashboard, with its query.
    #[schema(examples("/dashboard/ask?by=context.daysOverdue"))]
    path: String,
    /// The name, at that time, of the person who saved it.
    #[schema(examples("Asha Rao"))]
    created_by: String,
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    created_at: String,
    /// Whether only the caller sees it.
    own: bool,
}

/// The views that a caller sees.
#[derive(Debug, Serialize, ToSchema)]
pub struct SavedViews {
    /// In the order of their names.
    views: Vec<SavedView>,
}

/// Lists the views that everybody sees, and the reader's own.
pub async fn list_views(
    store: &Store,
    client_id: &str,
    reader_id: Option<&str>,
) -> Result<SavedViews, ServiceError> {
    let rows = store.saved_views().list_saved_views(client_id, reader_id).await?;
    Ok(SavedViews { views: rows.into_iter().map(show_view).collect() })
}

/// Saves a view: for everybody if the caller may change the client's settings, else for the caller
/// alone.
pub async fn save_view(
    operator: &Operator<'_>,
    client_id: &str,
    name: String,
    path: String,
    may_change: bool,
) -> Result<SavedView, ServiceError> {
    if !is_view(&path) {
        let sentence = format!(
            "path must be an address within the dashboard, such as /dashboard/ask?by=agent, of at \
             most {MAX_PATH_CHARS} characters."
        );
        return Err(ServiceError::Invalid { field: "path", sentence });
    }
    let row = SavedViewRow {
        view_id: operator.ids.new_id("view", operator.now),
        name,
        path,
        created_by: operator.by.name.to_owned(),
        created_at: operator.now,
        owner_id: operator.by.id.filter(|_| !may_change).map(str::to_owned),
    };
    match operator
        .store
        .saved_views()
        .save_view(client_id, &row, MAX_VIEWS, operator.stamp())
        .await?
    {
        ViewOutcome::Done => Ok(show_view(row)),
        ViewOutcome::UnknownClient => Err(ServiceError::unknown_client()),
        ViewOutcome::TooMany => {
            let sentence = format!(
                "There are already {MAX_VIEWS} views; remove one that is no longer needed."
            );
            Err(ServiceError::Conflict(sentence))
        }
    }
}

/// Removes a view and returns it as it was.
pub async fn remove_view(
    operator: &Operator<'_>,
    client_id: &str,
    view_id: &str,
    may_change: bool,
) -> Result<SavedView, ServiceError> {
    let views = operator.store.saved_views();
    let gone = views.delete_view(client_id, view_id, may_change, operator.stamp()).await?;
    let sentence = "There is no such view that you may remove.";
    gone.map(show_view).ok_or_else(|| ServiceError::Unknown(sentence.to_owned()))
}

/// Whether a path leads to a view of the dashboard and nowhere else: people who open a view trust
/// its author no further than that.
fn is_view(path: &str) -> bool {
    let odd = |c: char| c == '\\' || c.is_whitespace() || c.is_control();
    if path.chars().count() > MAX_PATH_CHARS || path.contains(odd) {
        return false;
    }
    let way = path.split(['?', '#']).next().unwrap_or_default();
    let Some(below) = way.strip_prefix(DASHBOARD) else { return false };
    // A segment of dots, even percent-encoded, would lead out of the dashboard.
    let mut parts = below.split('/');
    parts.next() == Some("") && parts.all(is_part)
}

fn is_part(part: &str) -> bool {
    let mut letters = part.chars();
    match letters.next() {
        None | Some('.') => false,
        Some('%') => {
            let code: String = letters.take(2).collect();
            code.len() == 2
                && code.bytes().all(|byte| byte.is_ascii_hexdigit())
                && !code.eq_ignore_ascii_case("2e")
        }
        Some(_) => true,
    }
}

fn show_view(row: SavedViewRow) -> SavedView {
    SavedView {
        view_id: row.view_id,
        name: row.name,
        path: row.path,
        created_by: row.created_by,
        created_at: time::format(row.created_at),
        own: row.owner_id.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_within_the_dashboard_are_taken() {
        let long = format!("/dashboard?{}", "x".repeat(MAX_PATH_CHARS));
        for (path, is_one) in [
            ("/dashboard", true),
            ("/dashboard?from=2025-10-01#top", true),
            ("/dashboard/ask?by=context.daysOverdue&to=../x", true),
            ("/dashboard/customers/%E0%A4%86/x", true),
            ("", false),
            ("dashboard", false),
            ("/dashboards", false),
            ("/api/admin/clients", false),
            ("https://example.com/dashboard", false),
            ("//example.com/dashboard", false),
            ("/dashboard/", false),
            ("/dashboard/../docs", false),
            ("/dashboard/%2E./docs", false),
            ("/dashboard/a\\b", false),
            ("/dashboard/a b", false),
            ("/dashboard?\n", false),
            (&long, false),
        ] {
            assert_eq!(is_view(path), is_one, "{path}");
        }
    }
}
