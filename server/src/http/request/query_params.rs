//! Reads the parameters of queries. They are texts, so that an error can name the field.

use super::problem::Problem;
use crate::time;
use axum::extract::{FromRequestParts, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::Direction;
use serde::de::DeserializeOwned;

/// The most characters of a text to search for. A database may recurse once for each sign of a
/// pattern.
const MAX_SEARCH_CHARS: usize = 200;

/// Extracts a query. A handler may take several, each with some of the fields.
pub struct QueryParams<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for QueryParams<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(params)) => Ok(Self(params)),
            Err(_) => Err(unreadable_query()),
        }
    }
}

/// Returns the error for a query that is malformed or names a field twice.
fn unreadable_query() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "invalid_request",
        "The query could not be read; each field may appear in it only once.",
    )
}

/// Treats an empty parameter as a missing one.
pub fn non_empty(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// Reads a whole number of 1 or more.
pub fn read_count(field: &str, text: Option<String>, default: i64) -> Result<i64, Problem> {
    let Some(text) = non_empty(text) else {
        return Ok(default);
    };
    read_whole(text.trim()).filter(|n| *n >= 1).ok_or_else(|| {
        Problem::invalid(field, format!("{field} must be a whole number, 1 or more."))
    })
}

/// Reads a whole number of 0 or more. A number beyond the range counts as the highest: no such page
/// or event exists.
pub fn read_whole(text: &str) -> Option<i64> {
    let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(i64::MAX))
}

/// Reads a whole number from 0 to `most`.
pub fn read_number_up_to(
    name: &'static str,
    text: Option<String>,
    most: i64,
) -> Result<Option<i64>, Problem> {
    let Some(text) = text else { return Ok(None) };
    read_whole(text.trim()).filter(|number| *number <= most).map(Some).ok_or_else(|| {
        Problem::invalid(
            name,
            match most {
                i64::MAX => format!("{name} must be a whole number, 0 or more."),
                most => format!("{name} must be a whole number from 0 to {most}."),
            },
        )
    })
}

/// Reads `hour` and `hourTo`: the first and the last hour of the day.
pub fn read_hours(
    first: Option<String>,
    last: Option<String>,
) -> Result<Option<(i64, i64)>, Problem> {
    let first = read_number_up_to("hour", non_empty(first), 23)?;
    let last = read_number_up_to("hourTo", non_empty(last), 23)?;
    match (first, last) {
        (None, None) => Ok(None),
        (None, Some(_)) => {
            Err(Problem::invalid("hourTo", "hourTo needs hour, which names the first hour."))
        }
        (Some(first), Some(last)) if last < first => {
            Err(Problem::invalid("hourTo", "hourTo must not be less than hour."))
        }
        (Some(first), last) => Ok(Some((first, last.unwrap_or(first)))),
    }
}

/// Reads a switch: `true` or `false` in any case, 1 or 0. Any other value is refused, not guessed.
pub fn read_switch(field: &str, text: Option<&str>) -> Result<bool, Problem> {
    let Some(text) = text.map(str::trim) else { return Ok(false) };
    let is = |word: &str| text.eq_ignore_ascii_case(word);
    if is("true") || is("1") {
        Ok(true)
    } else if is("false") || is("0") {
        Ok(false)
    } else {
        Err(Problem::invalid(field, format!("{field} must be true or false.")))
    }
}

/// Reads `callDirection`.
pub fn read_direction(word: Option<String>) -> Result<Option<Direction>, Problem> {
    let read = |word: String| {
        Direction::parse(&word).ok_or_else(|| {
            let sentence = "callDirection must be \"inbound\" or \"outbound\".";
            Problem::invalid("callDirection", sentence)
        })
    };
    non_empty(word).map(read).transpose()
}

/// Reads the time `field`.
pub fn read_moment(field: &str, text: Option<String>) -> Result<Option<Millis>, Problem> {
    let read = |text: String| {
        // In a query string a plus sign is a space.
        time::parse(&text.replace(' ', "+")).ok_or_else(|| {
            let sentence = format!("{field} is not a time; write it like 2025-10-12T10:30:00Z.");
            Problem::invalid(field, sentence)
        })
    };
    text.map(read).transpose()
}

/// Reads `cursor`, which `parse` understands if it belongs to this list.
pub fn read_cursor<T>(
    text: Option<String>,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, Problem> {
    let Some(text) = non_empty(text) else { return Ok(None) };
    let sentence = "cursor is not valid for this list; copy it from the previous page.";
    parse(&text).map(Some).ok_or_else(|| Problem::invalid("cursor", sentence))
}

/// Reads a text to search for; `None` if it is blank.
pub fn read_search(name: &str, text: Option<&str>) -> Result<Option<String>, Problem> {
    let typed = text.map(restore_plus).filter(|typed| !typed.is_empty());
    check_search(name, typed.as_deref())?;
    Ok(typed)
}

/// Refuses a text that is too long to search for.
pub fn check_search(name: &str, text: Option<&str>) -> Result<(), Problem> {
    if text.is_some_and(|text| text.chars().count() > MAX_SEARCH_CHARS) {
        let sentence = format!("{name} must have at most {MAX_SEARCH_CHARS} characters.");
        return Err(Problem::invalid(name, sentence));
    }
    Ok(())
}

/// Returns a text as it was typed. In a query string a plus sign is a space, and numbers begin with
/// one.
fn restore_plus(text: &str) -> String {
    let is_number =
        text.strip_prefix(' ').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let plus = if is_number { "+" } else { "" };
    format!("{plus}{}", text.trim())
}
