//! Tests facts that only this page has observed, as its audio is here, before the server knows
//! them.

use super::*;

fn seen_msg(event_id: &str, what: FactKind) -> Msg {
    let (event_id, call_sid) = (event_id.to_owned(), "c1".to_owned());
    Msg::Seen { event_id, call_sid, fact: Fact::new(what, 5_000) }
}

/// Creates the server's echo of a fact that this page has reported.
fn echo_msg(seq: i64, event_id: &str, what: FactKind, status: Status) -> Msg {
    let event_id = event_id.to_owned();
    Msg::FeedEvent(Box::new(FeedEvent { event_id, ..feed_event_of(seq, what, status) }))
}

#[test]
fn it_counts_at_once_and_the_page_is_told_once() {
    let mut model = talking_model();
    assert_eq!(
        event_names(&step(&mut model, seen_msg("v1", FactKind::Muted(true)))),
        ["mutetoggle"]
    );
    assert!(model.line.as_ref().unwrap().call.is_muted());
    let again = step(&mut model, echo_msg(90, "v1", FactKind::Muted(true), Status::Active));
    assert!(event_names(&again).is_empty());
    assert_eq!(event_names(&step(&mut model, seen_msg("v2", FactKind::Digit('7')))), ["dtmf"]);
    step(&mut model, echo_msg(91, "v2", FactKind::Digit('7'), Status::Active));
    assert_eq!(model.line.as_ref().unwrap().digits, "7");
    // Another page's fact is new.
    let other = step(&mut model, echo_msg(92, "other", FactKind::Muted(false), Status::Active));
    assert_eq!(event_names(&other), ["mutetoggle"]);
}

#[test]
fn a_call_that_ends_here_is_over_before_the_server_knows() {
    let mut model = talking_model();
    let end = FactKind::Ended(CallEnd { reason: Some("hangup".to_owned()), ..CallEnd::default() });
    assert_eq!(event_names(&step(&mut model, seen_msg("v1", end))), ["callEnded"]);
    assert!(model.live_call().is_none());
    let known = end_of(Outcome::Completed, "hangup");
    assert!(
        event_names(&step(&mut model, echo_msg(90, "v1", known, Status::Completed))).is_empty()
    );
}

#[test]
fn it_is_about_no_other_call() {
    let mut model = talking_model();
    let other = Msg::Seen {
        event_id: "v1".to_owned(),
        call_sid: "c2".to_owned(),
        fact: Fact::new(FactKind::Muted(true), 5_000),
    };
    assert!(step(&mut model, other).is_empty());
    assert!(!model.line.as_ref().unwrap().call.is_muted());
}
