//! Whether a call may be made: what is known before its transaction, and what the transaction adds.
//!
//! Services plan a call ([`CallPlan`]), storage reads what happened before ([`CallHistory`]), and
//! both judge by the same pure function, so that a list, a replay and the dial itself agree.

mod plan;
mod settings;

pub use plan::{CallHistory, CallPlan, EarlierCall, Judged, Overriding};
pub use settings::{
    LONGEST_NAME, MOST_CALL_TYPES, MOST_PACKS, PermissionSettings, active_packs, all_packs,
};

use crate::customer::{read_fields, read_text};
use std::borrow::Cow;

/// Returns the text or number at a path in JSON, such as `context.accountId`.
pub fn find_text(json: &str, path: &str) -> Option<String> {
    let mut json = Cow::Borrowed(json);
    let mut parts = path.split('.').peekable();
    while let Some(name) = parts.next() {
        let fields = read_fields(&json);
        let value = *fields.get(name)?;
        if parts.peek().is_none() {
            return read_text(value);
        }
        json = Cow::Owned(value.get().to_owned());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_a_text_or_nowhere() {
        let json = r#"{"a": {"b": {"c": 7}, "d": "x"}, "e": ["f"]}"#;
        for (path, found) in [
            ("a.b.c", Some("7")),
            ("a.d", Some("x")),
            ("a.b", None),
            ("a.d.e", None),
            ("e.f", None),
            ("", None),
            ("z", None),
        ] {
            assert_eq!(find_text(json, path).as_deref(), found, "{path}");
        }
    }
}
