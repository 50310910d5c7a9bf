//! After-call work: notes are saved as they are typed, one request at a time.

#[cfg(test)]
mod tests;

use super::{Effect, Reply, leave_call, refuse_msg};
use crate::ribbon::model::{Model, RibbonError};
use crate::ribbon::wrap_up::{ChangedParts, Disposition, FollowUp, WrapUp};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::Phase;
use call_ribbon_shared::disposition::forbids_calls;
use call_ribbon_shared::notes::LONGEST_NOTES;

/// A message about the notes of a call.
#[derive(Debug, Clone)]
pub enum WrapUpMsg {
    /// Open or close the panel.
    Open(bool),
    /// The new text of the notes.
    Notes(String, Option<Reply>),
    /// A disposition was chosen; `None` clears it.
    Disposition(Option<String>, Option<Reply>),
    /// A heading was opened, to choose one of the dispositions below it; `None` closes it.
    Group(Option<String>),
    /// The text of a field of the disposition.
    Field(String, String),
    /// A page chose a disposition, with its fields.
    Judged(String, Vec<(String, String)>, Option<Reply>),
    /// The time of the follow-up; `None` removes it.
    FollowUp(Option<Millis>),
    /// A time for the follow-up was chosen that has passed: it is refused.
    FollowUpPast,
    /// What to speak about in the follow-up.
    FollowUpNote(String),
    /// Save unsaved changes: the agent pauses, or leaves.
    Save,
    /// Save and continue with the next customer.
    Done,
    /// The agent has left this call in another tab.
    Left(String),
    /// The server's current version: another tab has written it, or this one.
    Stored(Box<WrapUp>),
    /// The server has saved this version.
    Saved { session_id: String, version: u32 },
    /// The server did not save it; `again` if it may later.
    NotSaved { session_id: String, trouble: RibbonError, again: bool },
    /// This tab's draft from before a reload.
    Draft(Box<WrapUp>),
    /// The dispositions that agents choose from.
    Offered(Vec<Disposition>),
}

/// Handles a message about the notes.
pub(super) fn update_notes(model: &mut Model, msg: WrapUpMsg) -> Vec<Effect> {
    if let WrapUpMsg::Offered(list) = msg {
        model.dispositions = list;
        return Vec::new();
    }
    change_or_save(model, msg)
}

#[inline(never)]
fn change_or_save(model: &mut Model, msg: WrapUpMsg) -> Vec<Effect> {
    match msg {
        WrapUpMsg::Open(open) => open_or_close(model, open),
        WrapUpMsg::Notes(text, reply) if text.chars().nth(LONGEST_NOTES).is_some() => {
            let text = format!("setNotes: text is longer than {LONGEST_NOTES} characters.");
            refuse_msg(model, RibbonError::new("invalid_argument", text), reply)
        }
        WrapUpMsg::Notes(text, reply) => change_notes(model, "setNotes", reply, |wrap| {
            wrap.notes = text;
            wrap.touched.notes = true;
        }),
        WrapUpMsg::Disposition(code, reply) => set_disposition(model, code, Vec::new(), reply),
        WrapUpMsg::Judged(code, fields, reply) => set_disposition(model, Some(code), fields, reply),
        WrapUpMsg::Group(code) => {
            let Some(wrap) = current_notes(model) else { return Vec::new() };
            // Other buttons are drawn: the keyboard continues at the first of them.
            let first =
                if code.is_some() { ".chips > :nth-child(2)" } else { ".chips > :first-child" };
            wrap.group = code;
            vec![Effect::Focus(first)]
        }
        WrapUpMsg::Field(name, text) => change_notes(model, "", None, |wrap| {
            wrap.fields.retain(|(known, _)| *known != name);
            wrap.fields.push((name, text));
            wrap.touched.disposition = true;
        }),
        WrapUpMsg::FollowUp(at) => change_notes(model, "", None, |wrap| {
            let note = wrap.follow_up.take().map(|old| old.note).unwrap_or_default();
            wrap.follow_up = at.map(|at| FollowUp { at, note });
            wrap.touched.follow_up = true;
        }),
        WrapUpMsg::FollowUpPast => {
            if let Some(wrap) = current_notes(model) {
                wrap.past = true;
            }
            Vec::new()
        }
        WrapUpMsg::FollowUpNote(note) => change_notes(model, "", None, |wrap| {
            if let Some(follow_up) = &mut wrap.follow_up {
                follow_up.note = note;
            }
            wrap.touched.follow_up = true;
        }),
        WrapUpMsg::Save => send_changes(model),
        // The agent fills in the field first; the panel names it.
        WrapUpMsg::Done if model.lacking_field().is_some() => ask_for_field(),
        WrapUpMsg::Done => leave_notes(model),
        WrapUpMsg::Left(session_id) => {
            let shown = model.line.as_ref().is_some_and(|line| line.session_id == session_id);
            let open = |wrap: &WrapUp| wrap.open && wrap.session_id == session_id;
            if shown || model.wrap_up.as_ref().is_some_and(open) {
                close_panel(model)
            } else {
                Vec::new()
            }
        }
        WrapUpMsg::Stored(stored) => {
            if model.line.as_ref().is_some_and(|line| line.session_id == stored.session_id) {
                current_notes(model);
            }
            if let Some(wrap) = &mut model.wrap_up
                && wrap.session_id == stored.session_id
            {
                wrap.merge_stored(*stored);
            }
            Vec::new()
        }
        WrapUpMsg::Saved { session_id, version } => notes_saved(model, &session_id, version),
        WrapUpMsg::NotSaved { session_id, trouble, again } => {
            notes_not_saved(model, &session_id, &trouble, again)
        }
        WrapUpMsg::Draft(draft) => {
            if model.wrap_up.is_none() {
                model.wrap_up = Some(*draft);
            }
            let mut effects = send_changes(model);
            if let Some(wrap) = model.wrap_up.as_ref().filter(|wrap| wrap.open) {
                effects.push(Effect::LoadNotes(wrap.session_id.clone()));
            }
            effects
        }
        WrapUpMsg::Offered(_) => Vec::new(),
    }
}

/// Leads the agent to the first field that the outcome lacks.
pub(super) fn ask_for_field() -> Vec<Effect> {
    vec![Effect::Focus("[part=outcome-field][aria-invalid=true]")]
}

/// Saves the notes and turns to the next customer, in all tabs.
#[inline(never)]
pub(super) fn leave_notes(model: &mut Model) -> Vec<Effect> {
    let open = model.wrap_up.as_ref().filter(|wrap| wrap.open).map(|wrap| &wrap.session_id);
    let shown = model.line.as_ref().filter(|line| !line.is_live()).map(|line| &line.session_id);
    let left = open.or(shown).cloned().map(Effect::Left);
    let mut effects = close_panel(model);
    effects.extend(left);
    effects
}

fn close_panel(model: &mut Model) -> Vec<Effect> {
    let effects = open_or_close(model, false);
    leave_call(model);
    effects
}

/// Updates the notes after any message. `heard` means that the message came from the server: a call
/// that ended just now opens its notes, one that a reloaded page finds ended does not.
pub(super) fn open_after_call(model: &mut Model, heard: bool) -> Vec<Effect> {
    let folded = model.minimized || model.hidden;
    let Some(line) = &mut model.line else { return Vec::new() };
    if !line.is_live() {
        let first = !std::mem::replace(&mut line.wrap_offered, true);
        let talked = line.call.connected_at().is_some();
        if first && std::mem::take(&mut model.unfolded) && !talked {
            model.minimized = true;
        }
        return if first && heard && talked && !folded {
            open_or_close(model, true)
        } else {
            Vec::new()
        };
    }
    // Notes on the last call, or anything before, never delay the next call.
    let other = line.phase() != Phase::Incoming
        && model
            .wrap_up
            .as_ref()
            .is_some_and(|wrap| wrap.open && wrap.session_id != line.session_id);
    if other {
        let mut effects = send_changes(model);
        effects.extend(open_or_close(model, false));
        effects
    } else {
        Vec::new()
    }
}

#[inline(never)]
fn open_or_close(model: &mut Model, open: bool) -> Vec<Effect> {
    if open {
        let Some(wrap) = current_notes(model) else { return Vec::new() };
        wrap.open = true;
        let load = Effect::LoadNotes(wrap.session_id.clone());
        model.keypad = false;
        model.minimized = false;
        return vec![Effect::Focus(".notes"), load];
    }
    let was_open = model.wrap_up.as_mut().is_some_and(|wrap| std::mem::take(&mut wrap.open));
    let mut effects = send_changes(model);
    if was_open {
        effects.push(Effect::Focus(".main"));
    }
    effects
}

/// Returns the open notes, else those on the call that is shown; drops those on the previous call.
/// A call that the server has not named yet has none.
fn current_notes(model: &mut Model) -> Option<&mut WrapUp> {
    if !model.wrap_up.as_ref().is_some_and(|wrap| wrap.open) {
        let line = model.line.as_ref().filter(|line| !line.session_id.is_empty())?;
        if model.wrap_up.as_ref().is_none_or(|wrap| wrap.session_id != line.session_id) {
            model.wrap_up = Some(WrapUp {
                session_id: line.session_id.clone(),
                who: line.caller_text(model.words).to_owned(),
                ..WrapUp::default()
            });
        }
    }
    let wrap = model.wrap_up.as_mut()?;
    if let Some(line) = model.line.as_ref().filter(|line| line.session_id == wrap.session_id) {
        // Kept for when another call rings while these notes are open.
        wrap.call_type =
            line.customer.as_ref().map(|one| one.call_type.clone()).unwrap_or_default();
    }
    Some(wrap)
}

/// Changes the notes. A typed change is saved after a pause; a change by the page is saved
/// immediately, since the page waits for it.
#[inline(never)]
fn change_notes(
    model: &mut Model,
    method: &str,
    reply: Option<Reply>,
    change: impl FnOnce(&mut WrapUp),
) -> Vec<Effect> {
    let Some(wrap) = current_notes(model) else {
        let text = format!("{method}: there is no call to write that down for.");
        return refuse_msg(model, RibbonError::new("no_call", text), reply);
    };
    change(wrap);
    wrap.past = false;
    wrap.version += 1;
    wrap.failed = None;
    let version = wrap.version;
    if let Some(reply) = reply {
        wrap.waiting.push((version, reply));
        return send_changes(model);
    }
    vec![Effect::SaveSoon]
}

#[inline(never)]
fn set_disposition(
    model: &mut Model,
    code: Option<String>,
    fields: Vec<(String, String)>,
    reply: Option<Reply>,
) -> Vec<Effect> {
    let known = |known: &&Disposition| Some(&known.code) == code.as_ref();
    let entry = model.dispositions.iter().find(known);
    // The server accepts a wish for no more calls whatever the list has.
    if let Some(code) = &code
        && !model.dispositions.is_empty()
        && (entry.is_none() || model.is_group(code))
        && !forbids_calls(code)
    {
        let choosable = |known: &&Disposition| !model.is_group(&known.code);
        let codes: Vec<&str> =
            model.dispositions.iter().filter(choosable).map(|known| known.code.as_str()).collect();
        let text = format!("setDisposition: code must be one of {}.", codes.join(", "));
        return refuse_msg(model, RibbonError::new("invalid_argument", text), reply);
    }
    let text_of =
        |name: &str| fields.iter().find(|(known, _)| known == name).map_or("", |(_, text)| text);
    let lacking = entry.map(|entry| entry.requires.iter()).into_iter().flatten();
    let mut lacking = lacking.filter(|field| !field.accepts(text_of(&field.name)));
    if reply.is_some()
        && let Some(field) = lacking.next()
    {
        let text = format!(
            "setDisposition: fields.{} ({}) is missing or wrong; pass it in the second argument.",
            field.name, field.label
        );
        return refuse_msg(model, RibbonError::new("invalid_argument", text), reply);
    }
    let asks = entry.is_some_and(|entry| !entry.requires.is_empty());
    let mut effects = change_notes(model, "setDisposition", reply, |wrap| {
        wrap.disposition = code;
        wrap.fields = fields;
        wrap.group = None;
        wrap.touched.disposition = true;
    });
    if asks && model.lacking_field().is_some() {
        effects.push(Effect::Focus("[part=outcome-field]"));
    }
    effects
}

/// Sends unsaved changes, unless a request is running: two requests at once could arrive in the
/// wrong order.
fn send_changes(model: &mut Model) -> Vec<Effect> {
    match &mut model.wrap_up {
        Some(wrap) if wrap.sending.is_none() && !wrap.is_saved() => {
            wrap.sending = Some(wrap.version);
            if wrap.touched.notes {
                wrap.base.clone_from(&wrap.notes);
            }
            vec![Effect::Save { session_id: wrap.session_id.clone(), version: wrap.version }]
        }
        _ => Vec::new(),
    }
}

/// Returns the notes of this call and marks them as no longer being sent.
fn end_request<'model>(model: &'model mut Model, session_id: &str) -> Option<&'model mut WrapUp> {
    let wrap = model.wrap_up.as_mut().filter(|wrap| wrap.session_id == session_id)?;
    wrap.sending = None;
    Some(wrap)
}

#[inline(never)]
fn notes_saved(model: &mut Model, session_id: &str, version: u32) -> Vec<Effect> {
    let lacks = model.lacking_field().is_some();
    let Some(wrap) = end_request(model, session_id) else { return Vec::new() };
    wrap.saved = version;
    wrap.failed = None;
    if wrap.is_saved() {
        // From here on only later changes are sent: everything else may be another tab's.
        wrap.touched = ChangedParts { disposition: lacks, ..ChangedParts::default() };
    }
    let (kept, still): (Vec<_>, Vec<_>) =
        std::mem::take(&mut wrap.waiting).into_iter().partition(|(wanted, _)| *wanted <= version);
    wrap.waiting = still;
    let mut effects: Vec<Effect> =
        kept.into_iter().map(|(_, reply)| Effect::Resolve(reply)).collect();
    effects.extend(send_changes(model));
    effects
}

#[inline(never)]
fn notes_not_saved(
    model: &mut Model,
    session_id: &str,
    trouble: &RibbonError,
    again: bool,
) -> Vec<Effect> {
    let mut effects = vec![Effect::Report(trouble.clone())];
    let Some(wrap) = end_request(model, session_id) else { return effects };
    let first = wrap.failed.is_none();
    wrap.failed = Some(if again { String::new() } else { trouble.message.clone() });
    let waiting = std::mem::take(&mut wrap.waiting);
    effects.extend(waiting.into_iter().map(|(_, reply)| Effect::Reject(reply, trouble.clone())));
    if again {
        if !first {
            // Report once per outage.
            effects.remove(0);
        }
        effects.push(Effect::SaveLater);
    } else {
        // The server will not accept it, however often it is sent.
        wrap.saved = wrap.version;
    }
    effects
}
