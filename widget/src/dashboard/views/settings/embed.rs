//! How to add the ribbon to a page.

use crate::dashboard::access::Access;
use crate::dashboard::address::{on_site, view_link};
use crate::dashboard::load::load_json;
use crate::dashboard::ui::{Card, Choice, CopyButton, Segments};
use crate::dashboard::views::answer::render_answer;
use leptos::prelude::*;
use serde::Deserialize;

/// The example pages, and what they show.
const EXAMPLES: [(&str, &str); 5] = [
    ("/examples/collections.html", "Collections: a list of debtors"),
    ("/examples/sales.html", "Sales: leads and follow-ups"),
    ("/examples/support.html", "Support: a ticket with its customer"),
    ("/examples/web-component.html", "The ribbon as an element of the page"),
    ("/examples/inspector.html", "The inspector: all events as they come"),
];

/// The code after the script tag: where the key goes, and how a page names its customer.
const START: &str = "
<script>
  ExotelCallRibbon.init({
    apiKey: 'YOUR-API-KEY',
    onCallEvent: (event, data) => console.log(event, data),
  });

  // When the agent opens a customer:
  ExotelCallRibbon.setCustomer({
    customerId: 'CUST-1001', name: 'Asha Rao', phoneNumber: '+91 98765 43210',
  });
</script>";

/// The answer to `GET …/embed`.
#[derive(Debug, Clone, Deserialize)]
struct Loader {
    src: String,
    integrity: Option<String>,
}

impl Loader {
    /// Returns the code to paste into a page, with or without the script's digest.
    fn script_snippet(&self, is_pinned: bool) -> String {
        let src = &self.src;
        let pinned = self.integrity.as_ref().filter(|_| is_pinned).map(|digest| {
            format!("\n        integrity=\"{digest}\"\n        crossorigin=\"anonymous\"")
        });
        format!("<script src=\"{src}\"{}></script>{START}", pinned.unwrap_or_default())
    }
}

/// The tab.
#[component]
pub fn Embed() -> impl IntoView {
    let access = Access::from_context();
    let loaded = load_json::<Loader>(move || Some(access.settings_path("embed")));
    let tab = move |tab: &'static str| view_link("/dashboard/settings", &[("tab", tab)]);
    let examples = EXAMPLES.map(|(address, name)| {
        view! { <li><a href=on_site(address) rel="external" target="_blank">{name}</a></li> }
    });
    view! {
        <Card title="How do I add the ribbon to a page?" wide=true>
            <div class="stack">
            <ol class="steps">
                <li><b>"Create a key."</b>" "<a href=move || tab("keys")>"Create an API key"</a>" with only the scope “ribbon”. It is shown once."</li>
                <li><b>"Allow your domain."</b>" "<a href=move || tab("domains")>"Add the domain"</a>" of the page to the list, so that the key works only there."</li>
                <li><b>"Paste this into the page,"</b>" before "<code>"</body>"</code>", with your API key:"</li>
            </ol>
            {render_answer(loaded, |loader| view! { <Code loader=loader /> }.into_any())}
            </div>
        </Card>
        <Card title="What does it look like?">
            <div class="stack">
                <p>"You can try these pages on this server now, and copy their source."</p>
                <ul class="links">{examples}</ul>
                <p>"All methods and events for pages: "<a href=on_site("/docs") rel="external" target="_blank">"the documentation of the API"</a>"."</p>
            </div>
        </Card>
    }
}

#[component]
fn Code(loader: Loader) -> impl IntoView {
    let pinned = RwSignal::new("plain".to_owned());
    let can_pin = loader.integrity.is_some();
    let text = Memo::new(move |_| loader.script_snippet(&*pinned.read() == "pinned"));
    let choices =
        vec![Choice::new("plain", "Always the latest"), Choice::new("pinned", "Pinned (SRI)")];
    let meaning = move || {
        if &*pinned.read() == "pinned" {
            "The browser runs only this version. After each server update, change the snippet, or the ribbon does not load."
        } else {
            "The page always loads the server's version: a server update also updates the ribbon."
        }
    };
    view! {
        <div class="stack">
            <div class="row" hidden=!can_pin>
                <Segments label="Version" choices=choices value=pinned on_pick=move |picked| pinned.set(picked) />
                <span class="soft">{meaning}</span>
            </div>
            <div class="code-box">
                <pre tabindex="0" role="region" aria-label="The snippet"><code>{text}</code></pre>
                <CopyButton text=text what="the snippet" />
            </div>
        </div>
    }
}
