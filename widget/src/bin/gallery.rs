//! All pieces of the dashboard on one page, to be looked at; no part of what is released.

use call_ribbon_widget::dashboard::ui::Gallery;

fn main() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(Gallery);
}
