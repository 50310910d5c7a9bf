//! Stores the reader's preferences in the browser. Without storage they are not remembered.

const PREFIX: &str = "call-ribbon.dashboard.";

fn local() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// Loads the text stored under a name.
#[must_use]
pub fn recall(name: &str) -> Option<String> {
    local()?.get_item(&format!("{PREFIX}{name}")).ok()?
}

/// Stores a text under a name. A browser that refuses forgets it when the page is closed.
pub fn remember(name: &str, text: &str) {
    if let Some(storage) = local() {
        let _ = storage.set_item(&format!("{PREFIX}{name}"), text);
    }
}

/// Removes the text stored under a name.
pub fn forget(name: &str) {
    if let Some(storage) = local() {
        let _ = storage.remove_item(&format!("{PREFIX}{name}"));
    }
}
