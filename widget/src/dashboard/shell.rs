//! The frame around every view: navigation, and who is signed in.

mod gate;
mod rail;
mod theme;

use super::access::Access;
use super::address::{provide_query, site_path};
use super::sign_in::SignIn;
use super::views;
use gate::Gate;
use leptos::prelude::*;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;
use rail::Rail;

/// The dashboard.
#[component]
pub fn App() -> impl IntoView {
    let access = Access::from_server();
    provide_context(access);
    theme::set_up();
    // The page's own frame makes room once it is known what to show.
    Effect::new(move |_| {
        if (access.is_signed_in() || access.is_restored.get())
            && let Some(boot) = document().get_element_by_id("boot")
        {
            boot.remove();
        }
    });
    view! {
        <Router base=site_path()>
            {move || {
                if access.is_signed_in() {
                    view! { <Frame /> }.into_any()
                } else if access.is_restored.get() {
                    view! { <SignIn /> }.into_any()
                } else {
                    ().into_any()
                }
            }}
        </Router>
    }
}

/// The navigation rail, and the view at the current address.
#[component]
fn Frame() -> impl IntoView {
    provide_query();
    // The gate holds each view back until the client is known.
    macro_rules! of_client {
        ($view:ident) => {
            || view! { <Gate><views::$view /></Gate> }
        };
    }
    view! {
        <a class="skip" href="#main">"Skip to the content"</a>
        <div class="shell">
            <Rail />
            <main class="page" id="main" tabindex="-1">
                <Routes fallback=|| view! { <views::NotFound /> }>
                    <Route path=path!("/dashboard") view=of_client!(Home) />
                    <Route path=path!("/dashboard/live") view=of_client!(Live) />
                    <Route path=path!("/dashboard/calls") view=of_client!(Calls) />
                    <Route path=path!("/dashboard/calls/:session") view=of_client!(OneCall) />
                    <Route path=path!("/dashboard/customers") view=of_client!(Customers) />
                    <Route path=path!("/dashboard/customers/:customer") view=of_client!(OneCustomer) />
                    <Route path=path!("/dashboard/follow-ups") view=of_client!(FollowUpQueue) />
                    <Route path=path!("/dashboard/leads") view=of_client!(Leads) />
                    <Route path=path!("/dashboard/campaigns") view=of_client!(Campaigns) />
                    <Route path=path!("/dashboard/ask") view=of_client!(Ask) />
                    <Route path=path!("/dashboard/results") view=of_client!(Results) />
                    <Route path=path!("/dashboard/agents") view=of_client!(Agents) />
                    <Route path=path!("/dashboard/agents/:agent") view=of_client!(OneAgent) />
                    <Route path=path!("/dashboard/compliance") view=of_client!(Compliance) />
                    <Route path=path!("/dashboard/do-not-call") view=of_client!(DoNotCall) />
                    <Route path=path!("/dashboard/views") view=of_client!(SavedViews) />
                    <Route path=path!("/dashboard/settings") view=of_client!(Settings) />
                    <Route path=path!("/dashboard/clients") view=views::Clients />
                    <Route path=path!("/dashboard/clients/new") view=views::NewClient />
                </Routes>
            </main>
        </div>
    }
}
