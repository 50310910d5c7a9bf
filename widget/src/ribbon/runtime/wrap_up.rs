//! Saves notes, disposition and follow-up, and keeps them across a reload.

use super::Ribbon;
use crate::ribbon::json;
use crate::ribbon::memory::{Memory, Scope};
use crate::ribbon::net::Request;
use crate::ribbon::outbox::Entry;
use crate::ribbon::platform::Timer;
use crate::ribbon::step::{Msg, WrapUpMsg};
use crate::ribbon::words;
use crate::ribbon::wrap_up::{ChangedParts, FollowUp, WrapUp};
use call_ribbon_shared::Millis;
use js_sys::Date;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;

/// An agent who types pauses longer than this between sentences.
const PAUSE_MS: i32 = 600;
/// The delay before a retry after a failure.
const LATER_MS: i32 = 5_000;

/// The name under which a tab stores the draft.
const DRAFT: &str = "notes";

impl Ribbon {
    /// Restores the draft from before the page was loaded; `unsaved` means only if the server does not
    /// have all of it.
    pub(super) fn recall_notes(&self, unsaved: bool) {
        let text = self.of_agent.borrow().get(Scope::Tab, DRAFT);
        let draft = text.as_deref().and_then(json::parse).as_ref().and_then(read_draft);
        let is_wanted = |draft: &WrapUp| !unsaved || !draft.is_saved() || draft.touched.disposition;
        if let Some(draft) = draft.filter(is_wanted) {
            self.dispatch(Msg::WrapUp(WrapUpMsg::Draft(Box::new(draft))));
        }
    }

    /// Stores the draft, if it has changed.
    pub(super) fn remember_notes(&self) {
        let text = self.read(|model| model.wrap_up.as_ref().map(draft_json)).flatten();
        let text = text.unwrap_or_default();
        if *self.paper.borrow() != text {
            self.of_agent.borrow().put(Scope::Tab, DRAFT, &text);
            self.paper.replace(text);
        }
    }

    /// Removes the draft: the page destroyed the ribbon.
    pub(super) fn forget_notes(&self) {
        self.of_agent.borrow().remove(Scope::Tab, DRAFT);
    }

    /// Switches drafts to another agent: the current draft, else the one that the agent left.
    pub(super) fn move_notes(&self, of_agent: Memory) {
        if self.paper.take().is_empty() {
            self.of_agent.replace(of_agent);
            self.recall_notes(false);
        } else {
            self.forget_notes();
            self.of_agent.replace(of_agent);
        }
    }

    pub(super) fn save_after(&self, soon: bool) {
        let me = self.me.clone();
        let timer = Timer::after(if soon { PAUSE_MS } else { LATER_MS }, move || {
            if let Some(ribbon) = me.upgrade() {
                ribbon.dispatch(Msg::WrapUp(WrapUpMsg::Save));
            }
        });
        self.saver.replace(Some(timer));
    }

    pub(super) fn save_notes(&self, session_id: String, version: u32) {
        self.saver.replace(None);
        let written = self.read(|model| {
            let is_whole = model.lacking_field().is_none();
            model.wrap_up.as_ref().map(|wrap| changed_fields(wrap, is_whole))
        });
        let written = written.flatten();
        let entry = Entry::notes_change(&session_id, &written.unwrap_or_default());
        let (me, sending) = (self.me.clone(), self.send_entry(&entry));
        spawn_local(async move {
            let outcome = sending.await;
            let Some(ribbon) = me.upgrade() else { return };
            let told = match outcome {
                Ok(answer) => {
                    ribbon.remove_entry(&entry.id);
                    ribbon.merge_notes(&answer);
                    ribbon.refresh_companion();
                    ribbon.send_notes(&answer);
                    WrapUpMsg::Saved { session_id, version }
                }
                Err(failure) => {
                    let again = failure.is_temporary() || matches!(failure.status, 401 | 403 | 429);
                    let trouble = super::server::request_error(failure, words::NOT_SAVED);
                    if again {
                        // Also for when the tab is closed, or the next call replaces the notes.
                        ribbon.store_entry(entry);
                    }
                    WrapUpMsg::NotSaved { session_id, trouble, again }
                }
            };
            ribbon.dispatch(Msg::WrapUp(told));
        });
    }

    /// Requests the notes on a call from the server: another tab may have written them.
    pub(super) fn load_notes(&self, session_id: &str) {
        let request = Request::get(["/api/ribbon/calls/", session_id].concat());
        self.run_request(request, |ribbon, outcome| {
            // Without an answer, the server merges them when they are saved.
            if let Ok(answer) = outcome {
                ribbon.merge_notes(&answer);
            }
        });
    }

    /// Merges the notes on a call that the server or another tab reports.
    pub(super) fn merge_notes(&self, call: &JsValue) {
        if let Some(stored) = read_stored(call) {
            self.dispatch(Msg::WrapUp(WrapUpMsg::Stored(Box::new(stored))));
        }
    }

    /// Sends the notes on a call to the other tabs.
    fn send_notes(&self, call: &JsValue) {
        json::set(call.unchecked_ref(), "timeline", &JsValue::UNDEFINED);
        if let Some(text) = json::write(call) {
            self.send_to_tabs(&["noted ", &text].concat());
        }
    }

    /// Moves the keyboard focus to the notes, unless the agent is typing elsewhere on the page.
    pub(super) fn focus_later(&self, selector: &'static str) {
        let me = self.me.clone();
        // The element that gets the focus must be shown first.
        let timer = Timer::after(0, move || {
            if let Some(ribbon) = me.upgrade()
                && let Some(host) = &*ribbon.host.borrow()
            {
                host.focus_element(selector);
            }
        });
        self.focuser.replace(Some(timer));
    }
}

/// Returns `,"notesVersion":…` and all changed fields. A disposition that still lacks a field is not
/// among them: the server would refuse it.
fn changed_fields(wrap: &WrapUp, is_whole: bool) -> String {
    let mut out = [",\"notesVersion\":", &wrap.seen.to_string()].concat();
    if wrap.touched.notes {
        out.push_str(",\"notes\":");
        out.push_str(&json::quote(&wrap.notes));
    }
    if wrap.touched.disposition && is_whole {
        let code = wrap.disposition.as_deref().map_or("null".to_owned(), json::quote);
        out.push_str(",\"disposition\":");
        out.push_str(&code);
        if !wrap.fields.is_empty() {
            write_asked(&mut out, &wrap.fields);
        }
    }
    if wrap.touched.follow_up {
        out.push_str(",\"followUp\":");
        match &wrap.follow_up {
            Some(follow_up) => {
                let note = json::quote(&follow_up.note);
                let parts = ["{\"at\":\"", &format_time(follow_up.at), "\",\"note\":", &note, "}"];
                out.push_str(&parts.concat());
            }
            None => out.push_str("null"),
        }
    }
    out
}

/// Writes the draft as JSON.
#[inline(never)]
fn draft_json(wrap: &WrapUp) -> String {
    let word = |on: bool| if on { "1" } else { "0" };
    let whole = WrapUp {
        touched: ChangedParts { notes: true, disposition: true, follow_up: true },
        ..wrap.clone()
    };
    let ChangedParts { notes, disposition, follow_up } = wrap.touched;
    let who = json::quote(&wrap.who);
    [
        "{\"sessionId\":\"",
        &wrap.session_id,
        "\",\"who\":",
        &who,
        ",\"is\":\"",
        word(wrap.open),
        word(wrap.is_saved()),
        word(notes),
        word(disposition),
        word(follow_up),
        "\"",
        &changed_fields(&whole, true),
        "}",
    ]
    .concat()
}

/// Reads the draft from its JSON.
#[inline(never)]
fn read_draft(paper: &JsValue) -> Option<WrapUp> {
    let is = json::text(paper, "is")?;
    let is = |place: usize| is.as_bytes().get(place) == Some(&b'1');
    Some(WrapUp {
        who: json::text(paper, "who").unwrap_or_default(),
        open: is(0),
        touched: ChangedParts { notes: is(2), disposition: is(3), follow_up: is(4) },
        version: 1,
        saved: u32::from(is(1)),
        ..read_stored(paper)?
    })
}

/// Writes what the agent entered with the disposition.
#[inline(never)]
fn write_asked(out: &mut String, fields: &[(String, String)]) {
    out.push_str(",\"dispositionFields\":{");
    let mut separator = "";
    for (name, text) in fields.iter().filter(|(_, text)| !text.is_empty()) {
        for part in [separator, &json::quote(name), ":", &json::quote(text)] {
            out.push_str(part);
        }
        separator = ",";
    }
    out.push('}');
}

/// Reads what was entered with a disposition: texts, and amounts that are numbers.
#[inline(never)]
pub(in crate::ribbon) fn read_asked(fields: &JsValue) -> Vec<(String, String)> {
    // An object always has a list of its keys.
    let names = js_sys::Reflect::own_keys(fields).map(JsValue::from).unwrap_or_default();
    let names = json::items(&names).into_iter().filter_map(|name| name.as_string());
    let text = |name: String| {
        let value = json::field(fields, &name);
        let number = || value.as_f64().and_then(|_| json::write(&value));
        let text = value.as_string().or_else(number)?;
        Some((name, text))
    };
    names.filter_map(text).collect()
}

/// Reads the notes on a call as the server sends them.
fn read_stored(paper: &JsValue) -> Option<WrapUp> {
    let follow_up = json::field(paper, "followUp");
    let asked = json::field(paper, "dispositionFields");
    let at = json::text(&follow_up, "at").map(|at| Date::parse(&at));
    #[expect(clippy::cast_possible_truncation, reason = "a date fits in 53 bits")]
    let at = at.map(|at| at as Millis);
    Some(WrapUp {
        session_id: json::text(paper, "sessionId")?,
        notes: json::text(paper, "notes").unwrap_or_default(),
        disposition: json::text(paper, "disposition"),
        fields: if asked.is_object() { read_asked(&asked) } else { Vec::new() },
        follow_up: at
            .map(|at| FollowUp { at, note: json::text(&follow_up, "note").unwrap_or_default() }),
        seen: json::integer(paper, "notesVersion").unwrap_or_default(),
        ..WrapUp::default()
    })
}

/// Formats a time for the API.
pub(in crate::ribbon) fn format_time(at: Millis) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a date fits in 53 bits")]
    let date = Date::new(&JsValue::from_f64(at as f64));
    date.to_iso_string().into()
}
