//! The light or dark theme: as the user chose it, otherwise as the system has it.

use leptos::prelude::*;

const THEME: &str = "call-ribbon.theme";

/// The chosen theme; `None` means the system's.
pub type ChosenTheme = RwSignal<Option<String>>;

/// Loads the stored theme, and stores each change.
pub fn set_up() {
    let storage = web_sys::window().and_then(|window| window.local_storage().ok().flatten());
    let before = storage.as_ref().and_then(|storage| storage.get_item(THEME).ok().flatten());
    let chosen: ChosenTheme = RwSignal::new(before);
    provide_context(chosen);
    Effect::new(move |_| {
        let Some(root) = document().document_element() else { return };
        // Without storage, the choice lasts until the page is closed; no message is needed.
        let _ = if let Some(theme) = chosen.get() {
            let kept = storage.as_ref().map(|storage| storage.set_item(THEME, &theme));
            root.set_attribute("data-theme", &theme).and(kept.unwrap_or(Ok(())))
        } else {
            let gone = storage.as_ref().map(|storage| storage.remove_item(THEME));
            root.remove_attribute("data-theme").and(gone.unwrap_or(Ok(())))
        };
    });
}

/// Switches to the next theme: the system's, light, dark.
pub fn cycle_theme(chosen: ChosenTheme) {
    chosen.update(|theme| {
        *theme = match theme.as_deref() {
            None => Some("light".to_owned()),
            Some("light") => Some("dark".to_owned()),
            Some(_) => None,
        };
    });
}
