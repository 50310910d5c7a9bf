//! Tests calls through a real Asterisk, with real phones at both ends.

use crate::support::asterisk::{
    ANSWERS, Asterisk, BRIEF, BUSY, REJECTS, SILENT, UNKNOWN, wait_for, wait_for_events,
};
use crate::support::gate::Gate;
use crate::support::provided::{Account, event_names, start_reachable};
use crate::support::{SLOW, Server};
use call_ribbon_shared::call::{Direction, Status};
use call_ribbon_shared::wire::{CallObject, CallStarted};
use reqwest::Method;
use serde_json::{Value, json};

/// Connects a server to an app of this PBX; agent1 has this phone there.
async fn connect(asterisk: &Asterisk, app: &str, phone: &str, more: &Value) -> (Server, Account) {
    let server = start_reachable().await;
    let agent = json!({"providerUserId": phone});
    server.request_as_operator(Method::PATCH, "/agents/agent1", agent).await.ok::<Value>();
    let mut settings = asterisk.settings(app);
    for (name, value) in more.as_object().unwrap() {
        settings[name] = value.clone();
    }
    let account = server.add_account("asterisk", &settings).await;
    wait_for_events(&server, &account).await;
    (server, account)
}

async fn call(server: &Server, number: &str) -> CallStarted {
    let body = json!({"to": number, "agentId": "agent1"});
    let answer = server.post_json("/api/ribbon/calls", body).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    answer.read()
}

async fn wait_for_end(server: &Server, session_id: &str) -> CallObject {
    wait_for("the end of a call", async || {
        Some(server.show_call(session_id).await).filter(|call| call.status != Status::Active)
    })
    .await
}

async fn wait_for_no_channels(asterisk: &Asterisk, prefix: &str) {
    wait_for("phones to be hung up", async || {
        asterisk.channels(prefix).await.is_empty().then_some(())
    })
    .await;
}

/// Acts on a call, which must succeed.
async fn act(server: &Server, session_id: &str, control: &str, body: Value) -> CallObject {
    server.control_call(session_id, control, body).await.ok()
}

#[tokio::test]
async fn calls_through_a_real_asterisk() {
    let Some(asterisk) = Asterisk::start().await else { return };
    tokio::join!(
        Box::pin(controls_act_on_the_call(&asterisk)),
        Box::pin(each_end_is_told(&asterisk)),
        Box::pin(phones_that_cannot_be_rung_say_so(&asterisk)),
        Box::pin(callers_reach_their_agent(&asterisk)),
        Box::pin(callers_are_missed(&asterisk)),
    );
}

async fn controls_act_on_the_call(asterisk: &Asterisk) {
    let (server, _) = connect(asterisk, "controls", "1001", &json!({})).await;
    let mut events = server.events_after(0).await;
    let started = call(&server, ANSWERS).await;
    let session = started.session_id.as_str();
    let told = events.events_until("connected").await;
    assert_eq!(
        event_names(&told),
        ["initiated", "agent_ringing", "agent_answered", "ringing", "connected"]
    );
    let (agent, customer) = (format!("{session}-a"), format!("{session}-c"));
    let both = [agent.clone(), customer.clone()];
    assert_eq!(asterisk.talking(session).await, both);

    let held = act(&server, session, "hold", json!({"onHold": true})).await;
    assert_eq!(held.status, Status::Active);
    assert_eq!(asterisk.talking(session).await, [agent.as_str()]);
    // Twice changes nothing.
    server.control_call(session, "hold", json!({"onHold": true})).await;
    act(&server, session, "hold", json!({"onHold": false})).await;
    assert_eq!(asterisk.talking(session).await, both);

    act(&server, session, "mute", json!({"muted": true})).await;
    act(&server, session, "mute", json!({"muted": false})).await;
    act(&server, session, "dtmf", json!({"digit": "5"})).await;
    wait_for("a digit at the customer's phone", async || {
        asterisk.phone_messages().contains("Signal=5").then_some(())
    })
    .await;
    // Nobody but the account is shown as the caller.
    let messages = asterisk.phone_messages();
    let from = |number: &str| messages.contains(&format!("From: <sip:{number}@"));
    assert!(from("+912233445566") && !from(ANSWERS));

    act(&server, session, "hangup", json!({})).await;
    let ended = wait_for_end(&server, session).await;
    assert_eq!(ended.status, Status::Completed);
    wait_for_no_channels(asterisk, session).await;
    assert!(!asterisk.phone_messages().contains("a-password"));

    // The customer hangs up.
    let started = call(&server, BRIEF).await;
    let ended = wait_for_end(&server, &started.session_id).await;
    assert_eq!((ended.status, ended.reason.as_deref()), (Status::Completed, Some("hangup")));
    wait_for_no_channels(asterisk, &started.session_id).await;
}

async fn each_end_is_told(asterisk: &Asterisk) {
    let (server, _) = connect(asterisk, "ends", "1001", &json!({"ringSeconds": 4})).await;
    for (number, status, reason) in [
        (BUSY, Status::Busy, "busy"),
        (SILENT, Status::NoAnswer, "nobody answered"),
        (REJECTS, Status::NoAnswer, "the call was rejected"),
        (UNKNOWN, Status::Failed, "not in use"),
    ] {
        let started = call(&server, number).await;
        let ended = wait_for_end(&server, &started.session_id).await;
        let why = ended.reason.unwrap_or_default();
        assert!(ended.status == status && why.contains(reason), "{number}: {why}");
        wait_for_no_channels(asterisk, &started.session_id).await;
    }
    // Given up while the customer's phone rings.
    let mut events = server.events_after(0).await;
    let started = call(&server, SILENT).await;
    while events.next_event().await.is_some_and(|event| {
        event.session_id != started.session_id || event.event.as_str() != "ringing"
    }) {}
    act(&server, &started.session_id, "hangup", json!({})).await;
    wait_for_no_channels(asterisk, &started.session_id).await;
    assert_eq!(server.show_call(&started.session_id).await.status, Status::NoAnswer);
}

async fn phones_that_cannot_be_rung_say_so(asterisk: &Asterisk) {
    let dead = json!({"trunk": "PJSIP/{number}@dead", "ringSeconds": 4});
    let (server, _) = connect(asterisk, "phones", "1001", &dead).await;
    let started = call(&server, ANSWERS).await;
    let ended = wait_for_end(&server, &started.session_id).await;
    assert_eq!(
        (ended.status, ended.reason.as_deref()),
        (Status::Failed, Some("the trunk did not answer"))
    );
    for (name, field, value, reason) in [
        ("no-trunk", "trunk", "PJSIP/{number}@nowhere", "the trunk cannot be used"),
        ("no-phone", "agentEndpoint", "PJSIP/{agent}@nowhere", "cannot ring the agent's phone"),
    ] {
        let (server, _) = connect(asterisk, name, "1001", &json!({field: value})).await;
        let answer = server.try_call().await;
        if field == "trunk" {
            let started: CallStarted = answer.read();
            let ended = wait_for_end(&server, &started.session_id).await;
            let why = ended.reason.unwrap_or_default();
            assert!(ended.status == Status::Failed && why.contains(reason), "{why}");
            wait_for_no_channels(asterisk, &started.session_id).await;
        } else {
            let detail = answer.problem(502, "provider_error").detail.unwrap_or_default();
            assert!(detail.contains(reason), "{detail}");
        }
    }
}

async fn callers_reach_their_agent(asterisk: &Asterisk) {
    let (server, _) = connect(asterisk, "callers", "1001", &json!({})).await;
    let mut events = server.events_after(0).await;
    let caller = asterisk.call_in("callers", "1001", "+919876500300").await;
    let told = events.events_until("connected").await;
    assert_eq!(event_names(&told), ["incoming", "connected"]);
    let session = told[1].session_id.clone();
    let shown = server.show_call(&session).await;
    assert_eq!(shown.call_direction, Direction::Inbound);
    assert_eq!(shown.agent_id.as_deref(), Some("agent1"));
    assert_eq!(shown.phone_number.as_deref(), Some("+919876500300"));
    let their_id = shown.provider_call_id.unwrap();
    let both = [their_id.clone(), format!("{their_id}-r-1001")];
    assert_eq!(asterisk.talking(&their_id).await, both);
    act(&server, &session, "hold", json!({"onHold": true})).await;
    assert_eq!(asterisk.talking(&their_id).await, [format!("{their_id}-r-1001")]);
    act(&server, &session, "hold", json!({"onHold": false})).await;
    act(&server, &session, "hangup", json!({})).await;
    assert_eq!(wait_for_end(&server, &session).await.status, Status::Completed);
    wait_for_no_channels(asterisk, &caller).await;
    wait_for_no_channels(asterisk, &their_id).await;
}

async fn callers_are_missed(asterisk: &Asterisk) {
    // The dialplan names nobody, so those of the account ring: one is busy, one silent.
    let agents = json!({"incomingAgents": "a0001, b0002", "ringSeconds": 4});
    let (server, _) = connect(asterisk, "missed", "b0002", &agents).await;
    let mut events = server.events_after(0).await;
    let caller = asterisk.call_in("missed", "", "+919876500301").await;
    let told = events.events_until("incoming").await;
    let session = told[0].session_id.clone();
    // Until nobody is left who rings.
    assert_eq!(wait_for_end(&server, &session).await.status, Status::Missed);
    wait_for_no_channels(asterisk, &caller).await;
    // The caller gives up.
    let caller = asterisk.call_in("missed", "", "+919876500302").await;
    let told = events.events_until("incoming").await;
    let session = told.last().unwrap().session_id.clone();
    asterisk.ari(Method::DELETE, &format!("channels/{caller}")).await;
    assert_eq!(wait_for_end(&server, &session).await.status, Status::Missed);
    let shown = server.show_call(&session).await;
    let their_id = shown.provider_call_id.unwrap();
    wait_for_no_channels(asterisk, &their_id).await;
}

#[tokio::test]
async fn calls_end_with_an_asterisk_that_is_killed_and_go_on_afterwards() {
    let Some(mut asterisk) = Asterisk::start().await else { return };
    let (server, account) = connect(&asterisk, "killed", "1001", &json!({})).await;
    let mut events = server.events_after(0).await;
    let started = call(&server, ANSWERS).await;
    events.events_until("connected").await;
    asterisk.kill();
    let answer = server.control_call(&started.session_id, "hold", json!({"onHold": true})).await;
    assert_eq!(answer.status, 502, "{}", answer.text);
    assert_eq!(server.show_call(&started.session_id).await.status, Status::Active);
    // The other end noticed nothing; as far as this one knows the call may go on.
    server.clock.advance(std::time::Duration::from_secs(20));
    asterisk.revive().await;
    let ended = wait_for_end(&server, &started.session_id).await;
    assert_eq!(
        (ended.status, ended.reason.as_deref()),
        (Status::Completed, Some("the PBX no longer has the call"))
    );
    wait_for_events(&server, &account).await;
    let started = call(&server, BRIEF).await;
    assert_eq!(wait_for_end(&server, &started.session_id).await.status, Status::Completed);
}

#[tokio::test]
async fn one_of_two_servers_listens_and_the_other_takes_over_in_a_call() {
    let Some(asterisk) = Asterisk::start().await else { return };
    let (first, account) = connect(&asterisk, "two", "1001", &json!({})).await;
    let second = first.start_another(SLOW).await;
    let started = call(&second, ANSWERS).await;
    let session = started.session_id.as_str();
    // Streams of servers on one file do not hear of each other.
    wait_for("a connected call", async || second.show_call(session).await.connected_time).await;
    let holders = "SELECT holder FROM provider_event_streams";
    let holder = first.database.read_texts(holders).await;
    assert_eq!(holder.len(), 1);
    // Each of them acts on the call.
    act(&first, session, "hold", json!({"onHold": true})).await;
    act(&second, session, "hold", json!({"onHold": false})).await;
    first.stop().await;
    wait_for("another listener", async || {
        let now = second.database.read_texts(holders).await;
        (now.len() == 1 && now != holder).then_some(())
    })
    .await;
    wait_for_events(&second, &account).await;
    let talking = asterisk.talking(session).await;
    assert_eq!(talking.len(), 2, "{talking:?}");
    assert_eq!(second.show_call(session).await.status, Status::Active);
    // The customer hangs up, of which only the second server hears.
    let (status, _) = asterisk.ari(Method::DELETE, &format!("channels/{session}-c")).await;
    assert_eq!(status, 204);
    assert_eq!(wait_for_end(&second, session).await.status, Status::Completed);
    wait_for_no_channels(&asterisk, session).await;
}

#[tokio::test]
async fn a_server_that_died_is_replaced_and_what_it_missed_is_found() {
    let Some(asterisk) = Asterisk::start().await else { return };
    let (first, account) = connect(&asterisk, "died", "1001", &json!({})).await;
    let started = call(&first, ANSWERS).await;
    let session = started.session_id.as_str();
    first.events_after(0).await.events_until("connected").await;
    let stopped = first.stop().await;
    // A server that died leaves its lease.
    let now = call_ribbon_server::time::Clock::now(&*stopped.clock);
    stopped
        .database
        .run_sql(&format!(
            "INSERT INTO provider_event_streams (client_id, account_id, holder, held_until)
             VALUES ('client-demo', '{}', 'dead', {})",
            account.id,
            now + 3_000
        ))
        .await;
    // Meanwhile the agent hangs up, and nobody hears of it.
    let (status, _) = asterisk.ari(Method::DELETE, &format!("channels/{session}-a")).await;
    assert_eq!(status, 204);
    wait_for("the agent's phone to be hung up", async || {
        asterisk.channels(&format!("{session}-a")).await.is_empty().then_some(())
    })
    .await;
    let second = stopped.start(SLOW).await;
    let ended = wait_for_end(&second, session).await;
    assert_eq!(ended.status, Status::Completed);
    wait_for_no_channels(&asterisk, session).await;
    let late = call_ribbon_server::time::Clock::now(&*second.clock);
    assert!(late - now >= 3_000, "it did not wait for the lease: {} ms", late - now);
}

#[tokio::test]
async fn a_call_that_is_being_set_up_outlives_a_change_of_settings_and_a_stop() {
    let Some(asterisk) = Asterisk::start().await else { return };
    // The request that follows the agent's answer is held until the listener should have ended.
    let held = "POST /ari/channels/create";
    let patience = std::time::Duration::from_secs(3);
    let mut gate = Gate::before(asterisk.port(), held).await;
    let slow = json!({"ariUrl": format!("http://127.0.0.1:{}", gate.port)});
    let (server, account) = connect(&asterisk, "changed", "1001", &slow).await;
    let started = call(&server, ANSWERS).await;
    gate.wait_for_request().await;
    let change = json!({"settings": {"ringSeconds": 11}});
    let path = format!("/providers/{}", account.id);
    server.request_as_operator(Method::PATCH, &path, change).await.ok::<Value>();
    assert!(!gate.is_dropped_within(patience).await, "the listener broke off");
    gate.open();
    let session = started.session_id.as_str();
    wait_for("a connected call", async || server.show_call(session).await.connected_time).await;
    act(&server, session, "hangup", json!({})).await;
    wait_for_no_channels(&asterisk, session).await;

    let mut gate = Gate::before(asterisk.port(), held).await;
    let slow = json!({"ariUrl": format!("http://127.0.0.1:{}", gate.port)});
    let (first, _) = connect(&asterisk, "stopped", "1001", &slow).await;
    let second = first.start_another(SLOW).await;
    let started = call(&first, ANSWERS).await;
    gate.wait_for_request().await;
    let stopping = tokio::spawn(first.stop());
    assert!(!gate.is_dropped_within(patience).await, "the listener broke off");
    gate.open();
    stopping.await.unwrap();
    let session = started.session_id.as_str();
    wait_for("a connected call", async || second.show_call(session).await.connected_time).await;
    act(&second, session, "hangup", json!({})).await;
    wait_for_no_channels(&asterisk, session).await;
}

#[tokio::test]
async fn settings_are_judged_and_validated() {
    let server = start_reachable().await;
    let settings = json!({"ariUrl": "http://10.1.2.3:8088", "user": "u", "password": "p",
        "trunk": "PJSIP/{number}@trunk", "callerId": "+912233445566"});
    let body = json!({"provider": "asterisk", "settings": settings});
    let refused = server.request_as_operator(Method::POST, "/providers", body).await;
    let says = refused.text.clone();
    assert!(refused.status == 400 || refused.status == 422, "{says}");
    assert!(says.contains("ariUrl") && says.contains("allow_private_addresses"), "{says}");
    let mut settings = settings;
    settings["ariUrl"] = json!(format!("{}/nowhere", server.url));
    let account = server.add_account("asterisk", &settings).await;
    let (ok, says) = server.validate_account(&account).await;
    assert!(!ok && says.contains("check ariUrl"), "{says}");
}
