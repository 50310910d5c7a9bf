//! Whether numbers and dates are written in the manner of the client's country or of the browser.

use super::ui::{format, load_preference, remove_preference, save_preference};
use call_ribbon_shared::wire::ClientAbout;

/// The name under which the choice is remembered.
const CHOICE: &str = "numbers";
const BROWSER: &str = "browser";

/// Returns whether the user has chosen the browser's manner.
pub fn is_browser_chosen() -> bool {
    load_preference(CHOICE).as_deref() == Some(BROWSER)
}

/// Applies the user's choice for a client.
pub fn apply_choice(client: &ClientAbout) {
    if is_browser_chosen() {
        format::use_browser_locale();
    } else {
        format::use_country(client.country.as_deref(), &client.time_zone);
    }
}

/// Remembers the other choice. The page has to be loaded again.
pub fn switch_choice() {
    if is_browser_chosen() {
        remove_preference(CHOICE);
    } else {
        save_preference(CHOICE, BROWSER);
    }
}
