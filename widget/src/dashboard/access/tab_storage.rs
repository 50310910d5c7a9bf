//! Stores the session in the tab, until the tab is closed.

use super::Session;

const SESSION: &str = "call-ribbon.session";

fn session_storage() -> Option<web_sys::Storage> {
    web_sys::window()?.session_storage().ok()?
}

/// Loads the session that was stored before a reload.
pub(super) fn load_session() -> Option<Session> {
    let text = session_storage()?.get_item(SESSION).ok()??;
    serde_json::from_str(&text).ok()
}

/// Stores a session, or removes it. Without storage, the user signs in again after a reload.
pub(super) fn save_session(session: Option<&Session>) {
    let Some(storage) = session_storage() else { return };
    let text = session.and_then(|session| serde_json::to_string(session).ok());
    let _ = match text {
        Some(text) => storage.set_item(SESSION, &text),
        None => storage.remove_item(SESSION),
    };
}
