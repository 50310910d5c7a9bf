//! Tests what a listener receives that is added during a call.

use super::{feed_msg, make_call, ready_model};
use crate::ribbon::model::Model;
use crate::ribbon::step::{EventDetails, PageEvent, replay_event, step};
use call_ribbon_shared::call::{FactKind, Outcome, Status};

const EVENTS: [&str; 10] = [
    "dialing",
    "ringing",
    "incoming",
    "connected",
    "mutetoggle",
    "holdtoggle",
    "dtmf",
    "missed",
    "failed",
    "callEnded",
];

/// Returns the event that each listener would receive now.
fn replayed_events(model: &Model) -> Vec<PageEvent> {
    EVENTS.iter().filter_map(|wanted| replay_event(model, wanted, 65_000)).collect()
}

fn replayed_names(model: &Model) -> Vec<&'static str> {
    replayed_events(model).iter().map(|event| event.name).collect()
}

#[test]
fn it_hears_how_the_call_stands_and_nothing_else() {
    let mut model = ready_model();
    assert!(replayed_names(&model).is_empty());
    make_call(&mut model, Some("+919876543210"));
    step(&mut model, feed_msg(1, FactKind::Initiated, Status::Active));
    assert_eq!(replayed_names(&model), ["dialing"]);
    step(&mut model, feed_msg(2, FactKind::Ringing, Status::Active));
    assert_eq!(replayed_names(&model), ["ringing"]);
    step(&mut model, feed_msg(5, FactKind::Connected, Status::Active));
    assert_eq!(replayed_names(&model), ["connected"]);
    step(&mut model, feed_msg(6, FactKind::Digit('5'), Status::Active));
    step(&mut model, feed_msg(7, FactKind::Muted(true), Status::Active));
    step(&mut model, feed_msg(8, FactKind::Held(true), Status::Active));
    let now = replayed_events(&model);
    assert_eq!(replayed_names(&model), ["connected", "mutetoggle", "holdtoggle"]);
    assert!(now.iter().all(|event| event.replayed && event.call_sid == "c1"));
    // The time is when it happened; the duration is until now.
    assert_eq!((now[0].at, now[0].duration), (5_000, 60));
    assert_eq!(
        (&now[1].more, &now[2].more),
        (&EventDetails::Muted(true), &EventDetails::OnHold(true))
    );
    step(&mut model, feed_msg(9, FactKind::Muted(false), Status::Active));
    assert_eq!(replayed_names(&model), ["connected", "holdtoggle"]);
    let end = call_ribbon_shared::call::Fact::new_end(0, Outcome::Completed, "hangup").what;
    step(&mut model, feed_msg(10, end, Status::Completed));
    assert!(replayed_names(&model).is_empty());
}

#[test]
fn a_call_that_rings_in_is_heard_of_too() {
    let mut model = ready_model();
    step(&mut model, feed_msg(1, FactKind::Incoming, Status::Active));
    assert_eq!(replayed_names(&model), ["incoming"]);
}
