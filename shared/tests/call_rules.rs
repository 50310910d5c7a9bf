//! The rules of a call, tried on random histories.

use call_ribbon_shared::call::{
    Action, Agent, Call, Direction, End, Fact, Outcome, Phase, Refusal, Status, What,
};
use call_ribbon_shared::event::EventName;
use proptest::prelude::*;

fn an_outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        Just(Outcome::Failed),
        Just(Outcome::Busy),
        Just(Outcome::NoAnswer),
        Just(Outcome::Missed),
        Just(Outcome::Completed),
        Just(Outcome::Abandoned),
    ]
}

fn an_end() -> impl Strategy<Value = End> {
    let reason = prop::option::of(prop_oneof![Just("hangup".to_owned()), Just("busy".to_owned())]);
    (prop::option::of(an_outcome()), prop::option::of(0u32..600), reason)
        .prop_map(|(outcome, duration, reason)| End { outcome, duration, reason })
}

fn what_happened() -> impl Strategy<Value = What> {
    prop_oneof![
        Just(What::Initiated),
        Just(What::Ringing),
        Just(What::Incoming),
        Just(What::Connected),
        any::<bool>().prop_map(What::Muted),
        any::<bool>().prop_map(What::Held),
        Just(What::Digit('5')),
        an_end().prop_map(What::Ended),
        Just(What::Noted(EventName::Other("quality".to_owned()))),
    ]
}

/// Few distinct times, so that facts at the same moment are common.
fn a_fact() -> impl Strategy<Value = Fact> {
    (
        what_happened(),
        0i64..12,
        prop::option::of(prop_oneof![
            Just("+911".to_owned()),
            Just("+912".to_owned()),
            Just(String::new())
        ]),
        prop::option::of(prop_oneof![Just(Direction::Inbound), Just(Direction::Outbound)]),
        prop::option::of((0u8..3).prop_map(|n| format!("{{\"n\":{n}}}"))),
        prop::option::of(
            (0u8..2).prop_map(|n| Agent { id: Some(format!("agent{n}")), name: None }),
        ),
    )
        .prop_map(|(what, second, phone, direction, customer, agent)| Fact {
            what,
            at: second * 1000,
            phone,
            direction,
            customer,
            agent,
        })
}

fn after(facts: &[Fact]) -> Call {
    let mut call = Call::default();
    for fact in facts {
        call.apply(fact);
    }
    call
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn any_order_and_any_repetition_ends_in_the_same_call(
        (facts, shuffled) in prop::collection::vec(a_fact(), 0..16).prop_flat_map(|facts| {
            // Each fact one to three times, in any order.
            let repeated = prop::collection::vec(1usize..4, facts.len());
            let again = facts.clone();
            let shuffled = repeated.prop_flat_map(move |times| {
                let all: Vec<Fact> = again
                    .iter()
                    .zip(times)
                    .flat_map(|(fact, n)| std::iter::repeat_n(fact.clone(), n))
                    .collect();
                Just(all).prop_shuffle()
            });
            (Just(facts), shuffled)
        })
    ) {
        prop_assert_eq!(after(&facts), after(&shuffled));
    }

    #[test]
    fn an_ended_call_is_never_reopened(
        facts in prop::collection::vec(a_fact(), 0..10),
        end in an_end(),
        late in prop::collection::vec(a_fact(), 0..10),
    ) {
        let mut call = after(&facts);
        call.apply(&Fact::new(What::Ended(end), 5_000));
        for fact in &late {
            call.apply(fact);
            prop_assert_eq!(call.phase(), Phase::Ended);
            prop_assert_ne!(call.status(), Status::Active);
            prop_assert_eq!(call.allows(Action::HangUp), Err(Refusal::Over));
            prop_assert!(call.duration().is_some());
        }
    }

    #[test]
    fn a_call_starts_no_later_than_anything_known_of_it(
        facts in prop::collection::vec(a_fact(), 1..10),
    ) {
        let call = after(&facts);
        prop_assert_eq!(call.started_at(), facts.iter().map(|fact| fact.at).min());
    }
}

/// An outgoing call by its events and their seconds.
fn outbound(events: &[(What, i64)]) -> Call {
    let facts: Vec<Fact> = events
        .iter()
        .map(|(what, second)| Fact {
            direction: Some(Direction::Outbound),
            ..Fact::new(what.clone(), second * 1000)
        })
        .collect();
    after(&facts)
}

fn ended() -> What {
    What::Ended(End::default())
}

fn ended_after(seconds: u32) -> What {
    What::Ended(End { duration: Some(seconds), ..End::default() })
}

#[test]
fn a_call_passes_through_its_phases() {
    let whole = [(What::Initiated, 0), (What::Ringing, 2), (What::Connected, 5), (ended(), 65)];
    let phases: Vec<Phase> = (1..=4).map(|n| outbound(&whole[..n]).phase()).collect();
    assert_eq!(phases, [Phase::Dialing, Phase::Ringing, Phase::Connected, Phase::Ended]);
    let call = outbound(&whole);
    assert_eq!(call.status(), Status::Completed);
    assert_eq!(call.duration(), Some(60));
}

#[test]
fn the_duration_given_at_the_end_outweighs_the_clock() {
    let call = outbound(&[(What::Connected, 5), (ended_after(42), 65)]);
    assert_eq!(call.duration(), Some(42));
}

#[test]
fn a_call_that_was_never_connected_has_no_duration() {
    let call = outbound(&[(What::Initiated, 0), (What::Ringing, 1), (ended(), 30)]);
    assert_eq!((call.duration(), call.status()), (Some(0), Status::NoAnswer));
}

#[test]
fn an_end_with_a_duration_means_that_they_talked() {
    let call = outbound(&[(What::Initiated, 0), (ended_after(30), 40)]);
    assert_eq!((call.duration(), call.status()), (Some(30), Status::Completed));
}

#[test]
fn an_incoming_call_that_nobody_answered_is_missed() {
    let missed = after(&[Fact::new(What::Incoming, 0), Fact::new(ended(), 9_000)]);
    assert_eq!(missed.status(), Status::Missed);
    assert_eq!(missed.direction(), Direction::Inbound);
    // Another agent's phone reports "missed" of a call that a colleague took.
    let taken = after(&[
        Fact::new(What::Incoming, 0),
        Fact::ended(4_000, Outcome::Missed, "answered elsewhere"),
        Fact::new(What::Connected, 3_000),
    ]);
    assert_eq!(taken.status(), Status::Completed);
}

#[test]
fn a_sweep_gives_way_to_an_end_that_somebody_saw() {
    let swept = [
        (What::Connected, 0),
        (What::Ended(End { outcome: Some(Outcome::Abandoned), ..End::default() }), 100),
    ];
    assert_eq!(outbound(&swept).status(), Status::Abandoned);
    let mut seen = swept.to_vec();
    seen.push((ended(), 130));
    let call = outbound(&seen);
    assert_eq!((call.status(), call.duration()), (Status::Completed, Some(130)));
}

#[test]
fn mute_and_hold_follow_their_latest_word() {
    let call = outbound(&[
        (What::Connected, 0),
        (What::Muted(false), 9),
        (What::Muted(true), 4),
        (What::Held(true), 5),
    ]);
    assert!(!call.is_muted());
    assert!(call.is_on_hold());
}

#[test]
fn what_an_agent_may_do_depends_on_the_phase() {
    let incoming = after(&[Fact::new(What::Incoming, 0)]);
    assert_eq!(incoming.allows(Action::Answer), Ok(()));
    assert_eq!(incoming.allows(Action::Mute(true)), Err(Refusal::NotConnected));
    let dialing = outbound(&[(What::Initiated, 0)]);
    assert_eq!(dialing.allows(Action::Answer), Err(Refusal::NotIncoming));
    assert_eq!(dialing.allows(Action::HangUp), Ok(()));
    let talking = outbound(&[(What::Connected, 0)]);
    assert_eq!(talking.allows(Action::Digit('#')), Ok(()));
    assert_eq!(Action::digit('a'), Some(Action::Digit('A')));
    assert_eq!(Action::digit('E'), None);
}
