//! Tests how Exotel's messages are read, in every encoding and with every word.

mod passthru;

use super::Settings;
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
    json!({"accountSid": "acme1", "apiKey": "key", "apiToken": "token", "callerId": "08047112345"})
}

fn read_webhook(delivered: &WebhookRequest) -> Result<Report, Unreadable> {
    Settings::from_json(&test_settings()).unwrap().read_callback(delivered, NOW)
}

fn read_callback(callback: &Value) -> Report {
    read_webhook(&json_body(callback)).unwrap()
}

fn json_body(body: &Value) -> WebhookRequest {
    WebhookRequest {
        content_type: Some("application/json".to_owned()),
        query: String::new(),
        body: body.to_string().into(),
    }
}

/// Returns the status of a call of which only this report is known.
fn call_status(report: &Report) -> Status {
    let mut call = Call::default();
    report.facts.iter().for_each(|fact| call.apply(fact));
    call.status()
}

fn terminal_callback() -> Value {
    json!({"CallSid": "c1", "EventType": "terminal", "Status": "completed",
        "DateCreated": "2025-10-12 15:58:00", "DateUpdated": "2025-10-12 16:00:05",
        "StartTime": "2025-10-12 15:58:10", "EndTime": "2025-10-12 16:00:00",
        "From": "09812345678", "To": "09876543210", "PhoneNumberSid": "08047112345",
        "ConversationDuration": "42", "Direction": "outbound-api", "CustomField": "ses_1",
        "RecordingUrl": "https://recordings.example/c1.mp3",
        "Legs": [{"OnCallDuration": "50", "Status": "completed"},
            {"OnCallDuration": "42", "Status": "completed"}]})
}

#[test]
fn a_call_that_is_over_is_told_in_every_encoding() {
    let form = "CallSid=c1&EventType=terminal&Status=completed&DateUpdated=2025-10-12+16%3A00%3A05\
        &EndTime=2025-10-12+16%3A00%3A00&From=09812345678&To=09876543210\
        &PhoneNumberSid=08047112345&ConversationDuration=42&Direction=outbound-api\
        &CustomField=ses_1&RecordingUrl=https%3A%2F%2Frecordings.example%2Fc1.mp3\
        &Legs[0][Status]=completed&Legs%5B1%5D%5BStatus%5D=completed&Legs[1][OnCallDuration]=42";
    let parts: String = form_urlencoded::parse(form.as_bytes())
        .map(|(name, value)| {
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        })
        .chain(["--b--\r\n".to_owned()])
        .collect();
    let with = |kind: &str, body: &str| WebhookRequest {
        content_type: Some(kind.to_owned()),
        query: String::new(),
        body: body.to_owned().into(),
    };
    let in_address =
        WebhookRequest { content_type: None, query: form.to_owned(), body: Vec::new().into() };
    let mut untyped = json_body(&terminal_callback());
    untyped.content_type = None;
    for delivered in [
        json_body(&terminal_callback()),
        with("application/x-www-form-urlencoded", form),
        with("application/x-www-form-urlencoded; charset=utf-8", form),
        with("multipart/form-data; boundary=b", &parts),
        // A body of another kind than its header says.
        with("text/plain", form),
        with("application/x-www-form-urlencoded", &terminal_callback().to_string()),
        untyped,
        in_address,
    ] {
        let report = read_webhook(&delivered).unwrap();
        assert_eq!(describe_facts(&report), ["ended Completed 42"], "{delivered:?}");
        assert_eq!(report.facts[0].at, FOUR);
        assert_eq!(report.session_id.as_deref(), Some("ses_1"));
        assert_eq!(report.provider_call_id.as_deref(), Some("c1"));
        assert_eq!(report.direction, Some(Direction::Outbound));
        assert_eq!(report.customer_number.as_deref(), Some("09876543210"));
        assert_eq!(report.own_numbers, ["09812345678", "08047112345"]);
        assert_eq!(report.raw_status.as_deref(), Some("completed"));
        assert_eq!(report.recording_url.as_deref(), Some("https://recordings.example/c1.mp3"));
        let details = json!({"EventType": "terminal", "Leg1Status": "completed",
            "Leg2Status": "completed"});
        assert_eq!(Value::Object(report.details), details);
        assert!(report.settled);
    }
}

#[test]
fn the_customer_has_answered_once_the_second_leg_has() {
    let with_legs = |event: &str, legs: &Value| {
        read_callback(&json!({"CallSid": "c1", "EventType": event, "Status": "in-progress",
            "DateUpdated": "2025-10-12 16:00:00", "Legs": legs}))
    };
    let leg = |status: &str| json!({"Status": status, "OnCallDuration": "0"});
    for (event, legs, happened) in [
        ("answered", json!([leg("in-progress")]), vec!["agent_answered"]),
        ("answered", json!([leg("in-progress"), leg("")]), vec!["agent_answered"]),
        ("answered", json!([leg("in-progress"), leg("null")]), vec!["agent_answered"]),
        ("answered", json!([leg("in-progress"), leg("queued")]), vec!["agent_answered"]),
        ("ringing", json!([leg("in-progress"), leg("ringing")]), vec!["agent_answered", "ringing"]),
        (
            "answered",
            json!([leg("in-progress"), leg("in-progress")]),
            vec!["agent_answered", "connected"],
        ),
        (
            "answered",
            json!([leg("in-progress"), leg("busy"), leg("in-progress")]),
            vec!["agent_answered", "connected"],
        ),
        // The legs are unknown: the event is about the call.
        ("answered", json!("null"), vec!["connected"]),
        ("answered", json!(r#"[{"Status":"in-progress"}]"#), vec!["agent_answered"]),
        ("ringing", json!([leg("ringing")]), vec![]),
        ("something-new", json!([]), vec![]),
    ] {
        let report = with_legs(event, &legs);
        assert_eq!(describe_facts(&report), happened, "{event} {legs}");
        assert!(report.facts.iter().all(|fact| fact.at == FOUR) && !report.settled);
    }
}

#[test]
fn each_word_for_an_end_is_known() {
    let leg = |status: &str| json!({"Status": status});
    let both = |first: &str, second: &str| json!([leg(first), leg(second)]);
    for (word, talked, legs, expected, so) in [
        ("completed", json!("42"), json!([]), "ended Completed 42", Status::Completed),
        ("completed", json!(0), json!([]), "ended NoAnswer -", Status::NoAnswer),
        ("completed", json!("0"), both("completed", "busy"), "ended Busy -", Status::Busy),
        ("busy", json!(null), json!([]), "ended Busy -", Status::Busy),
        ("no-answer", json!("null"), json!([]), "ended NoAnswer -", Status::NoAnswer),
        ("failed", json!(""), json!([]), "ended Failed -", Status::Failed),
        ("canceled", json!(0), json!([]), "ended NoAnswer -", Status::NoAnswer),
        ("cancelled", json!(0), json!([]), "ended NoAnswer -", Status::NoAnswer),
        // The agent did not answer, so the customer was never called.
        ("no-answer", json!(0), both("no-answer", ""), "ended Failed -", Status::Failed),
        ("busy", json!(0), json!([leg("busy")]), "ended Failed -", Status::Failed),
        (
            "no-answer",
            json!(0),
            both("completed", "no-answer"),
            "ended NoAnswer -",
            Status::NoAnswer,
        ),
        // It is over, as the event says; the word is unknown.
        ("exploded", json!(0), json!([]), "ended - -", Status::NoAnswer),
    ] {
        let report =
            read_callback(&json!({"CallSid": "c1", "EventType": "terminal", "Status": word,
            "ConversationDuration": talked, "Legs": legs, "Direction": "outbound-api"}));
        assert_eq!(describe_facts(&report), [expected], "{word} {talked} {legs}");
        assert_eq!(call_status(&report), so, "{word} {talked} {legs}");
        assert_eq!(report.raw_status.as_deref(), Some(word));
        assert!(report.settled);
    }
}

#[test]
fn what_is_said_without_any_event_is_enough() {
    let bare = |word: &str| {
        read_callback(
            &json!({"CallSid": "c1", "DateUpdated": "2025-10-12 16:00:00", "Status": word,
            "RecordingUrl": "null"}),
        )
    };
    let report = bare("completed");
    assert_eq!(describe_facts(&report), ["connected", "ended Completed -"]);
    assert_eq!((call_status(&report), report.facts[1].at), (Status::Completed, FOUR));
    assert_eq!((report.recording_url.clone(), report.direction), (None, None));
    assert_eq!(describe_facts(&bare("busy")), ["ended Busy -"]);
    for word in ["queued", "ringing", "in-progress", "a-new-word", "null", ""] {
        let report = bare(word);
        assert!(report.facts.is_empty() && !report.settled, "{word}");
    }
    assert_eq!(bare("a-new-word").raw_status.as_deref(), Some("a-new-word"));
}

#[test]
fn a_time_that_is_not_known_is_when_the_message_came() {
    let ended_at = |time: &Value| {
        let mut callback = terminal_callback();
        callback["EndTime"] = time.clone();
        callback["DateUpdated"] = time.clone();
        read_callback(&callback).facts[0].at
    };
    for unknown in [
        json!(""),
        json!("null"),
        json!(null),
        json!("0000-00-00 00:00:00"),
        json!("1970-01-01 05:30:00"),
        json!("1970-01-01 00:00:00"),
        json!("0001-01-01T00:00:00Z"),
        json!("yesterday"),
        json!(["2025-10-12 16:00:00"]),
        json!({}),
        // Later than now: written in another zone than the account says.
        json!("2025-10-12 16:10:01"),
        json!("9999999999999999999"),
    ] {
        assert_eq!(ended_at(&unknown), NOW, "{unknown}");
    }
    for known in [
        json!("2025-10-12 16:00:00"),
        json!("2025-10-12T16:00:00"),
        json!("2025-10-12T16:00:00+05:30"),
        json!("2025-10-12T10:30:00Z"),
        json!("Sun, 12 Oct 2025 16:00:00"),
        json!(1_760_265_000),
        json!("1760265000000"),
    ] {
        assert_eq!(ended_at(&known), FOUR, "{known}");
    }
    let mut elsewhere = test_settings();
    elsewhere["timeZone"] = json!("Asia/Singapore");
    let settings = Settings::from_json(&elsewhere).unwrap();
    let report = settings.read_callback(&json_body(&terminal_callback()), NOW).unwrap();
    assert_eq!(report.facts[0].at, FOUR - 150 * 60 * 1_000);
}

#[test]
fn a_callback_without_a_call_is_refused_in_a_sentence() {
    let with = |kind: &str, body: &str| {
        read_webhook(&WebhookRequest {
            content_type: Some(kind.to_owned()),
            query: String::new(),
            body: body.to_owned().into(),
        })
    };
    for (kind, body) in [
        ("application/json", ""),
        ("application/json", "{}"),
        ("application/json", "{\"CallSid\": "),
        ("application/json", "[]"),
        ("application/json", "CallSid=c1"),
        ("application/json", r#"{"CallSid": {"a": 1}}"#),
        ("application/x-www-form-urlencoded", "Status=completed"),
        ("application/x-www-form-urlencoded", "CallSid[a]=1"),
        ("multipart/form-data", "CallSid=c1"),
        ("multipart/form-data; boundary=b", "CallSid=c1"),
    ] {
        let Unreadable(sentence) = with(kind, body).unwrap_err();
        assert!(sentence.ends_with('.'), "{sentence}");
    }
}

#[test]
fn settings_that_are_wrong_say_which_and_what_to_do() {
    let wrong = |name: &str, value: Value| {
        let mut changed = test_settings();
        changed[name] = value;
        Settings::from_json(&changed).map(|_| ()).unwrap_err()
    };
    for (field, value) in [
        ("accountSid", json!(null)),
        ("accountSid", json!("acme/1")),
        ("apiKey", json!("")),
        ("apiToken", json!({"a": 1})),
        ("apiToken", json!("a\nb")),
        ("callerId", json!(null)),
        ("callerId", json!("the main one")),
        ("baseUrl", json!("api.in.exotel.com")),
        ("baseUrl", json!("https://key:token@api.in.exotel.com")),
        ("baseUrl", json!("https://api.in.exotel.com?a=b")),
        ("baseUrl", json!("ftp://127.0.0.1")),
        ("record", json!("yes")),
        ("timeZone", json!("Mars/Olympus")),
        ("defaultCountry", json!("india")),
        ("webhookHeader", json!("no colon")),
        ("webhookHeader", json!("X-Empty: ")),
        ("browserCalling", json!("yes")),
    ] {
        let error = wrong(field, value.clone());
        assert_eq!(error.field, field, "{value}");
        assert!(error.sentence.contains(field) && error.sentence.ends_with('.'), "{error}");
    }
    assert_eq!(wrong("browserCalling", json!({"appId": "a"})).field, "appSecret");
    for base in [
        "https://api.in.exotel.com/",
        "http://127.0.0.1:8080",
        "http://localhost:1",
        "http://[::1]:1",
    ] {
        let mut changed = test_settings();
        changed["baseUrl"] = json!(base);
        assert_eq!(Settings::from_json(&changed).unwrap().base, base.trim_end_matches('/'));
    }
}

#[test]
fn all_secrets_are_named() {
    let mut all = test_settings();
    all["webhookHeader"] = json!("X-Known: hidden");
    all["browserCalling"] = json!({"appId": "a", "appSecret": "hidden too"});
    let read = Settings::from_json(&all).unwrap();
    assert_eq!(read.secret_values(), ["key", "token", "hidden", "hidden too"]);
    let shown = format!("{read:?}");
    assert!(!shown.contains("hidden") && !shown.contains("token: \""), "{shown}");
}
