//! The address for leads from a dialer that cannot set headers.

use crate::dashboard::ui::{Note, SecretText, Tone};
use leptos::prelude::*;

/// The fields that Vicidial sends with a lead, by its own names. It fills in each.
const VICIDIAL_FIELDS: [&str; 9] = [
    "user",
    "lead_id",
    "phone_code",
    "phone_number",
    "first_name",
    "last_name",
    "email",
    "campaign",
    "comments",
];

/// The address of a key that was just created, alone and as Vicidial needs it.
#[component]
pub fn LeadAddress(
    /// The whole address. It contains the key.
    url: String,
) -> impl IntoView {
    let fields = VICIDIAL_FIELDS.map(|name| format!("{name}=--A--{name}--B--")).join("&");
    let vicidial = format!("{url}?{fields}");
    view! {
        <Note tone=Tone::Amber>
            <b>"For a dialer that cannot set a header"</b>
            <p>"It sends a GET or a form to this address. The address contains the key, so keep it secret: never put it in pages, e-mails or proxy logs."</p>
            <SecretText what="lead address" secret=url />
            <p>"In Vicidial, enter this one as the dispo call URL, or as the web form with VAR before it."</p>
            <SecretText what="Vicidial address" secret=vicidial />
        </Note>
    }
}
