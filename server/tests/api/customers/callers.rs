//! Tests which customer is the caller in unclear cases: withheld numbers, and numbers of several
//! customers.

use crate::support::Server;
use crate::support::emulators::exotel::{CALLER_ID, Exotel};
use crate::support::emulators::tata::Smartflo;
use crate::support::emulators::{Encoding, Webhook};
use crate::support::provided::{CUSTOMER, start_reachable};
use call_ribbon_shared::call::Status;
use serde_json::{Value, json};

async fn customer(server: &Server, customer: Value) {
    server.post_json("/api/ribbon/customer", json!({"customerData": customer})).await.ok::<Value>();
}

#[tokio::test]
async fn a_caller_who_withholds_the_number_has_a_row_without_one() {
    let server = start_reachable().await;
    let exotel = server.add_account("exotel", &Exotel::start().await.settings()).await;
    let smartflo = server.add_account("tata", &Smartflo::start().await.settings()).await;
    // A customer whose number is stored as that word is not the caller.
    customer(&server, json!({"customerId": "A", "name": "Anonymous", "phone": "266696687"})).await;
    let mut events = server.events_after(0).await;
    let mut nth = 0;
    for withheld in [
        json!(""),
        json!("null"),
        json!(null),
        json!("anonymous"),
        json!("Restricted"),
        json!("Private"),
        json!("Unknown"),
        json!("+266696687"),
        json!("-"),
        Value::Null,
    ] {
        for provider in ["exotel", "tata"] {
            nth += 1;
            let sid = format!("call{nth}");
            let (to, rings, missed) = if provider == "exotel" {
                let call = json!({"CallSid": sid, "CallFrom": withheld, "CallTo": CALLER_ID,
                    "Direction": "incoming"});
                (&exotel, call.clone(), with(call, &json!({"CallType": "incomplete"})))
            } else {
                let call = json!({"call_id": sid, "direction": "inbound", "event": "received",
                    "customer_number": withheld, "caller_id_number": withheld});
                (&smartflo, call.clone(), with(call, &json!({"event": "hangup", "billsec": 0})))
            };
            let mut session = String::new();
            for (mut body, expected) in [(rings, "incoming"), (missed, "missed")] {
                if nth > 18 {
                    // The field is missing altogether.
                    body.as_object_mut().unwrap().retain(|_, value| !value.is_null());
                }
                let word = Webhook { to: to.webhook.clone(), body, header: None };
                assert_eq!(word.send(Encoding::Json).await, 200);
                let event = events.next_event().await.unwrap();
                assert_eq!(event.event, expected, "{withheld} {provider}");
                session = event.session_id;
            }
            let call = server.show_call(&session).await;
            assert_eq!((call.status, call.phone_number), (Status::Missed, None), "{withheld}");
            assert_eq!(call.customer_data.get(), "{}", "{withheld} {provider}");
            assert_eq!(call.matched_by, None);
        }
    }
    let rows: Value = server.get("/api/ribbon/call-logs?pageSize=50").await.ok();
    assert_eq!(rows["pagination"]["total"], 20);
    let csv = server.get("/api/ribbon/export/calls?format=csv").await.text;
    assert_eq!(csv.lines().filter(|line| line.contains(",,inbound,")).count(), 20, "{csv}");
}

fn with(mut body: Value, more: &Value) -> Value {
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

#[tokio::test]
async fn a_number_of_several_customers_is_nobodys_call() {
    let server = start_reachable().await;
    let account = server.add_account("exotel", &Exotel::start().await.settings()).await;
    let mut events = server.events_after(0).await;
    let call = async |sid: &str| {
        let body = json!({"CallSid": sid, "CallFrom": "09876543210", "CallTo": CALLER_ID,
            "Direction": "incoming", "Status": "busy"});
        Webhook { to: account.webhook.clone(), body, header: None }.send_json().await;
    };
    customer(&server, json!({"customerId": "C0", "name": "Asha", "phone": CUSTOMER})).await;
    call("of-one").await;
    let event = events.next_event().await.unwrap();
    let told: Value = serde_json::from_str(event.customer_data.get()).unwrap();
    assert_eq!((&told["name"], &told["sharedBy"]), (&json!("Asha"), &Value::Null));
    for nth in 1..25 {
        let phone = ["09876543210", "+91 98765 43210", "9876543210"][nth % 3];
        let one =
            json!({"customerId": format!("C{nth}"), "name": format!("N{nth}"), "phone": phone});
        customer(&server, one).await;
        if ![2, 24].contains(&nth) {
            continue;
        }
        call(&format!("of-several-{nth}")).await;
        let event = events.next_event().await.unwrap();
        let told: Value = serde_json::from_str(event.customer_data.get()).unwrap();
        let names = ["customerId", "name"];
        assert!(names.iter().all(|name| told[name].is_null()), "{told}");
        assert_eq!(told["phoneNumber"], CUSTOMER);
        assert_eq!(told["sharedBy"], (nth + 1).min(20));
        let shown = told["sharedCustomers"].as_array().unwrap();
        assert_eq!(shown.len(), (nth + 1).min(5));
        assert!(shown.iter().all(|one| one["customerId"].is_string() && one["name"].is_string()));
        let call = server.show_call(&event.session_id).await;
        assert_eq!(call.matched_by.as_deref(), Some("several"));
    }
    // The call is assigned to none of them.
    for nth in 0..25 {
        let path = format!("/api/ribbon/customer/C{nth}/calls");
        let calls: Value = server.get(&path).await.ok();
        assert_eq!(calls["totalCalls"], i32::from(nth == 0), "{nth}");
    }
}

#[tokio::test]
async fn a_caller_in_the_menu_is_not_missed_and_then_rings() {
    let server = start_reachable().await;
    let account = server.add_account("exotel", &Exotel::start().await.settings()).await;
    let mut events = server.events_after(0).await;
    let passthru = |sid: &str, more: &Value| {
        let call = json!({"CallSid": sid, "CallFrom": "09876543210", "CallTo": CALLER_ID,
            "Direction": "incoming", "StartTime": server.in_india(-60)});
        Webhook { to: account.webhook.clone(), body: with(call, more), header: None }
    };
    let in_menu = json!({"CallType": "call-attempt", "CallStatus": "ringing"});
    let recording = "https://recordings.example/1.mp3";
    let voicemail = json!({"CallType": "voicemail", "RecordingUrl": recording});
    for (nth, (then, told, status)) in [
        (json!({"EventType": "Dial", "Status": "busy"}), vec!["incoming"], Status::Active),
        (
            json!({"CallType": "call-attempt", "CallStatus": "completed"}),
            vec!["missed"],
            Status::Missed,
        ),
        (voicemail, vec!["missed", "recording_ready"], Status::Missed),
    ]
    .into_iter()
    .enumerate()
    {
        let sid = format!("menu{nth}");
        passthru(&sid, &in_menu).send_json().await;
        let event = events.next_event().await.unwrap();
        assert_eq!((event.event.as_str(), event.status), ("in_menu", Status::Active));
        passthru(&sid, &then).send_json().await;
        for name in told {
            assert_eq!(events.next_event().await.unwrap().event, name, "{then}");
        }
        let call = server.show_call(&event.session_id).await;
        assert_eq!((call.status, call.phone_number.as_deref()), (status, Some(CUSTOMER)), "{then}");
        if then["RecordingUrl"].is_string() {
            assert_eq!(call.recording_url.as_deref(), Some(recording));
        }
    }
}
