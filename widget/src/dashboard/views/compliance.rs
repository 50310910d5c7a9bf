//! What was decided about calls: by day and by rule, the decisions themselves, and the customers who
//! are near a limit on attempts.

mod decisions;
mod figures;
mod limits;

use super::answer::render_answer;
use super::head::Head;
use super::saved_views::SaveView;
use crate::dashboard::access::{Access, Role};
use crate::dashboard::address::range::{ChooseDays, chosen_days};
use crate::dashboard::address::{Address, api_query};
use crate::dashboard::load::{Loaded, load_json};
use call_ribbon_shared::wire::DecisionFigures;
use decisions::DecisionList;
use leptos::prelude::*;
use limits::Limits;

/// The outcomes: the word in the API, and the label.
pub const OUTCOMES: [(&str, &str); 4] = [
    ("allowed", "Allowed"),
    ("warned", "Allowed with a warning"),
    ("overridden", "Overridden"),
    ("refused", "Refused"),
];

/// Returns the query to the server for the days of the address.
fn days_query(path: &str, address: Address, more: &[(&str, &str)]) -> String {
    let days = chosen_days(address);
    let (start, end) = (days.start.to_iso(), days.end.to_iso());
    let mut fields = vec![("startDate", start.as_str()), ("endDate", end.as_str())];
    fields.extend(more);
    api_query(path, &fields)
}

/// The view.
#[component]
pub fn Compliance() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let counted: Loaded<DecisionFigures> = load_json(move || {
        Some(days_query(&access.records_path("analytics/decisions"), address, &[]))
    });
    view! {
        <Head title="Compliance" about="Which calls the rules permitted, and which they stopped"><SaveView /></Head>
        <div class="filters"><ChooseDays /></div>
        {render_answer(counted, move |counted| figures::render_figures(counted, address).into_any())}
        <DecisionList />
        // A limit counts the calls of all agents, and a supervisor sees those of some.
        {move || (access.role() != Role::Supervisor).then(|| view! { <Limits /> })}
    }
}
