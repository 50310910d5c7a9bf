//! The words by which agents say what came of a call: a client's own list, or the product's.
//!
//! A list that a client has set is kept to, so that its figures hold no words but its own. Where
//! none is set, the product's list is only offered, and any text is taken, as it always was.

use crate::app::App;
use crate::services::ServiceError;
use crate::storage::{Client, demo};
use call_ribbon_shared::wire::Disposition;
use std::collections::BTreeSet;

/// Most that a list may hold.
pub const MOST: usize = 50;
/// Characters of the longest code.
pub const LONGEST_CODE: usize = 64;
/// Characters of the longest label.
pub const LONGEST_LABEL: usize = 60;
/// What a code looks like.
pub const CODE_PATTERN: &str = "^[A-Za-z0-9_-]{1,64}$";
/// What a label looks like.
pub const LABEL_PATTERN: &str = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$";

const OFFERED: &[(&str, &str)] = &[
    ("resolved", "Resolved"),
    ("call_back", "Call back"),
    ("interested", "Interested"),
    ("not_interested", "Not interested"),
    ("promise_to_pay", "Promise to pay"),
    ("left_message", "Left a message"),
    ("no_answer", "No answer"),
    ("wrong_number", "Wrong number"),
    ("do_not_call", "Do not call"),
];

const OFFERED_TO_DEMO: &[(&str, &str)] = &[
    ("promise_to_pay", "Promise to pay"),
    ("paid", "Paid already"),
    ("part_payment", "Will pay in part"),
    ("call_back", "Call back"),
    ("dispute", "Disputes the amount"),
    ("hardship", "Cannot pay now"),
    ("refused", "Refuses to pay"),
    ("left_message", "Left a message"),
    ("wrong_number", "Wrong number"),
];

/// The list from which a client's agents choose.
pub async fn of(app: &App, client_id: &str) -> Result<Vec<Disposition>, ServiceError> {
    Ok(match app.store.dispositions(client_id).await? {
        Some(own) => own,
        None => offered(client_id),
    })
}

/// The product's list; the demo client's is that of the business it plays.
pub fn offered(client_id: &str) -> Vec<Disposition> {
    let list = if client_id == demo::CLIENT { OFFERED_TO_DEMO } else { OFFERED };
    let one = |(code, label): &(&str, &str)| Disposition {
        code: (*code).to_owned(),
        label: (*label).to_owned(),
    };
    list.iter().map(one).collect()
}

/// Refuses what is not on a list that the client has set.
pub async fn check(app: &App, client: &Client, disposition: &str) -> Result<(), ServiceError> {
    let Some(own) = app.store.dispositions(&client.id).await? else { return Ok(()) };
    if own.iter().any(|allowed| allowed.code == disposition) {
        return Ok(());
    }
    let codes: Vec<&str> = own.iter().map(|allowed| allowed.code.as_str()).collect();
    Err(ServiceError::Invalid {
        field: "disposition",
        sentence: format!("disposition must be one of {}.", codes.join(", ")),
    })
}

/// Takes a list if every line of it can be shown and counted; else the field that is wrong, and
/// what it must be.
pub fn checked(list: Vec<Disposition>) -> Result<Vec<Disposition>, (String, String)> {
    if list.is_empty() || list.len() > MOST {
        let sentence = format!("dispositions must have 1 to {MOST} lines, or be null.");
        return Err(("dispositions".to_owned(), sentence));
    }
    let mut codes = BTreeSet::new();
    for (place, Disposition { code, label }) in list.iter().enumerate() {
        let wrong = |part: &str, what: String| {
            let field = format!("dispositions[{place}].{part}");
            let sentence = format!("{field} {what}.");
            Err((field, sentence))
        };
        let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-');
        if code.is_empty() || code.len() > LONGEST_CODE || !code.bytes().all(plain) {
            let what = format!("must be 1 to {LONGEST_CODE} letters, digits, _ or -");
            return wrong("code", what);
        }
        if !codes.insert(code) {
            return wrong("code", "is on the list twice".to_owned());
        }
        let shown = label.chars().count() <= LONGEST_LABEL && !label.contains(char::is_control);
        if !shown || label.trim().is_empty() {
            let what = format!("must be a text of 1 to {LONGEST_LABEL} characters");
            return wrong("label", what);
        }
    }
    Ok(list)
}
