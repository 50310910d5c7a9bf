//! Shows all components of the dashboard on one page, for review; not part of a release.

use call_ribbon_widget::dashboard::ui::Gallery;

fn main() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(Gallery);
}
