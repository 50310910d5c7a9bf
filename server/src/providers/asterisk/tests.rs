//! Replays events that Asterisk 16.28 sent (`tests/recorded.jsonl`), and tests the settings.

mod browser;
mod played;

use super::leg::{Leg, is_rung_for};
use super::running::RunningCall;
use super::wire::EventKind;
use super::{Event, Settings};
use crate::providers::{AgentContact, DialOrder, Report};
use call_ribbon_shared::call::{Call, Fact, FactKind, Outcome, Status};
use played::Played;
use serde_json::{Value, json};

const RECORDED: &str = include_str!("tests/recorded.jsonl");
const BASE: &str = "http://10.0.0.5:8088/ari";

fn settings_value() -> Value {
    json!({"ariUrl": "http://10.0.0.5:8088", "user": "ribbon", "password": "secret",
        "trunk": "PJSIP/{number}@trunk", "callerId": "+912233445566", "incomingAgents": "1001, 1002"})
}

fn settings() -> Settings {
    Settings::from_json(&settings_value()).unwrap()
}

/// Replays what was recorded of a call; returns its facts in order.
async fn replay(name: &str) -> (Call, Vec<Report>, Vec<String>) {
    let (mut call, mut reports) = (Call::default(), Vec::new());
    call.apply(&Fact::new(FactKind::Initiated, 0));
    // When the agent's phone is over, the customer's is not there.
    let gone = vec![format!("DELETE channels/ses_{name}-c?reason=normal_unspecified")];
    let asterisk = Played { gone, ..Played::default() };
    for line in RECORDED.lines().filter(|line| line.contains(&format!("\"ses_{name}-"))) {
        let event = Event::parse(line).unwrap().unwrap();
        assert_eq!(event.call(), format!("ses_{name}"));
        for report in settings().handle_event(&asterisk, &event).await.unwrap() {
            assert_eq!(report.session_id, Some(format!("ses_{name}")));
            report.facts.iter().for_each(|fact| call.apply(fact));
            reports.push(report);
        }
    }
    (call, reports, asterisk.asked())
}

#[tokio::test]
async fn each_end_has_its_status_and_a_reason() {
    for (name, status, reason) in [
        ("busy", Status::Busy, "busy"),
        ("unanswered", Status::NoAnswer, "nobody answered"),
        ("rejected", Status::NoAnswer, "the call was rejected"),
        ("unknown", Status::Failed, "the number is not in use (Unallocated (unassigned) number)"),
        ("dead", Status::Failed, "the trunk did not answer"),
        ("talk", Status::Completed, "hangup"),
        ("agent_busy", Status::Failed, "the agent's phone is busy"),
        ("agent_silent", Status::NoAnswer, "the agent's phone did not answer"),
        ("agent_rejects", Status::NoAnswer, "the agent's phone rejected the call"),
    ] {
        let (call, reports, _) = replay(name).await;
        assert_eq!((call.status(), call.reason()), (status, Some(reason)), "{name}");
        assert!(reports.last().unwrap().settled, "{name}");
    }
}

#[tokio::test]
async fn an_answered_agent_leads_to_one_dialed_customer() {
    let (_, reports, asked) = replay("busy").await;
    assert_eq!(
        asked,
        [
            "GET bridges/ses_busy",
            "POST bridges/ses_busy {\"type\":\"mixing\"}",
            "POST bridges/ses_busy/addChannel {\"channel\":\"ses_busy-a\"}",
            "POST channels/create {\"app\":\"call-ribbon\",\"appArgs\":\"customer,ses_busy\",\
             \"channelId\":\"ses_busy-c\",\"endpoint\":\"PJSIP/9190001@trunk\",\
             \"originator\":\"ses_busy-a\"}",
            "POST bridges/ses_busy/addChannel {\"channel\":\"ses_busy-c\"}",
            "POST channels/ses_busy-c/variable {\"value\":\"+912233445566\",\
             \"variable\":\"CONNECTEDLINE(num)\"}",
            "POST channels/ses_busy-c/dial {\"caller\":\"ses_busy-a\",\"timeout\":30}",
            "DELETE channels/ses_busy-a?reason=normal_unspecified",
            "DELETE bridges/ses_busy",
        ]
    );
    let names: Vec<String> = reports
        .iter()
        .flat_map(|report| &report.facts)
        .map(|fact| fact.event_name().as_str().to_owned())
        .collect();
    assert_eq!(names, ["agent_ringing", "agent_answered", "failed"]);
}

#[tokio::test]
async fn an_event_that_the_pbx_refuses_ends_the_call() {
    let refused = ("POST channels/ses_busy-c/dial", 409, json!({"message": "Not in Stasis"}));
    let asterisk = Played::answering(&[refused]);
    let line =
        RECORDED.lines().find(|line| line.contains("\"args\": [\"customer\", \"ses_busy\"]"));
    let event = Event::parse(line.unwrap()).unwrap().unwrap();
    let reports = settings().handle_event(&asterisk, &event).await.unwrap();
    let end = Fact::new_end(
        1_000,
        Outcome::Failed,
        "the PBX could not connect the customer: The telephony provider refused this. \
         Not in Stasis (HTTP status 409)",
    );
    assert_eq!(reports[0].facts, [end]);
    let asked = asterisk.asked();
    assert!(asked.contains(&"DELETE channels/ses_busy-a?reason=normal_unspecified".to_owned()));
}

#[tokio::test]
async fn a_test_says_what_is_wrong() {
    let gone = ("DELETE channels/call-ribbon-validate", 404, json!({"message": "none"}));
    let info = |status| ("GET asterisk/info", status, json!({}));
    for (answers, says) in [
        (vec![info(401)], Some("compare them with ari.conf")),
        (vec![info(404)], Some("check ariUrl")),
        (
            vec![("DELETE channels/call-ribbon-validate", 403, json!({}))],
            Some("set read_only = no"),
        ),
        (
            vec![gone.clone(), ("GET applications/call-ribbon", 404, json!({}))],
            Some("is not connected to the events"),
        ),
        (vec![gone], None),
    ] {
        let said = settings().check_credentials(&Played::answering(&answers)).await;
        let reason = said.err().map(|error| error.reason());
        assert!(
            reason.as_deref().map_or(says.is_none(), |reason| reason.contains(says.unwrap())),
            "{reason:?}"
        );
    }
}

fn order(agent: &AgentContact) -> DialOrder<'_> {
    DialOrder { session_id: "ses_1", to: "+919876543210", agent, callback: None }
}

#[tokio::test]
async fn a_repeated_start_is_no_second_call() {
    let agent =
        AgentContact { provider_user_id: Some("1001".to_owned()), ..AgentContact::default() };
    let taken = ("POST channels", 409, json!({"message": "exists"}));
    let rings = ("GET channels/ses_1-a", 200, json!({"id": "ses_1-a", "state": "Ringing"}));
    let asterisk = Played::answering(&[taken.clone(), rings]);
    let placed = settings().start_call(&asterisk, &order(&agent)).await.unwrap();
    assert_eq!(placed.provider_call_id.as_deref(), Some("ses_1-a"));
    // Asterisk gives the same answer when it cannot dial at all.
    let asterisk = Played::answering(&[taken, ("GET channels/ses_1-a", 404, json!({}))]);
    let error = settings().start_call(&asterisk, &order(&agent)).await.unwrap_err();
    assert!(error.reason().contains("cannot ring the agent's phone"), "{}", error.reason());
}

#[tokio::test]
async fn an_agents_phone_is_named_or_dialed_and_never_made_up() {
    let contact = |user: Option<&str>, phone: Option<&str>| AgentContact {
        provider_user_id: user.map(str::to_owned),
        phone: phone.map(str::to_owned),
        ..AgentContact::default()
    };
    let endpoint = |user, phone| settings().phone_of(&contact(user, phone));
    assert_eq!(endpoint(Some("1001"), None).unwrap(), "PJSIP/1001");
    assert_eq!(endpoint(None, Some("+9198")).unwrap(), "PJSIP/+9198@trunk");
    for wrong in ["1001@other", "1001&Local", "../x", "a b", "a,b"] {
        assert!(endpoint(Some(wrong), Some("+9198")).is_err(), "{wrong}");
    }
    assert!(endpoint(None, None).is_err());
    let asterisk = Played::answering(&[("GET applications/call-ribbon", 404, json!({}))]);
    let agent = contact(Some("1001"), None);
    let error = settings().start_call(&asterisk, &order(&agent)).await.unwrap_err();
    assert!(error.to_string().contains("is not connected to the events"), "{error}");
    assert_eq!(asterisk.asked().len(), 1);
}

#[tokio::test]
async fn a_lost_call_is_ended_and_a_new_one_is_left_alone() {
    let call = |opened_at| RunningCall {
        session_id: "ses_1".to_owned(),
        provider_call_id: Some("ses_1-a".to_owned()),
        number: Some("+919876543210".to_owned()),
        opened_at,
    };
    let asterisk = Played::default();
    let reports = settings().check_running(&asterisk, &[call(900)]).await.unwrap();
    assert!(reports.is_empty());
    let reports = settings().check_running(&asterisk, &[call(-60_000)]).await.unwrap();
    assert!(reports[0].settled && matches!(reports[0].facts[0].what, FactKind::Ended(_)));
    // The agent answered while nobody listened.
    let up = json!([{"id": "ses_1-a", "state": "Up"}]);
    let asterisk = Played::answering(&[("GET channels", 200, up)]);
    assert!(settings().check_running(&asterisk, &[call(0)]).await.unwrap().is_empty());
    let asked = asterisk.asked().join("\n");
    assert!(asked.contains("POST channels/create"), "{asked}");
}

#[test]
fn channels_say_whose_they_are() {
    assert_eq!(Leg::parse("ses_1-a"), Leg::Agent("ses_1"));
    assert_eq!(Leg::parse("ses_1-c"), Leg::Customer("ses_1"));
    assert_eq!(Leg::parse("17.4-r-1001"), Leg::Rung { caller: "17.4", agent: "1001" });
    assert_eq!(Leg::parse("ses_1-a;2"), Leg::FarHalf("ses_1-a"));
    assert_eq!(Leg::parse("17.4;2-r-1001;2").call(), "17.4;2");
    assert!(is_rung_for("17.4-r-1001", "17.4"));
    // The far half takes no requests.
    assert!(!is_rung_for("17.4-r-1001;2", "17.4") && !is_rung_for("17.4-r-1001", "17"));
    // Only one mark is taken off.
    assert_eq!(Leg::parse("ses_1-a;2;2"), Leg::Caller("ses_1-a;2;2"));
    let halves = ";2".repeat(1_000_000);
    for id in [halves.clone(), format!("ses_1-a{halves}"), format!("17.4-r-{halves}")] {
        assert!(!Leg::parse(&id).call().is_empty());
    }
    for other in ["1764437622.5", "1764437622.5;2", "pbx-1764437622.5", "other-a", "", "-c"] {
        assert_eq!(Leg::parse(other), Leg::Caller(other));
    }
}

#[test]
fn other_events_are_of_no_interest_and_garbage_is_no_event() {
    let quiet = r#"{"type": "ChannelVarset", "variable": "A", "value": "1"}"#;
    assert_eq!(Event::parse(quiet).unwrap(), None);
    for text in ["", "[1]", "{", "{\"type\": 1}", "{\"type\": \"StasisStart\", \"args\": 1}"] {
        assert!(Event::parse(text).is_err(), "{text}");
    }
    let nameless: Event = Event::parse("{\"type\": \"StasisStart\"}").unwrap().unwrap();
    assert_eq!(nameless.call(), "");
}

#[test]
fn an_event_keeps_short_texts_and_repeats_nothing_that_it_cannot_read() {
    let long = "9".repeat(251);
    let channel = json!({"id": "17.4", "state": long, "caller": {"number": long},
        "dialplan": {"exten": long}});
    let event = json!({"type": "ChannelDestroyed", "channel": channel, "cause": 17,
        "cause_txt": long, "args": [long, "1001"]});
    let event = Event::parse(&event.to_string()).unwrap().unwrap();
    let channel = event.channel.clone().unwrap();
    assert_eq!((&*channel.state, &*channel.caller.number, &*channel.dialplan.exten), ("", "", ""));
    assert_eq!(
        (event.args, event.kind),
        (vec![String::new(), "1001".to_owned()], EventKind::Destroyed { cause: 17, words: None })
    );
    let nobody = json!({"type": "StasisStart", "channel": {"id": long}});
    assert_eq!(Event::parse(&nobody.to_string()).unwrap().unwrap().channel, None);
    for wrong in [
        json!({"type": "StasisStart", "cause": "+919876543210"}),
        json!({"type": "StasisStart", "channel": "+919876543210"}),
        json!({"type": ["+919876543210"]}),
        json!("+919876543210"),
    ] {
        let says = Event::parse(&wrong.to_string()).unwrap_err().to_string();
        assert!(says.starts_with("The event has a field of the wrong kind"), "{says}");
        assert!(!says.contains("98765"), "{says}");
    }
}

#[tokio::test]
async fn many_calls_are_compared_with_many_channels_in_little_time() {
    let count = 20_000;
    let names = (0..count).map(|at| format!("{at}-r-1001")).collect::<Vec<_>>();
    let channels: Vec<Value> = names
        .iter()
        .flat_map(|name| [json!({"id": name}), json!({"id": name.replace("-r-1001", "")})])
        .collect();
    let bridges = json!([{"id": "1", "channels": names}]);
    let asterisk =
        Played::answering(&[("GET channels", 200, json!(channels)), ("GET bridges", 200, bridges)]);
    let call = |at: usize| RunningCall {
        session_id: format!("ses_{at}"),
        provider_call_id: Some(at.to_string()),
        number: None,
        opened_at: 0,
    };
    let running: Vec<RunningCall> = (0..2_000).map(call).collect();
    let began = tokio::time::Instant::now();
    let reports = settings().check_running(&asterisk, &running).await.unwrap();
    assert_eq!(reports.len(), 1);
    let took = began.elapsed();
    assert!(took.as_secs() < 5, "{took:?}");
    // Nobody rings so many phones for one caller.
    let rung: Vec<Value> = (0..1_000).map(|at| json!({"id": format!("7-r-{at}")})).collect();
    let asterisk = Played::answering(&[("GET channels", 200, json!(rung))]);
    settings().check_running(&asterisk, &[call(7)]).await.unwrap();
    assert_eq!(asterisk.asked().len(), 2 + 20 + 1);
}

#[test]
fn settings_are_refused_with_their_field() {
    for (field, value, says) in [
        ("ariUrl", json!(null), "ariUrl is missing"),
        ("ariUrl", json!("ftp://pbx"), "must begin with https://"),
        ("user", json!(""), "user is missing"),
        ("password", json!(null), "password is missing"),
        ("app", json!("a b"), "must contain only letters"),
        ("trunk", json!("PJSIP/trunk"), "contains {number} once"),
        ("trunk", json!("{number}"), "contains {number} once"),
        ("trunk", json!("PJSIP/{number}@a&b"), "contains {number} once"),
        ("agentEndpoint", json!("PJSIP/{number}"), "contains {agent} once"),
        ("callerId", json!("shop"), "callerId"),
        ("incomingAgents", json!("1001; 1002"), "names at the PBX"),
        ("ringSeconds", json!("0"), "from 1 to 300"),
        ("ringSeconds", json!("soon"), "from 1 to 300"),
    ] {
        let mut settings = settings_value();
        settings[field] = value;
        let error = Settings::from_json(&settings).unwrap_err();
        assert_eq!(error.field, field);
        assert!(error.sentence.contains(says), "{}", error.sentence);
    }
    assert_eq!(settings().base, BASE);
    assert_eq!(settings().incoming_agents, ["1001", "1002"]);
}

#[tokio::test]
async fn a_customers_side_that_nobody_dialed_is_dialed_by_the_next_listener() {
    let call = RunningCall {
        session_id: "ses_1".to_owned(),
        provider_call_id: Some("ses_1-a".to_owned()),
        number: Some("+919876543210".to_owned()),
        opened_at: 0,
    };
    let channels = json!([{"id": "ses_1-a", "state": "Up"}, {"id": "ses_1-c", "state": "Down"}]);
    for (members, dials) in [(json!(["ses_1-a"]), true), (json!(["ses_1-a", "ses_1-c"]), false)] {
        let bridges = json!([{"id": "ses_1", "channels": members}]);
        let asterisk = Played::answering(&[
            ("GET channels", 200, channels.clone()),
            ("GET bridges", 200, bridges),
        ]);
        settings().check_running(&asterisk, std::slice::from_ref(&call)).await.unwrap();
        let asked = asterisk.asked().join("\n");
        assert_eq!(asked.contains("POST channels/ses_1-c/dial"), dials, "{asked}");
    }
}
