//! Smartflo's message formats. Every field may be missing, empty, or a number as a text.

use crate::providers::lenient::{object, seconds, text};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The answer to a request to sign in, to call, or to hang up.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Answer {
    #[serde(deserialize_with = "text")]
    pub success: Option<String>,
    #[serde(deserialize_with = "text")]
    pub message: Option<String>,
    #[serde(deserialize_with = "text")]
    pub error: Option<String>,
    #[serde(deserialize_with = "text")]
    pub access_token: Option<String>,
    /// Seconds for which the token is valid.
    #[serde(deserialize_with = "seconds")]
    pub expires_in: Option<u32>,
    #[serde(deserialize_with = "text")]
    pub call_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub ref_id: Option<String>,
    /// Some accounts have all fields one level down.
    #[serde(deserialize_with = "object")]
    pub data: Inner,
}

/// What some accounts answer within `data`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Inner {
    #[serde(deserialize_with = "text")]
    pub call_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub ref_id: Option<String>,
}

impl Answer {
    /// Whether it is a refusal despite a successful HTTP status.
    pub fn is_refusal(&self) -> bool {
        self.success.as_deref().is_some_and(|word| word.eq_ignore_ascii_case("false"))
    }

    /// Returns its own words.
    pub fn own_words(&self) -> Option<&str> {
        self.message.as_deref().or(self.error.as_deref())
    }

    /// Returns its id of the call.
    pub fn find_call_id(&self) -> Option<&str> {
        let names = [&self.call_id, &self.data.call_id, &self.ref_id, &self.data.ref_id];
        names.into_iter().find_map(Option::as_deref)
    }
}

/// A call in progress.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct LiveCall {
    #[serde(deserialize_with = "text")]
    pub call_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub ref_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub custom_identifier: Option<String>,
    #[serde(deserialize_with = "text")]
    pub uuid: Option<String>,
    #[serde(deserialize_with = "text")]
    pub customer_number: Option<String>,
    /// One number, or several separated by commas.
    #[serde(deserialize_with = "text")]
    pub destination: Option<String>,
}

impl LiveCall {
    /// Returns the calls of a list, or of an object that contains one under `data`.
    pub fn parse_list(answer: Value) -> Vec<Self> {
        let items = match answer {
            Value::Array(items) => items,
            Value::Object(mut fields) => match fields.remove("data") {
                Some(Value::Array(items)) => items,
                _ => Vec::new(),
            },
            _ => Vec::new(),
        };
        items.into_iter().filter_map(|item| serde_json::from_value(item).ok()).collect()
    }
}

/// A webhook, under the names that operators use for Smartflo's variables.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Webhook {
    #[serde(deserialize_with = "text")]
    pub call_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub uuid: Option<String>,
    #[serde(deserialize_with = "text")]
    pub ref_id: Option<String>,
    #[serde(deserialize_with = "text")]
    pub custom_identifier: Option<String>,
    /// The trigger's name, which our guide has the operator write into the body or the URL.
    #[serde(deserialize_with = "text")]
    pub event: Option<String>,
    #[serde(deserialize_with = "text")]
    pub trigger: Option<String>,
    #[serde(deserialize_with = "text")]
    pub status: Option<String>,
    #[serde(deserialize_with = "text")]
    pub call_status: Option<String>,
    #[serde(deserialize_with = "seconds")]
    pub duration: Option<u32>,
    #[serde(deserialize_with = "seconds")]
    pub billsec: Option<u32>,
    #[serde(deserialize_with = "text")]
    pub direction: Option<String>,
    #[serde(deserialize_with = "text")]
    pub caller_id_number: Option<String>,
    #[serde(deserialize_with = "text")]
    pub call_to_number: Option<String>,
    #[serde(deserialize_with = "text")]
    pub customer_number: Option<String>,
    #[serde(deserialize_with = "text")]
    pub start_stamp: Option<String>,
    #[serde(deserialize_with = "text")]
    pub answer_stamp: Option<String>,
    #[serde(deserialize_with = "text")]
    pub end_stamp: Option<String>,
    pub answered_agent: AgentNamed,
    #[serde(deserialize_with = "text")]
    pub answered_agent_name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub answered_agent_number: Option<String>,
    #[serde(deserialize_with = "text")]
    pub hangup_cause: Option<String>,
    #[serde(deserialize_with = "text")]
    pub recording_url: Option<String>,
}

/// An agent as a webhook names one: `$answered_agent` is an object in some accounts, a list of one
/// or a plain name in others.
#[derive(Debug, Default)]
pub struct AgentNamed {
    pub id: Option<String>,
    pub name: Option<String>,
    pub number: Option<String>,
}

impl<'de> Deserialize<'de> for AgentNamed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Fields {
            #[serde(deserialize_with = "text")]
            id: Option<String>,
            #[serde(deserialize_with = "text")]
            name: Option<String>,
            #[serde(deserialize_with = "text", alias = "agent_number", alias = "follow_me_number")]
            number: Option<String>,
        }
        let mut said = Value::deserialize(deserializer)?;
        // A template writes the object as a text.
        if let Value::String(json) = &said
            && json.trim_start().starts_with(['{', '['])
        {
            said = serde_json::from_str(json).unwrap_or_default();
        }
        if let Value::Array(several) = &mut said {
            said = several.pop().unwrap_or_default();
        }
        if said.is_object() {
            let Fields { id, name, number } = serde_json::from_value(said).unwrap_or_default();
            return Ok(Self { id, name, number });
        }
        let name = text(said).unwrap_or_default();
        Ok(Self { name, ..Self::default() })
    }
}
