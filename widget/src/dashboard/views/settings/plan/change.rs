//! The operator's form for a client's plan.

use super::super::client::{Shown, reload_client};
use super::super::form::{Form, SaveState};
use super::plan_name;
use crate::dashboard::access::Access;
use crate::dashboard::ui::{Choice, Confirm, Note, Select, TextField, Toggle, Tone, format};
use call_ribbon_shared::plan;
use gloo_net::http::Method;
use leptos::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

const PLANS: [plan::Plan; 4] =
    [plan::Plan::Trial, plan::Plan::Starter, plan::Plan::Professional, plan::Plan::Enterprise];
/// All features, and their labels.
const FEATURES: [(&str, &str); 7] = [
    ("call", "Start calls"),
    ("mute", "Mute"),
    ("hold", "Hold"),
    ("dtmf", "Send digits (DTMF)"),
    ("analytics", "Figures through the API"),
    ("api", "Records through the API"),
    ("custom", "Custom features"),
];

/// The terms that the operator can set.
#[derive(Debug, Clone, PartialEq, Eq)]
struct PlanTerms {
    plan: String,
    /// Empty means the plan's limit.
    limit: String,
    features: BTreeSet<String>,
}

impl PlanTerms {
    fn of_client(client: Shown) -> Self {
        let usual = plan::Plan::parse(&client.plan).map(|plan| i64::from(plan.calls_per_month()));
        let limit =
            if usual == Some(client.limit) { String::new() } else { client.limit.to_string() };
        Self { plan: client.plan, limit, features: client.features.into_iter().collect() }
    }

    /// Returns the features that a plan includes.
    fn usual_features(plan: &str) -> BTreeSet<String> {
        let features = plan::Plan::parse(plan).map(plan::Plan::features).unwrap_or_default();
        features.into_iter().map(str::to_owned).collect()
    }

    /// Returns the body of the request; `Err` if the limit is not a number.
    fn request_body(&self) -> Result<Value, ()> {
        let limit = match self.limit.trim() {
            "" => Value::Null,
            text => text.parse::<i64>().map_err(|_| ())?.into(),
        };
        let features = if self.features == Self::usual_features(&self.plan) {
            Value::Null
        } else {
            json!(self.features)
        };
        let plan = self.plan.clone();
        Ok(Map::from_iter([
            ("plan".to_owned(), plan.into()),
            ("limit".to_owned(), limit),
            ("features".to_owned(), features),
        ])
        .into())
    }
}

#[component]
pub fn Change(
    /// The client's current settings.
    client: Shown,
    /// Called after a change was saved.
    #[prop(into)]
    on_change: Callback<()>,
) -> impl IntoView {
    let access = Access::from_context();
    let saving = SaveState::new();
    let suspended = client.suspended;
    let kept = RwSignal::new(PlanTerms::of_client(client));
    let PlanTerms { plan, limit, features } = kept.get_untracked();
    let (plan, limit, features) =
        (RwSignal::new(plan), RwSignal::new(limit), RwSignal::new(features));
    let now = move || PlanTerms { plan: plan.get(), limit: limit.get(), features: features.get() };
    let changed = Memo::new(move |_| now() != *kept.read());
    let save = Callback::new(move |()| {
        let Ok(body) = untrack(now).request_body() else {
            return saving.set_error(
                "limit",
                "Enter a number of calls, or leave it empty to use the plan's number.",
            );
        };
        saving.send_change(
            Method::PATCH,
            access.settings_path(""),
            Some(body),
            move |client: Shown| {
                let fresh = PlanTerms::of_client(client);
                limit.set(fresh.limit.clone());
                features.set(fresh.features.clone());
                kept.set(fresh);
                reload_client(access);
                on_change.run(());
                "Saved. It applies from the next request.".to_owned()
            },
        );
    });
    // A plan sets its own features, which can be changed afterwards.
    let pick = Callback::new(move |picked: String| {
        features.set(PlanTerms::usual_features(&picked));
        plan.set(picked);
    });
    let plans = PLANS.map(|plan| {
        let calls = format::number(i64::from(plan.calls_per_month()));
        Choice::new(plan.as_str(), format!("{} ({calls} calls a month)", plan_name(plan.as_str())))
    });
    let boxes = FEATURES.map(|(feature, meaning)| {
        let turn = move |_| {
            features.update(|features| {
                if !features.remove(feature) {
                    features.insert(feature.to_owned());
                }
            });
        };
        view! {
            <label class="check">
                <input type="checkbox" prop:checked=move || features.read().contains(feature) on:change=turn />
                <span><b>{feature}</b>" "<span class="soft">{meaning}</span></span>
            </label>
        }
    });
    view! {
        <Form saving=saving changed=changed on_save=save>
            <Select label="Plan" choices=plans.to_vec() value=plan on_pick=pick error=saving.field_error("plan") />
            <TextField label="Calls a month" value=limit hint="Leave it empty to use the plan's number." error=saving.field_error("limit") />
            <div class="field" role="group" aria-label="Features">
                <span class="label">"Features"</span>
                <div>{boxes}</div>
                <p class="error" role="alert">{saving.whole_error("features")}</p>
            </div>
        </Form>
        <Suspension suspended=suspended />
    }
}

/// Suspends the client, or resumes it.
#[component]
fn Suspension(suspended: bool) -> impl IntoView {
    let access = Access::from_context();
    let saving = SaveState::new();
    let suspended = RwSignal::new(suspended);
    let asking = RwSignal::new(false);
    let set = move |to: bool| {
        let body = json!({"suspended": to});
        saving.send_change(
            Method::PATCH,
            access.settings_path(""),
            Some(body),
            move |client: Shown| {
                suspended.set(client.suspended);
                let said = if client.suspended { "Suspended." } else { "Active again." };
                said.to_owned()
            },
        );
    };
    let turn = Callback::new(move |to: bool| if to { asking.set(true) } else { set(false) });
    let shown = Signal::derive(move || suspended.get() || asking.get());
    view! {
        <div class="stack apart">
            <Toggle label="Suspended" value=shown on_change=turn hint="Its keys are refused. Its records stay." />
            <Show when=move || suspended.get()>
                <Note tone=Tone::Red>"This client is suspended: its ribbons and programs are refused."</Note>
            </Show>
            <super::super::credentials::SaveResult saving=saving />
            <Confirm open=asking title="Suspend this client?" act="Suspend" on_yes=move |()| set(true)>
                <p>"From the next request its keys are refused: ribbons cannot sign in, calls are not logged, dialers are refused. Its records stay, and you can end the suspension."</p>
            </Confirm>
        </div>
    }
}
