//! The first view: the overview, or for a supervisor the agents.

use super::{Agents, Overview};
use crate::dashboard::access::{Access, Role};
use leptos::prelude::*;

/// The view.
#[component]
pub fn Home() -> impl IntoView {
    let access = Access::from_context();
    // A supervisor's teams have no figures beyond those of their agents.
    let is_supervisor = Memo::new(move |_| access.role() == Role::Supervisor);
    move || {
        if is_supervisor.get() {
            view! { <Agents /> }.into_any()
        } else {
            view! { <Overview /> }.into_any()
        }
    }
}
