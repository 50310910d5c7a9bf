//! Tests what a listener receives that is added during a call.

use super::{call, fed, ready};
use crate::ribbon::model::Model;
use crate::ribbon::step::{More, PageEvent, replay, step};
use call_ribbon_shared::call::{Outcome, Status, What};

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
fn heard(model: &Model) -> Vec<PageEvent> {
    EVENTS.iter().filter_map(|wanted| replay(model, wanted, 65_000)).collect()
}

fn names(model: &Model) -> Vec<&'static str> {
    heard(model).iter().map(|event| event.name).collect()
}

#[test]
fn it_hears_how_the_call_stands_and_nothing_else() {
    let mut model = ready();
    assert!(names(&model).is_empty());
    call(&mut model, Some("+919876543210"));
    step(&mut model, fed(1, What::Initiated, Status::Active));
    assert_eq!(names(&model), ["dialing"]);
    step(&mut model, fed(2, What::Ringing, Status::Active));
    assert_eq!(names(&model), ["ringing"]);
    step(&mut model, fed(5, What::Connected, Status::Active));
    assert_eq!(names(&model), ["connected"]);
    step(&mut model, fed(6, What::Digit('5'), Status::Active));
    step(&mut model, fed(7, What::Muted(true), Status::Active));
    step(&mut model, fed(8, What::Held(true), Status::Active));
    let now = heard(&model);
    assert_eq!(names(&model), ["connected", "mutetoggle", "holdtoggle"]);
    assert!(now.iter().all(|event| event.replayed && event.call_sid == "c1"));
    // The time is when it happened; the duration is until now.
    assert_eq!((now[0].at, now[0].duration), (5_000, 60));
    assert_eq!((&now[1].more, &now[2].more), (&More::Muted(true), &More::OnHold(true)));
    step(&mut model, fed(9, What::Muted(false), Status::Active));
    assert_eq!(names(&model), ["connected", "holdtoggle"]);
    let end = call_ribbon_shared::call::Fact::ended(0, Outcome::Completed, "hangup").what;
    step(&mut model, fed(10, end, Status::Completed));
    assert!(names(&model).is_empty());
}

#[test]
fn a_call_that_rings_in_is_heard_of_too() {
    let mut model = ready();
    step(&mut model, fed(1, What::Incoming, Status::Active));
    assert_eq!(names(&model), ["incoming"]);
}
