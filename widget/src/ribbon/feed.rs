//! The live event stream from the server.

use super::hidden_number::join_handle;
use super::json;
use super::options;
use super::platform::Listener;
use super::step::{FeedEvent, Msg};
use call_ribbon_shared::call::{CallEnd, Direction, Fact, FactKind, Status};
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
                    fed(Msg::FeedEvent(Box::new(message)));
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
pub(super) fn read_event(json: String) -> Option<FeedEvent> {
    let message = &json::parse(&json)?;
    let text = |name| json::text(message, name);
    let status = Status::parse(&text("status")?)?;
    let flag = |name| json::field(message, name).as_bool();
    let what = match EventName::parse(&text("event")?).ok()? {
        EventName::Initiated => FactKind::Initiated,
        EventName::Ringing => FactKind::Ringing,
        EventName::Incoming => FactKind::Incoming,
        EventName::Connected => FactKind::Connected,
        EventName::MuteToggle => FactKind::Muted(flag("muted")?),
        EventName::HoldToggle => FactKind::Held(flag("onHold")?),
        EventName::Dtmf => FactKind::Digit(text("digit")?.chars().next()?),
        EventName::CallEnded | EventName::Missed | EventName::Failed => FactKind::Ended(CallEnd {
            outcome: super::model::status_outcome(status),
            duration: json::integer(message, "duration").and_then(|s| u32::try_from(s).ok()),
            reason: text("reason"),
            ..CallEnd::default()
        }),
        other @ EventName::Other(_) => FactKind::Noted(other),
    };
    let fact = Fact {
        phone: text("phoneNumber").map(|number| join_handle(number, text("phoneNumberHandle"))),
        direction: text("callDirection").as_deref().and_then(Direction::parse),
        ..Fact::new(what, json::integer(message, "at")?)
    };
    Some(FeedEvent {
        seq: json::integer(message, "seq")?,
        event_id: text("eventId").unwrap_or_default(),
        session_id: text("sessionId")?,
        call_sid: text("callSid")?,
        fact,
        status,
        agent_id: text("agentId"),
        features: json::text_list(message, "features"),
        customer: options::read_customer(&json::field(message, "customerData")).ok(),
        json,
    })
}
