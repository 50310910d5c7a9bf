//! Tests the tab's memory and the server's report after a reload.

use super::*;
use crate::ribbon::model::{Agent, Position};
use crate::ribbon::step::{Recalled, RecalledCall};

fn recalled(history: Vec<Fed>, over: Option<i64>) -> Msg {
    let last_seq = history.last().map_or(0, |event| event.seq);
    Msg::Recall(Box::new(Recalled {
        agent: Agent { id: "me".to_owned(), name: None },
        fresh: true,
        position: Position::Top,
        hidden: false,
        minimized: true,
        customer: Some(customer("Ravi", "+911234567890")),
        call: Some(RecalledCall { live: true, history, waiting: Vec::new(), last_seq, over }),
    }))
}

fn two() -> Vec<Fed> {
    vec![event(1, What::Initiated, Status::Active), event(2, What::Connected, Status::Active)]
}

#[test]
fn a_reloaded_page_shows_its_call_before_the_server_has_answered() {
    let mut model = Model::default();
    assert!(step(&mut model, recalled(two(), None)).is_empty());
    step(&mut model, Msg::SignIn);
    assert_eq!(
        (model.look(), model.position, model.minimized),
        (Look::Connected, Position::Top, true)
    );
    assert_eq!(model.talking_since(), Some(2_000));
    // The server's own history repeats nothing, and the page is notified of what it missed.
    let history = two();
    step(&mut model, Msg::Restore { agent_id: "me".to_owned(), history, position: 3 });
    assert_eq!(told(&step(&mut model, fed(3, What::Muted(true), Status::Active))), ["mutetoggle"]);
    assert_eq!(model.line.as_ref().unwrap().events.len(), 3);
}

#[test]
fn an_end_that_the_page_was_told_of_is_not_told_again() {
    let mut model = Model::default();
    step(&mut model, recalled(two(), Some(5_000)));
    let line = model.line.as_ref().unwrap();
    assert_eq!((line.is_live(), line.call.duration()), (false, Some(3)));
    let end = fed(3, ended(Outcome::Completed, "hangup"), Status::Completed);
    assert!(told(&step(&mut model, end)).is_empty());
}

#[test]
fn an_answered_call_is_not_taken_for_a_colleague_s() {
    let history = || {
        let incoming = Fed { agent_id: None, ..event(1, What::Incoming, Status::Active) };
        vec![incoming, event(2, What::Connected, Status::Active)]
    };
    let mut model = Model::default();
    step(&mut model, recalled(history(), None));
    assert_eq!(model.look(), Look::Connected);
    let mut model = Model::default();
    step(&mut model, Msg::SignIn);
    let restore = Msg::Restore { agent_id: "me".to_owned(), history: history(), position: 2 };
    step(&mut model, restore);
    assert_eq!(model.look(), Look::Connected);
}

#[test]
fn a_feed_that_is_shorter_than_what_was_seen_is_another_one() {
    let mut model = Model::default();
    step(&mut model, recalled(two(), None));
    let restore = Msg::Restore { agent_id: "me".to_owned(), history: Vec::new(), position: 1 };
    step(&mut model, restore);
    assert_eq!((model.live().is_none(), model.last_seq), (true, Some(1)));
}

#[test]
fn a_customer_that_calls_at_once_does_not_disturb_the_call_that_is_taken_up() {
    let mut model = Model::default();
    step(&mut model, Msg::SignIn);
    set(&mut model, Customer { auto_call: true, ..customer("Asha", NUMBER) });
    let restore = Msg::Restore { agent_id: "me".to_owned(), history: two(), position: 2 };
    step(&mut model, restore);
    let effects = step(&mut model, Msg::SignedIn { agent_id: "me".to_owned() });
    assert!(matches!(&effects[..], [Effect::Ready]));
    assert_eq!((model.look(), model.trouble), (Look::Connected, None));
}
