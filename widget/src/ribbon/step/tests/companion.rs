//! Tests what the ribbon knows besides the current call: what waits for the agent, the plan, the
//! connection.

use super::*;
use crate::ribbon::model::MainAction;
use crate::ribbon::words::{advice_line, state_key};
use crate::ribbon::wrap_up::Disposition;

#[test]
fn a_customer_of_the_lists_is_called_whoever_is_shown() {
    let mut model = ready_model();
    show_customer(&mut model, new_customer("Asha", "+919876543210"));
    let customer = new_customer("Ravi", "+911122233344");
    let effects = step(&mut model, Msg::CallCustomer { customer, key: "k".to_owned(), now: 1_000 });
    let [Effect::Start { to, customer: Some(called), .. }] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!((to.as_str(), called.name.as_str()), ("+911122233344", "Ravi"));
    assert_eq!(model.shown_customer().unwrap().name, "Ravi");
    assert_eq!(model.next_customer().unwrap().name, "Asha", "the page's customer is the next one");
}

#[test]
fn what_waits_is_counted_for_one_agent() {
    let mut model = ready_model();
    step(&mut model, Msg::Counts { due: 3, missed: 2 });
    assert_eq!((model.due, model.missed), (3, 2));
    step(&mut model, Msg::NameAgent { id: Some("other".to_owned()), name: None });
    assert_eq!((model.due, model.missed), (0, 0));
}

#[test]
fn the_last_tenth_of_the_months_calls_is_announced() {
    let mut model = ready_model();
    show_customer(&mut model, new_customer("Asha", "+919876543210"));
    let plan = |left| Msg::Plan {
        calls_left: Some((left, 100)),
        customer_search: false,
        call_rules: false,
    };
    for (left, state, said) in [
        (11, "state.idle.customer", ""),
        (10, "state.idle.customer", "10 calls left this month."),
        (0, "state.trouble", "Monthly call limit reached. Ask your administrator."),
        (-1, "state.trouble", "Monthly call limit reached. Ask your administrator."),
    ] {
        step(&mut model, plan(left));
        assert_eq!((state_key(&model), advice_line(&model)), (state, said.to_owned()));
    }
    // The server decides: it may know of a larger plan.
    assert!(MainAction::for_model(&model).is_possible(&model));
    step(&mut model, plan(11));
    make_call(&mut model, None);
    let key = model.line.as_ref().unwrap().key.clone();
    let (session_id, call_sid) = ("s1".to_owned(), "c1".to_owned());
    step(&mut model, Msg::Started { key, session_id, call_sid });
    assert_eq!(model.calls_left, Some((10, 100)));
}

#[test]
fn a_call_waits_for_the_connection() {
    let mut model = ready_model();
    show_customer(&mut model, new_customer("Asha", "+919876543210"));
    step(&mut model, Msg::FeedDown);
    assert_eq!((model.bar_look(), state_key(&model)), (Look::Offline, "state.offline"));
    assert!(!MainAction::for_model(&model).is_possible(&model));
    step(&mut model, Msg::FeedUp);
    assert_eq!(model.bar_look(), Look::Idle);
    assert!(MainAction::for_model(&model).is_possible(&model));
    // A call in progress looks like one.
    let mut talking = talking_model();
    step(&mut talking, Msg::FeedDown);
    assert_eq!(talking.bar_look(), Look::Connected);
}

#[test]
fn mistakes_of_the_page_are_not_the_agents() {
    let reply = Some(7);
    let code = Some("nope".to_owned());
    for msg in [
        Msg::WrapUp(WrapUpMsg::Disposition(code, reply)),
        Msg::WrapUp(WrapUpMsg::Notes("x".to_owned(), reply)),
        Msg::Act { action: Action::Hold(true), reply },
        Msg::Act { action: Action::Digit('1'), reply },
    ] {
        let mut model = ready_model();
        let (code, label) = ("paid".to_owned(), "Paid".to_owned());
        model.dispositions = vec![Disposition { code, label, ..Disposition::default() }];
        let effects = step(&mut model, msg);
        assert!(matches!(&effects[..], [Effect::Report(_), Effect::Reject(7, _)]), "{effects:?}");
        assert_eq!((model.bar_look(), model.trouble), (Look::Idle, None));
    }
    // A number that the agent clicked on the page is.
    let mut model = ready_model();
    let (to, key) = (Some("call me".to_owned()), "k".to_owned());
    step(&mut model, Msg::Call { to, key, now: 1_000, reply });
    assert_eq!(model.bar_look(), Look::Failed);
}
