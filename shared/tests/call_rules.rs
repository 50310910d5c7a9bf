//! Tests the rules of a call on random histories.

use call_ribbon_shared::call::{
    Action, ActionError, Agent, AgentRole, Call, CallEnd, Direction, Fact, FactKind, Outcome,
    Phase, Status,
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

fn an_end() -> impl Strategy<Value = CallEnd> {
    let reason = prop::option::of(prop_oneof![Just("hangup".to_owned()), Just("busy".to_owned())]);
    let seconds = || prop::option::of(0u32..600);
    (prop::option::of(an_outcome()), seconds(), seconds(), reason).prop_map(
        |(outcome, duration, since_dialing, reason)| CallEnd {
            outcome,
            duration,
            since_dialing,
            reason,
        },
    )
}

fn what_happened() -> impl Strategy<Value = FactKind> {
    prop_oneof![
        Just(FactKind::Initiated),
        Just(FactKind::Ringing),
        Just(FactKind::Incoming),
        Just(FactKind::Connected),
        any::<bool>().prop_map(FactKind::Muted),
        any::<bool>().prop_map(FactKind::Held),
        Just(FactKind::Digit('5')),
        an_end().prop_map(FactKind::Ended),
        Just(FactKind::Noted(EventName::Other("quality".to_owned()))),
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
        prop_oneof![Just(AgentRole::Named), Just(AgentRole::Rang), Just(AgentRole::Answered)],
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

fn call_after(facts: &[Fact]) -> Call {
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
        prop_assert_eq!(call_after(&facts), call_after(&shuffled));
    }

    #[test]
    fn an_ended_call_is_never_reopened(
        facts in prop::collection::vec(a_fact(), 0..10),
        end in an_end(),
        late in prop::collection::vec(a_fact(), 0..10),
    ) {
        let mut call = call_after(&facts);
        call.apply(&Fact::new(FactKind::Ended(end), 5_000));
        for fact in &late {
            call.apply(fact);
            prop_assert_eq!(call.phase(), Phase::Ended);
            prop_assert_ne!(call.status(), Status::Active);
            prop_assert_eq!(call.check_action(Action::HangUp), Err(ActionError::Over));
            prop_assert!(call.duration().is_some());
        }
    }

    #[test]
    fn a_call_starts_no_later_than_anything_known_of_it(
        facts in prop::collection::vec(a_fact(), 1..10),
    ) {
        let call = call_after(&facts);
        let known = |fact: &Fact| fact.began.map_or(fact.at, |began| began.min(fact.at));
        prop_assert_eq!(call.started_at(), facts.iter().map(known).min());
    }
}

/// Builds an outbound call from its events and their seconds.
fn outbound_call(events: &[(FactKind, i64)]) -> Call {
    let facts: Vec<Fact> = events
        .iter()
        .map(|(what, second)| Fact {
            direction: Some(Direction::Outbound),
            ..Fact::new(what.clone(), second * 1000)
        })
        .collect();
    call_after(&facts)
}

fn plain_end() -> FactKind {
    FactKind::Ended(CallEnd::default())
}

fn ended_after(seconds: u32) -> FactKind {
    FactKind::Ended(CallEnd { duration: Some(seconds), ..CallEnd::default() })
}

#[test]
fn a_call_passes_through_its_phases() {
    let whole = [
        (FactKind::Initiated, 0),
        (FactKind::Ringing, 2),
        (FactKind::Connected, 5),
        (plain_end(), 65),
    ];
    let phases: Vec<Phase> = (1..=4).map(|n| outbound_call(&whole[..n]).phase()).collect();
    assert_eq!(phases, [Phase::Dialing, Phase::Ringing, Phase::Connected, Phase::Ended]);
    let call = outbound_call(&whole);
    assert_eq!(call.status(), Status::Completed);
    assert_eq!(call.duration(), Some(60));
}

#[test]
fn the_duration_given_at_the_end_outweighs_the_clock() {
    let call = outbound_call(&[(FactKind::Connected, 5), (ended_after(42), 65)]);
    assert_eq!(call.duration(), Some(42));
}

#[test]
fn a_call_that_was_never_connected_has_no_duration() {
    let call =
        outbound_call(&[(FactKind::Initiated, 0), (FactKind::Ringing, 1), (plain_end(), 30)]);
    assert_eq!((call.duration(), call.status()), (Some(0), Status::NoAnswer));
}

#[test]
fn an_end_with_a_duration_means_that_they_talked() {
    let call = outbound_call(&[(FactKind::Initiated, 0), (ended_after(30), 40)]);
    assert_eq!((call.duration(), call.status()), (Some(30), Status::Completed));
}

#[test]
fn an_incoming_call_that_nobody_answered_is_missed() {
    let missed = call_after(&[Fact::new(FactKind::Incoming, 0), Fact::new(plain_end(), 9_000)]);
    assert_eq!(missed.status(), Status::Missed);
    assert_eq!(missed.direction(), Direction::Inbound);
    // Another agent's phone reports "missed" for a call that a colleague answered.
    let taken = call_after(&[
        Fact::new(FactKind::Incoming, 0),
        Fact::new_end(4_000, Outcome::Missed, "answered elsewhere"),
        Fact::new(FactKind::Connected, 3_000),
    ]);
    assert_eq!(taken.status(), Status::Completed);
}

#[test]
fn a_sweep_gives_way_to_an_end_that_somebody_saw() {
    let swept = [
        (FactKind::Connected, 0),
        (FactKind::Ended(CallEnd { outcome: Some(Outcome::Abandoned), ..CallEnd::default() }), 100),
    ];
    assert_eq!(outbound_call(&swept).status(), Status::Abandoned);
    let mut seen = swept.to_vec();
    seen.push((plain_end(), 130));
    let call = outbound_call(&seen);
    assert_eq!((call.status(), call.duration()), (Status::Completed, Some(130)));
}

fn ended_with(outcome: Outcome, duration: Option<u32>, since_dialing: Option<u32>) -> FactKind {
    FactKind::Ended(CallEnd { outcome: Some(outcome), duration, since_dialing, reason: None })
}

#[test]
fn only_a_talk_gives_a_call_a_duration() {
    use Outcome::{Busy, Completed, Failed, Missed, NoAnswer};
    let says = |end: FactKind| Fact::new(end, 60_000);
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
            facts.push(Fact::new(FactKind::Connected, 20_000));
        }
        let call = call_after(&facts);
        assert_eq!((call.status(), call.duration()), (expected.0, Some(expected.1)), "{facts:?}");
        facts.reverse();
        assert_eq!(call_after(&facts), call);
    }
}

#[test]
fn who_answered_beats_who_rang_in_every_order() {
    let fact = |what: FactKind, second: i64, agent: Option<(&str, AgentRole)>| Fact {
        direction: Some(Direction::Inbound),
        agent: agent
            .map(|(id, _)| Agent { id: Some(id.to_owned()), name: Some(id.to_uppercase()) }),
        role: agent.map_or(AgentRole::Named, |(_, role)| role),
        ..Fact::new(what, second * 1000)
    };
    let rings = |id| Some((id, AgentRole::Rang));
    let answers = |id| Some((id, AgentRole::Answered));
    for (facts, whose) in [
        (vec![fact(FactKind::Incoming, 0, None), fact(FactKind::Connected, 5, None)], None),
        (vec![fact(FactKind::Incoming, 0, rings("a"))], Some("a")),
        (
            vec![fact(FactKind::Incoming, 0, rings("a")), fact(plain_end(), 9, rings("a"))],
            Some("a"),
        ),
        // The call rings a group: it belongs to no agent until one answers.
        (
            vec![fact(FactKind::Incoming, 0, rings("a")), fact(FactKind::Incoming, 0, rings("b"))],
            None,
        ),
        (
            vec![
                fact(FactKind::Incoming, 0, rings("a")),
                fact(FactKind::Incoming, 1, rings("b")),
                fact(FactKind::Connected, 5, answers("b")),
                fact(ended_after(20), 25, rings("a")),
            ],
            Some("b"),
        ),
        (
            vec![fact(FactKind::Incoming, 0, rings("a")), fact(ended_after(20), 25, answers("b"))],
            Some("b"),
        ),
        // Transferred: the last agent has it.
        (
            vec![
                fact(FactKind::Connected, 5, answers("a")),
                fact(ended_after(20), 25, answers("b")),
            ],
            Some("b"),
        ),
        // The agent who pressed Answer, without a report from the provider.
        (
            vec![
                fact(FactKind::Incoming, 0, rings("a")),
                fact(FactKind::Connected, 5, Some(("b", AgentRole::Named))),
            ],
            Some("b"),
        ),
    ] {
        let call = call_after(&facts);
        let name = whose.map(str::to_uppercase);
        assert_eq!((call.agent_id(), call.agent_name()), (whose, name.as_deref()), "{facts:?}");
        let reversed: Vec<Fact> = facts.into_iter().rev().collect();
        assert_eq!(call_after(&reversed), call);
    }
    // The agent who requested a call has it, even if others share that agent's telephone.
    let asked = Fact {
        agent: Some(Agent { id: Some("a".to_owned()), name: None }),
        direction: Some(Direction::Outbound),
        ..Fact::new(FactKind::Initiated, 0)
    };
    let answered = Fact { direction: None, ..fact(FactKind::Connected, 5, answers("b")) };
    assert_eq!(call_after(&[answered, asked]).agent_id(), Some("a"));
}

#[test]
fn mute_and_hold_follow_their_latest_word() {
    let call = outbound_call(&[
        (FactKind::Connected, 0),
        (FactKind::Muted(false), 9),
        (FactKind::Muted(true), 4),
        (FactKind::Held(true), 5),
    ]);
    assert!(!call.is_muted());
    assert!(call.is_on_hold());
}

#[test]
fn what_an_agent_may_do_depends_on_the_phase() {
    let incoming = call_after(&[Fact::new(FactKind::Incoming, 0)]);
    assert_eq!(incoming.check_action(Action::Answer), Ok(()));
    assert_eq!(incoming.check_action(Action::Mute(true)), Err(ActionError::NotConnected));
    let dialing = outbound_call(&[(FactKind::Initiated, 0)]);
    assert_eq!(dialing.check_action(Action::Answer), Err(ActionError::NotIncoming));
    assert_eq!(dialing.check_action(Action::HangUp), Ok(()));
    let talking = outbound_call(&[(FactKind::Connected, 0)]);
    assert_eq!(talking.check_action(Action::Digit('#')), Ok(()));
    assert_eq!(Action::parse_digit('a'), Some(Action::Digit('A')));
    assert_eq!(Action::parse_digit('E'), None);
}
