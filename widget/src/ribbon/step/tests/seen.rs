//! Tests facts that only this page has observed, as its audio is here, before the server knows
//! them.

use super::*;

fn seen(event_id: &str, what: What) -> Msg {
    let (event_id, call_sid) = (event_id.to_owned(), "c1".to_owned());
    Msg::Seen { event_id, call_sid, fact: Fact::new(what, 5_000) }
}

/// Creates the server's echo of a fact that this page has reported.
fn echo(seq: i64, event_id: &str, what: What, status: Status) -> Msg {
    let event_id = event_id.to_owned();
    Msg::Fed(Box::new(Fed { event_id, ..event(seq, what, status) }))
}

#[test]
fn it_counts_at_once_and_the_page_is_told_once() {
    let mut model = talking();
    assert_eq!(told(&step(&mut model, seen("v1", What::Muted(true)))), ["mutetoggle"]);
    assert!(model.line.as_ref().unwrap().call.is_muted());
    let again = step(&mut model, echo(90, "v1", What::Muted(true), Status::Active));
    assert!(told(&again).is_empty());
    assert_eq!(told(&step(&mut model, seen("v2", What::Digit('7')))), ["dtmf"]);
    step(&mut model, echo(91, "v2", What::Digit('7'), Status::Active));
    assert_eq!(model.line.as_ref().unwrap().digits, "7");
    // Another page's fact is new.
    let other = step(&mut model, echo(92, "other", What::Muted(false), Status::Active));
    assert_eq!(told(&other), ["mutetoggle"]);
}

#[test]
fn a_call_that_ends_here_is_over_before_the_server_knows() {
    let mut model = talking();
    let end = What::Ended(End { reason: Some("hangup".to_owned()), ..End::default() });
    assert_eq!(told(&step(&mut model, seen("v1", end))), ["callEnded"]);
    assert!(model.live().is_none());
    let known = ended(Outcome::Completed, "hangup");
    assert!(told(&step(&mut model, echo(90, "v1", known, Status::Completed))).is_empty());
}

#[test]
fn it_is_about_no_other_call() {
    let mut model = talking();
    let other = Msg::Seen {
        event_id: "v1".to_owned(),
        call_sid: "c2".to_owned(),
        fact: Fact::new(What::Muted(true), 5_000),
    };
    assert!(step(&mut model, other).is_empty());
    assert!(!model.line.as_ref().unwrap().call.is_muted());
}
