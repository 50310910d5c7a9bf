//! Tests how an Exotel flow's messages about an incoming call are read.

use super::{FOUR, call_status, read_callback, read_webhook, terminal_callback};
use crate::providers::tests::describe_facts;
use crate::providers::{Part, Report, WebhookRequest};
use call_ribbon_shared::call::{Direction, Status};
use serde_json::json;

#[test]
fn a_call_that_rings_in_is_told_by_get_and_by_post() {
    let query = "CallSid=i1&CallFrom=09876543210&CallTo=08047112345&Direction=incoming\
        &DialWhomNumber=09812345678&AgentEmail=asha%40example.com\
        &CurrentTime=2025-10-12+16%3A00%3A00";
    let told = |more: &str| {
        let (query, body) = (format!("{query}{more}"), Vec::new().into());
        let by_get =
            read_webhook(&WebhookRequest { content_type: None, query: query.clone(), body })
                .unwrap();
        let by_post = read_webhook(&WebhookRequest {
            content_type: Some("application/x-www-form-urlencoded".to_owned()),
            query: String::new(),
            body: query.into(),
        })
        .unwrap();
        assert_eq!(describe_facts(&by_get), describe_facts(&by_post));
        by_get
    };
    for (more, happened, settled) in [
        ("", vec!["incoming"], false),
        ("&Status=busy", vec!["incoming"], false),
        ("&EventType=Dial&Status=busy", vec!["incoming"], false),
        ("&EventType=Ringing&Status=busy", vec!["incoming"], false),
        ("&EventType=Answered&Status=busy", vec!["connected"], false),
        // Whether they talked is not reported: it has to be looked up.
        ("&Status=free", vec!["ended - -"], false),
        ("&EventType=Terminal&Status=free", vec!["ended - -"], false),
        // The duration includes the ringing.
        ("&Status=free&DialCallDuration=12", vec!["ended - -"], false),
        ("&EventType=Terminal&Status=free&DialCallDuration=12", vec!["ended - -"], false),
        (
            "&EventType=Terminal&Status=free&Legs[0][OnCallDuration]=9",
            vec!["ended Completed 9"],
            true,
        ),
        ("&DialCallStatus=completed&DialCallDuration=12", vec!["ended Completed ~12"], false),
        ("&DialCallStatus=completed", vec!["connected", "ended Completed -"], true),
        ("&DialCallStatus=completed&ConversationDuration=0", vec!["ended Missed -"], true),
        ("&DialCallStatus=busy", vec!["ended Missed -"], true),
        ("&DialCallStatus=no-answer", vec!["ended Missed -"], true),
        ("&DialCallStatus=failed", vec!["ended Missed -"], true),
        ("&DialCallStatus=canceled", vec!["ended Missed -"], true),
        ("&DialCallStatus=in-progress", vec!["connected"], false),
        ("&DialCallStatus=ringing", vec!["incoming"], false),
        ("&DialCallStatus=null&CallType=incomplete", vec!["ended Missed -"], true),
        ("&CallType=client-hangup", vec!["ended Missed -"], true),
        ("&CallType=completed&ConversationDuration=9", vec!["ended Completed 9"], true),
        ("&Status=a-new-word", vec![], false),
    ] {
        let report = told(more);
        assert_eq!(describe_facts(&report), happened, "{more}");
        assert_eq!(report.settled, settled, "{more}");
        assert_eq!(report.direction, Some(Direction::Inbound));
        assert_eq!(report.customer_number.as_deref(), Some("09876543210"));
        assert_eq!(report.own_numbers, ["08047112345", "09812345678"]);
        assert_eq!(report.agent_at_provider, ["asha@example.com", "09812345678"]);
        assert!(report.facts.iter().all(|fact| fact.at == FOUR), "{more}");
    }
    // A flow's outbound dial is part of an incoming call.
    let report = told("&Direction=outbound-dial");
    assert_eq!(
        (report.direction, describe_facts(&report)),
        (Some(Direction::Inbound), vec!["incoming".to_owned()])
    );
    let report = told("&Direction=outbound-api&DialCallStatus=no-answer");
    assert_eq!(report.customer_number.as_deref(), Some("08047112345"));
    assert_eq!(describe_facts(&report), ["ended NoAnswer -"]);
}

/// Returns a passthru with these additional fields.
fn read_passthru(more: &str) -> Report {
    let query = format!(
        "CallSid=i1&CallFrom=09876543210&CallTo=08047112345&Direction=incoming\
         &CurrentTime=2025-10-12+16%3A00%3A00{more}"
    );
    read_webhook(&WebhookRequest { content_type: None, query, body: Vec::new().into() }).unwrap()
}

#[test]
fn each_call_type_is_read_with_each_status() {
    let over = ["completed", "busy", "no-answer", "failed", "canceled"];
    let goes_on = ["queued", "ringing", "in-progress", "null"];
    for call_type in
        ["completed", "incomplete", "client-hangup", "voicemail", "busy", "no-answer", "failed"]
    {
        // The state of the caller's own leg adds nothing to the flow's result.
        for status in over.iter().chain(&goes_on) {
            let report = read_passthru(&format!("&CallType={call_type}&CallStatus={status}"));
            let expected = match call_type {
                "completed" => vec!["connected", "ended Completed -"],
                _ => vec!["ended Missed -"],
            };
            assert_eq!(describe_facts(&report), expected, "{call_type} {status}");
            assert!(report.settled && report.part == Part::Call, "{call_type} {status}");
            let expected =
                if call_type == "completed" { Status::Completed } else { Status::Missed };
            assert_eq!(self::call_status(&report), expected, "{call_type} {status}");
        }
    }
    // No agent was dialed so far.
    for status in goes_on {
        let report = read_passthru(&format!("&CallType=call-attempt&CallStatus={status}"));
        assert!(
            report.facts.is_empty() && report.part == Part::Menu && !report.settled,
            "{status}"
        );
    }
    for status in over {
        let report = read_passthru(&format!("&CallType=call-attempt&CallStatus={status}"));
        assert_eq!(describe_facts(&report), ["ended Missed -"], "{status}");
        assert!(report.settled && report.part == Part::Call, "{status}");
    }
    // The state of the agent's leg is newer than the flow's result.
    let report =
        read_passthru("&CallType=call-attempt&CallStatus=in-progress&DialCallStatus=ringing");
    assert_eq!((describe_facts(&report), report.part), (vec!["incoming".to_owned()], Part::Call));
    let voicemail = read_passthru("&CallType=voicemail&RecordingUrl=https://r.example/1.mp3");
    assert_eq!(voicemail.recording_url.as_deref(), Some("https://r.example/1.mp3"));
}

#[test]
fn only_the_dialed_legs_time_is_a_talk() {
    let flow = |legs: &[(&str, &str)]| -> String {
        let leg = |(nth, (number, seconds)): (usize, &(&str, &str))| {
            format!("&Legs[{nth}][Number]={number}&Legs[{nth}][OnCallDuration]={seconds}")
        };
        legs.iter().enumerate().map(leg).collect()
    };
    let (a, b) = ("09812345678", "09811111111");
    let ended_with = "&DialCallDuration=52";
    for (status, legs, happened) in [
        ("&CallType=completed&DialCallStatus=completed", flow(&[(a, "30")]), "Completed 30"),
        (
            "&CallType=completed&DialCallStatus=completed",
            flow(&[(a, "0"), (b, "30")]),
            "Completed 30",
        ),
        ("&CallType=completed", flow(&[(a, "30")]), "Completed 30"),
        ("&CallType=completed", flow(&[("09876543210", "52"), (a, "30")]), "Completed 30"),
        // As in a status callback: the caller's leg first.
        (
            "&CallType=completed",
            "&Legs[0][Status]=completed&Legs[0][OnCallDuration]=52&Legs[1][Status]=completed\
             &Legs[1][OnCallDuration]=30"
                .to_owned(),
            "Completed 30",
        ),
        // One phone after the other.
        (
            "&CallType=completed&DialCallStatus=no-answer",
            flow(&[(b, "30"), (a, "0")]),
            "Completed 30",
        ),
        ("&CallType=client-hangup&DialCallStatus=completed", flow(&[(a, "30")]), "Completed 30"),
        ("&CallType=client-hangup", flow(&[(a, "30")]), "Completed 30"),
        // Nobody talked, however long it rang.
        ("&CallType=completed&DialCallStatus=completed", flow(&[(a, "0")]), "Missed -"),
        ("&CallType=incomplete&DialCallStatus=no-answer", flow(&[(a, "0")]), "Missed -"),
        ("&CallType=incomplete", String::new(), "Missed -"),
        ("&CallType=client-hangup", String::new(), "Missed -"),
        ("&CallType=client-hangup&DialCallStatus=canceled", String::new(), "Missed -"),
        ("&CallType=voicemail&DialCallStatus=no-answer", flow(&[(a, "0")]), "Missed -"),
        ("&CallType=incomplete&DialCallStatus=busy", flow(&[(a, "0"), (b, "0")]), "Missed -"),
        // The conversation was not measured.
        ("&CallType=completed", String::new(), "Completed ~52"),
        ("&CallType=completed&DialCallStatus=completed", String::new(), "Completed ~52"),
    ] {
        let report = read_passthru(&format!("{ended_with}{status}{legs}"));
        assert_eq!(describe_facts(&report), [format!("ended {happened}")], "{status} {legs}");
        assert_eq!(report.settled, !happened.contains('~'), "{status} {legs}");
        assert_eq!(report.agent_answered, happened.starts_with("Completed"), "{status} {legs}");
    }
    // A status callback without a length of conversation.
    let mut callback = terminal_callback();
    callback["ConversationDuration"] = json!("null");
    assert_eq!(describe_facts(&read_callback(&callback)), ["ended Completed 42"]);
    callback["Legs"][1] = json!({"Status": "no-answer", "OnCallDuration": "0"});
    assert_eq!(describe_facts(&read_callback(&callback)), ["ended NoAnswer -"]);
}

#[test]
fn a_call_begins_when_the_provider_says() {
    let at = "&StartTime=2025-10-12+15%3A58%3A10";
    let began = 110_000;
    for (more, expected) in [
        (at, Some(FOUR - began)),
        ("&Created=Sun,+12+Oct+2025+15:58:10", Some(FOUR - began)),
        ("&Created=Sun,+12+Oct+2025+15:58:10&StartTime=2025-10-12+15:59:00", Some(FOUR - began)),
        ("&StartTime=1970-01-01+05%3A30%3A00", None),
        ("&StartTime=null&Created=", None),
        ("&StartTime=2025-10-12+18%3A00%3A00", None),
        ("", None),
    ] {
        assert_eq!(read_passthru(more).began, expected, "{more}");
    }
    assert_eq!(read_callback(&terminal_callback()).began, Some(FOUR - 120_000));
}

#[test]
fn a_withheld_number_is_no_number() {
    for withheld in [
        "",
        "null",
        "anonymous",
        "Anonymous",
        "ANONYMOUS",
        "Restricted",
        "Private",
        "private number",
        "Unknown",
        "unavailable",
        "%2B266696687",
        "266696687",
        "-",
        "%2B",
        "0",
        "withheld",
        "sip:anonymous@anonymous.invalid",
    ] {
        for event in ["&Status=busy", "&CallType=incomplete"] {
            let query = format!("CallSid=i1&CallFrom={withheld}&CallTo=08047112345{event}");
            let report = read_webhook(&WebhookRequest {
                content_type: None,
                query,
                body: Vec::new().into(),
            })
            .unwrap();
            assert_eq!(report.customer_number, None, "{withheld}");
            assert_eq!(report.direction, Some(Direction::Inbound), "{withheld}");
            assert_eq!(report.facts.len(), 1, "{withheld}");
        }
    }
    assert!(read_passthru("").customer_number.is_some());
}
