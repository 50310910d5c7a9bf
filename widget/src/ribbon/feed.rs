//! The live event stream from the server.

use super::json;
use super::options;
use super::platform::Listener;
use super::step::{Fed, Msg};
use call_ribbon_shared::call::{Direction, End, Fact, Status, What};
use call_ribbon_shared::event::EventName;
use wasm_bindgen::JsCast;
use web_sys::EventSource;

/// An open stream; closed when it is dropped.
pub(super) struct Feed {
    source: EventSource,
    _listeners: [Listener; 3],
}

impl Feed {
    /// Opens the stream. `tell` receives its events; `lost` is called when the server rejects the
    /// ticket and a new one is needed.
    pub(super) fn open(
        url: &str,
        tell: impl Fn(Msg) + Clone + 'static,
        lost: impl Fn() + 'static,
    ) -> Option<Self> {
        let source = EventSource::new(url).ok()?;
        let (up, down, fed) = (tell.clone(), tell.clone(), tell);
        let at = source.clone();
        let listeners = [
            Listener::on(&source, "open", move |_| up(Msg::FeedUp)),
            Listener::on(&source, "error", move |_| {
                down(Msg::FeedDown);
                // The browser reconnects automatically, unless the server refused.
                if at.ready_state() == EventSource::CLOSED {
                    lost();
                }
            }),
            Listener::on(&source, "call", move |event| {
                let data = event.unchecked_into::<web_sys::MessageEvent>().data();
                if let Some(message) = data.as_string().and_then(read_event) {
                    fed(Msg::Fed(Box::new(message)));
                }
            }),
        ];
        Some(Self { source, _listeners: listeners })
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.source.close();
    }
}

/// Parses one event of the stream from JSON; `None` if this version does not understand it.
pub(super) fn read_event(json: String) -> Option<Fed> {
    let message = &json::parse(&json)?;
    let text = |name| json::text(message, name);
    let status = Status::parse(&text("status")?)?;
    let flag = |name| json::field(message, name).as_bool();
    let what = match EventName::parse(&text("event")?).ok()? {
        EventName::Initiated => What::Initiated,
        EventName::Ringing => What::Ringing,
        EventName::Incoming => What::Incoming,
        EventName::Connected => What::Connected,
        EventName::MuteToggle => What::Muted(flag("muted")?),
        EventName::HoldToggle => What::Held(flag("onHold")?),
        EventName::Dtmf => What::Digit(text("digit")?.chars().next()?),
        EventName::CallEnded | EventName::Missed | EventName::Failed => What::Ended(End {
            outcome: super::model::outcome_of(status),
            duration: json::whole(message, "duration").and_then(|s| u32::try_from(s).ok()),
            reason: text("reason"),
            ..End::default()
        }),
        other @ EventName::Other(_) => What::Noted(other),
    };
    let fact = Fact {
        phone: text("phoneNumber"),
        direction: text("callDirection").as_deref().and_then(Direction::parse),
        ..Fact::new(what, json::whole(message, "at")?)
    };
    Some(Fed {
        seq: json::whole(message, "seq")?,
        event_id: text("eventId").unwrap_or_default(),
        session_id: text("sessionId")?,
        call_sid: text("callSid")?,
        fact,
        status,
        agent_id: text("agentId"),
        features: json::texts(message, "features"),
        customer: options::read_customer(&json::field(message, "customerData")).ok(),
        json,
    })
}
