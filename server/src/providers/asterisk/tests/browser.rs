//! Tests calls in the browser: the settings, and the lines that agents get.

use super::{Played, Settings, order, settings_value};
use crate::providers::AgentContact;
use crate::secret::Secret;
use serde_json::{Value, json};

/// An account whose agents talk in the browser.
fn in_browser(browser: Value) -> Value {
    let mut settings = settings_value();
    settings["browserCalling"] = browser;
    settings
}

#[test]
fn settings_of_the_browser_are_refused_with_their_field() {
    let url = "wss://pbx.example.com:8089/ws";
    for (field, browser, says) in [
        ("browserCalling", json!("yes"), "must be an object"),
        ("webSocketUrl", json!({}), "webSocketUrl is missing"),
        ("webSocketUrl", json!({"webSocketUrl": "pbx"}), "must be"),
        ("webSocketUrl", json!({"webSocketUrl": "ws://pbx.example.com/ws"}), "wss://"),
        ("webSocketUrl", json!({"webSocketUrl": "wss://u:p@pbx.example.com/ws"}), "user name"),
        ("domain", json!({"webSocketUrl": url, "domain": "a b"}), "SIP domain"),
        ("iceServers", json!({"webSocketUrl": url, "iceServers": "stun.example.com"}), "stun:"),
        ("iceServers", json!({"webSocketUrl": url, "iceServers": "http://a"}), "stun:"),
        (
            "iceServers",
            json!({"webSocketUrl": url, "iceServers": "stun:a ".repeat(9)}),
            "more than 8",
        ),
        (
            "turnSecret",
            json!({"webSocketUrl": url, "iceServers": "turn:turn.example.com"}),
            "turnSecret is missing",
        ),
    ] {
        let error = Settings::from_json(&in_browser(browser)).unwrap_err();
        assert!(error.field == field && error.sentence.contains(says), "{}", error.sentence);
    }
    let settings = Settings::from_json(&in_browser(json!({"webSocketUrl": url}))).unwrap();
    assert_eq!(settings.voice_name(), "asterisk-browser");
    assert_eq!(settings.browser_calling.unwrap().domain, "pbx.example.com");
}

#[tokio::test]
async fn a_line_is_given_to_agents_with_a_phone_and_a_pbx_that_takes_it() {
    let browser = json!({"webSocketUrl": "wss://pbx.example.com:8089/ws"});
    let settings = Settings::from_json(&in_browser(browser)).unwrap();
    let agent = |name: Option<&str>| AgentContact {
        provider_user_id: name.map(str::to_owned),
        ..AgentContact::default()
    };
    let asterisk = Played::default();
    for name in [None, Some(""), Some("../1001"), Some("1001/x")] {
        let line = settings.open_line(&asterisk, &agent(name), Secret::new("made-up")).await;
        assert!(line.unwrap_err().reason().contains("providerUserId"));
    }
    assert!(asterisk.asked().is_empty());
    let line = settings.open_line(&asterisk, &agent(Some("1001")), Secret::new("made-up")).await;
    assert_eq!(line.unwrap().unwrap().user, "1001");
    let path = "PUT asterisk/config/dynamic/res_pjsip/auth/call-ribbon-1001";
    assert_eq!(asterisk.asked(), [path]);
    let asterisk = Played::answering(&[(path, 403, json!({}))]);
    let line = settings.open_line(&asterisk, &agent(Some("1001")), Secret::new("made-up")).await;
    let reason = line.unwrap_err().reason();
    assert!(reason.contains("sorcery.conf") && !reason.contains("made-up"), "{reason}");
    // The browser hears which call rings; nothing else does.
    let asterisk = Played::default();
    settings.start_call(&asterisk, &order(&agent(Some("1001")))).await.unwrap();
    let asked = asterisk.asked().join("\n");
    assert!(asked.contains(r#""PJSIP_HEADER(add,X-Call-Ribbon)":"ses_1""#), "{asked}");
}
