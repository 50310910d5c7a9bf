//! The list of the settings' sections, in groups.

use crate::dashboard::address::view_link;
use crate::dashboard::ui::Icon;
use icondata_lu::LuChevronDown;
use leptos::prelude::*;

/// A section: its key in the address, and its label.
pub type Section = (&'static str, &'static str);

/// The groups of sections.
const GROUPS: [(&str, &[Section]); 4] = [
    (
        "Integrations",
        &[
            ("embed", "Install"),
            ("keys", "Keys"),
            ("domains", "Domains"),
            ("providers", "Providers"),
            ("requests", "Provider log"),
            ("webhooks", "Webhooks"),
        ],
    ),
    (
        "Calls",
        &[
            ("dispositions", "Dispositions"),
            ("rules", "Call rules"),
            ("targets", "Targets"),
            ("records", "Fields and export"),
        ],
    ),
    ("People", &[("people", "People"), ("teams", "Teams"), ("audit", "Audit log")]),
    (
        "Client",
        &[("client", "Client"), ("plan", "Plan"), ("alerts", "Alerts"), ("retention", "Retention")],
    ),
];

/// Returns the section that an address names; the first one if it names none.
pub fn find_section(key: &str) -> Section {
    let mut all = GROUPS.iter().flat_map(|(_, sections)| sections.iter());
    *all.find(|(name, _)| *name == key).unwrap_or(&GROUPS[0].1[0])
}

/// Links to all sections. On a narrow screen they are behind a button that names the current one.
#[component]
pub fn SettingsNav(
    /// The section that is shown.
    section: Memo<Section>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    // Another section has been opened.
    Effect::new(move |_| {
        section.track();
        open.set(false);
    });
    let link = move |(key, label): Section| {
        let here = move || (section.get().0 == key).then_some("page");
        let href = move || view_link("/dashboard/settings", &[("tab", key)]);
        view! { <li><a href=href aria-current=here>{label}</a></li> }
    };
    let groups = GROUPS.map(|(heading, sections)| {
        let links = sections.iter().map(|section| link(*section)).collect_view();
        view! { <div><h2>{heading}</h2><ul>{links}</ul></div> }
    });
    view! {
        <nav class="sections" class:open=open aria-label="Settings">
            <button type="button" class="button" aria-expanded=move || open.get().to_string() on:click=move |_| open.update(|open| *open = !*open)>
                <span>{move || section.get().1}</span><Icon of=LuChevronDown />
            </button>
            <div class="groups">{groups}</div>
        </nav>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn an_address_names_one_section() {
        let keys = || GROUPS.iter().flat_map(|(_, sections)| sections.iter());
        assert_eq!(keys().map(|(key, _)| key).collect::<BTreeSet<_>>().len(), 17);
        for section in keys() {
            assert_eq!(find_section(section.0), *section);
        }
        assert_eq!(find_section("elsewhere"), ("embed", "Install"));
    }
}
