//! Puts phone numbers back into what a reader without them sends.
//!
//! Such a reader dials by handle, and sends back what it was given about a customer. A hidden number
//! must not replace the real one in the records.

use super::handles::NumberHandles;
use super::text::HIDDEN;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// The field whose hidden numbers are left out if they have no handle.
const CUSTOMER_DATA: &str = "customerData";

/// What becomes of a value.
enum Restored {
    Unchanged,
    Changed(String),
    Dropped,
}

/// Restores the bodies of one client.
#[derive(Clone, Copy)]
pub struct Restorer<'a> {
    pub handles: &'a NumberHandles,
    pub client_id: &'a str,
    /// Whether the sender may not see numbers; others may write a hidden one on purpose.
    pub is_masked: bool,
}

impl Restorer<'_> {
    /// Returns a JSON body with each handle replaced by its number, and without hidden numbers in
    /// `customerData`; `None` if it stays as it is.
    pub fn restore_body(self, body: &[u8]) -> Option<Vec<u8>> {
        let body = str::from_utf8(body).ok()?;
        let may_change =
            body.contains(super::handles::PREFIX) || self.is_masked && body.contains(HIDDEN);
        if !may_change {
            return None;
        }
        let body: &RawValue = serde_json::from_str(body).ok()?;
        match self.restore_value(body.get(), false) {
            Restored::Changed(restored) => Some(restored.into_bytes()),
            Restored::Unchanged | Restored::Dropped => None,
        }
    }

    fn restore_value(self, json: &str, in_customer: bool) -> Restored {
        match json.as_bytes().first() {
            Some(b'"') => self.restore_text(json, in_customer),
            Some(b'{') => self.restore_object(json, in_customer),
            Some(b'[') => self.restore_list(json, in_customer),
            _ => Restored::Unchanged,
        }
    }

    fn restore_text(self, json: &str, in_customer: bool) -> Restored {
        let Ok(text) = serde_json::from_str::<String>(json) else { return Restored::Unchanged };
        if let Some(number) = self.open_handle(&text) {
            return Restored::Changed(Value::from(number).to_string());
        }
        if in_customer && self.is_masked && text.contains(HIDDEN) {
            return Restored::Dropped;
        }
        Restored::Unchanged
    }

    fn restore_object(self, json: &str, in_customer: bool) -> Restored {
        let Ok(fields) = serde_json::from_str::<BTreeMap<String, &RawValue>>(json) else {
            return Restored::Unchanged;
        };
        let handle = |key: &str| {
            let text: String = serde_json::from_str(fields.get(key)?.get()).ok()?;
            self.open_handle(&text)
        };
        let mut restored: BTreeMap<&str, String> = BTreeMap::new();
        let mut changed = false;
        for (key, value) in &fields {
            let of = key.strip_suffix("Handle").or_else(|| key.strip_suffix("_handle"));
            if of.is_some_and(|of| fields.contains_key(of)) && handle(key).is_some() {
                changed = true;
                continue;
            }
            let own = handle(&format!("{key}Handle")).or_else(|| handle(&format!("{key}_handle")));
            let in_customer = in_customer || key == CUSTOMER_DATA;
            let value = match own {
                Some(number) => Restored::Changed(Value::from(number).to_string()),
                None => self.restore_value(value.get(), in_customer),
            };
            match value {
                Restored::Unchanged => {
                    restored.insert(key, fields[key].get().to_owned());
                }
                Restored::Changed(value) => {
                    changed = true;
                    restored.insert(key, value);
                }
                Restored::Dropped => changed = true,
            }
        }
        if !changed {
            return Restored::Unchanged;
        }
        let fields: Vec<_> = restored
            .into_iter()
            .map(|(key, value)| format!("{}:{value}", Value::from(key)))
            .collect();
        Restored::Changed(format!("{{{}}}", fields.join(",")))
    }

    fn restore_list(self, json: &str, in_customer: bool) -> Restored {
        let Ok(values) = serde_json::from_str::<Vec<&RawValue>>(json) else {
            return Restored::Unchanged;
        };
        let mut changed = false;
        let mut restored = Vec::with_capacity(values.len());
        for value in values {
            match self.restore_value(value.get(), in_customer) {
                Restored::Unchanged => restored.push(value.get().to_owned()),
                Restored::Changed(value) => {
                    changed = true;
                    restored.push(value);
                }
                Restored::Dropped => changed = true,
            }
        }
        if changed {
            Restored::Changed(format!("[{}]", restored.join(",")))
        } else {
            Restored::Unchanged
        }
    }

    /// Returns the number of a handle, which may follow the hidden number that it stands for.
    fn open_handle(self, text: &str) -> Option<String> {
        let at = text.find(super::handles::PREFIX)?;
        let (shown, handle) = text.split_at(at);
        (shown.is_empty() || shown.contains(HIDDEN))
            .then(|| self.handles.open_handle(self.client_id, handle))
            .flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    #[test]
    fn a_body_gets_its_numbers_back_and_loses_hidden_ones() {
        let handles = NumberHandles::new(&Secret::new("a secret of the server"));
        let handle = handles.create_handle("c", "+919876543210");
        let fill = |json: &str| json.replace("<h>", &handle).replace("<n>", "+919876543210");
        for (body, masked, full) in [
            (r#"{"to":"<h>"}"#, Some(r#"{"to":"<n>"}"#), Some(r#"{"to":"<n>"}"#)),
            (r#"{"to":"+91 98••••3210 <h>"}"#, Some(r#"{"to":"<n>"}"#), Some(r#"{"to":"<n>"}"#)),
            (r#"{"to":"call <h>"}"#, None, None),
            (r#"{"to":"+91 98••••3210"}"#, None, None),
            (
                r#"{"customerData":{"a":1.50,"b":"98••••3210","c":["98••••3210","x"]}}"#,
                Some(r#"{"customerData":{"a":1.50,"c":["x"]}}"#),
                None,
            ),
            (
                r#"{"customerData":{"phoneNumber":"+91 98••••3210","phoneNumberHandle":"<h>"}}"#,
                Some(r#"{"customerData":{"phoneNumber":"<n>"}}"#),
                Some(r#"{"customerData":{"phoneNumber":"<n>"}}"#),
            ),
            (r#"{"a":"num_x","b":[1,{"c":null}]}"#, None, None),
            ("not JSON num_", None, None),
        ] {
            let body = fill(body);
            for (is_masked, expected) in [(true, masked), (false, full)] {
                let restorer = Restorer { handles: &handles, client_id: "c", is_masked };
                let opened = restorer.restore_body(body.as_bytes());
                let opened = opened.map(|body| String::from_utf8(body).unwrap());
                assert_eq!(opened, expected.map(fill), "{body} {is_masked}");
            }
        }
    }
}
