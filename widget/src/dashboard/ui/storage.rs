//! Stores the reader's preferences in the browser. Without storage they are not remembered.

const PREFIX: &str = "call-ribbon.dashboard.";

fn local_storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// Loads the text stored under a name.
#[must_use]
pub fn load_preference(name: &str) -> Option<String> {
    local_storage()?.get_item(&format!("{PREFIX}{name}")).ok()?
}

/// Stores a text under a name. A browser that refuses forgets it when the page is closed.
pub fn save_preference(name: &str, text: &str) {
    if let Some(storage) = local_storage() {
        let _ = storage.set_item(&format!("{PREFIX}{name}"), text);
    }
}

/// Removes the text stored under a name.
pub fn remove_preference(name: &str) {
    if let Some(storage) = local_storage() {
        let _ = storage.remove_item(&format!("{PREFIX}{name}"));
    }
}
