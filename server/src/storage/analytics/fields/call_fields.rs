//! The fields of a call and their values.

use super::context::Context;
use super::value;
use crate::customer::{CustomerData, read_fields, replace_lone_surrogates};
use crate::scan::count_steps;
use crate::storage::CallWithNotes;
use crate::storage::analytics::totals::CountedCall;
use crate::storage::call_state::{read_state, write_state};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::Call;
use serde_json::Value;
use sqlx::FromRow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The fields that a call has without any sent data.
pub const BUILT_IN: [&str; 5] = ["agentId", "callDirection", "callType", "disposition", "status"];
/// The longest disposition in characters that counts separately, which is that of the longest code.
const LONGEST_DISPOSITION: usize = 64;
/// The longest field name in characters, as it is part of a key.
const LONGEST_NAME: usize = 100;
/// How deep objects are read.
const DEEPEST: usize = 8;
/// The most sent fields of one call.
const MOST: usize = 200;

/// The part of a call's `customerData` that counts.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct SentFields {
    pub customer_id: Option<String>,
    call_type: Option<String>,
    /// Values of context and metadata, by field name.
    values: BTreeMap<String, String>,
}

/// A call with everything that its sums depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallWithFields {
    pub counted: CountedCall,
    status: &'static str,
    agent_id: Option<String>,
    disposition: Option<String>,
    said: Arc<SentFields>,
}

/// The columns of a call that its sums depend on.
#[derive(Debug, FromRow)]
pub struct CountedRow {
    call_sid: String,
    disposition: Option<String>,
    context: Option<String>,
    customer: Option<String>,
    state: String,
    started_at: Millis,
}

impl SentFields {
    /// Reads the sent fields of a call and its context.
    pub fn from_call(call: &Call, context: &Context) -> Self {
        Self::from_sent(call.customer(), context)
    }

    /// Returns the fields of a call of which nothing but the type was read.
    pub(super) fn with_call_type(call_type: Option<String>) -> Self {
        Self { call_type, ..Self::default() }
    }

    /// Reads sent data.
    pub(super) fn from_sent(customer: Option<&str>, context: &Context) -> Self {
        let customer = customer.map(CustomerData::read).unwrap_or_default();
        let mut values = BTreeMap::new();
        for (name, json) in context.named_parts() {
            if let Some(json) = json {
                read_object(json, name, DEEPEST, &mut values);
            }
        }
        Self { customer_id: customer.id, call_type: customer.call_type, values }
    }
}

/// Returns a call's value of a field from its row, without decoding the whole call.
pub fn field_value_of_row(field: &str, row: &CallWithNotes) -> Option<String> {
    let call = &row.call;
    match field {
        "agentId" => value::text_key(call.agent_id.as_deref()?),
        "callDirection" => value::text_key(&call.direction),
        "disposition" => {
            value::text_key_up_to(row.written.disposition.as_deref()?, LONGEST_DISPOSITION)
        }
        "status" => value::text_key(&call.status),
        _ => {
            let customer = call.customer.as_deref();
            let said =
                SentFields::from_sent(customer, &Context::of_row(customer, row.context.as_deref()));
            match field {
                "callType" => value::text_key(said.call_type.as_deref()?),
                _ => said.values.get(field).cloned(),
            }
        }
    }
}

/// Returns the context and metadata of a call's row as JSON, with their names as field prefixes.
pub fn sent_parts_of_row(row: &CallWithNotes) -> [(&'static str, Option<String>); 2] {
    let context = Context::of_row(row.call.customer.as_deref(), row.context.as_deref());
    context.named_parts().map(|(name, json)| (name, json.map(str::to_owned)))
}

/// Adds an object's values, each under its path. Each is parsed alone, so a number that no program
/// can hold (`1e400`) leaves out only itself.
fn read_object(object: &str, path: &str, deepest: usize, values: &mut BTreeMap<String, String>) {
    for (name, value) in read_fields(object) {
        let path = format!("{path}.{}", name.replace('\0', ""));
        if name.is_empty() || path.chars().nth(LONGEST_NAME).is_some() || values.len() >= MOST {
            continue;
        }
        if value.get().starts_with('{') {
            if deepest > 1 {
                read_object(value.get(), &path, deepest - 1, values);
            }
        } else if let Some(value) = parse_value(value.get()).as_ref().and_then(value::json_key) {
            values.insert(path, value);
        }
    }
}

fn parse_value(json: &str) -> Option<Value> {
    count_steps(json.len());
    let read = |json: &str| serde_json::from_str(json).ok();
    read(json).or_else(|| read(&replace_lone_surrogates(json)?))
}

impl CallWithFields {
    /// Reads a call; `None` if nothing is known about it yet.
    pub fn from_call(
        call: &Call,
        said: &Arc<SentFields>,
        disposition: Option<&str>,
    ) -> Option<Self> {
        Some(Self {
            counted: CountedCall::from_call(call, said.customer_id.clone())?,
            status: call.status().as_str(),
            agent_id: call.agent_id().map(str::to_owned),
            disposition: disposition.map(str::to_owned),
            said: Arc::clone(said),
        })
    }

    /// Puts a call together from its row.
    pub(super) fn from_parts(
        counted: CountedCall,
        status: &'static str,
        agent_id: Option<String>,
        disposition: Option<String>,
        said: Arc<SentFields>,
    ) -> Self {
        Self { counted, status, agent_id, disposition, said }
    }

    /// Returns the call with another disposition.
    pub fn with_disposition(&self, disposition: Option<&str>) -> Self {
        Self { disposition: disposition.map(str::to_owned), ..self.clone() }
    }

    /// Iterates over the call's fields and values.
    pub fn field_values(&self) -> impl Iterator<Item = (&str, String)> {
        let built_in =
            BUILT_IN.into_iter().filter_map(|field| Some((field, self.built_in_value(field)?)));
        let sent = &self.said.values;
        built_in.chain(sent.iter().map(|(field, value)| (field.as_str(), value.clone())))
    }

    /// Returns the call's value of a field.
    pub fn field_value(&self, field: &str) -> Option<String> {
        if BUILT_IN.contains(&field) {
            return self.built_in_value(field);
        }
        self.said.values.get(field).cloned()
    }

    fn built_in_value(&self, field: &str) -> Option<String> {
        let text = |text: &Option<String>| text.as_deref().and_then(value::text_key);
        match field {
            "agentId" => text(&self.agent_id),
            "callDirection" => value::text_key(&self.counted.direction),
            "callType" => text(&self.said.call_type),
            "disposition" => {
                let said = self.disposition.as_deref()?;
                value::text_key_up_to(said, LONGEST_DISPOSITION)
            }
            "status" => value::text_key(self.status),
            _ => None,
        }
    }
}

impl CountedRow {
    /// Returns the call without any reference to the other party.
    pub fn without_other_party(&self) -> Result<Self, sqlx::Error> {
        let mut call = self.parse_call()?;
        call.forget_other_side();
        Ok(Self { state: write_state(&call)?, ..self.without_content() })
    }

    /// Returns the call without the context of the event at a time, if that context is stored
    /// beside the call.
    pub fn without_context_of(&self, at: Millis) -> Result<Self, sqlx::Error> {
        let call = self.parse_call()?;
        let mut context = Context::of_call(&call, self.context.as_deref());
        if self.context.is_some() {
            context.remove_event(at);
        }
        Ok(Self {
            context: context.to_stored(&call),
            customer: self.customer.clone(),
            state: self.state.clone(),
            ..self.without_content()
        })
    }

    /// Returns the stored context of an earlier event.
    pub fn context(&self) -> Option<&str> {
        self.context.as_deref()
    }

    fn without_content(&self) -> Self {
        Self {
            call_sid: self.call_sid.clone(),
            disposition: self.disposition.clone(),
            context: None,
            customer: None,
            state: String::new(),
            started_at: self.started_at,
        }
    }

    /// Returns the call as JSON.
    pub fn state(&self) -> &str {
        &self.state
    }

    fn parse_call(&self) -> Result<Call, sqlx::Error> {
        read_state(&self.state, self.customer.as_deref())
    }

    /// Returns the call's `callSid`.
    pub fn call_sid(&self) -> &str {
        &self.call_sid
    }

    /// Returns when the call began.
    pub fn started_at(&self) -> Millis {
        self.started_at
    }

    /// Decodes the call with its fields.
    pub fn with_fields(&self) -> Result<CallWithFields, sqlx::Error> {
        let call = self.parse_call()?;
        let context = Context::of_call(&call, self.context.as_deref());
        let said = Arc::new(SentFields::from_call(&call, &context));
        CallWithFields::from_call(&call, &said, self.disposition.as_deref())
            .ok_or_else(|| sqlx::Error::Decode("a call of which nothing is known".into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::steps::assert_linear;

    #[test]
    fn fields_are_read_as_often_as_objects_are_deep() {
        assert_linear("read_object", |text| {
            let text = serde_json::to_string(text).unwrap();
            for depth in [1, DEEPEST, DEEPEST * 2] {
                let (open, close) = ("{\"a\":".repeat(depth), "}".repeat(depth));
                let json = format!("{open}{{{text}:{text}}}{close}");
                read_object(&json, "context", DEEPEST, &mut BTreeMap::new());
            }
            let many: Vec<String> =
                (0..text.len()).map(|n| format!("\"f{n}\":{{\"x\":{n}}}")).collect();
            let json = format!("{{{}}}", many.join(","));
            read_object(&json, "context", DEEPEST, &mut BTreeMap::new());
        });
    }
}
