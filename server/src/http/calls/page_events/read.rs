//! Reads an event in the form in which pages send it.

use super::{EventFields, LogCallBody};
use crate::customer::{self, read_text};
use crate::event_data::read_switch;
use crate::http::request::body::{id_text, read_part};
use crate::http::request::bounds::{
    LARGEST_CUSTOMER_DATA, LARGEST_EVENT_DATA, LONGEST_WORD, check_bytes, text_within,
};
use crate::http::request::problem::Problem;
use crate::ids::LONGEST_ID;
use crate::missing_value::is_missing_value;
use crate::services::calls::page_events::PageEvent;
use crate::time;
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Agent, Direction};
use call_ribbon_shared::event::EventName;
use call_ribbon_shared::wire::RawValue;

/// Reads an event, or returns an error that names the invalid field.
pub(super) fn read_event(
    body: LogCallBody,
    domain: Option<String>,
    idempotency_key: Option<String>,
    now: Millis,
) -> Result<PageEvent, Problem> {
    let name = body.event.ok_or_else(|| Problem::invalid("event", "event is missing."))?;
    let event = EventName::parse(&name)
        .map_err(|error| Problem::invalid("event", format!("event is not right: {error}.")))?;
    let raw = body.data.ok_or_else(|| Problem::invalid("data", "data is missing."))?;
    if !raw.get().starts_with('{') {
        return Err(Problem::invalid("data", "data must be an object."));
    }
    let data: EventFields = read_part(&raw, "data")?;
    check_sizes(&raw, &data)?;
    let call_sid = data
        .call_sid
        .ok_or_else(|| Problem::invalid("data.callSid", "data.callSid is missing."))?;
    let direction = data.call_direction.as_deref().map(read_direction).transpose()?;
    let customer = data.customer_data.map(read_customer).transpose()?;
    let word = |value: Option<Box<RawValue>>| value.and_then(|value| read_text(&value));
    let phone = data.phone_number.map(|phone| text_within("data.phoneNumber", phone, LONGEST_ID));
    let timestamp = body.timestamp.as_deref().filter(|text| !is_missing_value(text));
    let event_id = body.event_id.map(|id| id_text("eventId", id)).transpose()?;
    Ok(PageEvent {
        event,
        at: timestamp.map(|text| read_timestamp(text, now)).transpose()?,
        call_sid: id_text("data.callSid", call_sid)?,
        phone: phone.transpose()?.map(|phone| phone.replace('\0', "")),
        direction,
        duration: data.duration.as_deref().map(read_duration).transpose()?.flatten(),
        status: word(data.status),
        reason: word(data.reason),
        muted: data.muted.as_deref().and_then(read_switch),
        on_hold: data.on_hold.as_deref().and_then(read_switch),
        digit: word(data.digit),
        agent: Agent {
            id: data.agent_id.and_then(|id| customer::read_id(&id)),
            name: word(data.agent_name),
        },
        customer,
        data: raw,
        domain,
        event_id: event_id.or(idempotency_key),
    })
}

/// Refuses an event that is too large to be stored.
fn check_sizes(raw: &RawValue, data: &EventFields) -> Result<(), Problem> {
    if let Some(customer) = &data.customer_data {
        check_bytes("data.customerData", customer, LARGEST_CUSTOMER_DATA)?;
    }
    for (field, value) in [
        ("data.status", &data.status),
        ("data.reason", &data.reason),
        ("data.muted", &data.muted),
        ("data.onHold", &data.on_hold),
        ("data.digit", &data.digit),
        ("data.agentId", &data.agent_id),
        ("data.agentName", &data.agent_name),
    ] {
        if let Some(value) = value {
            let text = read_text(value).unwrap_or_else(|| value.get().to_owned());
            text_within(field, text, LONGEST_WORD)?;
        }
    }
    check_bytes("data", raw, LARGEST_EVENT_DATA)
}

fn read_direction(word: &str) -> Result<Direction, Problem> {
    Direction::parse(word).ok_or_else(|| {
        Problem::invalid(
            "data.callDirection",
            "data.callDirection must be \"inbound\" or \"outbound\".",
        )
    })
}

fn read_customer(customer: Box<RawValue>) -> Result<String, Problem> {
    if customer.get().starts_with('{') {
        Ok(Box::<str>::from(customer).into_string())
    } else {
        Err(Problem::invalid("data.customerData", "data.customerData must be an object."))
    }
}

/// Reads when an event happened. A placeholder time is refused: years that no sender meant would be
/// in all figures without dates.
fn read_timestamp(text: &str, now: Millis) -> Result<Millis, Problem> {
    let at = time::parse(text).ok_or_else(|| {
        Problem::invalid(
            "timestamp",
            "timestamp is not a date; write it like 2025-10-12T10:30:00Z.",
        )
    })?;
    if time::is_plausible(at, now) {
        return Ok(at);
    }
    let sentence = "timestamp must be in 2000 or later and at most a day ahead of the server's \
                    clock; leave it out where the time is not known, and the event's arrival \
                    counts.";
    Err(Problem::invalid("timestamp", sentence))
}

/// Reads whole seconds, from a number or a text that holds one. A fraction is dropped; an empty
/// text counts as missing.
fn read_duration(value: &RawValue) -> Result<Option<u32>, Problem> {
    let raw = value.get();
    let digits =
        if raw.starts_with('"') { read_text(value).unwrap_or_default() } else { raw.to_owned() };
    let digits = digits.trim();
    if digits.is_empty() && raw.starts_with('"') {
        return Ok(None);
    }
    let seconds =
        digits.parse::<f64>().ok().filter(|seconds| (0.0..=f64::from(u32::MAX)).contains(seconds));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the greatest u32, and only whole seconds count"
    )]
    seconds.map(|seconds| Some(seconds as u32)).ok_or_else(|| {
        Problem::invalid("data.duration", "data.duration must be whole seconds, 0 or more.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a duration; `Err` if it is refused.
    fn duration(json: &str) -> Result<Option<u32>, ()> {
        read_duration(&RawValue::from_string(json.to_owned()).unwrap()).map_err(|_| ())
    }

    #[test]
    fn durations_are_read_as_pages_send_them() {
        assert_eq!(duration("125"), Ok(Some(125)));
        assert_eq!(duration("\" 125 \""), Ok(Some(125)));
        assert_eq!(duration("12.9"), Ok(Some(12)));
        assert_eq!(duration("\"\""), Ok(None));
        for wrong in ["-1", "\"-1\"", "1e400", "\"NaN\"", "4294967296", "true", "[1]", "\"1:30\""] {
            assert_eq!(duration(wrong), Err(()), "{wrong}");
        }
    }
}
