//! The channel between several tabs of one browser and one agent: one of them owns the stream and
//! forwards its events to the others.

pub(super) mod lock;

use super::platform::Listener;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, MessageEvent};

/// A channel from each tab to all others; closed when dropped.
pub(super) struct TabChannel {
    channel: BroadcastChannel,
    _listener: Listener,
}

impl TabChannel {
    /// Opens the channel; `hear` receives what the others send. Returns `None` in a browser without
    /// channels.
    pub(super) fn open(name: &str, hear: impl Fn(String) + 'static) -> Option<Self> {
        let channel = BroadcastChannel::new(name).ok()?;
        let listener = Listener::on(&channel, "message", move |event| {
            if let Some(text) = event.unchecked_into::<MessageEvent>().data().as_string() {
                hear(text);
            }
        });
        Some(Self { channel, _listener: listener })
    }

    /// Sends a text to the other tabs.
    pub(super) fn send_text(&self, text: &str) {
        // Fails only for values that cannot be copied or after closing; a text can always be
        // copied.
        let _ = self.channel.post_message(&JsValue::from_str(text));
    }
}

impl Drop for TabChannel {
    fn drop(&mut self) {
        self.channel.close();
    }
}
