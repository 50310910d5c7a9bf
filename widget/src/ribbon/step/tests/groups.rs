//! Tests calls that ring at several agents' phones.

use super::*;
use crate::ribbon::words;
use call_ribbon_shared::event::EventName;

/// Creates an event of an inbound call, with the agent that the server names.
fn of_group(seq: i64, what: What, agent: Option<&str>) -> Msg {
    let status = if matches!(what, What::Ended(_)) { Status::Completed } else { Status::Active };
    let mut event = event(seq, what, status);
    event.event_id = format!("e{seq}");
    event.fact.direction = Some(Direction::Inbound);
    event.agent_id = agent.map(str::to_owned);
    Msg::Fed(Box::new(event))
}

/// Returns the names of the page's events for these, in order, and the model after them.
fn after(events: Vec<(What, Option<&str>)>) -> (Vec<&'static str>, Model) {
    let (mut model, mut all, mut seq) = (ready(), Vec::new(), 0);
    for (what, agent) in events {
        seq += 1;
        all.extend(told(&step(&mut model, of_group(seq, what, agent))));
    }
    (all, model)
}

fn talked() -> What {
    ended(Outcome::Completed, "hangup")
}

#[test]
fn a_ribbon_is_in_a_group_call_only_where_its_agent_answered() {
    let noted = || What::Noted(EventName::Other("agent_free".to_owned()));
    for (events, told, look) in [
        (vec![(What::Incoming, None)], vec!["incoming"], Look::Incoming),
        (vec![(What::Incoming, Some("me"))], vec!["incoming"], Look::Incoming),
        // It rings at the next phone as well, and here a second time.
        (
            vec![(What::Incoming, None), (What::Incoming, Some("me")), (noted(), None)],
            vec!["incoming"],
            Look::Incoming,
        ),
        (
            vec![(What::Incoming, Some("me")), (What::Connected, Some("me"))],
            vec!["incoming", "connected"],
            Look::Connected,
        ),
        // The answering agent is reported twice.
        (
            vec![
                (What::Incoming, Some("me")),
                (What::Connected, Some("me")),
                (What::Connected, Some("me")),
                (What::Incoming, Some("me")),
            ],
            vec!["incoming", "connected"],
            Look::Connected,
        ),
        (
            vec![(What::Incoming, Some("me")), (What::Connected, Some("other"))],
            vec!["incoming", "missed", "callEnded"],
            Look::Failed,
        ),
        // No answering agent is reported.
        (
            vec![(What::Incoming, None), (What::Connected, None)],
            vec!["incoming", "missed", "callEnded"],
            Look::Failed,
        ),
        // This agent answered.
        (
            vec![
                (What::Incoming, None),
                (What::Connected, None),
                (What::Connected, Some("me")),
                (talked(), Some("me")),
            ],
            vec!["incoming", "missed", "callEnded", "connected", "callEnded"],
            Look::Ended,
        ),
        (
            vec![(What::Incoming, None), (talked(), Some("other"))],
            vec!["incoming", "missed", "callEnded"],
            Look::Failed,
        ),
        // A colleague's call from the beginning.
        (vec![(What::Incoming, Some("other"))], vec![], Look::Idle),
        (vec![(What::Connected, Some("other"))], vec![], Look::Idle),
        (vec![(What::Connected, None), (talked(), Some("other"))], vec![], Look::Idle),
    ] {
        let (page, model) = after(events.clone());
        assert_eq!((page, model.look()), (told, look), "{events:?}");
    }
    let (_, model) = after(vec![(What::Incoming, None), (What::Connected, Some("other"))]);
    assert_eq!(words::state(&model), "state.elsewhere");
}

#[test]
fn a_caller_who_is_not_known_is_named_as_such() {
    let shared = |json: &str| Customer { json: json.to_owned(), ..customer("", NUMBER) };
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
        let mut model = ready();
        let mut event = event(2, What::Incoming, Status::Active);
        event.fact.direction = Some(Direction::Inbound);
        event.fact.phone = Some(phone.to_owned()).filter(|phone| !phone.is_empty());
        event.customer = customer;
        step(&mut model, Msg::Fed(Box::new(event.clone())));
        let line = model.line.as_ref().unwrap();
        assert_eq!((line.caller(model.words), words::advice(&model).as_str()), (who, advice));
        // An unknown number cannot be called back.
        event.seq = 3;
        event.event_id = "e3".to_owned();
        (event.fact.what, event.status) =
            (ended(Outcome::Missed, "nobody answered"), Status::Missed);
        step(&mut model, Msg::Fed(Box::new(event)));
        assert_eq!(model.shown_phone().is_empty(), phone.is_empty());
        assert_eq!(words::advice(&model).is_empty(), phone.is_empty());
    }
}
