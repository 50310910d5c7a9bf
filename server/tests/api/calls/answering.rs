//! Tests which agent a call belongs to, by providers' reports: every report that names an agent
//! counts, in any order.

use crate::support::emulators::exotel::{CALLER_ID, Exotel};
use crate::support::emulators::tata::Smartflo;
use crate::support::emulators::{Encoding, Webhook};
use crate::support::provided::{AGENT_PHONE, Account, CUSTOMER, start_reachable};
use crate::support::{Server, Stream};
use call_ribbon_shared::call::Status;
use call_ribbon_shared::wire::{CallEvent, InitAnswer};
use reqwest::Method;
use serde_json::{Value, json};

/// The phone of agent2.
const OTHER_PHONE: &str = "09811111111";

/// Starts a server with this provider, two agents with phones, and a customer.
async fn connected(provider: &str) -> (Server, Account) {
    let server = start_reachable().await;
    let settings = match provider {
        "exotel" => Exotel::start().await.settings(),
        _ => Smartflo::start().await.settings(),
    };
    let account = server.add_account(provider, &settings).await;
    let phone = json!({"phone": "+919811111111", "name": "Bina"});
    server.request_as_operator(Method::PATCH, "/agents/agent2", phone).await.ok::<Value>();
    let customer = json!({"customerId": "C1", "name": "Asha", "phone": CUSTOMER});
    server.post_json("/api/ribbon/customer", json!({"customerData": customer})).await.ok::<Value>();
    (server, account)
}

/// Opens the stream of an agent's ribbon.
async fn ribbon(server: &Server, agent: &str) -> Stream {
    let init: InitAnswer =
        server.post_json("/api/ribbon/init", json!({"agentId": agent})).await.ok();
    Stream::open(server.request(Method::GET, &init.events_url)).await
}

/// Returns the events of one call that an agent's ribbon receives, up to an event of another call.
async fn heard(stream: &mut Stream, call_sid: &str) -> Vec<(String, Option<String>)> {
    let mut all = Vec::new();
    loop {
        let event = stream.next_event().await.unwrap();
        if event.call_sid != call_sid {
            return all;
        }
        all.push((event.event, event.agent_id));
    }
}

/// Sends every agent another event; a stream that has received it has received all events before.
async fn mark(server: &Server) {
    let at = server.time_now();
    assert_eq!(server.log_event("note", "mark", &at, json!({})).await.status, 200);
}

fn word(account: &Account, fields: Value) -> Webhook {
    Webhook { to: account.webhook.clone(), body: fields, header: None }
}

/// Returns every order of so many items.
fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let shorter = orders(count - 1);
    let put = |order: &Vec<usize>, place: usize| {
        let mut order = order.clone();
        order.insert(place, count - 1);
        order
    };
    shorter.iter().flat_map(|order| (0..count).map(move |place| put(order, place))).collect()
}

/// The webhooks of an Exotel group that rings agent1, then agent2, who answers.
fn exotel_group(server: &Server, account: &Account, sid: &str) -> Vec<Webhook> {
    let of_call = |more: Value| {
        let mut body = json!({"CallSid": sid, "CallFrom": "09876543210", "CallTo": CALLER_ID,
            "Direction": "incoming", "StartTime": server.in_india(-20)});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        word(account, body)
    };
    let rings = |phone: &str, at: i64| {
        of_call(json!({"EventType": "Dial", "Status": "busy", "DialWhomNumber": phone,
            "CurrentTime": server.in_india(at)}))
    };
    vec![
        rings("09812345678", -15),
        rings(OTHER_PHONE, -14),
        of_call(json!({"EventType": "Answered", "Status": "busy", "DialWhomNumber": OTHER_PHONE,
            "CurrentTime": server.in_india(-10)})),
        // Last, and with the phone that rang first.
        of_call(json!({"CallType": "completed", "DialCallStatus": "completed",
            "DialWhomNumber": OTHER_PHONE, "DialCallDuration": "14",
            "Legs": [{"Number": "09812345678", "OnCallDuration": "0"},
                {"Number": OTHER_PHONE, "OnCallDuration": "9"}],
            "CurrentTime": server.in_india(-1), "EndTime": "1970-01-01 05:30:00"})),
    ]
}

#[tokio::test]
async fn an_exotel_group_is_that_of_the_agent_who_answers_in_every_order() {
    let (server, account) = connected("exotel").await;
    // So that the reported times are the same for each call.
    server.clock.stop();
    let mut events = server.events_after(0).await;
    let mut records = Vec::new();
    for (nth, order) in orders(4).into_iter().enumerate() {
        let sid = format!("group{nth}");
        let words = exotel_group(&server, &account, &sid);
        for one in &order {
            // Each reports something new, so each results in one event.
            words[*one].send_json().await;
            events.next_event().await.unwrap();
        }
        let calls: Value = server.get("/api/ribbon/calls?agentId=agent2").await.ok();
        let found = calls["calls"].as_array().unwrap().iter().find(|call| call["callSid"] == *sid);
        let mut call = found.unwrap_or_else(|| panic!("not agent2's: {order:?}")).clone();
        assert_eq!(call["status"], "completed", "{order:?}");
        assert_eq!(
            (&call["duration"], &call["agentName"]),
            (&json!(9), &json!("Bina")),
            "{order:?}"
        );
        assert_eq!(call["customerData"]["name"], "Asha", "{order:?}");
        for own in ["sessionId", "callSid", "providerStatus"] {
            call.as_object_mut().unwrap().remove(own);
        }
        records.push(call);
    }
    assert!(records.iter().all(|record| *record == records[0]), "{records:#?}");
    let began = chrono::DateTime::parse_from_rfc3339(records[0]["startTime"].as_str().unwrap());
    let began = began.unwrap().with_timezone(&chrono_tz::Asia::Kolkata);
    assert_eq!(began.format("%Y-%m-%d %H:%M:%S").to_string(), server.in_india(-20));
    // The figures by agent moved along.
    let kept = server.read_totals().await;
    let server = server.stop().await.start(crate::support::SLOW).await;
    let said = server.rebuild_analytics().await;
    assert!(said.contains("nothing differed"), "{said}");
    assert_eq!(server.read_totals().await, kept);
}

#[tokio::test]
async fn each_ribbon_of_a_group_hears_what_concerns_its_agent() {
    let (server, account) = connected("exotel").await;
    let (mut first, mut second) =
        (ribbon(&server, "agent1").await, ribbon(&server, "agent2").await);
    let mut third = ribbon(&server, "agent3").await;
    let mut all = server.events_after(0).await;
    for one in exotel_group(&server, &account, "group") {
        one.send_json().await;
        all.next_event().await.unwrap();
    }
    mark(&server).await;
    let told = |list: &[(&str, &str)]| -> Vec<(String, Option<String>)> {
        list.iter().map(|(event, agent)| ((*event).to_owned(), Some((*agent).to_owned()))).collect()
    };
    // Every agent for whom it may have rung is notified that agent2 answered.
    let taken = [("connected", "agent2")];
    assert_eq!(
        heard(&mut first, "group").await,
        told(&[&[("incoming", "agent1")], &taken[..]].concat())
    );
    assert_eq!(
        heard(&mut second, "group").await,
        told(&[("incoming", "agent2"), ("connected", "agent2"), ("callEnded", "agent2")])
    );
    assert_eq!(heard(&mut third, "group").await, told(&taken));
}

#[tokio::test]
async fn a_smartflo_call_is_that_of_the_agent_whom_any_webhook_names() {
    let (server, account) = connected("tata").await;
    let mut events = server.events_after(0).await;
    let hook = |sid: &str, more: Value| {
        let mut body = json!({"call_id": sid, "direction": "inbound", "call_status": "answered",
            "customer_number": "9876543210", "call_to_number": "8047112345",
            "start_stamp": server.in_india(-30)});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        word(&account, body)
    };
    let ended = json!({"event": "hangup", "end_stamp": server.in_india(-1), "billsec": "20",
        "duration": "29", "hangup_cause": "NORMAL_CLEARING"});
    let with = |base: &Value, more: Value| {
        let mut fields = base.clone();
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        fields
    };
    let number = json!({"answered_agent_number": OTHER_PHONE});
    let received = json!({"event": "received", "call_status": "ringing"});
    let answered = json!({"event": "answered_by_agent", "answer_stamp": server.in_india(-21)});
    let mut nth = 0;
    for words in [
        vec![received.clone(), with(&ended, number.clone())],
        vec![received.clone(), answered.clone(), with(&ended, number.clone())],
        vec![received.clone(), with(&answered, number.clone()), ended.clone()],
        vec![with(
            &ended,
            json!({"answered_agent": {"id": "7", "name": "Bina", "number": OTHER_PHONE}}),
        )],
        vec![
            received.clone(),
            with(&ended, json!({"answered_agent": format!("[{{\"number\":\"{OTHER_PHONE}\"}}]")})),
        ],
        // The hangup arrives twice, and only the second one names the agent.
        vec![received.clone(), ended.clone(), with(&ended, number.clone())],
    ] {
        let mut all = orders(words.len());
        // A hangup with less data than the one before reports nothing new.
        all.retain(|order| {
            words.get(2).is_none_or(|last| last["event"] != words[1]["event"])
                || order == &[0, 1, 2]
        });
        for order in all {
            nth += 1;
            let sid = format!("call{nth}");
            for one in &order {
                hook(&sid, words[*one].clone()).send_json().await;
                while events.next_event().await.unwrap().call_sid != sid {}
            }
            let last = last_of(&server, &sid).await;
            assert_eq!(last.agent_id.as_deref(), Some("agent2"), "{order:?} {words:?}");
            let call = server.show_call(&last.session_id).await;
            assert_eq!((call.status, call.duration), (Status::Completed, Some(20)), "{order:?}");
            assert!(call.customer_data.get().contains("Asha"), "{order:?}");
        }
    }
}

/// Returns the latest event of a call.
async fn last_of(server: &Server, call_sid: &str) -> CallEvent {
    let mut events = server.events_after(0).await;
    mark(server).await;
    let mut last = None;
    loop {
        let event = events.next_event().await.unwrap();
        if event.call_sid == call_sid {
            last = Some(event);
        } else if event.call_sid == "mark" && last.is_some() {
            return last.unwrap();
        }
    }
}

#[tokio::test]
async fn an_agent_whose_phone_is_free_again_ends_only_a_call_of_that_agent() {
    let (server, account) = connected("exotel").await;
    let mut events = server.events_after(0).await;
    let free = |sid: &str, phone: &str| {
        word(
            &account,
            json!({"CallSid": sid, "CallFrom": "09876543210", "CallTo": CALLER_ID,
            "EventType": "Terminal", "Status": "free", "DialWhomNumber": phone}),
        )
    };
    let words = exotel_group(&server, &account, "talk");
    for one in &words[..2] {
        one.send_json().await;
        events.next_event().await.unwrap();
    }
    // agent1's phone stops ringing before agent2's answer is reported.
    free("talk", AGENT_PHONE).send_json().await;
    assert_eq!(events.next_event().await.unwrap().event, "agent_free");
    words[2].send_json().await;
    let event = events.next_event().await.unwrap();
    assert_eq!((event.event.as_str(), event.status), ("connected", Status::Active));
    assert_eq!(free("talk", OTHER_PHONE).send(Encoding::Query).await, 200);
    let event = events.next_event().await.unwrap();
    assert_eq!((event.event.as_str(), event.agent_id.as_deref()), ("callEnded", Some("agent2")));
}

#[tokio::test]
async fn the_agent_who_asked_for_a_call_has_it_whoever_shares_the_phone() {
    let (server, exotel) = (start_reachable().await, Exotel::start().await);
    server.add_account("exotel", &exotel.settings()).await;
    for agent in ["agent2", "agent3"] {
        let phone = json!({"phone": AGENT_PHONE});
        server
            .request_as_operator(Method::PATCH, &format!("/agents/{agent}"), phone)
            .await
            .ok::<Value>();
    }
    let mut events = server.events_after(0).await;
    let body = json!({"to": CUSTOMER, "agentId": "agent3"});
    assert_eq!(server.post_json("/api/ribbon/calls", body).await.status, 202);
    let sid = exotel.call_ids().remove(0);
    exotel.customer_answers(&sid, &server.in_india(2)).send_json().await;
    events.events_until("connected").await;
    exotel.end_call(&sid, &server.in_india(9), 7).send_json().await;
    let ended = events.events_until("callEnded").await.pop().unwrap();
    assert_eq!(ended.agent_id.as_deref(), Some("agent3"));
}
