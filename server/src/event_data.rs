//! Writes and reads the `data` of events: written for the server's own facts, read leniently from
//! any sender.

use crate::customer::{customer_for_page, raw_json, read_fields, read_text};
use call_ribbon_shared::call::{Call, Fact, FactKind};
use call_ribbon_shared::wire::RawValue;
use serde::Serialize;
use serde_json::value::to_raw_value;

/// The data of the server's own events, under the names that pages use.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventData<'a> {
    call_sid: &'a str,
    phone_number: Option<&'a str>,
    call_direction: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    muted: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on_hold: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digit: Option<char>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_data: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<Box<RawValue>>,
}

/// Writes the data of a fact that did not come from a page, after it was applied to its call, with
/// its provider's details.
pub fn write_data(
    call: &Call,
    call_sid: &str,
    fact: &Fact,
    told: Option<&str>,
) -> Result<String, serde_json::Error> {
    let mut data = EventData {
        call_sid,
        phone_number: call.phone(),
        call_direction: call.direction().as_str(),
        duration: None,
        status: None,
        reason: None,
        muted: None,
        on_hold: None,
        digit: None,
        customer_data: fact.customer.as_deref().map(raw_json),
        provider: told.map(raw_json),
    };
    match &fact.what {
        FactKind::Muted(on) => data.muted = Some(*on),
        FactKind::Held(on) => data.on_hold = Some(*on),
        FactKind::Digit(digit) => data.digit = Some(*digit),
        FactKind::Ended(end) => {
            data.duration = call.duration();
            data.status = Some(call.status().as_str());
            data.reason = end.reason.as_deref();
        }
        _ => {}
    }
    serde_json::to_string(&data)
}

/// The details of an event that a listener needs beside its call.
#[derive(Debug, Default)]
pub struct SentDetails {
    pub muted: Option<bool>,
    pub on_hold: Option<bool>,
    pub digit: Option<String>,
    pub reason: Option<String>,
    /// `customerData`, if the event itself carried it.
    pub customer: Option<String>,
}

impl SentDetails {
    /// Reads the details from an event's data, from any sender.
    pub fn read(data: &str) -> Self {
        let fields = read_fields(data);
        let switch = |name: &str| fields.get(name).and_then(|value| read_switch(value));
        let text = |name: &str| fields.get(name).and_then(|value| read_text(value));
        let customer = fields.get("customerData").map(|value| value.get().to_owned());
        Self {
            muted: switch("muted"),
            on_hold: switch("onHold"),
            digit: text("digit"),
            reason: text("reason"),
            customer: customer.filter(|json| json.starts_with('{')),
        }
    }
}

/// Reads true or false.
pub fn read_switch(value: &RawValue) -> Option<bool> {
    match value.get() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// The data of a call that is shown with its events.
pub struct CallContext<'a> {
    pub call_sid: &'a str,
    pub phone: Option<&'a str>,
    pub direction: &'a str,
    pub duration: Option<i64>,
    pub customer: Option<&'a str>,
}

/// Returns an event's data as sent, followed by the fields that every row of the log has, taken
/// from the call if the event lacks them. What was sent stays byte for byte, including nulls.
pub fn fill_in_data(data: &str, call: &CallContext<'_>) -> Box<RawValue> {
    let Some(sent_text) = data.trim().strip_prefix('{').and_then(|rest| rest.strip_suffix('}'))
    else {
        return raw_json(data);
    };
    let sent = read_fields(data);
    let known = [
        ("callSid", to_raw_value(call.call_sid)),
        ("phoneNumber", to_raw_value(&call.phone)),
        ("callDirection", to_raw_value(call.direction)),
        ("duration", to_raw_value(&call.duration)),
        ("customerData", Ok(customer_for_page(call.customer, call.phone))),
    ];
    let mut all: Vec<String> = Vec::new();
    if !sent_text.trim().is_empty() {
        all.push(sent_text.to_owned());
    }
    for (name, value) in known {
        if let Ok(value) = value
            && !sent.contains_key(name)
        {
            all.push(format!("\"{name}\":{}", value.get()));
        }
    }
    RawValue::from_string(format!("{{{}}}", all.join(","))).unwrap_or_else(|_| raw_json(data))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_call() -> CallContext<'static> {
        CallContext {
            call_sid: "c1",
            phone: Some("+911"),
            direction: "outbound",
            duration: None,
            customer: None,
        }
    }

    #[test]
    fn what_was_sent_stays_as_it_is_and_the_rest_is_added() {
        let data = r#"{"callSid":"c1", "x": 1.10, "customerData":null}"#;
        assert_eq!(
            fill_in_data(data, &of_call()).get(),
            r#"{"callSid":"c1", "x": 1.10, "customerData":null,"phoneNumber":"+911","callDirection":"outbound","duration":null}"#,
        );
        let whole = fill_in_data("{}", &of_call());
        assert!(whole.get().starts_with(r#"{"callSid":"c1","#), "{whole}");
    }

    #[test]
    fn details_of_another_type_are_passed_over() {
        let details =
            SentDetails::read(r#"{"muted":"yes","onHold":true,"digit":5,"customerData":[]}"#);
        assert_eq!((details.muted, details.on_hold), (None, Some(true)));
        assert_eq!(details.digit.as_deref(), Some("5"));
        assert!(details.customer.is_none());
    }
}
