//! Dispositions, by which agents say what came of a call: a client's own list, or the product's.
//!
//! A client's own list is enforced, so that its figures contain only its own codes. Otherwise the
//! product's list is only offered, and any text is accepted, as it always was.

mod entry_rules;

use crate::services::ServiceError;
use crate::storage::{Client, Store, demo};
use call_ribbon_shared::disposition::{DO_NOT_CALL, forbids_calls};
use call_ribbon_shared::wire::{Disposition, OutcomeAct, OutcomeKind, OutcomeResult};
use std::collections::BTreeSet;

/// The most entries of a list.
pub const MAX_ENTRIES: usize = 50;
/// The most characters of a code.
pub const MAX_CODE_CHARS: usize = 64;
/// The most characters of a label.
pub const MAX_LABEL_CHARS: usize = 60;
/// The pattern of a code.
pub const CODE_PATTERN: &str = "^[A-Za-z0-9_-]{1,64}$";
/// The pattern of a label.
pub const LABEL_PATTERN: &str = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$";

/// The most call types of an entry.
pub const MAX_CALL_TYPES: usize = 20;
/// The most characters of a call type.
pub const MAX_CALL_TYPE_CHARS: usize = 64;

/// The most fields that an entry asks for.
pub const MAX_OUTCOME_FIELDS: usize = 10;
/// The most choices of a field.
pub const MAX_CHOICES: usize = 50;
/// The longest time until a follow-up: a year of 365 days.
pub const MAX_FOLLOW_UP_MINUTES: i64 = 525_600;

/// A code, its label, and the call types that it is offered for.
type Entry = (&'static str, &'static str, &'static [&'static str]);

const COLLECTIONS: &[&str] = &["collections"];
const SALES: &[&str] = &["sales"];
const SUPPORT: &[&str] = &["support", "customer_service"];

const DEFAULT_LIST: &[Entry] = &[
    ("resolved", "Resolved", SUPPORT),
    ("call_back", "Call back", &[]),
    ("interested", "Interested", SALES),
    ("not_interested", "Not interested", SALES),
    ("promise_to_pay", "Promise to pay", COLLECTIONS),
    ("left_message", "Left a message", &[]),
    ("no_answer", "No answer", &[]),
    ("wrong_number", "Wrong number", &[]),
    ("do_not_call", "Do not call", &[]),
];

const DEMO_LIST: &[Entry] = &[
    ("promise_to_pay", "Promise to pay", COLLECTIONS),
    ("paid", "Already paid", COLLECTIONS),
    ("part_payment", "Partial payment", COLLECTIONS),
    ("interested", "Interested", SALES),
    ("not_interested", "Not interested", SALES),
    ("resolved", "Resolved", SUPPORT),
    ("escalated", "Escalated", SUPPORT),
    ("call_back", "Call back", &[]),
    ("dispute", "Disputes the amount", COLLECTIONS),
    ("hardship", "Cannot pay now", COLLECTIONS),
    ("refused", "Refuses to pay", COLLECTIONS),
    ("left_message", "Left a message", &[]),
    ("wrong_number", "Wrong number", &[]),
    ("do_not_call", "Do not call", &[]),
];

/// The kinds of the entries of both lists; the others have none.
const KINDS: &[(&str, OutcomeKind)] = &[
    ("resolved", OutcomeKind::Contact),
    ("call_back", OutcomeKind::Contact),
    ("interested", OutcomeKind::Contact),
    ("not_interested", OutcomeKind::Contact),
    ("escalated", OutcomeKind::Contact),
    ("dispute", OutcomeKind::Contact),
    ("hardship", OutcomeKind::Contact),
    ("refused", OutcomeKind::Contact),
    ("promise_to_pay", OutcomeKind::Promise),
    ("part_payment", OutcomeKind::Promise),
    ("paid", OutcomeKind::Payment),
];

/// Returns the list from which a client's agents choose.
pub async fn list_for_client(
    store: &Store,
    client_id: &str,
) -> Result<Vec<Disposition>, ServiceError> {
    Ok(match store.clients().find_dispositions(client_id).await? {
        Some(own) => own,
        None => default_list(client_id),
    })
}

/// Returns what a disposition of the product's lists means; `None` if it has no special meaning.
pub fn usual_kind(code: &str) -> Option<OutcomeKind> {
    KINDS.iter().find(|(of, _)| *of == code).map(|(_, kind)| *kind)
}

/// Returns that list as pages get it: without what the outcomes mean for figures, and
/// what they do. What they ask for is there, for the agent to enter, and which of them say that nobody
/// was reached, for the order after such a call.
pub async fn list_for_pages(
    store: &Store,
    client_id: &str,
) -> Result<Vec<Disposition>, ServiceError> {
    let list = list_for_client(store, client_id).await?;
    let lacks_contact = codes_without_contact(&list);
    let shown = |line: Disposition| Disposition {
        outcome: lacks_contact.contains(&line.code).then_some(OutcomeResult::NoContact),
        kind: None,
        does: Vec::new(),
        follow_up_after_minutes: None,
        ..line
    };
    Ok(list.into_iter().map(shown).collect())
}

/// Returns the codes that say that nobody was reached: by their outcome, or because they mean nothing
/// in a list that says what others mean. A heading says what those below it say.
fn codes_without_contact(list: &[Disposition]) -> BTreeSet<String> {
    let tells_apart = list.iter().any(|line| line.meaning().is_some());
    let says_so = |line: &Disposition| match line.outcome {
        Some(outcome) => outcome == OutcomeResult::NoContact,
        None => tells_apart && line.meaning().is_none(),
    };
    let is_below =
        |line: &Disposition, head: &Disposition| line.parent.as_ref() == Some(&head.code);
    let lacks = |head: &&Disposition| {
        says_so(head) && list.iter().all(|line| !is_below(line, head) || says_so(line))
    };
    list.iter().filter(lacks).map(|line| line.code.clone()).collect()
}

/// Returns the product's list; the demo client has one for each business of
/// the example pages.
pub fn default_list(client_id: &str) -> Vec<Disposition> {
    let list = if client_id == demo::CLIENT { DEMO_LIST } else { DEFAULT_LIST };
    let one = |(code, label, call_types): &Entry| Disposition {
        code: (*code).to_owned(),
        label: (*label).to_owned(),
        call_types: call_types.iter().map(|&fit| fit.to_owned()).collect(),
        kind: usual_kind(code),
        // Its code alone does so; the list says it, too.
        does: if forbids_calls(code) { vec![OutcomeAct::Suppress] } else { Vec::new() },
        ..Disposition::default()
    };
    list.iter().map(one).collect()
}

/// Returns the code under which a disposition is stored, and its entry in the client's own list.
/// A disposition that the list lacks is refused, except one that forbids calls: what a customer asks
/// for does not depend on the list.
pub async fn find_disposition(
    store: &Store,
    client: &Client,
    given: String,
) -> Result<(String, Option<Disposition>), ServiceError> {
    let Some(own) = store.clients().find_dispositions(&client.id).await? else {
        return Ok((given, None));
    };
    let forbids = forbids_calls(&given);
    let found = own.iter().find(|entry| entry.code == given);
    let found = found.or_else(|| own.iter().find(|e| forbids && forbids_calls(&e.code)));
    if let Some(entry) = found {
        let below = own.iter().filter(|other| other.parent.as_ref() == Some(&entry.code));
        let below: Vec<&str> = below.map(|other| other.code.as_str()).collect();
        if !below.is_empty() {
            let sentence = format!(
                "disposition {} has others under it: send one of {}.",
                entry.code,
                below.join(", ")
            );
            return Err(ServiceError::Invalid { field: "disposition", sentence });
        }
        return Ok((entry.code.clone(), Some(entry.clone())));
    }
    if forbids {
        return Ok((DO_NOT_CALL.to_owned(), None));
    }
    let codes: Vec<&str> = own.iter().map(|allowed| allowed.code.as_str()).collect();
    Err(ServiceError::Invalid {
        field: "disposition",
        sentence: format!("disposition must be one of {}.", codes.join(", ")),
    })
}

/// Validates a list; the error names the wrong field, and says what it must be.
pub fn validate_list(list: Vec<Disposition>) -> Result<Vec<Disposition>, (String, String)> {
    if list.is_empty() || list.len() > MAX_ENTRIES {
        let sentence = format!("dispositions must have 1 to {MAX_ENTRIES} lines, or be null.");
        return Err(("dispositions".to_owned(), sentence));
    }
    let mut codes = BTreeSet::new();
    for (place, entry) in list.iter().enumerate() {
        let Disposition { code, label, call_types, .. } = entry;
        let wrong = |part: &str, what: String| {
            let field = format!("dispositions[{place}].{part}");
            let sentence = format!("{field} {what}.");
            Err((field, sentence))
        };
        if !is_code(code) {
            let what = format!("must be 1 to {MAX_CODE_CHARS} letters, digits, _ or -");
            return wrong("code", what);
        }
        if !codes.insert(code) {
            return wrong("code", "is on the list twice".to_owned());
        }
        if !is_label(label, MAX_LABEL_CHARS) {
            let what = format!("must be a text of 1 to {MAX_LABEL_CHARS} characters");
            return wrong("label", what);
        }
        let fits = |fit: &String| is_label(fit, MAX_CALL_TYPE_CHARS);
        if call_types.len() > MAX_CALL_TYPES || !call_types.iter().all(fits) {
            let what = format!(
                "must be a list of at most {MAX_CALL_TYPES} texts of 1 to {MAX_CALL_TYPE_CHARS} \
                 characters"
            );
            return wrong("callTypes", what);
        }
        if let Err((part, what)) = entry_rules::check_entry(entry, &list) {
            return wrong(&part, what);
        }
    }
    Ok(list)
}

/// Returns whether a text can be shown in one line.
fn is_label(text: &str, most: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= most && !text.contains(char::is_control)
}

/// Returns whether a text is a code: letters, digits, _ and -.
fn is_code(text: &str) -> bool {
    let is_plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-');
    (1..=MAX_CODE_CHARS).contains(&text.len()) && text.bytes().all(is_plain)
}
