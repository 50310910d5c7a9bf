//! Tests which agent the ribbon has, depending on what the page names and when.

use super::*;

fn named(model: &mut Model, id: Option<&str>, name: Option<&str>) -> Vec<Effect> {
    let [id, name] = [id, name].map(|text| text.map(str::to_owned));
    step(model, Msg::Name { id, name })
}

fn changes(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::ChangeAgent)).count()
}

fn agent(model: &Model) -> (&str, Option<&str>) {
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
        let mut model = ready();
        let mut count = changes(&named(&mut model, before.0, before.1));
        count += changes(&named(&mut model, then.0, then.1));
        assert_eq!((agent(&model), count), outcome, "{before:?} {then:?}");
    }
}

#[test]
fn a_call_keeps_its_agent_and_the_change_comes_when_it_is_over() {
    let mut model = talking();
    assert_eq!(changes(&named(&mut model, Some("b"), Some("Bina"))), 0);
    let customer = Customer { agent_id: Some("c".to_owned()), ..customer("Ravi", NUMBER) };
    assert_eq!(changes(&set(&mut model, customer)), 0);
    assert_eq!((agent(&model), &model.session), (("me", None), &Session::Ready));
    let effects = step(&mut model, fed(3, ended(Outcome::Completed, "hangup"), Status::Completed));
    // The page receives the end first.
    assert_eq!((told(&effects), changes(&effects)), (vec!["callEnded"], 1));
    assert!(matches!(effects.last(), Some(Effect::ChangeAgent)));
    assert_eq!(agent(&model), ("c", None));
    // Late events of the last agent's stream do not belong to the new agent.
    let late = Fed { session_id: "s9".to_owned(), ..event(4, What::Incoming, Status::Active) };
    assert!(step(&mut model, Msg::Fed(Box::new(late))).is_empty());
    assert!(model.live().is_none());
}

#[test]
fn an_agent_named_and_taken_back_during_a_call_changes_nothing() {
    let mut model = talking();
    named(&mut model, Some("b"), None);
    named(&mut model, Some("me"), Some("Asha"));
    let end = fed(3, ended(Outcome::Completed, "hangup"), Status::Completed);
    assert_eq!(changes(&step(&mut model, end)), 0);
    assert_eq!((agent(&model), &model.session), (("me", Some("Asha")), &Session::Ready));
}

#[test]
fn a_call_of_a_new_agent_waits_until_the_server_knows_the_agent() {
    let mut model = ready();
    let customer =
        Customer { agent_id: Some("b".to_owned()), auto_call: true, ..customer("Asha", NUMBER) };
    assert!(matches!(&set(&mut model, customer)[..], [Effect::ChangeAgent]));
    assert!(call(&mut model, Some("+911234567890")).is_empty());
    let restore = Msg::Restore { agent_id: "b".to_owned(), history: Vec::new(), position: 9 };
    step(&mut model, restore);
    let effects = step(&mut model, Msg::SignedIn { agent_id: "b".to_owned() });
    assert!(matches!(&effects[..2], [Effect::Ready, Effect::Start { .. }]));
    assert_eq!((agent(&model).0, model.last_seq), ("b", Some(9)));
}

#[test]
fn the_new_agent_s_call_is_taken_up_though_it_began_before() {
    let mut model = talking();
    step(&mut model, fed(3, ended(Outcome::Completed, "hangup"), Status::Completed));
    named(&mut model, Some("b"), None);
    let of_b = |seq, what| Fed {
        session_id: "s2".to_owned(),
        agent_id: Some("b".to_owned()),
        ..event(seq, what, Status::Active)
    };
    let history = vec![of_b(2, What::Incoming), of_b(3, What::Connected)];
    step(&mut model, Msg::Restore { agent_id: "b".to_owned(), history, position: 3 });
    assert_eq!(model.live().map(|line| line.session_id.as_str()), Some("s2"));
}
