//! Messages to the server that must not be lost: stored in the browser, in order, until the server
//! has acknowledged them, across reloads and closed tabs.
//!
//! Events that the ribbon received from the server are already recorded there and never enter the
//! outbox.

pub(super) mod store;

use super::json;
use super::net::RequestError;
use call_ribbon_shared::Millis;

/// One message to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id at the server, which ignores a second message with the same id. A later entry with
    /// the same id replaces one that was not sent yet.
    pub id: String,
    /// `POST` or `PATCH`.
    pub method: String,
    /// The path on the server, such as `/api/ribbon/log-call`.
    pub path: String,
    /// The body as a JSON object, without key and agent: these are added when it is sent, so that
    /// no key is stored.
    pub body: String,
    /// The id of the call that it is about.
    pub call: String,
}

impl Entry {
    /// Creates the hang-up of a call.
    #[must_use]
    pub fn hang_up(session_id: &str) -> Self {
        Self {
            id: ["hangup.", session_id].concat(),
            method: "POST".to_owned(),
            path: ["/api/ribbon/calls/", session_id, "/hangup"].concat(),
            body: "{}".to_owned(),
            call: session_id.to_owned(),
        }
    }

    /// Creates a change of the notes on a call; `fields` is `,"notes":…` and other fields.
    #[must_use]
    pub fn notes_change(session_id: &str, fields: &str) -> Self {
        Self {
            id: ["notes.", session_id].concat(),
            method: "PATCH".to_owned(),
            path: ["/api/ribbon/calls/", session_id].concat(),
            body: ["{", fields.trim_start_matches(','), "}"].concat(),
            call: session_id.to_owned(),
        }
    }

    /// Returns the body as it is sent; `who` is `{"apiKey":…` and the agent, without the closing
    /// brace.
    #[must_use]
    pub fn body_with(&self, who: &str) -> String {
        let own = self.body.trim().strip_prefix('{').unwrap_or("}").trim_start();
        [who, if own == "}" { "" } else { "," }, own].concat()
    }
}

/// An entry with its position in the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StoredEntry {
    /// When it was created, or slightly later if two were created at the same time.
    pub(super) at: Millis,
    pub(super) entry: Entry,
}

impl StoredEntry {
    /// Returns the entry as it is stored.
    fn to_text(&self) -> String {
        let Entry { id, method, path, body, call } = &self.entry;
        let mut text = ["[", &self.at.to_string()].concat();
        for part in [id, method, path, body, call] {
            text.push(',');
            text.push_str(&json::quote(part));
        }
        text + "]"
    }

    fn from_text(text: &str) -> Option<Self> {
        let parts = json::parse(text)?;
        let part = |place| json::text(&parts, place);
        Some(Self {
            at: json::integer(&parts, "0")?,
            entry: Entry {
                id: part("1")?,
                method: part("2")?,
                path: part("3")?,
                body: part("4")?,
                call: part("5")?,
            },
        })
    }
}

/// Inserts an entry into a list in order. An older entry with the same id is removed; a newer one
/// stays.
pub(super) fn insert_entry(list: &mut Vec<StoredEntry>, kept: StoredEntry) {
    if let Some(old) = list.iter().position(|other| other.entry.id == kept.entry.id) {
        if list[old].at >= kept.at {
            return;
        }
        list.remove(old);
    }
    // There are few entries, mostly in order; the library's sort would add 2 kB to the download.
    let place = list.iter().position(|other| other.at > kept.at).unwrap_or(list.len());
    list.insert(place, kept);
}

/// Returns how many calls the entries are about.
pub(super) fn count_calls(entries: &[StoredEntry]) -> usize {
    let new = |place: &usize| {
        entries[..*place].iter().all(|kept| kept.entry.call != entries[*place].entry.call)
    };
    (0..entries.len()).filter(new).count()
}

/// The result of an attempt to send an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The server has it, or had it before.
    Done,
    /// It can never succeed: it is dropped, and the page is notified.
    Refused,
    /// Retry this one later; entries about other calls may succeed.
    Later,
    /// Nothing succeeds at the moment.
    Stop,
}

/// Judges the answer to an entry.
pub(super) fn judge_answer(entry: &Entry, outcome: Result<(), &RequestError>) -> Verdict {
    let Err(failure) = outcome else { return Verdict::Done };
    match failure.status {
        // It waits until the call's agent is signed in again.
        _ if failure.trouble.code == "other_agent" => Verdict::Later,
        // No answer, or not our server; or the key must be fixed first.
        0 | 401 | 403 => Verdict::Stop,
        // A proxy may refuse it before our server does; it gets no shorter.
        413 => Verdict::Refused,
        _ if failure.trouble.code == "unexpected_answer" => Verdict::Stop,
        408 | 429 | 500.. => Verdict::Later,
        // The call was over before, or the server never knew it: there is nothing to end.
        404 | 409 if entry.path.ends_with("/hangup") => Verdict::Done,
        _ => Verdict::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ribbon::model::RibbonError;

    fn stored_entry(at: Millis, call: &str) -> StoredEntry {
        StoredEntry { at, entry: Entry::hang_up(call) }
    }

    fn entry_list(entries: &[(Millis, &str)]) -> Vec<StoredEntry> {
        let mut list = Vec::new();
        for (at, call) in entries {
            insert_entry(&mut list, stored_entry(*at, call));
        }
        list
    }

    #[test]
    fn entries_stand_in_order_and_the_newest_of_a_name_counts() {
        let all = entry_list(&[(3, "c"), (1, "a"), (2, "b"), (4, "a"), (1, "c"), (4, "d")]);
        let order: Vec<_> = all.iter().map(|kept| (kept.at, kept.entry.call.as_str())).collect();
        assert_eq!(order, [(2, "b"), (3, "c"), (4, "a"), (4, "d")]);
    }

    #[test]
    fn calls_are_counted_and_not_entries() {
        let mut all = entry_list(&[(1, "a"), (2, "b"), (3, "c")]);
        all[2].entry.call = "a".to_owned();
        assert_eq!((count_calls(&all), count_calls(&[])), (2, 0));
    }

    #[test]
    fn only_what_can_never_pass_is_let_go() {
        let note = Entry { path: "/api/ribbon/calls/s".to_owned(), ..Entry::hang_up("s") };
        let failed = |status, code| RequestError { status, trouble: RibbonError::new(code, "") };
        for (status, code, verdict) in [
            (0, "server_unreachable", Verdict::Stop),
            (401, "invalid_api_key", Verdict::Stop),
            (401, "invalid_session", Verdict::Stop),
            (403, "other_agent", Verdict::Later),
            (403, "domain_not_allowed", Verdict::Stop),
            (404, "unexpected_answer", Verdict::Stop),
            (200, "unexpected_answer", Verdict::Stop),
            (408, "request_timeout", Verdict::Later),
            (429, "rate_limited", Verdict::Later),
            (503, "unavailable", Verdict::Later),
            (400, "invalid_request", Verdict::Refused),
            (404, "not_found", Verdict::Refused),
            (413, "payload_too_large", Verdict::Refused),
            (413, "unexpected_answer", Verdict::Refused),
            (409, "conflict", Verdict::Refused),
        ] {
            assert_eq!(judge_answer(&note, Err(&failed(status, code))), verdict, "{status} {code}");
        }
        assert_eq!(judge_answer(&note, Ok(())), Verdict::Done);
        let hang_up = Entry::hang_up("s");
        assert_eq!(judge_answer(&hang_up, Err(&failed(409, "conflict"))), Verdict::Done);
        assert_eq!(judge_answer(&hang_up, Err(&failed(404, "not_found"))), Verdict::Done);
        assert_eq!(judge_answer(&hang_up, Err(&failed(400, "invalid_request"))), Verdict::Refused);
    }

    #[test]
    fn key_and_agent_are_added_when_it_is_sent() {
        let who = "{\"apiKey\":\"k\"";
        assert_eq!(Entry::hang_up("s").body_with(who), "{\"apiKey\":\"k\"}");
        let note = Entry { body: "{ \"notes\":\"x\"}".to_owned(), ..Entry::hang_up("s") };
        assert_eq!(note.body_with(who), "{\"apiKey\":\"k\",\"notes\":\"x\"}");
    }
}
