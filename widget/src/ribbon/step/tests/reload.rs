//! Tests the tab's memory and the server's report after a reload.

use super::*;
use crate::ribbon::model::{Agent, Position};
use crate::ribbon::step::{RecalledCall, RecalledState};
use crate::ribbon::wrap_up::WrapUp;

fn recall_msg(history: Vec<FeedEvent>, over: Option<i64>) -> Msg {
    let last_seq = history.last().map_or(0, |event| event.seq);
    Msg::Recall(Box::new(RecalledState {
        agent: Agent { id: "me".to_owned(), name: None },
        fresh: true,
        same_page: true,
        position: Position::Top,
        hidden: false,
        minimized: true,
        customer: Some(new_customer("Ravi", "+911234567890")),
        call: Some(RecalledCall { live: true, history, waiting: Vec::new(), last_seq, over }),
    }))
}

fn two_events() -> Vec<FeedEvent> {
    vec![
        feed_event_of(1, FactKind::Initiated, Status::Active),
        feed_event_of(2, FactKind::Connected, Status::Active),
    ]
}

#[test]
fn a_reloaded_page_shows_its_call_before_the_server_has_answered() {
    let mut model = Model::default();
    assert!(step(&mut model, recall_msg(two_events(), None)).is_empty());
    step(&mut model, Msg::SignIn);
    assert_eq!(
        (model.bar_look(), model.position, model.minimized),
        (Look::Connected, Position::Top, true)
    );
    assert_eq!(model.talking_since(), Some(2_000));
    // The server's own history repeats nothing, and the page is notified of what it missed.
    let history = two_events();
    step(&mut model, Msg::Restore { agent_id: "me".to_owned(), history, position: 3 });
    assert_eq!(
        event_names(&step(&mut model, feed_msg(3, FactKind::Muted(true), Status::Active))),
        ["mutetoggle"]
    );
    assert_eq!(model.line.as_ref().unwrap().events.len(), 3);
}

#[test]
fn an_end_that_the_page_was_told_of_is_not_told_again() {
    let mut model = Model::default();
    step(&mut model, recall_msg(two_events(), Some(5_000)));
    let line = model.line.as_ref().unwrap();
    assert_eq!((line.is_live(), line.call.duration()), (false, Some(3)));
    let end = feed_msg(3, end_of(Outcome::Completed, "hangup"), Status::Completed);
    assert!(event_names(&step(&mut model, end)).is_empty());
}

#[test]
fn an_answered_call_is_not_taken_for_a_colleague_s() {
    let history = || {
        let incoming =
            FeedEvent { agent_id: None, ..feed_event_of(1, FactKind::Incoming, Status::Active) };
        vec![incoming, feed_event_of(2, FactKind::Connected, Status::Active)]
    };
    let mut model = Model::default();
    step(&mut model, recall_msg(history(), None));
    assert_eq!(model.bar_look(), Look::Connected);
    let mut model = Model::default();
    step(&mut model, Msg::SignIn);
    let restore = Msg::Restore { agent_id: "me".to_owned(), history: history(), position: 2 };
    step(&mut model, restore);
    assert_eq!(model.bar_look(), Look::Connected);
}

#[test]
fn a_feed_that_is_shorter_than_what_was_seen_is_another_one() {
    let mut model = Model::default();
    step(&mut model, recall_msg(two_events(), None));
    let restore = Msg::Restore { agent_id: "me".to_owned(), history: Vec::new(), position: 1 };
    step(&mut model, restore);
    assert_eq!((model.live_call().is_none(), model.last_seq), (true, Some(1)));
}

#[test]
fn a_customer_that_calls_at_once_does_not_disturb_the_call_that_is_taken_up() {
    let mut model = Model::default();
    step(&mut model, Msg::SignIn);
    show_customer(&mut model, Customer { auto_call: true, ..new_customer("Asha", NUMBER) });
    let restore = Msg::Restore { agent_id: "me".to_owned(), history: two_events(), position: 2 };
    step(&mut model, restore);
    let effects = step(&mut model, Msg::SignedIn { agent_id: "me".to_owned() });
    assert!(matches!(&effects[..], [Effect::Ready]));
    assert_eq!((model.bar_look(), model.trouble), (Look::Connected, None));
}

fn recall_on(same_page: bool, live: bool, draft: Option<WrapUp>) -> Model {
    let mut model = Model::default();
    if let Some(draft) = draft {
        step(&mut model, Msg::WrapUp(WrapUpMsg::Draft(Box::new(draft))));
    }
    let Msg::Recall(mut recalled) = recall_msg(two_events(), (!live).then_some(5_000)) else {
        unreachable!()
    };
    recalled.same_page = same_page;
    recalled.call.as_mut().unwrap().live = live;
    assert_eq!(recalled.keeps_call(), same_page || live);
    step(&mut model, Msg::Recall(recalled));
    model
}

#[test]
fn another_page_shows_only_the_customer_and_call_in_progress_or_with_notes_to_be_saved() {
    let draft = || WrapUp { session_id: "s1".to_owned(), version: 1, ..WrapUp::default() };
    for (same_page, live, draft, shown) in [
        (true, false, None, true),
        (false, true, None, true),
        (false, false, Some(draft()), true),
        (false, false, None, false),
    ] {
        let model = recall_on(same_page, live, draft);
        let state = (model.line.is_some(), model.customer.is_some());
        assert_eq!(state, (shown, shown), "{same_page} {live}");
        // What happened meanwhile is heard, whatever is shown.
        assert_eq!((model.last_seq, model.position), (Some(2), Position::Top));
    }
}
