//! Tests how Smartflo's messages are read, under all their field names.

use super::Settings;
use super::settings::{Access, RequestShape};
use crate::providers::tests::describe_facts;
use crate::providers::{Report, Unreadable, WebhookRequest};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Call, Direction, Status};
use serde_json::{Value, json};

/// 2025-10-12T10:35:00Z.
const NOW: Millis = 1_760_265_300_000;
/// 2025-10-12 16:00:00 in India.
const FOUR: Millis = 1_760_265_000_000;

fn test_settings() -> Value {
    json!({"apiToken": "token", "accountId": "a1", "phoneNumber": "+918047112345"})
}

fn read_webhook(delivered: &WebhookRequest) -> Result<Report, Unreadable> {
    Settings::from_json(&test_settings()).unwrap().read_callback(delivered, NOW)
}

fn read_body(body: &Value) -> Report {
    let content_type = Some("application/json".to_owned());
    read_webhook(&WebhookRequest {
        content_type,
        query: String::new(),
        body: body.to_string().into(),
    })
    .unwrap()
}

/// Returns a body as our guide has it, with nothing filled in yet.
fn guide_body(more: &Value) -> Value {
    let mut body = json!({"call_id": "1715252026.405915", "custom_identifier": "ses_1",
        "ref_id": "ses_1", "direction": "clicktocall", "customer_number": "+919876543210",
        "caller_id_number": "+918047112345", "answered_agent_number": "09812345678",
        "start_stamp": "2025-10-12 15:58:00", "answer_stamp": "$answer_stamp",
        "end_stamp": "$end_stamp", "billsec": "$billsec", "hangup_cause": "$hangup_cause"});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

#[test]
fn each_trigger_is_known_by_its_name() {
    let four = "2025-10-12 16:00:00";
    for (more, happened) in [
        (json!({"event": "answered_by_agent", "answer_stamp": four}), vec!["agent_answered"]),
        (
            json!({"trigger": "Call answered by Agent", "answer_stamp": four}),
            vec!["agent_answered"],
        ),
        (json!({"event": "answered_by_customer", "answer_stamp": four}), vec!["connected"]),
        (
            json!({"event": "Call answered by Customer (Click to call)", "answer_stamp": four}),
            vec!["connected"],
        ),
        (
            json!({"event": "missed_by_customer", "end_stamp": four, "call_status": "missed"}),
            vec!["ended NoAnswer -"],
        ),
        (
            json!({"event": "hangup", "call_status": "answered", "end_stamp": four, "billsec": "42"}),
            vec!["ended Completed 42"],
        ),
        (
            json!({"event": "Call hangup (Missed or Answered)", "call_status": "missed",
                "end_stamp": four, "billsec": "0"}),
            vec!["ended NoAnswer -"],
        ),
        (
            json!({"event": "hangup", "call_status": "missed", "end_stamp": four,
                "hangup_cause": "USER_BUSY"}),
            vec!["ended Busy -"],
        ),
        (
            json!({"event": "hangup", "call_status": "failed", "end_stamp": four}),
            vec!["ended Failed -"],
        ),
        (json!({"event": "hangup", "end_stamp": four}), vec!["ended - -"]),
        // One body for all triggers, which does not say its trigger.
        (json!({"call_status": "answered", "answer_stamp": four}), vec!["connected"]),
        (json!({"status": "answered", "answer_stamp": four}), vec!["connected"]),
        (
            json!({"call_status": "answered", "end_stamp": four, "billsec": 42}),
            vec!["ended Completed 42"],
        ),
        (
            json!({"call_status": "answered", "end_stamp": four, "duration": 50}),
            vec!["ended Completed 50"],
        ),
        (
            json!({"call_status": "answered", "end_stamp": four}),
            vec!["connected", "ended Completed -"],
        ),
        (
            json!({"call_status": "missed", "end_stamp": four, "duration": 50}),
            vec!["ended NoAnswer -"],
        ),
        (
            json!({"event": "answered_by_agent", "end_stamp": four, "billsec": 7}),
            vec!["ended Completed 7"],
        ),
        (json!({"call_status": "initiated"}), vec![]),
        (json!({"call_status": "a-new-word"}), vec![]),
        (json!({}), vec![]),
    ] {
        let report = read_body(&guide_body(&more));
        assert_eq!(describe_facts(&report), happened, "{more}");
        assert!(report.facts.iter().all(|fact| fact.at == FOUR), "{more}");
        let over = happened.iter().any(|what| what.starts_with("ended"));
        assert_eq!(report.settled, over, "{more}");
        assert_eq!(report.session_id.as_deref(), Some("ses_1"));
        assert_eq!(report.provider_call_id.as_deref(), Some("1715252026.405915"));
        assert_eq!(report.direction, Some(Direction::Outbound));
        assert_eq!(report.customer_number.as_deref(), Some("+919876543210"));
        assert_eq!(report.own_numbers, ["+918047112345", "09812345678"]);
        assert_eq!(report.agent_at_provider, ["09812345678"]);
    }
    assert_eq!(
        read_body(&guide_body(&json!({"call_status": "a-new-word"}))).raw_status.as_deref(),
        Some("a-new-word")
    );
}

#[test]
fn a_call_that_rings_in_is_the_customers() {
    let told = |more: Value| {
        let mut body = json!({"uuid": "u1", "direction": "inbound",
            "caller_id_number": "09876543210", "call_to_number": "08047112345",
            "start_stamp": "2025-10-12 16:00:00"});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        read_body(&body)
    };
    for (more, happened, so) in [
        (json!({"event": "Call received on Server"}), vec!["incoming"], Status::Active),
        (json!({"event": "dialed_on_agent"}), vec!["incoming"], Status::Active),
        (json!({"event": "Call answered on IVR"}), vec!["incoming"], Status::Active),
        (json!({"event": "answered_by_agent"}), vec!["connected"], Status::Active),
        (
            json!({"event": "hangup", "call_status": "missed", "end_stamp": "2025-10-12 16:00:30"}),
            vec!["ended Missed -"],
            Status::Missed,
        ),
        (
            json!({"event": "hangup", "call_status": "answered", "billsec": "9"}),
            vec!["ended Completed 9"],
            Status::Completed,
        ),
    ] {
        let report = told(more.clone());
        assert_eq!(describe_facts(&report), happened, "{more}");
        assert_eq!(report.direction, Some(Direction::Inbound));
        assert_eq!(report.customer_number.as_deref(), Some("09876543210"));
        assert_eq!(report.own_numbers, ["08047112345"]);
        assert_eq!((report.provider_call_id.as_deref(), &report.session_id), (Some("u1"), &None));
        let mut call = Call::default();
        report.facts.iter().for_each(|fact| call.apply(fact));
        assert_eq!(call.status(), so, "{more}");
    }
}

#[test]
fn the_call_is_known_by_any_of_its_names() {
    for (body, ours, theirs) in [
        (json!({"call_id": "c", "uuid": "u"}), None, Some("c")),
        (json!({"id": 17}), None, Some("17")),
        (json!({"uuid": "u"}), None, Some("u")),
        (json!({"ref_id": "theirs"}), None, Some("theirs")),
        (json!({"ref_id": "ses_1"}), Some("ses_1"), None),
        (json!({"custom_identifier": "ses_1", "ref_id": "theirs"}), Some("ses_1"), Some("theirs")),
    ] {
        let report = read_body(&body);
        let names = (report.session_id.as_deref(), report.provider_call_id.as_deref());
        assert_eq!(names, (ours, theirs), "{body}");
    }
    for body in ["", "{}", "call_id=", "call_id=null", "call_id=$call_id", "{\"call_id\": []}", "{"]
    {
        let content_type = Some("application/x-www-form-urlencoded".to_owned());
        let delivered =
            WebhookRequest { content_type, query: String::new(), body: body.to_owned().into() };
        let Unreadable(sentence) = read_webhook(&delivered).unwrap_err();
        assert!(sentence.ends_with('.'), "{sentence}");
    }
}

#[test]
fn the_trigger_can_stand_in_the_address_and_the_body_be_a_form() {
    let report = read_webhook(&WebhookRequest {
        content_type: Some("application/x-www-form-urlencoded".to_owned()),
        query: "event=answered_by_customer".to_owned(),
        body: "call_id=c1&call_status=answered&answer_stamp=2025-10-12+16%3A00%3A00".into(),
    })
    .unwrap();
    assert_eq!((describe_facts(&report), report.facts[0].at), (vec!["connected".to_owned()], FOUR));
}

#[test]
fn settings_that_are_wrong_say_which_and_what_to_do() {
    for (field, change) in [
        ("apiToken", json!({"apiToken": null})),
        ("password", json!({"apiToken": null, "email": "a@example.com"})),
        ("phoneNumber", json!({"phoneNumber": ""})),
        ("phoneNumber", json!({"phoneNumber": "main"})),
        ("accountId", json!({"accountId": null, "requestShape": "from_to"})),
        ("requestShape", json!({"requestShape": "sideways"})),
        ("apiEndpoint", json!({"apiEndpoint": "https://a:b@example.com"})),
        ("timeZone", json!({"timeZone": 5})),
        ("defaultCountry", json!({"defaultCountry": "ZZ"})),
    ] {
        let mut changed = test_settings();
        for (name, value) in change.as_object().unwrap() {
            changed[name] = value.clone();
        }
        let error = Settings::from_json(&changed).map(|_| ()).unwrap_err();
        assert_eq!(error.field, field, "{change}");
        assert!(error.sentence.contains(field) && error.sentence.ends_with('.'), "{error}");
    }
    assert_eq!(Settings::from_json(&json!([])).map(|_| ()).unwrap_err().field, "settings");
}

#[test]
fn settings_are_read_as_they_are_copied() {
    for (endpoint, base) in [
        ("https://smartflo.example/", "https://smartflo.example"),
        ("https://smartflo.example/v1", "https://smartflo.example"),
        ("https://smartflo.example/v1/click_to_call", "https://smartflo.example"),
    ] {
        let mut copied = test_settings();
        copied["apiEndpoint"] = json!(endpoint);
        copied["apiToken"] = json!("Bearer hidden");
        copied["accountId"] = json!(4711);
        copied["requestShape"] = json!("from_to");
        let read = Settings::from_json(&copied).unwrap();
        assert_eq!((read.base.as_str(), read.shape), (base, RequestShape::FromTo));
        assert_eq!(read.account_id.as_deref(), Some("4711"));
        assert_eq!(read.secret_values(), ["hidden"]);
    }
    let by_login = json!({"email": "a@example.com", "password": "hidden",
        "phoneNumber": "08047112345", "webhookHeader": "X-Token: this too"});
    let read = Settings::from_json(&by_login).unwrap();
    assert!(matches!(read.access, Access::Login { .. }));
    assert_eq!(read.secret_values(), ["hidden", "this too"]);
    assert!(!format!("{read:?}").contains("hidden"));
}
