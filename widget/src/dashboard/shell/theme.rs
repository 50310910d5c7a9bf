//! Light or dark: as the reader chose here, else as the reader's system has it.

use leptos::prelude::*;

const THEME: &str = "call-ribbon.theme";

/// The theme that was chosen; `None`: the system's.
pub type Chosen = RwSignal<Option<String>>;

/// Takes the theme of before, and keeps to what is chosen.
pub fn set_up() {
    let storage = web_sys::window().and_then(|window| window.local_storage().ok().flatten());
    let before = storage.as_ref().and_then(|storage| storage.get_item(THEME).ok().flatten());
    let chosen: Chosen = RwSignal::new(before);
    provide_context(chosen);
    Effect::new(move |_| {
        let Some(root) = document().document_element() else { return };
        // Without storage the choice lasts until the page goes; there is nobody to tell.
        let _ = if let Some(theme) = chosen.get() {
            let kept = storage.as_ref().map(|storage| storage.set_item(THEME, &theme));
            root.set_attribute("data-theme", &theme).and(kept.unwrap_or(Ok(())))
        } else {
            let gone = storage.as_ref().map(|storage| storage.remove_item(THEME));
            root.remove_attribute("data-theme").and(gone.unwrap_or(Ok(())))
        };
    });
}

/// Goes on to the next theme: the system's, light, dark.
pub fn next(chosen: Chosen) {
    chosen.update(|theme| {
        *theme = match theme.as_deref() {
            None => Some("light".to_owned()),
            Some("light") => Some("dark".to_owned()),
            Some(_) => None,
        };
    });
}
