//! Limits on the size of what a request may store. Each maximum is also in the OpenAPI document,
//! and `tests/api/request/bounds.rs` sends more than that into every field of every body.

use super::problem::Problem;
use call_ribbon_shared::wire::RawValue;

/// The most bytes of `customerData`, as JSON.
pub const LARGEST_CUSTOMER_DATA: usize = 64 * 1024;
/// The most bytes of an event's `data`, as JSON, `customerData` included.
pub const LARGEST_EVENT_DATA: usize = 96 * 1024;
/// The most characters of a word that pages send in any form, such as an agent's id in an event. An
/// event is worth more than its words: an id that is too long for an index is only not counted.
pub const LONGEST_WORD: usize = 10_000;
/// The most characters of a short text in free words, such as the reason for which a call ended.
pub const LONGEST_PHRASE: usize = 1000;

/// Returns a text if it has at most this many characters.
pub fn text_within(field: &str, text: String, most: usize) -> Result<String, Problem> {
    if text.chars().count() > most {
        let sentence = format!("{field} must have at most {most} characters.");
        return Err(Problem::invalid(field, sentence));
    }
    Ok(text)
}

/// Refuses a text with a NUL character, which PostgreSQL cannot store.
pub fn refuse_nul(field: &str, text: &str) -> Result<(), Problem> {
    if text.contains('\0') {
        let sentence = format!("{field} must not contain a NUL character.");
        return Err(Problem::invalid(field, sentence));
    }
    Ok(())
}

/// Refuses a list of more entries than this.
pub fn check_count<T>(field: &str, entries: &[T], most: usize) -> Result<(), Problem> {
    if entries.len() > most {
        let sentence = format!("{field} must have at most {most} entries.");
        return Err(Problem::invalid(field, sentence));
    }
    Ok(())
}

/// Refuses JSON of more bytes than this, which is a whole number of KiB.
pub fn check_bytes(field: &str, json: &RawValue, most: usize) -> Result<(), Problem> {
    check_size(field, json.get().len(), most)
}

/// Refuses a field that has more bytes as JSON.
pub fn check_size(field: &str, bytes: usize, most: usize) -> Result<(), Problem> {
    if bytes > most {
        let sentence = format!(
            "{field} must have at most {} KiB as JSON, and this has {}.",
            most / 1024,
            bytes.div_ceil(1024)
        );
        return Err(Problem::invalid(field, sentence));
    }
    Ok(())
}
