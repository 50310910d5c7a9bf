//! Phone numbers that the agent may not see.
//!
//! The server gives a few digits and a handle to dial by. The ribbon keeps both as one text, such as
//! `+91 98••••3210 num_…`, which the server also accepts as the number.

/// What every handle begins with.
const PREFIX: &str = "num_";

/// Joins what is shown of a number and its handle, if it has one.
#[must_use]
pub fn join_handle(number: String, handle: Option<String>) -> String {
    match handle {
        Some(handle) => [&number, " ", &handle].concat(),
        None => number,
    }
}

/// Splits a number into what is shown and its handle, if it has one.
#[must_use]
pub fn split_handle(number: &str) -> (&str, Option<&str>) {
    match number.find(PREFIX) {
        Some(at) => (number[..at].trim_end(), Some(&number[at..])),
        None => (number, None),
    }
}

/// Returns what the agent sees of a number.
#[must_use]
pub fn visible_part(number: &str) -> &str {
    match split_handle(number) {
        ("", Some(_)) => "••••",
        (shown, _) => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_dialed_and_not_seen() {
        for (number, shown, handle) in [
            ("+919876543210", "+919876543210", None),
            ("+91 98••••3210 num_A-b_1", "+91 98••••3210", Some("num_A-b_1")),
            ("num_A", "••••", Some("num_A")),
            ("", "", None),
        ] {
            assert_eq!(visible_part(number), shown);
            assert_eq!(split_handle(number).1, handle);
        }
        assert_eq!(join_handle("1".to_owned(), Some("num_A".to_owned())), "1 num_A");
        assert_eq!(join_handle("1".to_owned(), None), "1");
    }
}
