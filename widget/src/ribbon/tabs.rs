//! Several tabs of one browser and one agent: one of them has the stream, and passes on what it
//! brings.

pub(super) mod lock;

use super::platform::Listener;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, MessageEvent};

/// The way from each tab to all others; closed when dropped.
pub(super) struct Bus {
    channel: BroadcastChannel,
    _listener: Listener,
}

impl Bus {
    /// Opens it; `hear` gets what the others say. `None` in a browser without.
    pub(super) fn open(name: &str, hear: impl Fn(String) + 'static) -> Option<Self> {
        let channel = BroadcastChannel::new(name).ok()?;
        let listener = Listener::on(&channel, "message", move |event| {
            if let Some(text) = event.unchecked_into::<MessageEvent>().data().as_string() {
                hear(text);
            }
        });
        Some(Self { channel, _listener: listener })
    }

    /// Says something to the other tabs.
    pub(super) fn say(&self, text: &str) {
        // Fails only for what cannot be copied or after the end, and a text always can.
        let _ = self.channel.post_message(&JsValue::from_str(text));
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.channel.close();
    }
}
