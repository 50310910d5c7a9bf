//! What Asterisk sends: events, channels and bridges. Only the fields that are used are read.

use super::leg::Leg;
use crate::providers::Unreadable;
use crate::providers::report::MAX_WORD_CHARS;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

/// Longer than any list of arguments that a dialplan passes.
const MAX_ARGS: usize = 50;
/// The most bytes of a text that is read. The longest are ids: Asterisk's have at most 150, to which
/// this server adds an agent's name.
const MAX_TEXT_BYTES: usize = 250;

/// An event of interest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub kind: EventKind,
    /// The channel that it is about.
    pub channel: Option<Channel>,
    /// The arguments with which the channel was handed over.
    pub args: Vec<String>,
}

/// What happened to the channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    /// It was handed over to this application.
    Entered,
    /// Its phone is dialed, with Asterisk's word for how that goes; empty at the beginning.
    Dial(String),
    /// It left this application, because its phone was hung up: nothing moves it elsewhere.
    Left,
    /// It is over. Of a caller Asterisk says only that it left.
    Destroyed { cause: u16, words: Option<String> },
    /// Its phone put the other side on hold (true) or resumed.
    Held(bool),
    /// Another connection has taken over this application.
    Replaced,
}

/// A channel: one phone's part in a call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Channel {
    #[serde(deserialize_with = "short_text")]
    pub id: String,
    /// `Down`, `Ring`, `Ringing`, `Up`.
    #[serde(deserialize_with = "short_text")]
    pub state: String,
    pub caller: Party,
    pub dialplan: Dialplan,
}

/// The caller of a channel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Party {
    #[serde(deserialize_with = "short_text")]
    pub number: String,
}

/// Where a channel is in the dialplan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Dialplan {
    /// The number that was called.
    #[serde(deserialize_with = "short_text")]
    pub exten: String,
}

/// A bridge: the channels that hear each other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Bridge {
    #[serde(deserialize_with = "short_text")]
    pub id: String,
    pub channels: Vec<String>,
}

/// Asterisk's own words about an error.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Trouble {
    pub message: Option<String>,
    pub error: Option<String>,
}

/// The fields of all events of interest.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawEvent {
    r#type: String,
    channel: Option<Channel>,
    peer: Option<Channel>,
    args: Vec<String>,
    #[serde(deserialize_with = "short_text")]
    dialstatus: String,
    cause: u16,
    cause_txt: Option<String>,
}

/// Reads a text, or an empty one in place of a text that is too long to be meant: events wait in
/// queues, and their texts are stored with calls.
fn short_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer).map(shorten)
}

fn shorten(text: String) -> String {
    if text.len() > MAX_TEXT_BYTES { String::new() } else { text }
}

impl Event {
    /// Parses an event; `None` if it is of no interest.
    pub fn parse(text: &str) -> Result<Option<Self>, Unreadable> {
        let raw: RawEvent = serde_json::from_str(text)
            .map_err(|error| Unreadable::from_json_error("The event", &error))?;
        let kind = match raw.r#type.as_str() {
            "StasisStart" => EventKind::Entered,
            "Dial" => EventKind::Dial(raw.dialstatus),
            "ChannelDestroyed" => {
                let words = raw.cause_txt.filter(|words| words.len() <= MAX_WORD_CHARS);
                EventKind::Destroyed { cause: raw.cause, words }
            }
            "StasisEnd" => EventKind::Left,
            "ChannelHold" => EventKind::Held(true),
            "ChannelUnhold" => EventKind::Held(false),
            "ApplicationReplaced" => EventKind::Replaced,
            _ => return Ok(None),
        };
        let args = raw.args.into_iter().take(MAX_ARGS).map(shorten).collect();
        // Without a name it is nobody's.
        let channel = raw.peer.or(raw.channel).filter(|channel| !channel.id.is_empty());
        Ok(Some(Self { kind, channel, args }))
    }

    /// Returns the name that all events of one call share, so that they can be handled in order.
    pub fn call(&self) -> &str {
        self.channel.as_ref().map_or("", |channel| Leg::parse(&channel.id).call())
    }

    /// Returns whether another connection has taken over this application.
    pub fn is_replaced(&self) -> bool {
        self.kind == EventKind::Replaced
    }

    /// Returns the session id of the call, if its channel is named by it.
    pub fn session_id(&self) -> Option<&str> {
        match Leg::parse(&self.channel.as_ref()?.id) {
            Leg::Agent(session_id) | Leg::Customer(session_id) => Some(session_id),
            Leg::Rung { .. } | Leg::Caller(_) | Leg::FarHalf(_) => None,
        }
    }
}

/// Returns the filter that has Asterisk send only events of interest: most others are changes of
/// variables.
pub fn event_filter() -> Value {
    let kinds = [
        "StasisStart",
        "StasisEnd",
        "Dial",
        "ChannelDestroyed",
        "ChannelHold",
        "ChannelUnhold",
        "ApplicationReplaced",
    ];
    let allowed: Vec<Value> = kinds.iter().map(|kind| json!({ "type": kind })).collect();
    json!({ "allowed": allowed })
}
