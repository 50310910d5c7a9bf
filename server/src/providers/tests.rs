//! Tests that any webhook is either parsed or refused.

use super::{Report, Settings, WebhookRequest};
use call_ribbon_shared::call::FactKind;
use proptest::prelude::*;
use serde_json::json;

/// Describes the facts in short: `ended Completed 42`.
pub fn describe_facts(report: &Report) -> Vec<String> {
    let of_one = |what: &FactKind| match what {
        FactKind::Ended(end) => format!(
            "ended {} {}",
            end.outcome.map_or("-".to_owned(), |outcome| format!("{outcome:?}")),
            match (end.duration, end.since_dialing) {
                (Some(seconds), _) => seconds.to_string(),
                (None, Some(seconds)) => format!("~{seconds}"),
                (None, None) => "-".to_owned(),
            },
        ),
        FactKind::Noted(name) => name.to_string(),
        other => format!("{other:?}").to_lowercase(),
    };
    report.facts.iter().map(|fact| of_one(&fact.what)).collect()
}

/// Generates bytes that are no message at all, and some that nearly are one.
fn a_body() -> impl Strategy<Value = Vec<u8>> {
    let text = |pattern: &'static str| pattern.prop_map(String::into_bytes);
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        text(
            r#"\{"(CallSid|Legs|call_id|Status|EndTime|DialCallStatus)":("[^"]{0,12}"|[0-9e.-]{1,9}|null|\[\]|\{\})\}"#
        ),
        text(
            r"(CallSid|Legs|call_id|billsec)(\[[0-9]{0,3}\]?){0,6}=[a-z0-9%:\[\]-]{0,12}(&Status=[a-z-]{0,9})?"
        ),
        text(
            "--b\r\n(Content-Disposition: form-data; name=\"(CallSid|Legs)\"\r\n)?\r\n[a-z\r\n-]{0,20}(--b--)?"
        ),
    ]
}

proptest! {
    #[test]
    fn nothing_that_is_sent_stops_the_server(
        kind in prop_oneof![
            Just(None),
            Just(Some("application/json".to_owned())),
            Just(Some("application/x-www-form-urlencoded".to_owned())),
            Just(Some("multipart/form-data; boundary=b".to_owned())),
            any::<String>().prop_map(Some),
        ],
        query in ".{0,60}",
        body in a_body(),
        received_at in any::<i64>(),
    ) {
        let accounts = [
            ("exotel", json!({"accountSid": "a", "apiKey": "k", "apiToken": "t", "callerId": "112"})),
            ("tata", json!({"apiToken": "t", "phoneNumber": "112"})),
            (
                "asterisk",
                json!({"ariUrl": "https://pbx", "user": "u", "password": "p", "callerId": "112",
                    "trunk": "PJSIP/{number}@t"}),
            ),
            ("simulator", json!({})),
        ];
        let delivered = WebhookRequest { content_type: kind, query, body: body.into() };
        for (provider, settings) in accounts {
            let settings = Settings::from_json(provider, &settings).unwrap();
            if let Ok(report) = settings.read_callback(&delivered, received_at) {
                prop_assert!(report.provider_call_id.is_some() || report.session_id.is_some());
            }
        }
    }
}

#[test]
fn deep_and_wide_bodies_are_read_in_no_time() {
    let settings = json!({"accountSid": "a", "apiKey": "k", "apiToken": "t", "callerId": "112"});
    let settings = Settings::from_json("exotel", &settings).unwrap();
    for (kind, body) in [
        ("application/json", "{\"a\":".repeat(100_000)),
        ("application/json", format!("{{\"CallSid\":{}", "[".repeat(100_000))),
        ("application/x-www-form-urlencoded", format!("CallSid{}=1", "[0]".repeat(100_000))),
        ("application/x-www-form-urlencoded", "Legs[]=1&".repeat(100_000)),
    ] {
        let content_type = Some(kind.to_owned());
        let delivered = WebhookRequest { content_type, query: String::new(), body: body.into() };
        settings.read_callback(&delivered, 0).unwrap_err();
    }
}
