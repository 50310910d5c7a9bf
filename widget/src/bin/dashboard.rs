//! The dashboard's WebAssembly program.

use call_ribbon_widget::dashboard::App;

fn main() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(App);
}
