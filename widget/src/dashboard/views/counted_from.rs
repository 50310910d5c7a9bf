//! A note that older calls are not counted.

use crate::dashboard::access::Access;
use crate::dashboard::ui::{Note, format};
use leptos::prelude::*;

/// Says since when calls are counted, if the chosen days begin earlier.
pub fn counted_from_note(from: Option<&str>) -> Option<impl IntoView + use<>> {
    let zone = Access::from_context().time_zone();
    from.map(|from| {
        let since = format::moment(from, &zone);
        view! { <Note>{format!("Calls before {since} were deleted and are not counted here.")}</Note> }
    })
}
