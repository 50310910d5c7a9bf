//! The queue: follow-ups by due time, and missed callers who wait for a call.

mod due;
mod missed;
mod owners;

use super::head::Head;
use super::settings::form::{FormError, SaveState, StatusText};
use crate::dashboard::access::Access;
use crate::dashboard::address::team::{ChooseTeam, TEAM, chosen_team};
use crate::dashboard::address::{Address, api_query};
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::Select;
use call_ribbon_shared::wire::{CallBacks, FollowUps};
use due::DueCard;
use gloo_net::http::Method;
use leptos::prelude::*;
use missed::{MissedCard, MissedFigures};
use owners::Owners;
use serde_json::{Value, json};

/// The number of rows that each list shows at most.
const ROWS: &str = "200";

/// What staff do with a row of the queue.
#[derive(Clone, Copy)]
pub struct QueueWork {
    saving: SaveState,
    /// Reloads both lists.
    reload: Callback<()>,
}

impl QueueWork {
    /// Marks a row as done. `list` is the API's name of the row's list.
    pub fn mark_done(self, list: &str, session_id: &str, whose: &str) {
        self.send(list, session_id, json!({"done": true}), format!("{whose}: done."));
    }

    /// Gives a row to another agent.
    pub fn reassign(self, list: &str, session_id: &str, agent: (&str, String), whose: &str) {
        let (agent_id, name) = agent;
        let said = format!("{whose}: {name} makes this call now.");
        self.send(list, session_id, json!({"agentId": agent_id}), said);
    }

    fn send(self, list: &str, session_id: &str, body: Value, said: String) {
        let path = Access::from_context().settings_path(&format!("{list}/{session_id}"));
        let reload = self.reload;
        self.saving.send_change(Method::PATCH, path, Some(body), move |_: Value| {
            reload.run(());
            said
        });
    }
}

/// The view.
#[component]
pub fn FollowUpQueue() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let agent = Memo::new(move |_| address.filter_or("agentId", ""));
    let list = move |rest: &str, more: (&str, &str)| {
        // An agent is of some team: only one of the two can be asked for.
        let agent = agent.get();
        let team = if agent.is_empty() { chosen_team(address) } else { String::new() };
        let fields = [("agentId", &*agent), (TEAM, &team), ("limit", ROWS), more];
        api_query(&access.records_path(rest), &fields)
    };
    let due: Loaded<FollowUps> = load_json(move || Some(list("follow-ups", ("", ""))));
    let missed: Loaded<CallBacks> = load_json(move || {
        let state = address.filter_or("missed", "open");
        Some(list("call-backs", ("state", &state)))
    });
    let owners = Owners::load(access, due, missed);
    let saving = SaveState::new();
    let reload = Callback::new(move |()| {
        due.reload();
        missed.reload();
    });
    let work = QueueWork { saving, reload };
    view! {
        <Head title="Follow-ups" about="Calls that agents have to make: follow-ups, and missed callers" />
        <div class="filters">
            <ChooseTeam />
            <Select
                label="Agent"
                choices=owners.filter_choices()
                value=agent
                on_pick=move |picked: String| address.set_filters(&[("agentId", &picked)])
                bare=true
            />
            <StatusText text=Signal::derive(move || saving.success_text()) good=Signal::derive(move || !saving.success_text().is_empty()) />
        </div>
        <FormError saving=saving />
        <MissedFigures missed=missed />
        <DueCard due=due owners=owners work=work />
        <MissedCard missed=missed owners=owners work=work />
    }
}
