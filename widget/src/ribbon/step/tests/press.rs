//! Tests the main button: its action, and that presses just after a change are ignored.

use super::*;
use crate::ribbon::model::MainAction;

fn press_button(model: &mut Model) -> Vec<Effect> {
    step(model, Msg::Press(Press::Main { key: "k2".to_owned(), now: 0 }))
}

fn settle_button(model: &mut Model) {
    step(model, Msg::Settled);
}

fn ring_msg(seq: i64) -> Msg {
    let rings = feed_event_of(seq, FactKind::Incoming, Status::Active);
    let fact = Fact { direction: Some(Direction::Inbound), ..rings.fact.clone() };
    let event_id = format!("in{seq}");
    Msg::FeedEvent(Box::new(FeedEvent {
        fact,
        event_id,
        session_id: "in".to_owned(),
        agent_id: None,
        ..rings
    }))
}

fn end_msg(seq: i64, session_id: &str, outcome: Outcome, status: Status, reason: &str) -> Msg {
    let ended = feed_event_of(seq, end_of(outcome, reason), status);
    Msg::FeedEvent(Box::new(FeedEvent { session_id: session_id.to_owned(), ..ended }))
}

/// Returns a ribbon that shows Asha.
fn shows_asha() -> Model {
    let mut model = ready_model();
    show_customer(&mut model, new_customer("Asha", NUMBER));
    settle_button(&mut model);
    model
}

fn ravi() -> Msg {
    let customer = new_customer("Ravi", "+911234567890");
    Msg::SetCustomer { customer, key: "k".to_owned(), now: 0 }
}

/// Returns the main button after these messages, and the effect of pressing it once it has settled.
fn after_story(story: Vec<Msg>) -> (MainAction, &'static str) {
    let mut model = shows_asha();
    for msg in story {
        step(&mut model, msg);
    }
    let main = MainAction::for_model(&model);
    settle_button(&mut model);
    let done = press_button(&mut model).iter().find_map(|effect| match effect {
        Effect::Start { to, .. } if to == NUMBER => Some("calls Asha"),
        Effect::Start { .. } => Some("calls another"),
        Effect::Act { action: Action::HangUp, .. } => Some("ends"),
        Effect::Act { action: Action::Answer, .. } => Some("answers"),
        _ => None,
    });
    (main, done.unwrap_or("neither calls nor ends"))
}

#[test]
fn it_never_calls_by_itself_whom_one_has_talked_to() {
    let dial = || {
        let (key, now) = ("k1".to_owned(), 0);
        vec![
            Msg::Call { to: None, key, now, reply: None },
            feed_msg(1, FactKind::Initiated, Status::Active),
        ]
    };
    let with = |mut story: Vec<Msg>, more: Vec<Msg>| {
        story.extend(more);
        story
    };
    let talk = || with(dial(), vec![feed_msg(2, FactKind::Connected, Status::Active)]);
    let over = || end_msg(3, "s1", Outcome::Completed, Status::Completed, "hangup");
    let close = || Msg::WrapUp(WrapUpMsg::Open(false));
    let nobody = || end_msg(3, "s1", Outcome::NoAnswer, Status::NoAnswer, "");
    let declined = || end_msg(3, "in", Outcome::Missed, Status::Missed, "declined");
    let missed = || end_msg(3, "in", Outcome::Missed, Status::Missed, "");
    let quiet = "neither calls nor ends";
    for (name, story, main, does) in [
        ("shown", vec![], MainAction::Call, "calls Asha"),
        ("dialing", dial(), MainAction::Cancel, "ends"),
        ("talking", talk(), MainAction::HangUp, "ends"),
        ("talked", with(talk(), vec![over()]), MainAction::Save, quiet),
        (
            "talked, a next one",
            with(talk(), vec![ravi(), over()]),
            MainAction::SaveAndCall,
            "calls another",
        ),
        (
            "talked, a next one later",
            with(talk(), vec![over(), ravi()]),
            MainAction::SaveAndCall,
            "calls another",
        ),
        ("notes closed", with(talk(), vec![over(), close()]), MainAction::Done, quiet),
        (
            "notes closed, a next one",
            with(talk(), vec![ravi(), over(), close()]),
            MainAction::Next,
            quiet,
        ),
        ("folded", with(talk(), vec![Msg::Minimize(true), over()]), MainAction::Done, quiet),
        ("nobody answered", with(dial(), vec![nobody()]), MainAction::CallAgain, "calls Asha"),
        (
            "nobody answered, a next one",
            with(dial(), vec![ravi(), nobody()]),
            MainAction::Next,
            quiet,
        ),
        ("rings in", vec![ring_msg(1)], MainAction::Answer, "answers"),
        ("declined", vec![ring_msg(1), declined()], MainAction::Done, quiet),
        ("missed", vec![ring_msg(1), missed()], MainAction::CallBack, "calls Asha"),
        (
            "missed, another one shown",
            vec![ravi(), ring_msg(1), missed()],
            MainAction::CallBack,
            "calls Asha",
        ),
        (
            "declined, another one shown",
            vec![ravi(), ring_msg(1), declined()],
            MainAction::Next,
            quiet,
        ),
    ] {
        assert_eq!(after_story(story), (main, does), "{name}");
    }
}

#[test]
fn a_press_that_was_meant_for_what_was_there_before_does_nothing() {
    let answered = || feed_msg(2, FactKind::Connected, Status::Active);
    let over = || end_msg(3, "s1", Outcome::Completed, Status::Completed, "remote hangup");
    // Each list of messages ends with a change of the action.
    let changes: [(&str, Vec<Msg>); 5] = [
        ("called twice", vec![Msg::Press(Press::Main { key: "k1".to_owned(), now: 0 })]),
        ("rings as one calls", vec![ring_msg(1)]),
        ("answered as one cancels", {
            let (key, now) = ("k1".to_owned(), 0);
            let call = Msg::Call { to: None, key, now, reply: None };
            vec![call, feed_msg(1, FactKind::Initiated, Status::Active), answered()]
        }),
        ("they hang up as we do", {
            let (key, now) = ("k1".to_owned(), 0);
            let call = Msg::Call { to: None, key, now, reply: None };
            vec![
                call,
                feed_msg(1, FactKind::Initiated, Status::Active),
                answered(),
                Msg::Settled,
                over(),
            ]
        }),
        ("saved twice", {
            let (key, now) = ("k1".to_owned(), 0);
            let call = Msg::Call { to: None, key, now, reply: None };
            let done = Msg::Press(Press::Main { key: "k3".to_owned(), now: 0 });
            vec![
                call,
                feed_msg(1, FactKind::Initiated, Status::Active),
                answered(),
                over(),
                Msg::Settled,
                done,
            ]
        }),
    ];
    for (name, story) in changes {
        let mut model = shows_asha();
        for msg in story {
            step(&mut model, msg);
        }
        assert!(model.settling, "{name}");
        let presses = [
            Press::Main { key: "k2".to_owned(), now: 0 },
            Press::Redial { key: "k2".to_owned(), now: 0 },
            Press::Decline,
            Press::Waiting(Action::HangUp),
        ];
        for press in presses {
            let effects = step(&mut model, Msg::Press(press));
            assert!(effects.is_empty(), "{name}");
        }
        settle_button(&mut model);
        assert!(!model.settling, "{name}");
    }
}

#[test]
fn the_caller_who_takes_another_one_s_place_is_not_answered_by_the_same_press() {
    let mut model = shows_asha();
    step(&mut model, ring_msg(1));
    let second = feed_event_of(2, FactKind::Incoming, Status::Active);
    let fact = Fact { direction: Some(Direction::Inbound), ..second.fact.clone() };
    let session_id = "in2".to_owned();
    step(&mut model, Msg::FeedEvent(Box::new(FeedEvent { session_id, fact, ..second })));
    settle_button(&mut model);
    step(&mut model, end_msg(3, "in", Outcome::Missed, Status::Missed, ""));
    assert_eq!(MainAction::for_model(&model), MainAction::Answer);
    assert!(press_button(&mut model).is_empty());
    settle_button(&mut model);
    assert!(
        matches!(&press_button(&mut model)[..], [Effect::Act { session_id, .. }] if session_id == "in2")
    );
}

#[test]
fn answering_twice_asks_once_and_the_page_is_never_deaf() {
    let mut model = shows_asha();
    step(&mut model, ring_msg(1));
    settle_button(&mut model);
    assert!(matches!(press_button(&mut model)[..], [Effect::Act { action: Action::Answer, .. }]));
    assert!(press_button(&mut model).is_empty());
    step(&mut model, feed_msg(2, FactKind::Ringing, Status::Active));
    let mut model = talking_model();
    // The page's `hangup()` is always meant as called.
    assert!(model.settling);
    let effects = step(&mut model, Msg::Act { action: Action::HangUp, reply: Some(1) });
    assert!(matches!(effects[..], [Effect::Act { action: Action::HangUp, .. }]));
}

#[test]
fn hanging_up_a_call_that_is_over_succeeds_and_changes_nothing() {
    let mut model = talking_model();
    step(&mut model, feed_msg(3, end_of(Outcome::Completed, "hangup"), Status::Completed));
    let before = model.bar_look();
    let hang_up = |reply| Msg::Act { action: Action::HangUp, reply };
    assert!(matches!(step(&mut model, hang_up(Some(4)))[..], [Effect::Resolve(4)]));
    assert!(step(&mut model, hang_up(None)).is_empty());
    assert_eq!((model.bar_look(), &model.trouble), (before, &None));
    // Without any call it is a mistake of the page.
    let effects = step(&mut ready_model(), hang_up(Some(5)));
    assert!(
        matches!(effects.last(), Some(Effect::Reject(5, trouble)) if trouble.code == "no_call")
    );
}
