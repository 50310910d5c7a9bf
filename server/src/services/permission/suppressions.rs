//! Says why a suppression forbids a call.

use crate::storage::SuppressionRow;
use crate::time;
use chrono_tz::Tz;

/// The beginning of the source of an entry from a registry's file; the registry's name follows.
pub const REGISTRY: &str = "registry:";

/// Returns the sentence for a call that an entry forbids: since when, and why.
pub fn explain_entry(entry: &SuppressionRow, zone: Tz) -> String {
    let since = time::day(entry.listed_at, zone);
    let by = entry.by_name.as_deref().map(|name| format!(" by {name}")).unwrap_or_default();
    let origin = match entry.source.as_str() {
        "agent" => format!("entered{by} as the outcome of a call"),
        "customer" => format!("the customer asked for it, entered{by}"),
        "import" => format!("imported from a file{by}"),
        "staff" => format!("entered{by}"),
        other => format!("listed by {}", other.strip_prefix(REGISTRY).unwrap_or(other)),
    };
    let reason = entry.reason.as_deref().map(|text| format!(". Reason: {text}"));
    let reason = reason.unwrap_or_default();
    let end = if reason.ends_with('.') { "" } else { "." };
    format!("This number has been on the do-not-call list since {since} ({origin}){reason}{end}")
}
