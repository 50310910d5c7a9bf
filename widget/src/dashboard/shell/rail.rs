//! The navigation: links to the views, the client, and who is signed in.

use super::theme::{self, ChosenTheme};
use crate::dashboard::access::{Access, Role};
use crate::dashboard::address::{off_site, view_link};
use crate::dashboard::locale;
use crate::dashboard::ui::Icon;
use crate::dashboard::views::Whose;
use icondata_lu as lu;
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};

/// A link to a view: its path, name and icon.
type NavItem = (&'static str, &'static str, icondata_core::Icon);

const WAYS: [NavItem; 14] = [
    ("/dashboard", "Overview", lu::LuLayoutDashboard),
    ("/dashboard/live", "Live", lu::LuRadio),
    ("/dashboard/calls", "Calls", lu::LuPhone),
    ("/dashboard/follow-ups", "Follow-ups", lu::LuListTodo),
    ("/dashboard/ask", "Breakdown", lu::LuChartBarStacked),
    ("/dashboard/results", "Results", lu::LuTarget),
    ("/dashboard/agents", "Agents", lu::LuHeadset),
    ("/dashboard/customers", "Customers", lu::LuUsers),
    ("/dashboard/leads", "Leads", lu::LuUserPlus),
    ("/dashboard/campaigns", "Campaigns", lu::LuMegaphone),
    ("/dashboard/compliance", "Compliance", lu::LuShieldCheck),
    ("/dashboard/do-not-call", "Do not call", lu::LuPhoneOff),
    ("/dashboard/views", "Saved views", lu::LuBookmark),
    ("/dashboard/settings", "Settings", lu::LuSettings),
];
/// The views that a phone shows without More.
const ON_PHONE: [&str; 4] =
    ["/dashboard", "/dashboard/live", "/dashboard/calls", "/dashboard/agents"];
/// The views that a supervisor can open.
const OF_SUPERVISORS: [&str; 5] = [
    "/dashboard/live",
    "/dashboard/calls",
    "/dashboard/follow-ups",
    "/dashboard/agents",
    "/dashboard/compliance",
];
const CLIENTS: NavItem = ("/dashboard/clients", "Clients", lu::LuBuilding2);

/// The rail; at the bottom of the screen on a phone.
#[component]
pub fn Rail() -> impl IntoView {
    let access = Access::from_context();
    let pathname = use_location().pathname;
    // Whether all views are shown on a phone.
    let open = RwSignal::new(false);
    let query = use_query_map();
    let way = move |(path, name, icon): NavItem, is_later: bool| {
        // The overview's path is a prefix of all others.
        let here = Memo::new(move |_| {
            let at = off_site(&pathname.get());
            at == path || (path != "/dashboard" && at.starts_with(&format!("{path}/")))
        });
        view! {
            <li class:later=is_later>
                <a class="to" on:click=move |_| open.set(false) href=move || query.with(|_| view_link(path, &[])) aria-current=move || here.get().then_some("page") title=name>
                    <Icon of=icon /><span>{name}</span>
                </a>
            </li>
        }
    };
    let is_operator = Memo::new(move |_| access.role() == Role::Operator);
    let is_supervisor = Memo::new(move |_| access.role() == Role::Supervisor);
    view! {
        <nav class="rail" class:open=open aria-label="Views">
            <a class="brand" href=move || view_link("/dashboard", &[])>
                <Icon of=lu::LuPhoneCall /><span>"Call Ribbon"</span>
            </a>
            <Whose />
            <ul>
                {move || is_operator.get().then(|| way(CLIENTS, true))}
                {move || {
                    let only = is_supervisor.get();
                    let seen = WAYS.into_iter().filter(|(path, ..)| !only || OF_SUPERVISORS.contains(path));
                    seen.map(|item| way(item, !only && !ON_PHONE.contains(&item.0))).collect_view()
                }}
                <li class="more" hidden=move || is_supervisor.get()>
                    <button type="button" class="to" aria-expanded=move || open.get().to_string() on:click=move |_| open.update(|open| *open = !*open)>
                        <Icon of=lu::LuEllipsis /><span>"More"</span>
                    </button>
                </li>
            </ul>
            <Foot />
        </nav>
    }
}

#[component]
fn Foot() -> impl IntoView {
    let access = Access::from_context();
    let chosen: ChosenTheme = expect_context();
    let theme = move || match chosen.get().as_deref() {
        None => (lu::LuMonitor, "Theme: system"),
        Some("dark") => (lu::LuMoon, "Theme: dark"),
        Some(_) => (lu::LuSun, "Theme: light"),
    };
    let who = move || {
        let session = access.session();
        session.and_then(|session| session.name).unwrap_or_else(|| match access.role() {
            Role::Operator => "Operator".to_owned(),
            Role::Key => "API key".to_owned(),
            Role::Admin | Role::Viewer | Role::Supervisor => "Token".to_owned(),
        })
    };
    let leave = move |_| access.sign_out(None);
    let numbers =
        if locale::is_browser_chosen() { "Numbers: browser" } else { "Numbers: client's country" };
    let switch_numbers = move |_| {
        locale::switch_choice();
        // Every text of the page is written again; a page that cannot be loaded stays as it is.
        let _ = window().location().reload();
    };
    view! {
        <div class="foot">
            <button type="button" class="to" on:click=move |_| theme::cycle_theme(chosen) title=move || theme().1>
                {move || view! { <Icon of=theme().0 /> }}<span>{move || theme().1}</span>
            </button>
            <button type="button" class="to" on:click=switch_numbers title="How numbers and dates are written">
                <Icon of=lu::LuHash /><span>{numbers}</span>
            </button>
            <button type="button" class="to" on:click=leave title=move || format!("Sign out ({})", who())>
                <Icon of=lu::LuLogOut /><span dir="auto">"Sign out"</span>
            </button>
        </div>
    }
}
