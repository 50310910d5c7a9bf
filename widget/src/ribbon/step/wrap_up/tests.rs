//! Tests notes that are typed, saved and refused.

use super::*;
use crate::ribbon::model::{Line, Session};
use crate::ribbon::step::{Msg, step};
use call_ribbon_shared::call::{Action, Call, Fact, Outcome, What};

/// Returns a ribbon whose agent is connected in this call.
fn talking(session_id: &str) -> Model {
    let mut model = Model { session: Session::Ready, ..Model::default() };
    begin(&mut model, session_id);
    model.dispositions =
        vec![("paid".to_owned(), "Paid".to_owned()), ("later".to_owned(), "Call back".to_owned())];
    model
}

fn begin(model: &mut Model, session_id: &str) {
    let mut call = Call::default();
    call.apply(&Fact::new(What::Initiated, 1_000));
    call.apply(&Fact::new(What::Connected, 2_000));
    model.line = Some(Line {
        session_id: session_id.to_owned(),
        phone: "+919876543210".to_owned(),
        call,
        ..Line::default()
    });
}

fn end(model: &mut Model) -> Vec<Effect> {
    let line = model.line.as_mut().unwrap();
    line.call.apply(&Fact::ended(9_000, Outcome::Completed, "hangup"));
    follow(model, true)
}

fn tell(model: &mut Model, msg: Wrap) -> Vec<Effect> {
    step(model, Msg::Wrap(msg))
}

fn notes(text: &str) -> Wrap {
    Wrap::Notes(text.to_owned(), None)
}

fn saves(effects: &[Effect]) -> Vec<u32> {
    let version = |effect: &Effect| match effect {
        Effect::Save { version, .. } => Some(*version),
        _ => None,
    };
    effects.iter().filter_map(version).collect()
}

#[test]
fn a_call_that_was_talked_in_ends_in_its_notes() {
    let mut model = talking("s1");
    assert!(matches!(end(&mut model)[..], [Effect::Focus(".notes"), Effect::LoadNotes(_)]));
    assert_eq!(model.phase(), "wrap-up");
    assert_eq!(model.wrap_up.as_ref().unwrap().who, "+919876543210");
    // Notes that the agent has closed stay closed.
    tell(&mut model, Wrap::Open(false));
    assert_eq!((follow(&mut model, true).len(), model.phase()), (0, "ended"));
}

#[test]
fn a_reloaded_or_folded_ribbon_opens_no_notes() {
    let mut reloaded = talking("s1");
    let call = &mut reloaded.line.as_mut().unwrap().call;
    call.apply(&Fact::ended(9_000, Outcome::Completed, "hangup"));
    assert!(follow(&mut reloaded, false).is_empty() && reloaded.wrap_up.is_none());
    let mut folded = talking("s1");
    folded.minimized = true;
    assert!(end(&mut folded).is_empty());
}

#[test]
fn what_is_typed_is_saved_after_a_pause_and_one_request_at_a_time() {
    let mut model = talking("s1");
    end(&mut model);
    assert!(matches!(tell(&mut model, notes("pays"))[..], [Effect::SaveSoon]));
    assert_eq!(saves(&tell(&mut model, Wrap::Save)), [1]);
    tell(&mut model, notes("pays on Friday"));
    assert!(saves(&tell(&mut model, Wrap::Save)).is_empty(), "the first is still on its way");
    let effects = tell(&mut model, Wrap::Saved { session_id: "s1".to_owned(), version: 1 });
    assert_eq!(saves(&effects), [2]);
    tell(&mut model, Wrap::Saved { session_id: "s1".to_owned(), version: 2 });
    assert!(model.wrap_up.as_ref().unwrap().is_saved());
    assert!(saves(&tell(&mut model, Wrap::Save)).is_empty(), "nothing is left to save");
}

#[test]
fn an_unreachable_server_is_tried_again_and_reported_once() {
    let mut model = talking("s1");
    tell(&mut model, notes("pays"));
    tell(&mut model, Wrap::Save);
    let away = || Wrap::NotSaved {
        session_id: "s1".to_owned(),
        trouble: Trouble::new("server_unreachable", "…"),
        again: true,
    };
    assert!(matches!(tell(&mut model, away())[..], [Effect::Report(_), Effect::SaveLater]));
    assert_eq!(saves(&tell(&mut model, Wrap::Save)), [1]);
    assert!(matches!(tell(&mut model, away())[..], [Effect::SaveLater]));
    assert_eq!(model.wrap_up.as_ref().unwrap().notes, "pays");
}

#[test]
fn what_the_server_refuses_is_not_sent_again() {
    let mut model = talking("s1");
    tell(&mut model, Wrap::Disposition(Some("paid".to_owned()), Some(3)));
    let trouble = Trouble::new("invalid_argument", "disposition is none of the client's.");
    let refused = Wrap::NotSaved { session_id: "s1".to_owned(), trouble, again: false };
    let effects = tell(&mut model, refused);
    assert!(matches!(effects[..], [Effect::Report(_), Effect::Reject(3, _)]));
    assert!(saves(&tell(&mut model, Wrap::Save)).is_empty());
}

#[test]
fn the_page_s_promise_is_kept_when_the_server_has_it() {
    let mut model = talking("s1");
    assert_eq!(saves(&tell(&mut model, Wrap::Notes("a".to_owned(), Some(1)))), [1]);
    assert!(tell(&mut model, Wrap::Notes("b".to_owned(), Some(2))).is_empty());
    let effects = tell(&mut model, Wrap::Saved { session_id: "s1".to_owned(), version: 1 });
    assert!(matches!(effects[..], [Effect::Resolve(1), Effect::Save { version: 2, .. }]));
    let effects = tell(&mut model, Wrap::Saved { session_id: "s1".to_owned(), version: 2 });
    assert!(matches!(effects[..], [Effect::Resolve(2)]));
}

#[test]
fn a_wrong_code_and_a_missing_call_are_refused_in_words() {
    let mut model = talking("s1");
    let effects = tell(&mut model, Wrap::Disposition(Some("lost".to_owned()), Some(1)));
    let Some(Effect::Reject(1, trouble)) = effects.last() else { panic!("{effects:?}") };
    assert_eq!(trouble.message, "setDisposition: code must be one of paid, later.");
    let mut idle = Model { session: Session::Ready, ..Model::default() };
    let effects = tell(&mut idle, Wrap::Notes("x".to_owned(), Some(1)));
    assert!(
        matches!(effects.last(), Some(Effect::Reject(1, trouble)) if trouble.code == "no_call")
    );
    let long = "x".repeat(LONGEST_NOTES + 1);
    let effects = tell(&mut model, Wrap::Notes(long, Some(2)));
    assert!(matches!(effects.last(), Some(Effect::Reject(2, _))));
}

#[test]
fn the_next_call_saves_and_closes_the_notes_on_the_last_one() {
    let mut model = talking("s1");
    end(&mut model);
    tell(&mut model, notes("half a sen"));
    let effects = step(
        &mut model,
        Msg::Call { to: Some("1234".to_owned()), key: "k".to_owned(), now: 0, reply: None },
    );
    assert!(matches!(effects.first(), Some(Effect::Start { .. })), "the call does not wait");
    assert_eq!(saves(&effects), [1]);
    assert!(!model.wrap_up.as_ref().unwrap().open);
    // Notes written from now on belong to the next call.
    begin(&mut model, "s2");
    tell(&mut model, notes("new"));
    assert_eq!(model.wrap_up.as_ref().unwrap().session_id, "s2");
}

#[test]
fn an_incoming_call_leaves_the_agent_typing() {
    let mut model = talking("s1");
    end(&mut model);
    let mut call = Call::default();
    call.apply(&Fact::new(What::Incoming, 10_000));
    model.line = Some(Line { session_id: "s2".to_owned(), call, ..Line::default() });
    assert!(follow(&mut model, true).is_empty());
    assert!(model.wrap_up.as_ref().unwrap().open);
    assert_eq!(model.phase(), "incoming");
    let answered = step(&mut model, Msg::Act { action: Action::Answer, reply: None });
    assert!(matches!(answered.first(), Some(Effect::Act { action: Action::Answer, .. })));
}

#[test]
fn save_and_next_clears_the_bar() {
    let mut model = talking("s1");
    end(&mut model);
    tell(&mut model, Wrap::FollowUp(Some(99_000)));
    tell(&mut model, Wrap::FollowUpNote("ask again".to_owned()));
    assert_eq!(saves(&tell(&mut model, Wrap::Done)), [2]);
    assert!(model.line.is_none() && !model.wrap_up.as_ref().unwrap().open);
    assert_eq!(model.phase(), "idle");
}

/// Creates a message with the server's notes at this version.
fn stored(seen: i64, notes: &str) -> Wrap {
    let (session_id, notes) = ("s1".to_owned(), notes.to_owned());
    Wrap::Stored(Box::new(WrapUp { session_id, notes, seen, ..WrapUp::default() }))
}

fn saved(version: u32) -> Wrap {
    Wrap::Saved { session_id: "s1".to_owned(), version }
}

#[test]
fn what_another_tab_writes_is_followed_and_nothing_is_lost() {
    // Local changes and server messages, in order, and the notes that result.
    let stories: [(&str, Vec<Wrap>, &str); 9] = [
        ("opened", vec![stored(5, "promised 5000")], "promised 5000"),
        ("typed before it was loaded", vec![notes("B"), stored(5, "promised")], "promised\nB"),
        ("an old one", vec![stored(5, "new"), stored(4, "old")], "new"),
        ("typed on what was loaded", vec![stored(5, "A"), notes("A, B"), stored(6, "A")], "A, B"),
        (
            "both typed on the same",
            vec![stored(5, "A"), notes("A, B"), stored(6, "A, C")],
            "A, C\nA, B",
        ),
        ("joined by the server", vec![notes("B"), Wrap::Save, stored(6, "A\nB"), saved(1)], "A\nB"),
        (
            "joined by the server while one types on",
            vec![notes("B"), Wrap::Save, notes("Bee"), stored(6, "A\nB"), saved(1)],
            "A\nBee",
        ),
        (
            "saved while one types on, in the middle",
            vec![notes("one two"), Wrap::Save, notes("two"), stored(6, "one two"), saved(1)],
            "two",
        ),
        (
            "changed elsewhere after it was saved here",
            vec![notes("B"), Wrap::Save, stored(6, "B"), saved(1), stored(7, "B, more")],
            "B, more",
        ),
    ];
    for (name, story, text) in stories {
        let mut model = talking("s1");
        end(&mut model);
        for msg in story {
            tell(&mut model, msg);
        }
        assert_eq!(model.wrap_up.as_ref().unwrap().notes, text, "{name}");
    }
}

#[test]
fn only_what_was_changed_here_is_sent() {
    let mut model = talking("s1");
    end(&mut model);
    tell(&mut model, notes("pays"));
    tell(&mut model, Wrap::Save);
    tell(&mut model, saved(1));
    tell(&mut model, Wrap::Disposition(Some("paid".to_owned()), None));
    let touched = model.wrap_up.as_ref().unwrap().touched;
    assert_eq!((touched.notes, touched.disposition), (false, true));
    // Notes on another call are ignored here.
    let other =
        WrapUp { session_id: "s9".to_owned(), notes: "x".to_owned(), seen: 9, ..WrapUp::default() };
    tell(&mut model, Wrap::Stored(Box::new(other)));
    assert_eq!(model.wrap_up.as_ref().unwrap().notes, "pays");
}

#[test]
fn a_tab_that_has_not_opened_the_notes_knows_them_all_the_same() {
    let mut model = talking("s1");
    tell(&mut model, stored(5, "from the other tab"));
    assert_eq!(model.written().unwrap().notes, "from the other tab");
    assert!(!model.wrap_up.as_ref().unwrap().open);
}
