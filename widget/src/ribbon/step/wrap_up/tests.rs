//! Tests notes that are typed, saved and refused.

mod asked;

use super::*;
use crate::ribbon::customer::Customer;
use crate::ribbon::model::{RibbonCall, Session};
use crate::ribbon::step::{Msg, step};
use call_ribbon_shared::call::{Action, Call, Fact, FactKind, Outcome};
use std::rc::Rc;
use wasm_bindgen::JsValue;

/// Returns a ribbon whose agent is connected in this call.
fn call_with_notes(session_id: &str) -> Model {
    let mut model = Model { session: Session::Ready, ..Model::default() };
    begin_call(&mut model, session_id);
    let outcome = |code: &str| Disposition { code: code.to_owned(), ..Disposition::default() };
    model.dispositions = vec![outcome("paid"), outcome("later")];
    model
}

fn begin_call(model: &mut Model, session_id: &str) {
    let mut call = Call::default();
    call.apply(&Fact::new(FactKind::Initiated, 1_000));
    call.apply(&Fact::new(FactKind::Connected, 2_000));
    model.line = Some(RibbonCall {
        session_id: session_id.to_owned(),
        phone: "+919876543210".to_owned(),
        call,
        ..RibbonCall::default()
    });
}

fn end_call(model: &mut Model) -> Vec<Effect> {
    let line = model.line.as_mut().unwrap();
    line.call.apply(&Fact::new_end(9_000, Outcome::Completed, "hangup"));
    open_after_call(model, true)
}

fn send_wrap(model: &mut Model, msg: WrapUpMsg) -> Vec<Effect> {
    step(model, Msg::WrapUp(msg))
}

fn notes_msg(text: &str) -> WrapUpMsg {
    WrapUpMsg::Notes(text.to_owned(), None)
}

fn saved_versions(effects: &[Effect]) -> Vec<u32> {
    let version = |effect: &Effect| match effect {
        Effect::Save { version, .. } => Some(*version),
        _ => None,
    };
    effects.iter().filter_map(version).collect()
}

#[test]
fn a_call_that_was_talked_in_ends_in_its_notes() {
    let mut model = call_with_notes("s1");
    assert!(matches!(end_call(&mut model)[..], [Effect::Focus(".notes"), Effect::LoadNotes(_)]));
    assert_eq!(model.state_phase(), "wrap-up");
    assert_eq!(model.wrap_up.as_ref().unwrap().who, "+919876543210");
    // Notes that the agent has closed stay closed.
    send_wrap(&mut model, WrapUpMsg::Open(false));
    assert_eq!((open_after_call(&mut model, true).len(), model.state_phase()), (0, "ended"));
}

#[test]
fn a_reloaded_or_folded_ribbon_opens_no_notes() {
    let mut reloaded = call_with_notes("s1");
    let call = &mut reloaded.line.as_mut().unwrap().call;
    call.apply(&Fact::new_end(9_000, Outcome::Completed, "hangup"));
    assert!(open_after_call(&mut reloaded, false).is_empty() && reloaded.wrap_up.is_none());
    let mut folded = call_with_notes("s1");
    folded.minimized = true;
    assert!(end_call(&mut folded).is_empty());
}

#[test]
fn what_is_typed_is_saved_after_a_pause_and_one_request_at_a_time() {
    let mut model = call_with_notes("s1");
    end_call(&mut model);
    assert!(matches!(send_wrap(&mut model, notes_msg("pays"))[..], [Effect::SaveSoon]));
    assert_eq!(saved_versions(&send_wrap(&mut model, WrapUpMsg::Save)), [1]);
    send_wrap(&mut model, notes_msg("pays on Friday"));
    assert!(
        saved_versions(&send_wrap(&mut model, WrapUpMsg::Save)).is_empty(),
        "the first is still on its way"
    );
    let effects =
        send_wrap(&mut model, WrapUpMsg::Saved { session_id: "s1".to_owned(), version: 1 });
    assert_eq!(saved_versions(&effects), [2]);
    send_wrap(&mut model, WrapUpMsg::Saved { session_id: "s1".to_owned(), version: 2 });
    assert!(model.wrap_up.as_ref().unwrap().is_saved());
    assert!(
        saved_versions(&send_wrap(&mut model, WrapUpMsg::Save)).is_empty(),
        "nothing is left to save"
    );
}

#[test]
fn an_unreachable_server_is_tried_again_and_reported_once() {
    let mut model = call_with_notes("s1");
    send_wrap(&mut model, notes_msg("pays"));
    send_wrap(&mut model, WrapUpMsg::Save);
    let away = || WrapUpMsg::NotSaved {
        session_id: "s1".to_owned(),
        trouble: RibbonError::new("server_unreachable", "…"),
        again: true,
    };
    assert!(matches!(send_wrap(&mut model, away())[..], [Effect::Report(_), Effect::SaveLater]));
    assert_eq!(saved_versions(&send_wrap(&mut model, WrapUpMsg::Save)), [1]);
    assert!(matches!(send_wrap(&mut model, away())[..], [Effect::SaveLater]));
    assert_eq!(model.wrap_up.as_ref().unwrap().notes, "pays");
}

#[test]
fn what_the_server_refuses_is_not_sent_again() {
    let mut model = call_with_notes("s1");
    send_wrap(&mut model, WrapUpMsg::Disposition(Some("paid".to_owned()), Some(3)));
    let trouble = RibbonError::new("invalid_argument", "disposition is none of the client's.");
    let refused = WrapUpMsg::NotSaved { session_id: "s1".to_owned(), trouble, again: false };
    let effects = send_wrap(&mut model, refused);
    assert!(matches!(effects[..], [Effect::Report(_), Effect::Reject(3, _)]));
    assert!(saved_versions(&send_wrap(&mut model, WrapUpMsg::Save)).is_empty());
}

#[test]
fn the_page_s_promise_is_kept_when_the_server_has_it() {
    let mut model = call_with_notes("s1");
    assert_eq!(
        saved_versions(&send_wrap(&mut model, WrapUpMsg::Notes("a".to_owned(), Some(1)))),
        [1]
    );
    assert!(send_wrap(&mut model, WrapUpMsg::Notes("b".to_owned(), Some(2))).is_empty());
    let effects =
        send_wrap(&mut model, WrapUpMsg::Saved { session_id: "s1".to_owned(), version: 1 });
    assert!(matches!(effects[..], [Effect::Resolve(1), Effect::Save { version: 2, .. }]));
    let effects =
        send_wrap(&mut model, WrapUpMsg::Saved { session_id: "s1".to_owned(), version: 2 });
    assert!(matches!(effects[..], [Effect::Resolve(2)]));
}

#[test]
fn a_wrong_code_and_a_missing_call_are_refused_in_words() {
    let mut model = call_with_notes("s1");
    let effects = send_wrap(&mut model, WrapUpMsg::Disposition(Some("lost".to_owned()), Some(1)));
    let Some(Effect::Reject(1, trouble)) = effects.last() else { panic!("{effects:?}") };
    assert_eq!(trouble.message, "setDisposition: code must be one of paid, later.");
    let mut idle = Model { session: Session::Ready, ..Model::default() };
    let effects = send_wrap(&mut idle, WrapUpMsg::Notes("x".to_owned(), Some(1)));
    assert!(
        matches!(effects.last(), Some(Effect::Reject(1, trouble)) if trouble.code == "no_call")
    );
    let long = "x".repeat(LONGEST_NOTES + 1);
    let effects = send_wrap(&mut model, WrapUpMsg::Notes(long, Some(2)));
    assert!(matches!(effects.last(), Some(Effect::Reject(2, _))));
}

#[test]
fn the_next_call_saves_and_closes_the_notes_on_the_last_one() {
    let mut model = call_with_notes("s1");
    end_call(&mut model);
    send_wrap(&mut model, notes_msg("half a sen"));
    let effects = step(
        &mut model,
        Msg::Call { to: Some("1234".to_owned()), key: "k".to_owned(), now: 0, reply: None },
    );
    assert!(matches!(effects.first(), Some(Effect::Start { .. })), "the call does not wait");
    assert_eq!(saved_versions(&effects), [1]);
    assert!(!model.wrap_up.as_ref().unwrap().open);
    // Notes written from now on belong to the next call.
    begin_call(&mut model, "s2");
    send_wrap(&mut model, notes_msg("new"));
    assert_eq!(model.wrap_up.as_ref().unwrap().session_id, "s2");
}

#[test]
fn an_incoming_call_leaves_the_agent_typing() {
    let mut model = call_with_notes("s1");
    end_call(&mut model);
    let mut call = Call::default();
    call.apply(&Fact::new(FactKind::Incoming, 10_000));
    model.line = Some(RibbonCall { session_id: "s2".to_owned(), call, ..RibbonCall::default() });
    assert!(open_after_call(&mut model, true).is_empty());
    assert!(model.wrap_up.as_ref().unwrap().open);
    assert_eq!(model.state_phase(), "incoming");
    let answered = step(&mut model, Msg::Act { action: Action::Answer, reply: None });
    assert!(matches!(answered.first(), Some(Effect::Act { action: Action::Answer, .. })));
}

#[test]
fn save_and_next_clears_the_bar() {
    let mut model = call_with_notes("s1");
    end_call(&mut model);
    send_wrap(&mut model, WrapUpMsg::FollowUp(Some(99_000)));
    send_wrap(&mut model, WrapUpMsg::FollowUpNote("ask again".to_owned()));
    assert_eq!(saved_versions(&send_wrap(&mut model, WrapUpMsg::Done)), [2]);
    assert!(model.line.is_none() && !model.wrap_up.as_ref().unwrap().open);
    assert_eq!(model.state_phase(), "idle");
}

/// Creates a message with the server's notes at this version.
fn stored_msg(seen: i64, notes: &str) -> WrapUpMsg {
    let (session_id, notes) = ("s1".to_owned(), notes.to_owned());
    WrapUpMsg::Stored(Box::new(WrapUp { session_id, notes, seen, ..WrapUp::default() }))
}

fn saved_msg(version: u32) -> WrapUpMsg {
    WrapUpMsg::Saved { session_id: "s1".to_owned(), version }
}

#[test]
fn what_another_tab_writes_is_followed_and_nothing_is_lost() {
    // Local changes and server messages, in order, and the notes that result.
    let stories: [(&str, Vec<WrapUpMsg>, &str); 9] = [
        ("opened", vec![stored_msg(5, "promised 5000")], "promised 5000"),
        (
            "typed before it was loaded",
            vec![notes_msg("B"), stored_msg(5, "promised")],
            "promised\nB",
        ),
        ("an old one", vec![stored_msg(5, "new"), stored_msg(4, "old")], "new"),
        (
            "typed on what was loaded",
            vec![stored_msg(5, "A"), notes_msg("A, B"), stored_msg(6, "A")],
            "A, B",
        ),
        (
            "both typed on the same",
            vec![stored_msg(5, "A"), notes_msg("A, B"), stored_msg(6, "A, C")],
            "A, C\nA, B",
        ),
        (
            "joined by the server",
            vec![notes_msg("B"), WrapUpMsg::Save, stored_msg(6, "A\nB"), saved_msg(1)],
            "A\nB",
        ),
        (
            "joined by the server while one types on",
            vec![
                notes_msg("B"),
                WrapUpMsg::Save,
                notes_msg("Bee"),
                stored_msg(6, "A\nB"),
                saved_msg(1),
            ],
            "A\nBee",
        ),
        (
            "saved while one types on, in the middle",
            vec![
                notes_msg("one two"),
                WrapUpMsg::Save,
                notes_msg("two"),
                stored_msg(6, "one two"),
                saved_msg(1),
            ],
            "two",
        ),
        (
            "changed elsewhere after it was saved here",
            vec![
                notes_msg("B"),
                WrapUpMsg::Save,
                stored_msg(6, "B"),
                saved_msg(1),
                stored_msg(7, "B, more"),
            ],
            "B, more",
        ),
    ];
    for (name, story, text) in stories {
        let mut model = call_with_notes("s1");
        end_call(&mut model);
        for msg in story {
            send_wrap(&mut model, msg);
        }
        assert_eq!(model.wrap_up.as_ref().unwrap().notes, text, "{name}");
    }
}

#[test]
fn only_what_was_changed_here_is_sent() {
    let mut model = call_with_notes("s1");
    end_call(&mut model);
    send_wrap(&mut model, notes_msg("pays"));
    send_wrap(&mut model, WrapUpMsg::Save);
    send_wrap(&mut model, saved_msg(1));
    send_wrap(&mut model, WrapUpMsg::Disposition(Some("paid".to_owned()), None));
    let touched = model.wrap_up.as_ref().unwrap().touched;
    assert_eq!((touched.notes, touched.disposition), (false, true));
    // Notes on another call are ignored here.
    let other =
        WrapUp { session_id: "s9".to_owned(), notes: "x".to_owned(), seen: 9, ..WrapUp::default() };
    send_wrap(&mut model, WrapUpMsg::Stored(Box::new(other)));
    assert_eq!(model.wrap_up.as_ref().unwrap().notes, "pays");
}

#[test]
fn a_tab_that_has_not_opened_the_notes_knows_them_all_the_same() {
    let mut model = call_with_notes("s1");
    send_wrap(&mut model, stored_msg(5, "from the other tab"));
    assert_eq!(model.shown_notes().unwrap().notes, "from the other tab");
    assert!(!model.wrap_up.as_ref().unwrap().open);
}

#[test]
fn outcomes_fit_the_purpose_of_the_call() {
    let outcome = |code: &str, call_types: &[&str]| Disposition {
        code: code.to_owned(),
        label: code.to_owned(),
        call_types: call_types.iter().map(|&fit| fit.to_owned()).collect(),
        ..Disposition::default()
    };
    let mut model = call_with_notes("s1");
    model.dispositions = vec![
        outcome("promise", &["collections"]),
        outcome("sold", &["sales", "follow_up"]),
        outcome("later", &[]),
    ];
    let offered = |model: &Model| {
        let codes: Vec<_> = model.offered_outcomes().iter().map(|one| one.code.clone()).collect();
        codes.join(" ")
    };
    let talk_about = |model: &mut Model, call_type: &str| {
        let customer = Customer {
            name: String::new(),
            id: String::new(),
            phone: String::new(),
            call_type: call_type.to_owned(),
            brief: String::new(),
            auto_call: false,
            agent_id: None,
            agent_name: None,
            data: Rc::new(JsValue::UNDEFINED),
            json: String::new(),
        };
        model.line.as_mut().unwrap().customer = Some(customer);
    };
    assert_eq!(offered(&model), "promise sold later", "no purpose is known");
    for (call_type, codes) in [
        ("collections", "promise later"),
        ("follow_up", "sold later"),
        ("support", "later"),
        ("", "promise sold later"),
    ] {
        talk_about(&mut model, call_type);
        assert_eq!(offered(&model), codes, "{call_type}");
    }
    // The page may choose any; the agent sees it, and can undo it.
    talk_about(&mut model, "support");
    send_wrap(&mut model, WrapUpMsg::Disposition(Some("sold".to_owned()), None));
    assert_eq!(offered(&model), "sold later");
    // No outcome fits: all are offered.
    model.dispositions.truncate(2);
    model.wrap_up = None;
    assert_eq!(offered(&model), "promise sold");
    // Another call rings while the notes are open: they stay those of the first call.
    talk_about(&mut model, "collections");
    send_wrap(&mut model, WrapUpMsg::Open(true));
    model.line.as_mut().unwrap().session_id = "s2".to_owned();
    talk_about(&mut model, "sales");
    assert_eq!(offered(&model), "promise");
}

#[test]
fn a_follow_up_in_the_past_is_not_kept() {
    let mut model = call_with_notes("s1");
    end_call(&mut model);
    send_wrap(&mut model, WrapUpMsg::FollowUp(Some(90_000)));
    assert!(send_wrap(&mut model, WrapUpMsg::FollowUpPast).is_empty(), "nothing is sent");
    let wrap = model.wrap_up.as_ref().unwrap();
    assert_eq!((wrap.past, wrap.follow_up.as_ref().unwrap().at), (true, 90_000));
    send_wrap(&mut model, WrapUpMsg::FollowUp(None));
    assert!(!model.wrap_up.unwrap().past);
}

#[test]
fn the_pill_offers_the_notes() {
    let mut model = call_with_notes("s1");
    model.minimized = true;
    end_call(&mut model);
    send_wrap(&mut model, WrapUpMsg::Open(true));
    assert_eq!((model.minimized, model.state_phase()), (false, "wrap-up"));
}
