//! Tests the rules of a call on random histories.

use call_ribbon_shared::call::{
    Action, Agent, Call, Direction, End, Fact, Outcome, Phase, Refusal, Role, Status, What,
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
    let seconds = || prop::option::of(0u32..600);
    (prop::option::of(an_outcome()), seconds(), seconds(), reason).prop_map(
        |(outcome, duration, since_dialing, reason)| End {
            outcome,
            duration,
            since_dialing,
            reason,
        },
    )
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

/// Uses few distinct times, so that facts at the same moment are common.
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
        prop::option::of(an_agent()),
        prop_oneof![Just(Role::Named), Just(Role::Rang), Just(Role::Answered)],
        prop::option::of((0i64..12).prop_map(|second| second * 1000)),
    )
        .prop_map(|(what, second, phone, direction, customer, agent, role, began)| Fact {
            what,
            at: second * 1000,
            phone,
            direction,
            customer,
            agent,
            role,
            began,
        })
}

fn an_agent() -> impl Strategy<Value = Agent> {
    (prop::option::of(0u8..3), prop::option::of(0u8..2)).prop_map(|(id, name)| Agent {
        id: id.map(|n| format!("agent{n}")),
        name: name.map(|n| format!("Agent {n}")),
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
        let known = |fact: &Fact| fact.began.map_or(fact.at, |began| began.min(fact.at));
        prop_assert_eq!(call.started_at(), facts.iter().map(known).min());
    }
}

/// Builds an outbound call from its events and their seconds.
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
    // Another agent's phone reports "missed" for a call that a colleague answered.
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

fn ended_with(outcome: Outcome, duration: Option<u32>, since_dialing: Option<u32>) -> What {
    What::Ended(End { outcome: Some(outcome), duration, since_dialing, reason: None })
}

#[test]
fn only_a_talk_gives_a_call_a_duration() {
    use Outcome::{Busy, Completed, Failed, Missed, NoAnswer};
    let says = |end: What| Fact::new(end, 60_000);
    for (ends, connected, expected) in [
        // The talk itself was measured.
        (vec![ended_with(Completed, Some(30), Some(52))], false, (Status::Completed, 30)),
        (vec![ended_with(Completed, Some(0), Some(52))], false, (Status::NoAnswer, 0)),
        // It was not measured; the ringing counts until something better is known.
        (vec![ended_with(Completed, None, Some(52))], false, (Status::Completed, 52)),
        (
            vec![ended_with(Completed, None, Some(52)), ended_with(Completed, Some(30), None)],
            false,
            (Status::Completed, 30),
        ),
        (vec![ended_with(Completed, None, Some(52))], true, (Status::Completed, 40)),
        // An end without a talk may still report a duration; it does not count.
        (vec![ended_with(NoAnswer, Some(52), Some(52))], false, (Status::NoAnswer, 0)),
        (vec![ended_with(Busy, Some(52), None)], false, (Status::Busy, 0)),
        (vec![ended_with(Failed, Some(52), None)], false, (Status::Failed, 0)),
        (vec![ended_with(Missed, None, Some(52))], false, (Status::Missed, 0)),
        // A later fact shows that they talked.
        (vec![ended_with(Missed, None, None), ended_after(52)], false, (Status::Completed, 52)),
        (vec![ended_with(NoAnswer, None, None), ended_after(52)], false, (Status::Completed, 52)),
        (vec![ended_with(Missed, None, None), ended_after(33)], true, (Status::Completed, 33)),
        (
            vec![ended_with(Missed, None, None), ended_with(Completed, Some(33), None)],
            false,
            (Status::Completed, 33),
        ),
    ] {
        let mut facts: Vec<Fact> = ends.into_iter().map(says).collect();
        if connected {
            facts.push(Fact::new(What::Connected, 20_000));
        }
        let call = after(&facts);
        assert_eq!((call.status(), call.duration()), (expected.0, Some(expected.1)), "{facts:?}");
        facts.reverse();
        assert_eq!(after(&facts), call);
    }
}

#[test]
fn who_answered_beats_who_rang_in_every_order() {
    let fact = |what: What, second: i64, agent: Option<(&str, Role)>| Fact {
        direction: Some(Direction::Inbound),
        agent: agent
            .map(|(id, _)| Agent { id: Some(id.to_owned()), name: Some(id.to_uppercase()) }),
        role: agent.map_or(Role::Named, |(_, role)| role),
        ..Fact::new(what, second * 1000)
    };
    let rings = |id| Some((id, Role::Rang));
    let answers = |id| Some((id, Role::Answered));
    for (facts, whose) in [
        (vec![fact(What::Incoming, 0, None), fact(What::Connected, 5, None)], None),
        (vec![fact(What::Incoming, 0, rings("a"))], Some("a")),
        (vec![fact(What::Incoming, 0, rings("a")), fact(ended(), 9, rings("a"))], Some("a")),
        // The call rings a group: it belongs to no agent until one answers.
        (vec![fact(What::Incoming, 0, rings("a")), fact(What::Incoming, 0, rings("b"))], None),
        (
            vec![
                fact(What::Incoming, 0, rings("a")),
                fact(What::Incoming, 1, rings("b")),
                fact(What::Connected, 5, answers("b")),
                fact(ended_after(20), 25, rings("a")),
            ],
            Some("b"),
        ),
        (
            vec![fact(What::Incoming, 0, rings("a")), fact(ended_after(20), 25, answers("b"))],
            Some("b"),
        ),
        // Transferred: the last agent has it.
        (
            vec![fact(What::Connected, 5, answers("a")), fact(ended_after(20), 25, answers("b"))],
            Some("b"),
        ),
        // The agent who pressed Answer, without a report from the provider.
        (
            vec![
                fact(What::Incoming, 0, rings("a")),
                fact(What::Connected, 5, Some(("b", Role::Named))),
            ],
            Some("b"),
        ),
    ] {
        let call = after(&facts);
        let name = whose.map(str::to_uppercase);
        assert_eq!((call.agent_id(), call.agent_name()), (whose, name.as_deref()), "{facts:?}");
        let reversed: Vec<Fact> = facts.into_iter().rev().collect();
        assert_eq!(after(&reversed), call);
    }
    // The agent who requested a call has it, even if others share that agent's telephone.
    let asked = Fact {
        agent: Some(Agent { id: Some("a".to_owned()), name: None }),
        direction: Some(Direction::Outbound),
        ..Fact::new(What::Initiated, 0)
    };
    let answered = Fact { direction: None, ..fact(What::Connected, 5, answers("b")) };
    assert_eq!(after(&[answered, asked]).agent_id(), Some("a"));
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
