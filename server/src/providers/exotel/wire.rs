//! Exotel's message formats. Every field may be missing, empty, the word `null`, or a number as a
//! text.

use crate::providers::lenient::{list, object, seconds, text};
use serde::Deserialize;

/// The answer to `Calls/connect.json` and to a look-up.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Answer {
    #[serde(deserialize_with = "object")]
    pub call: Call,
    #[serde(deserialize_with = "object")]
    pub rest_exception: RestException,
}

/// Why Exotel refuses.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RestException {
    #[serde(deserialize_with = "text")]
    pub message: Option<String>,
}

/// A call as Exotel returns it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Call {
    #[serde(deserialize_with = "text")]
    pub sid: Option<String>,
    #[serde(deserialize_with = "text")]
    pub status: Option<String>,
    #[serde(deserialize_with = "text")]
    pub from: Option<String>,
    #[serde(deserialize_with = "text")]
    pub to: Option<String>,
    #[serde(deserialize_with = "text")]
    pub phone_number_sid: Option<String>,
    #[serde(deserialize_with = "text")]
    pub direction: Option<String>,
    #[serde(deserialize_with = "text")]
    pub start_time: Option<String>,
    #[serde(deserialize_with = "text")]
    pub end_time: Option<String>,
    #[serde(deserialize_with = "text")]
    pub date_updated: Option<String>,
    #[serde(deserialize_with = "text")]
    pub recording_url: Option<String>,
    #[serde(deserialize_with = "text")]
    pub custom_field: Option<String>,
    #[serde(deserialize_with = "object")]
    pub details: Details,
}

/// What `details=true` adds.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Details {
    #[serde(deserialize_with = "seconds")]
    pub conversation_duration: Option<u32>,
    #[serde(deserialize_with = "text")]
    pub leg1_status: Option<String>,
    #[serde(deserialize_with = "text")]
    pub leg2_status: Option<String>,
}

/// One leg of a call, in callbacks.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Leg {
    #[serde(deserialize_with = "text")]
    pub status: Option<String>,
    /// Seconds of conversation on this leg.
    #[serde(deserialize_with = "seconds")]
    pub on_call_duration: Option<u32>,
    /// The number that was dialed; only the legs of a flow's *Connect* have it.
    #[serde(deserialize_with = "text")]
    pub number: Option<String>,
    /// Why it ended; only the legs of a flow's *Connect* have it.
    #[serde(deserialize_with = "text")]
    pub cause: Option<String>,
    #[serde(rename = "Type", deserialize_with = "text")]
    pub kind: Option<String>,
}

/// A webhook of Exotel, about a requested call or an incoming one.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Callback {
    #[serde(deserialize_with = "text")]
    pub call_sid: Option<String>,
    #[serde(deserialize_with = "text")]
    pub event_type: Option<String>,
    #[serde(deserialize_with = "text")]
    pub status: Option<String>,
    #[serde(deserialize_with = "text")]
    pub direction: Option<String>,
    #[serde(deserialize_with = "text")]
    pub from: Option<String>,
    #[serde(deserialize_with = "text")]
    pub to: Option<String>,
    #[serde(deserialize_with = "text")]
    pub phone_number_sid: Option<String>,
    #[serde(deserialize_with = "text")]
    pub custom_field: Option<String>,
    #[serde(deserialize_with = "text")]
    pub date_created: Option<String>,
    #[serde(deserialize_with = "text")]
    pub date_updated: Option<String>,
    #[serde(deserialize_with = "text")]
    pub start_time: Option<String>,
    #[serde(deserialize_with = "text")]
    pub end_time: Option<String>,
    #[serde(deserialize_with = "seconds")]
    pub conversation_duration: Option<u32>,
    #[serde(deserialize_with = "list")]
    pub legs: Vec<Leg>,
    #[serde(deserialize_with = "text")]
    pub recording_url: Option<String>,

    // Only for an incoming call, or in a message of the classic popup.
    #[serde(deserialize_with = "text")]
    pub call_from: Option<String>,
    #[serde(deserialize_with = "text")]
    pub call_to: Option<String>,
    #[serde(deserialize_with = "text")]
    pub dial_whom_number: Option<String>,
    #[serde(deserialize_with = "text")]
    pub dial_call_status: Option<String>,
    #[serde(deserialize_with = "seconds")]
    pub dial_call_duration: Option<u32>,
    #[serde(deserialize_with = "text")]
    pub call_type: Option<String>,
    #[serde(deserialize_with = "text")]
    pub call_status: Option<String>,
    #[serde(deserialize_with = "text")]
    pub created: Option<String>,
    #[serde(deserialize_with = "text")]
    pub agent_email: Option<String>,
    #[serde(deserialize_with = "text")]
    pub current_time: Option<String>,
}
