//! What the server has to be told and may not miss: kept in the browser until the server has
//! acknowledged it, in order, over reloads and closed tabs.
//!
//! What the server itself told the ribbon is on record there and never comes in here.

pub(super) mod store;

use super::json;
use super::net::Failure;

/// One thing to tell the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name at the server, which takes a second one of this name for the first. A later entry
    /// of the same name takes the place of one that was not sent yet.
    pub id: String,
    /// `POST` or `PATCH`.
    pub method: String,
    /// The path on the server, such as `/api/ribbon/log-call`.
    pub path: String,
    /// The body as a JSON object, without key and agent: these are added when it is sent, so no
    /// key is stored.
    pub body: String,
    /// The call it is about, by whatever name.
    pub call: String,
}

impl Entry {
    /// The hang-up of a call.
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

    fn write(&self) -> String {
        let quote = json::quote;
        let parts = [&self.id, &self.method, &self.path, &self.body, &self.call];
        ["[", &parts.map(|part| quote(part)).join(","), "]"].concat()
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = json::items(&json::parse(text)?).into_iter().map(|part| part.as_string());
        let mut next = || parts.next().flatten();
        Some(Self { id: next()?, method: next()?, path: next()?, body: next()?, call: next()? })
    }

    /// The body as it is sent; `who` is `{"apiKey":…` and the agent, left open.
    #[must_use]
    pub fn addressed(&self, who: &str) -> String {
        let own = self.body.trim().strip_prefix('{').unwrap_or("}").trim_start();
        [who, if own == "}" { "" } else { "," }, own].concat()
    }
}

/// An entry with its place in the order: keys sort as their entries were made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) key: String,
    pub(super) entry: Entry,
}

/// The key of an entry made now, after `last`: equal lengths, so that texts sort as numbers do.
/// A random end keeps apart what two tabs make at one time.
pub(super) fn key_after(last: Option<&str>, now: i64, random: &str) -> String {
    let last = last.and_then(|key| key.get(..15)?.parse::<i64>().ok());
    let time = last.map_or(now, |last| now.max(last + 1)).to_string();
    let zeros = "0".repeat(15_usize.saturating_sub(time.len()));
    [zeros.as_str(), &time, ".", random].concat()
}

/// Adds to a list in order what it lacks; what both have is taken from `own`, which is newer.
pub(super) fn merged(stored: Vec<Kept>, own: &[Kept]) -> Vec<Kept> {
    let mut all = own.to_vec();
    // A few entries, mostly in order; the library's sort would be 4 kB of the download.
    for kept in stored {
        let place = all.iter().position(|other| other.key >= kept.key).unwrap_or(all.len());
        if all.get(place).is_none_or(|other| other.key != kept.key) {
            all.insert(place, kept);
        }
    }
    all
}

/// How many calls the entries are about.
pub(super) fn calls(entries: &[Kept]) -> usize {
    let new = |place: &usize| {
        entries[..*place].iter().all(|kept| kept.entry.call != entries[*place].entry.call)
    };
    (0..entries.len()).filter(new).count()
}

/// What an attempt to send an entry came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The server has it, or has it already.
    Done,
    /// It can never pass: it is let go, and the page is told.
    Refused,
    /// This one later; those about other calls may pass.
    Later,
    /// Nothing passes just now.
    Stop,
}

/// Judges an answer.
pub(super) fn judge(entry: &Entry, outcome: Result<(), &Failure>) -> Verdict {
    let Err(failure) = outcome else { return Verdict::Done };
    match failure.status {
        // Nobody answered, or not our server; or the key has first to be put in order.
        0 | 401 | 403 => Verdict::Stop,
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
    use crate::ribbon::model::Trouble;

    fn kept(key: &str, call: &str) -> Kept {
        Kept { key: key.to_owned(), entry: Entry::hang_up(call) }
    }

    #[test]
    fn keys_sort_as_their_entries_were_made() {
        let first = key_after(None, 1_760_000_000_000, "a");
        let second = key_after(Some(&first), 1_760_000_000_000, "a");
        // The clock was put back.
        let third = key_after(Some(&second), 5, "a");
        assert!(first < second && second < third, "{first} {second} {third}");
        assert!(key_after(None, 99, "z") < key_after(None, 100, "a"));
    }

    #[test]
    fn what_the_tab_itself_holds_counts_before_what_is_stored() {
        let mine = Kept { entry: Entry::hang_up("new"), ..kept("2", "") };
        let all = merged(vec![kept("3", "c"), kept("2", "old"), kept("1", "a")], &[mine]);
        let calls_in_order: Vec<_> = all.iter().map(|kept| kept.entry.call.as_str()).collect();
        assert_eq!(calls_in_order, ["a", "new", "c"]);
    }

    #[test]
    fn calls_are_counted_and_not_entries() {
        assert_eq!(calls(&[kept("1", "a"), kept("2", "b"), kept("3", "a")]), 2);
        assert_eq!(calls(&[]), 0);
    }

    #[test]
    fn only_what_can_never_pass_is_let_go() {
        let note = Entry { path: "/api/ribbon/calls/s".to_owned(), ..Entry::hang_up("s") };
        let failed = |status, code| Failure { status, trouble: Trouble::new(code, "") };
        for (status, code, verdict) in [
            (0, "server_unreachable", Verdict::Stop),
            (401, "invalid_api_key", Verdict::Stop),
            (403, "domain_not_allowed", Verdict::Stop),
            (404, "unexpected_answer", Verdict::Stop),
            (200, "unexpected_answer", Verdict::Stop),
            (408, "request_timeout", Verdict::Later),
            (429, "rate_limited", Verdict::Later),
            (503, "unavailable", Verdict::Later),
            (400, "invalid_request", Verdict::Refused),
            (404, "not_found", Verdict::Refused),
            (409, "conflict", Verdict::Refused),
        ] {
            assert_eq!(judge(&note, Err(&failed(status, code))), verdict, "{status} {code}");
        }
        assert_eq!(judge(&note, Ok(())), Verdict::Done);
        let hang_up = Entry::hang_up("s");
        assert_eq!(judge(&hang_up, Err(&failed(409, "conflict"))), Verdict::Done);
        assert_eq!(judge(&hang_up, Err(&failed(404, "not_found"))), Verdict::Done);
        assert_eq!(judge(&hang_up, Err(&failed(400, "invalid_request"))), Verdict::Refused);
    }

    #[test]
    fn key_and_agent_are_added_when_it_is_sent() {
        let who = "{\"apiKey\":\"k\"";
        assert_eq!(Entry::hang_up("s").addressed(who), "{\"apiKey\":\"k\"}");
        let note = Entry { body: "{ \"notes\":\"x\"}".to_owned(), ..Entry::hang_up("s") };
        assert_eq!(note.addressed(who), "{\"apiKey\":\"k\",\"notes\":\"x\"}");
    }
}
