//! What the browser keeps of a reader's liking. Without storage it is merely not remembered.

const PREFIX: &str = "call-ribbon.dashboard.";

fn local() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// What was remembered under a name.
#[must_use]
pub fn recall(name: &str) -> Option<String> {
    local()?.get_item(&format!("{PREFIX}{name}")).ok()?
}

/// Keeps a text under a name. A browser that refuses only forgets it with the page.
pub fn remember(name: &str, text: &str) {
    if let Some(storage) = local() {
        let _ = storage.set_item(&format!("{PREFIX}{name}"), text);
    }
}

/// Keeps nothing under a name any longer.
pub fn forget(name: &str) {
    if let Some(storage) = local() {
        let _ = storage.remove_item(&format!("{PREFIX}{name}"));
    }
}
