//! Tests calls that ring at several agents' phones.

use super::*;
use crate::ribbon::words;
use call_ribbon_shared::event::EventName;

/// Creates an event of an inbound call, with the agent that the server names.
fn of_group(seq: i64, what: FactKind, agent: Option<&str>) -> Msg {
    let status =
        if matches!(what, FactKind::Ended(_)) { Status::Completed } else { Status::Active };
    let mut event = feed_event_of(seq, what, status);
    event.event_id = format!("e{seq}");
    event.fact.direction = Some(Direction::Inbound);
    event.agent_id = agent.map(str::to_owned);
    Msg::FeedEvent(Box::new(event))
}

/// Returns the names of the page's events for these, in order, and the model after them.
fn after_events(events: Vec<(FactKind, Option<&str>)>) -> (Vec<&'static str>, Model) {
    let (mut model, mut all, mut seq) = (ready_model(), Vec::new(), 0);
    for (what, agent) in events {
        seq += 1;
        all.extend(event_names(&step(&mut model, of_group(seq, what, agent))));
    }
    (all, model)
}

fn long_talk() -> FactKind {
    end_of(Outcome::Completed, "hangup")
}

#[test]
fn a_ribbon_is_in_a_group_call_only_where_its_agent_answered() {
    let noted = || FactKind::Noted(EventName::Other("agent_free".to_owned()));
    for (events, told, look) in [
        (vec![(FactKind::Incoming, None)], vec!["incoming"], Look::Incoming),
        (vec![(FactKind::Incoming, Some("me"))], vec!["incoming"], Look::Incoming),
        // It rings at the next phone as well, and here a second time.
        (
            vec![(FactKind::Incoming, None), (FactKind::Incoming, Some("me")), (noted(), None)],
            vec!["incoming"],
            Look::Incoming,
        ),
        (
            vec![(FactKind::Incoming, Some("me")), (FactKind::Connected, Some("me"))],
            vec!["incoming", "connected"],
            Look::Connected,
        ),
        // The answering agent is reported twice.
        (
            vec![
                (FactKind::Incoming, Some("me")),
                (FactKind::Connected, Some("me")),
                (FactKind::Connected, Some("me")),
                (FactKind::Incoming, Some("me")),
            ],
            vec!["incoming", "connected"],
            Look::Connected,
        ),
        (
            vec![(FactKind::Incoming, Some("me")), (FactKind::Connected, Some("other"))],
            vec!["incoming", "missed", "callEnded"],
            Look::Ended,
        ),
        // No answering agent is reported.
        (
            vec![(FactKind::Incoming, None), (FactKind::Connected, None)],
            vec!["incoming", "missed", "callEnded"],
            Look::Ended,
        ),
        // This agent answered.
        (
            vec![
                (FactKind::Incoming, None),
                (FactKind::Connected, None),
                (FactKind::Connected, Some("me")),
                (long_talk(), Some("me")),
            ],
            vec!["incoming", "missed", "callEnded", "connected", "callEnded"],
            Look::Ended,
        ),
        (
            vec![(FactKind::Incoming, None), (long_talk(), Some("other"))],
            vec!["incoming", "missed", "callEnded"],
            Look::Ended,
        ),
        // A colleague's call from the beginning.
        (vec![(FactKind::Incoming, Some("other"))], vec![], Look::Idle),
        (vec![(FactKind::Connected, Some("other"))], vec![], Look::Idle),
        (vec![(FactKind::Connected, None), (long_talk(), Some("other"))], vec![], Look::Idle),
    ] {
        let (page, model) = after_events(events.clone());
        assert_eq!((page, model.bar_look()), (told, look), "{events:?}");
    }
    let (_, model) =
        after_events(vec![(FactKind::Incoming, None), (FactKind::Connected, Some("other"))]);
    assert_eq!(words::state_key(&model), "state.elsewhere");
}

#[test]
fn a_caller_who_is_not_known_is_named_as_such() {
    let shared = |json: &str| Customer { json: json.to_owned(), ..new_customer("", NUMBER) };
    for (phone, customer, who, advice) in [
        (NUMBER, None, NUMBER, "Unknown caller"),
        (
            NUMBER,
            Some(shared(r#"{"phoneNumber":"+919876543210","sharedBy":3,"sharedCustomers":[]}"#)),
            NUMBER,
            "3 customers share this number",
        ),
        ("", None, "Number withheld", ""),
    ] {
        let mut model = ready_model();
        let mut event = feed_event_of(2, FactKind::Incoming, Status::Active);
        event.fact.direction = Some(Direction::Inbound);
        event.fact.phone = Some(phone.to_owned()).filter(|phone| !phone.is_empty());
        event.customer = customer;
        step(&mut model, Msg::FeedEvent(Box::new(event.clone())));
        let line = model.line.as_ref().unwrap();
        assert_eq!(
            (line.caller_text(model.words), words::advice_line(&model).as_str()),
            (who, advice)
        );
        // An unknown number cannot be called back.
        event.seq = 3;
        event.event_id = "e3".to_owned();
        (event.fact.what, event.status) =
            (end_of(Outcome::Missed, "nobody answered"), Status::Missed);
        step(&mut model, Msg::FeedEvent(Box::new(event)));
        assert_eq!(model.shown_phone().is_empty(), phone.is_empty());
        assert_eq!(words::advice_line(&model), "", "the state and the button say it");
    }
}

#[test]
fn a_first_name_is_the_first_word_that_is_no_title() {
    for (name, first) in [
        ("Muhammad Abdul Rehman Siddiqui", "Muhammad"),
        ("Dr. Asha Rao", "Dr. Asha"),
        ("Smt. K. Lakshmi Devi", "Smt. K. Lakshmi"),
        ("Mr Khan", "Mr Khan"),
        ("Om", "Om"),
        ("अमित कुमार", "अमित"),
        ("", "+91 98765 43210"),
    ] {
        assert_eq!(new_customer(name, "+91 98765 43210").first_name(), first, "{name}");
    }
}

#[test]
fn a_customer_without_name_id_and_number_is_not_the_next_one() {
    let mut model = talking_model();
    show_customer(&mut model, new_customer("", ""));
    assert_eq!(
        (words::advice_line(&model), model.next_customer().is_none()),
        (String::new(), true)
    );
    show_customer(&mut model, new_customer("Muhammad Siddiqui", ""));
    assert_eq!(words::advice_line(&model), "Next: Muhammad Siddiqui");
}

#[test]
fn a_reason_of_the_server_is_said_in_the_agent_s_language() {
    let mut model = ready_model();
    let table = "state.failed: नहीं लगी\nadvice.failed.why: {0}। फिर।\nhi.the number cannot be reached: संपर्क नहीं\nhi.Paid: चुकाया";
    model.words = words::Words::from_table(table, "hi");
    show_customer(&mut model, new_customer("Asha", NUMBER));
    make_call(&mut model, None);
    step(&mut model, feed_msg(1, FactKind::Initiated, Status::Active));
    let end = end_of(Outcome::Failed, "the number cannot be reached");
    step(&mut model, feed_msg(2, end, Status::Failed));
    assert_eq!(words::advice_line(&model), "संपर्क नहीं। फिर।");
    let outcome = |label: &str| crate::ribbon::wrap_up::Disposition {
        code: label.to_lowercase(),
        label: label.to_owned(),
        ..Default::default()
    };
    model.dispositions = vec![outcome("Paid"), outcome("PTP")];
    assert_eq!((model.outcome_label("paid"), model.outcome_label("ptp")), ("चुकाया", "PTP"));
}

#[test]
fn a_broken_stream_is_said_once() {
    let mut model = ready_model();
    step(&mut model, Msg::FeedDown);
    assert_eq!(
        (words::state_key(&model), words::advice_line(&model).as_str()),
        ("state.offline", "")
    );
    let mut model = talking_model();
    step(&mut model, Msg::FeedDown);
    let said = (words::state_key(&model), words::advice_line(&model));
    assert_eq!(said, ("state.connected", "Reconnecting…".to_owned()));
}
