//! Tests which agent the ribbon has, depending on what the page names and when.

use super::*;

fn name_with(model: &mut Model, id: Option<&str>, name: Option<&str>) -> Vec<Effect> {
    let [id, name] = [id, name].map(|text| text.map(str::to_owned));
    step(model, Msg::NameAgent { id, name })
}

fn count_changes(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::ChangeAgent)).count()
}

fn model_agent(model: &Model) -> (&str, Option<&str>) {
    (&model.agent.id, model.agent.name.as_deref())
}

#[test]
fn the_agent_named_last_counts_and_a_name_belongs_to_its_id() {
    let both = (Some("b"), Some("Bina"));
    for (before, then, outcome) in [
        ((None, None), (None, None), (("me", None), 0)),
        ((None, None), both, (("b", Some("Bina")), 1)),
        (both, both, (("b", Some("Bina")), 1)),
        (both, (Some("b"), None), (("b", Some("Bina")), 1)),
        (both, (None, Some("Bina Rao")), (("b", Some("Bina Rao")), 1)),
        (both, (Some("c"), None), (("c", None), 2)),
        (both, (Some("me"), None), (("me", None), 2)),
        ((Some("me"), Some("Asha")), (None, None), (("me", Some("Asha")), 0)),
    ] {
        let mut model = ready_model();
        let mut count = count_changes(&name_with(&mut model, before.0, before.1));
        count += count_changes(&name_with(&mut model, then.0, then.1));
        assert_eq!((model_agent(&model), count), outcome, "{before:?} {then:?}");
    }
}

#[test]
fn a_call_keeps_its_agent_and_the_change_comes_when_it_is_over() {
    let mut model = talking_model();
    assert_eq!(count_changes(&name_with(&mut model, Some("b"), Some("Bina"))), 0);
    let customer = Customer { agent_id: Some("c".to_owned()), ..new_customer("Ravi", NUMBER) };
    assert_eq!(count_changes(&show_customer(&mut model, customer)), 0);
    assert_eq!((model_agent(&model), &model.session), (("me", None), &Session::Ready));
    let effects =
        step(&mut model, feed_msg(3, end_of(Outcome::Completed, "hangup"), Status::Completed));
    // The page receives the end first.
    assert_eq!((event_names(&effects), count_changes(&effects)), (vec!["callEnded"], 1));
    assert!(matches!(effects.last(), Some(Effect::ChangeAgent)));
    assert_eq!(model_agent(&model), ("c", None));
    // Late events of the last agent's stream do not belong to the new agent.
    let late = FeedEvent {
        session_id: "s9".to_owned(),
        ..feed_event_of(4, FactKind::Incoming, Status::Active)
    };
    assert!(step(&mut model, Msg::FeedEvent(Box::new(late))).is_empty());
    assert!(model.live_call().is_none());
}

#[test]
fn an_agent_named_and_taken_back_during_a_call_changes_nothing() {
    let mut model = talking_model();
    name_with(&mut model, Some("b"), None);
    name_with(&mut model, Some("me"), Some("Asha"));
    let end = feed_msg(3, end_of(Outcome::Completed, "hangup"), Status::Completed);
    assert_eq!(count_changes(&step(&mut model, end)), 0);
    assert_eq!((model_agent(&model), &model.session), (("me", Some("Asha")), &Session::Ready));
}

#[test]
fn a_call_of_a_new_agent_waits_until_the_server_knows_the_agent() {
    let mut model = ready_model();
    let customer = Customer {
        agent_id: Some("b".to_owned()),
        auto_call: true,
        ..new_customer("Asha", NUMBER)
    };
    assert!(matches!(&show_customer(&mut model, customer)[..], [Effect::ChangeAgent]));
    assert!(make_call(&mut model, Some("+911234567890")).is_empty());
    let restore = Msg::Restore { agent_id: "b".to_owned(), history: Vec::new(), position: 9 };
    step(&mut model, restore);
    let effects = step(&mut model, Msg::SignedIn { agent_id: "b".to_owned() });
    assert!(matches!(&effects[..2], [Effect::Ready, Effect::Start { .. }]));
    assert_eq!((model_agent(&model).0, model.last_seq), ("b", Some(9)));
}

#[test]
fn the_new_agent_s_call_is_taken_up_though_it_began_before() {
    let mut model = talking_model();
    step(&mut model, feed_msg(3, end_of(Outcome::Completed, "hangup"), Status::Completed));
    name_with(&mut model, Some("b"), None);
    let of_b = |seq, what| FeedEvent {
        session_id: "s2".to_owned(),
        agent_id: Some("b".to_owned()),
        ..feed_event_of(seq, what, Status::Active)
    };
    let history = vec![of_b(2, FactKind::Incoming), of_b(3, FactKind::Connected)];
    step(&mut model, Msg::Restore { agent_id: "b".to_owned(), history, position: 3 });
    assert_eq!(model.live_call().map(|line| line.session_id.as_str()), Some("s2"));
}

#[test]
fn a_page_receives_once_that_a_call_rings_which_began_before_it() {
    let of_b = |seq, session_id: &str, what| FeedEvent {
        session_id: session_id.to_owned(),
        agent_id: Some("b".to_owned()),
        ..feed_event_of(seq, what, Status::Active)
    };
    let rings = |seq, session_id| of_b(seq, session_id, FactKind::Incoming);
    let answered = vec![rings(2, "s2"), of_b(3, "s2", FactKind::Connected)];
    for (history, told) in [
        (vec![rings(2, "s2")], vec![(2_000, false)]),
        (vec![rings(2, "s2"), rings(3, "s3")], vec![(2_000, false), (3_000, false)]),
        (answered, Vec::new()),
        (Vec::new(), Vec::new()),
    ] {
        let mut fresh = Model::default();
        step(&mut fresh, Msg::SignIn);
        let mut changed = ready_model();
        name_with(&mut changed, Some("b"), None);
        for mut model in [fresh, changed] {
            let history = history.clone();
            let restore = Msg::Restore { agent_id: "b".to_owned(), history, position: 9 };
            let effects = step(&mut model, restore.clone());
            let events = effects.iter().filter_map(|effect| match effect {
                Effect::Emit(event) if event.name == "incoming" => Some((event.at, event.replayed)),
                _ => None,
            });
            assert_eq!(events.collect::<Vec<_>>(), told);
            assert!(event_names(&step(&mut model, restore)).is_empty(), "a later sign-in");
        }
    }
}
