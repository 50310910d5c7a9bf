//! Reads `customerData` without ever refusing or changing it.

use crate::ids::LONGEST_ID;
use crate::scan::{Scan, count_steps};
use call_ribbon_shared::wire::RawValue;
use serde_json::value::to_raw_value;
use std::collections::{BTreeMap, HashMap};

/// The most characters of a name, number or address that is stored beside `customerData`.
const LONGEST_SHOWN: usize = 1000;
/// The path in `customerData` of a call's campaign.
pub const CAMPAIGN_FIELD: &str = "metadata.campaign";

/// The fields that the server reads from `customerData`. A field of an unexpected type counts as
/// missing; the text as sent is stored beside this in any case.
#[derive(Debug, Clone, Default)]
pub struct CustomerData {
    pub id: Option<String>,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub call_type: Option<String>,
    pub agent_id: Option<String>,
    pub agent_name: Option<String>,
    pub context: Option<Box<RawValue>>,
    pub metadata: Option<Box<RawValue>>,
}

impl CustomerData {
    /// Reads the fields from JSON text.
    pub fn read(json: &str) -> Self {
        let fields = read_fields(json);
        let text = |name: &str| fields.get(name).and_then(|value| read_text(value)).map(shorten);
        let id = |name: &str| fields.get(name).and_then(|value| read_id(value));
        let whole = |name: &str| {
            let value = *fields.get(name)?;
            (value.get() != "null").then(|| value.to_owned())
        };
        Self {
            id: id("customerId"),
            name: text("name"),
            phone: text("phoneNumber"),
            email: text("email"),
            call_type: text("callType"),
            agent_id: id("agentId"),
            agent_name: text("agentName"),
            context: whole("context"),
            metadata: whole("metadata"),
        }
    }
}

/// Cuts a text that lists show. The whole of it is in the stored `customerData`.
fn shorten(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(LONGEST_SHOWN) {
        text.truncate(end);
    }
    text
}

/// Returns the fields of a JSON object by name, with their values as sent; the last one of a
/// repeated name; no fields if it is not an object.
pub fn read_fields(json: &str) -> BTreeMap<String, &RawValue> {
    count_steps(json.len());
    if let Ok(fields) = serde_json::from_str(json) {
        return fields;
    }
    // A name may contain a lone surrogate. Its replacement has the same length, so each value keeps
    // its position.
    let Some(read) = replace_lone_surrogates(json) else { return BTreeMap::new() };
    let fields: BTreeMap<String, &RawValue> = serde_json::from_str(&read).unwrap_or_default();
    let as_sent = |value: &RawValue| {
        let begins = (value.get().as_ptr() as usize).checked_sub(read.as_ptr() as usize)?;
        serde_json::from_str(json.get(begins..begins + value.get().len())?).ok()
    };
    fields.into_iter().filter_map(|(name, value)| Some((name, as_sent(value)?))).collect()
}

/// Replaces each lone surrogate (`\ud83d`, as a truncated emoji leaves it) with the replacement
/// character, at the same length; `None` if the JSON has none.
pub fn replace_lone_surrogates(json: &str) -> Option<String> {
    let unit = |text: Scan<'_>| {
        let digits = text.take(6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let (mut whole, mut kept) = (String::new(), 0);
    let mut rest = Scan::new(json);
    while let Some(found) = rest.len_until_text("\\") {
        rest = rest.skip(found);
        let is_pair = |high, low| matches!((high, low), (0xd800..=0xdbff, Some(0xdc00..=0xdfff)));
        let read = match unit(rest) {
            Some(high @ 0xd800..=0xdfff) if !is_pair(high, unit(rest.skip(6))) => {
                let at = json.len() - rest.len();
                whole.push_str(&json[kept..at]);
                whole.push_str("\\ufffd");
                kept = at + 6;
                6
            }
            Some(0xd800..=0xdbff) => 12,
            Some(_) => 6,
            // The escaped character may be a backslash itself.
            None => 2,
        };
        rest = rest.skip(read);
    }
    (kept > 0).then(|| whole + &json[kept..])
}

/// Reads a text, or a number as it was written; `None` for anything else and for an empty text.
pub fn read_text(value: &RawValue) -> Option<String> {
    let raw = value.get();
    let text = match raw.as_bytes().first()? {
        b'"' => serde_json::from_str::<String>(raw)
            .or_else(|_| serde_json::from_str(&replace_lone_surrogates(raw).unwrap_or_default()))
            .ok()?,
        b'-' | b'0'..=b'9' => raw.to_owned(),
        _ => return None,
    };
    // PostgreSQL cannot store NUL in a text, and no sender means one.
    let text = text.replace('\0', "");
    (!text.is_empty()).then_some(text)
}

/// Reads an id: a text short enough for an index. A longer one counts as missing.
pub fn read_id(value: &RawValue) -> Option<String> {
    read_text(value).filter(|id| id.chars().count() <= LONGEST_ID)
}

/// Returns `customerData` for a page: as known, or at least `{phoneNumber}`. It is always an
/// object, because handlers read its fields.
pub fn customer_for_page(customer: Option<&str>, phone: Option<&str>) -> Box<RawValue> {
    if let Some(customer) = customer
        && customer.starts_with('{')
        && let Ok(raw) = RawValue::from_string(customer.to_owned())
    {
        return raw;
    }
    let least: HashMap<&str, &str> =
        phone.map(|phone| ("phoneNumber", phone)).into_iter().collect();
    to_raw_value(&least).unwrap_or_else(|_| null_json())
}

/// Returns JSON text from the database unchanged.
pub fn raw_json(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).unwrap_or_else(|_| null_json())
}

fn null_json() -> Box<RawValue> {
    RawValue::NULL.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::steps::assert_linear;

    #[test]
    fn odd_customers_are_read_as_far_as_they_go() {
        let customer = CustomerData::read(
            r#"{"customerId":12345678901234567890,"name":["x"],"context":{"due":1.10},"email":""}"#,
        );
        assert_eq!(customer.id.as_deref(), Some("12345678901234567890"));
        assert_eq!(customer.name, None);
        assert_eq!(customer.email, None);
        assert_eq!(customer.context.unwrap().get(), r#"{"due":1.10}"#);
        assert!(CustomerData::read("[1]").id.is_none());
    }

    #[test]
    fn half_an_emoji_costs_nothing_else() {
        for (json, whole) in [
            (r#"{"a":"x\ud83d"}"#, Some(r#"{"a":"x\ufffd"}"#)),
            (r#"{"a":"\ude00\ud83d\ud83d\ude00"}"#, Some(r#"{"a":"\ufffd\ufffd\ud83d\ude00"}"#)),
            (r#"{"a":"\\ud83d"}"#, None),
            (r#"{"a":"\ud83d\ude00 \u00e4"}"#, None),
            (r#"{"a":"\uD83D"#, Some(r#"{"a":"\ufffd"#)),
            (r#"{"a":"\u+12d \u12ä\"#, None),
        ] {
            assert_eq!(replace_lone_surrogates(json).as_deref(), whole, "{json}");
        }
        let json = r#"{"\ud83d":1,"name":"Asha \ud83d","context":{"x":"\ud83d","due":1.10}}"#;
        let customer = CustomerData::read(json);
        assert_eq!(customer.name.as_deref(), Some("Asha \u{fffd}"));
        assert_eq!(customer.context.unwrap().get(), r#"{"x":"\ud83d","due":1.10}"#);
    }

    #[test]
    fn escapes_are_read_once() {
        assert_linear("replace_lone_surrogates", |text| drop(replace_lone_surrogates(text)));
    }

    #[test]
    fn a_page_always_gets_an_object() {
        assert_eq!(customer_for_page(None, Some("+911")).get(), r#"{"phoneNumber":"+911"}"#);
        assert_eq!(customer_for_page(None, None).get(), "{}");
        assert_eq!(customer_for_page(Some(r#"{"a":1.10}"#), None).get(), r#"{"a":1.10}"#);
    }
}
