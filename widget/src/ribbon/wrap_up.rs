//! After-call work on one call: notes, a disposition and a follow-up.

use super::step::Reply;
use call_ribbon_shared::Millis;
use call_ribbon_shared::notes::merge_texts;

/// The after-call work on one call, and how much of it the server has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WrapUp {
    /// The server's id of the call.
    pub session_id: String,
    /// The other side's name, for the heading.
    pub who: String,
    /// The purpose of the call (`callType`), for when another call is shown; empty if unknown.
    pub call_type: String,
    /// The agent's notes.
    pub notes: String,
    /// The code of the disposition.
    pub disposition: Option<String>,
    /// What the agent enters with it: names of fields, and their texts.
    pub fields: Vec<(String, String)>,
    /// The disposition whose others below it are shown for choosing.
    pub group: Option<String>,
    /// When to speak again, and what about.
    pub follow_up: Option<FollowUp>,
    /// Whether the panel is open.
    pub open: bool,
    /// The parts that were changed here; all others stay as the server has them.
    pub touched: ChangedParts,
    /// The notes that the server had last, or was sent last.
    pub base: String,
    /// The version of them at the server; 0 if there is none.
    pub seen: Millis,
    /// Incremented with each change.
    pub version: u32,
    /// The last change that the server has.
    pub saved: u32,
    /// The change that is being sent.
    pub sending: Option<u32>,
    /// The last attempt failed; the sentence says why, if another attempt would not help.
    pub failed: Option<String>,
    /// Whether the time that was chosen last for the follow-up has passed, and is therefore not kept.
    pub past: bool,
    /// Promises that wait until a change is saved.
    pub waiting: Vec<(u32, Reply)>,
}

/// A possible outcome of a call, in the client's own words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Disposition {
    /// The code under which it is stored.
    pub code: String,
    /// The text that agents see.
    pub label: String,
    /// The purposes of calls (`callType`) that it is offered for; empty for all.
    pub call_types: Vec<String>,
    /// The code of the disposition under which it is offered; empty for none.
    pub parent: String,
    /// Whether it says that the right person was not reached.
    pub no_contact: bool,
    /// What the agent enters with it.
    pub requires: Vec<AskedField>,
}

/// What an agent enters with a disposition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AskedField {
    /// The name under which it is stored.
    pub name: String,
    /// The text that agents see.
    pub label: String,
    /// `date`, `amount`, `choice` or `text`.
    pub kind: String,
    /// What can be chosen.
    pub choices: Vec<String>,
    /// Whether it may stay empty.
    pub optional: bool,
}

impl AskedField {
    /// Returns whether a text can be saved for it. The server checks it once more.
    #[must_use]
    pub fn accepts(&self, text: &str) -> bool {
        match self.kind.as_str() {
            _ if text.trim().is_empty() => self.optional,
            "amount" => is_amount(text),
            _ => true,
        }
    }
}

/// Returns whether a text is an amount as people write it: with a currency, in the digits of their
/// language, and with digits in groups. `5,5` may mean a fraction, and is none. The server reads it, and
/// checks more.
fn is_amount(text: &str) -> bool {
    let is_digit =
        |c: char| matches!(c, '0'..='9' | '०'..='९' | '٠'..='٩' | '۰'..='۹' | '０'..='９');
    let is_currency = |text: &str| {
        let text = text.trim();
        let known = ["", "$", "/-", "rs", "rs.", "inr", "usd", "eur", "gbp", "rupees"];
        !text.is_ascii() && !text.contains('-')
            || known.iter().any(|known| text.eq_ignore_ascii_case(known))
    };
    let Some(first) = text.find(is_digit) else { return false };
    let amount = text[first..].trim_end_matches(|c: char| !is_digit(c));
    let (whole, part) = amount.split_once(['.', '٫']).unwrap_or((amount, "0"));
    let (mut digits, mut group) = (0, None);
    for c in whole.chars() {
        match c {
            ',' | ' ' | '٬' if group != Some(0) => group = Some(0),
            _ if is_digit(c) => {
                digits += 1;
                group = group.map(|count| count + 1);
            }
            _ => return false,
        }
    }
    (1..=11).contains(&digits)
        && group.is_none_or(|count| count == 3)
        && (1..=4).contains(&part.chars().count())
        && part.chars().all(is_digit)
        && is_currency(&text[..first])
        && is_currency(&text[first + amount.len()..])
}

/// When to speak again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FollowUp {
    /// When.
    pub at: Millis,
    /// What about.
    pub note: String,
}

/// The parts that were changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ChangedParts {
    /// The notes.
    pub notes: bool,
    /// The disposition.
    pub disposition: bool,
    /// The follow-up.
    pub follow_up: bool,
}

impl WrapUp {
    /// Merges the server's current version, which another tab or agent may have written. Unsaved
    /// changes made here stay, and no text is lost.
    pub fn merge_stored(&mut self, stored: Self) {
        if stored.seen <= self.seen {
            return;
        }
        self.seen = stored.seen;
        // A disposition that still lacks a field is not saved with the rest.
        let is_saved = self.is_saved() && !self.touched.disposition;
        let ours = if is_saved { ChangedParts::default() } else { self.touched };
        if !ours.notes {
            self.notes.clone_from(&stored.notes);
        } else if stored.notes != self.base {
            self.notes = match stored.notes.strip_suffix(&self.base) {
                Some(before) if !self.base.is_empty() => [before, &self.notes].concat(),
                _ => merge_texts(&stored.notes, &self.notes),
            };
        }
        self.base = stored.notes;
        if !ours.disposition {
            self.disposition = stored.disposition;
            self.fields = stored.fields;
        }
        if !ours.follow_up {
            self.follow_up = stored.follow_up;
        }
    }

    /// Returns the text that was entered for a field.
    #[must_use]
    pub fn field_text(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, text)| text)
    }

    /// Returns whether the server has all changes.
    #[must_use]
    pub fn is_saved(&self) -> bool {
        self.saved == self.version
    }
}
