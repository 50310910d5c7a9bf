//! Tests calls that ring while the agent is in another call.

use super::*;
use crate::ribbon::model::{Agent, Position, RibbonCall};
use crate::ribbon::step::{ActionFailure, RecalledCall, RecalledState, WrapUpMsg, replay_event};
use call_ribbon_shared::call::Phase;

/// Creates an event of a second inbound call.
fn other_event(session_id: &str, seq: i64, what: FactKind, status: Status) -> FeedEvent {
    let event = feed_event_of(seq, what, status);
    FeedEvent {
        session_id: session_id.to_owned(),
        call_sid: format!("c-{session_id}"),
        fact: Fact {
            phone: Some("+911122233344".to_owned()),
            direction: Some(Direction::Inbound),
            ..event.fact
        },
        customer: Some(new_customer("Ravi", "+911122233344")),
        json: format!("{{\"seq\":{seq},\"of\":\"{session_id}\"}}"),
        ..event
    }
}

fn other_rings(session_id: &str, seq: i64) -> Msg {
    Msg::FeedEvent(Box::new(other_event(session_id, seq, FactKind::Incoming, Status::Active)))
}

fn other_ends(session_id: &str, seq: i64, reason: &str) -> Msg {
    let end = other_event(session_id, seq, end_of(Outcome::Missed, reason), Status::Missed);
    Msg::FeedEvent(Box::new(end))
}

fn waiting_id(model: &Model) -> Option<&str> {
    model.waiting_call().map(|line| line.session_id.as_str())
}

#[test]
fn it_is_told_once_with_its_own_data_and_shows_itself() {
    let mut model = talking_model();
    step(&mut model, Msg::Minimize(true));
    let effects = step(&mut model, other_rings("s2", 3));
    let [Effect::Emit(event)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((event.name, event.call_sid.as_str()), ("incoming", "c-s2"));
    assert_eq!(event.customer.as_ref().unwrap().name, "Ravi");
    assert_eq!((model.bar_look(), model.minimized), (Look::Connected, false));
    assert_eq!(waiting_id(&model), Some("s2"));
    assert!(step(&mut model, other_rings("s2", 3)).is_empty(), "the stream repeats itself");
    // Events of the current call still apply to it.
    assert_eq!(
        event_names(&step(&mut model, feed_msg(4, FactKind::Muted(true), Status::Active))),
        ["mutetoggle"]
    );
}

#[test]
fn it_is_declined_and_the_current_call_goes_on() {
    let mut model = talking_model();
    step(&mut model, other_rings("s2", 3));
    let decline = || Msg::ActOnWaiting(Action::HangUp);
    let effects = step(&mut model, decline());
    assert!(
        matches!(&effects[..], [Effect::Act { session_id, action: Action::HangUp, .. }] if session_id == "s2")
    );
    assert!(step(&mut model, decline()).is_empty(), "once is enough");
    let gone = step(&mut model, other_ends("s2", 4, "declined"));
    assert_eq!(event_names(&gone), ["missed", "callEnded"]);
    assert_eq!((waiting_id(&model), model.bar_look()), (None, Look::Connected));
    assert!(step(&mut model, decline()).is_empty());
}

#[test]
fn a_decline_that_was_refused_can_be_tried_again_and_one_without_a_server_is_kept() {
    let mut model = talking_model();
    step(&mut model, other_rings("s2", 3));
    step(&mut model, Msg::ActOnWaiting(Action::HangUp));
    let failed = |why| Msg::ActFailed {
        session_id: "s2".to_owned(),
        action: Action::HangUp,
        trouble: RibbonError::new("conflict", "Not now."),
        why,
        now: 9_000,
    };
    assert_eq!(error_codes(&step(&mut model, failed(ActionFailure::Refused))), ["conflict"]);
    assert_eq!(step(&mut model, Msg::ActOnWaiting(Action::HangUp)).len(), 1);
    let away = step(&mut model, failed(ActionFailure::Away));
    assert!(matches!(&away[0], Effect::Keep(_)));
    assert_eq!(event_names(&away), ["missed", "callEnded"]);
    assert_eq!((waiting_id(&model), model.bar_look()), (None, Look::Connected));
}

#[test]
fn it_becomes_the_current_call_when_that_is_over_while_the_agent_writes_on() {
    let mut model = talking_model();
    step(&mut model, other_rings("s2", 3));
    step(&mut model, other_rings("s3", 4));
    let end =
        step(&mut model, feed_msg(5, end_of(Outcome::Completed, "hangup"), Status::Completed));
    assert_eq!(event_names(&end), ["callEnded"], "that it rings was told before");
    assert_eq!((model.bar_look(), waiting_id(&model)), (Look::Incoming, Some("s3")));
    assert_eq!(model.line.as_ref().unwrap().session_id, "s2");
    // The notes belong to the call in which they talked.
    step(&mut model, Msg::WrapUp(WrapUpMsg::Notes("Pays on Friday".to_owned(), None)));
    let wrap = model.wrap_up.as_ref().unwrap();
    assert_eq!((wrap.session_id.as_str(), wrap.open), ("s1", true));
    let answer = step(&mut model, Msg::Act { action: Action::Answer, reply: None });
    assert!(
        matches!(&answer[..], [Effect::Act { session_id, action: Action::Answer, .. }] if session_id == "s2")
    );
    assert_eq!(
        event_names(&step(&mut model, other_ends("s2", 6, "no answer"))),
        ["missed", "callEnded"]
    );
    assert_eq!((model.bar_look(), waiting_id(&model)), (Look::Incoming, None));
}

#[test]
fn a_start_that_fails_makes_room_for_it() {
    let mut model = ready_model();
    make_call(&mut model, Some(NUMBER));
    step(&mut model, other_rings("s2", 3));
    let trouble = RibbonError::new("monthly_limit_exceeded", "The plan's calls are used up.");
    step(&mut model, Msg::StartFailed { key: "k1".to_owned(), trouble });
    assert_eq!((model.bar_look(), waiting_id(&model)), (Look::Incoming, None));
}

#[test]
fn of_two_that_ring_the_second_can_be_answered_at_once() {
    let mut model = ready_model();
    step(&mut model, other_rings("s2", 3));
    step(&mut model, other_rings("s3", 4));
    let answer = step(&mut model, Msg::ActOnWaiting(Action::Answer));
    assert!(
        matches!(&answer[..], [Effect::Act { session_id, action: Action::Answer, .. }] if session_id == "s3")
    );
    let connected = other_event("s3", 5, FactKind::Connected, Status::Active);
    assert_eq!(event_names(&step(&mut model, Msg::FeedEvent(Box::new(connected)))), ["connected"]);
    assert_eq!((model.bar_look(), waiting_id(&model)), (Look::Connected, Some("s2")));
}

#[test]
fn a_colleague_takes_it() {
    let mut model = talking_model();
    step(&mut model, other_rings("s2", 3));
    let taken = other_event("s2", 4, FactKind::Connected, Status::Active);
    let taken = FeedEvent { agent_id: Some("colleague".to_owned()), ..taken };
    assert_eq!(
        event_names(&step(&mut model, Msg::FeedEvent(Box::new(taken)))),
        ["missed", "callEnded"]
    );
    assert_eq!((waiting_id(&model), model.bar_look()), (None, Look::Connected));
    // Only a ringing call begins to wait.
    let talks = other_event("s4", 5, FactKind::Connected, Status::Active);
    assert!(
        step(&mut model, Msg::FeedEvent(Box::new(talks))).is_empty()
            && model.call_waiting.is_empty()
    );
}

#[test]
fn it_is_there_after_a_reload_by_the_tab_or_by_the_server() {
    let both = || {
        vec![
            feed_event_of(1, FactKind::Initiated, Status::Active),
            feed_event_of(2, FactKind::Connected, Status::Active),
        ]
    };
    let second = || other_event("s2", 3, FactKind::Incoming, Status::Active);
    let recalled = |over| RecalledCall {
        live: true,
        history: both(),
        waiting: vec![second()],
        last_seq: 3,
        over,
    };
    let recall = |over| {
        let mut model = Model::default();
        let recalled = RecalledState {
            agent: Agent { id: "me".to_owned(), name: None },
            fresh: true,
            same_page: true,
            position: Position::Top,
            hidden: false,
            minimized: false,
            customer: None,
            call: Some(recalled(over)),
        };
        assert!(event_names(&step(&mut model, Msg::Recall(Box::new(recalled)))).is_empty());
        model
    };
    assert_eq!((recall(None).bar_look(), waiting_id(&recall(None))), (Look::Connected, Some("s2")));
    assert_eq!(recall(Some(4_000)).bar_look(), Look::Incoming);
    let listener = replay_event(&recall(None), "incoming", 9_000).unwrap();
    assert_eq!((listener.call_sid.as_str(), listener.replayed), ("c-s2", true));
    assert_eq!(replay_event(&recall(None), "connected", 9_000).unwrap().call_sid, "c1");

    let mut model = Model::default();
    step(&mut model, Msg::SignIn);
    let history = [both(), vec![second()]].concat();
    let restore = Msg::Restore { agent_id: "me".to_owned(), history, position: 3 };
    // Only the server remembers: this page has not heard that the second one rings.
    assert_eq!(event_names(&step(&mut model, restore)), ["incoming"]);
    assert_eq!((model.bar_look(), waiting_id(&model)), (Look::Connected, Some("s2")));
    // A server with a different feed does not know these calls.
    let other_feed = Msg::Restore { agent_id: "me".to_owned(), history: Vec::new(), position: 1 };
    step(&mut model, other_feed);
    assert!(model.live_call().is_none() && model.call_waiting.is_empty());
}

#[test]
fn in_another_tab_it_was_declined_while_the_server_is_away() {
    let mut model = talking_model();
    step(&mut model, other_rings("s2", 3));
    let over = Msg::EndedInOtherTab { session_id: "s2".to_owned(), at: 5_000 };
    assert_eq!(event_names(&step(&mut model, over)), ["missed", "callEnded"]);
    assert_eq!(model.live_call().map(RibbonCall::phase), Some(Phase::Connected));
}

#[test]
fn answering_it_ends_the_current_call_first() {
    let mut model = talking_model();
    step(&mut model, other_rings("s2", 3));
    let answer = || Msg::ActOnWaiting(Action::Answer);
    let acts = |effects: &[Effect], id: &str, wanted: Action| {
        let asks = |effect: &Effect| matches!(effect, Effect::Act { session_id, action, .. } if session_id == id && *action == wanted);
        effects.iter().filter(|effect| asks(effect)).count()
    };
    let effects = step(&mut model, answer());
    assert_eq!((acts(&effects, "s1", Action::HangUp), effects.len()), (1, 1));
    let effects =
        step(&mut model, feed_msg(4, end_of(Outcome::Completed, "hangup"), Status::Completed));
    assert_eq!(acts(&effects, "s2", Action::Answer), 1);
    assert_eq!(model.line.as_ref().unwrap().session_id, "s2");

    // A hang-up that was refused leaves both as they were.
    let mut model = talking_model();
    step(&mut model, other_rings("s2", 3));
    step(&mut model, answer());
    let (session_id, trouble) = ("s1".to_owned(), RibbonError::new("conflict", "Not now."));
    let (action, why) = (Action::HangUp, ActionFailure::Refused);
    step(&mut model, Msg::ActFailed { session_id, action, trouble, why, now: 9_000 });
    assert!(!model.waiting_call().unwrap().answer_next);
    assert_eq!(acts(&step(&mut model, answer()), "s1", Action::HangUp), 1);
}
