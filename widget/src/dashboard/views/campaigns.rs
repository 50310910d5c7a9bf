//! The Campaigns view: the results of each campaign.

use super::answer::render_answer;
use super::figure_columns::{clearly_best, rate};
use super::head::Head;
use super::saved_views::SaveView;
use crate::dashboard::access::Access;
use crate::dashboard::address::range::{
    self, ChooseDays, ChooseDirection, chosen_days, range_query,
};
use crate::dashboard::address::{Address, view_link};
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{
    Bar, BarChart, Bars, Card, Column, DataTable, Empty, Hue, Measure, format,
};
use call_ribbon_shared::wire::{Campaign, CampaignList, Figures};
use leptos::prelude::*;

/// The field in which calls name their campaign.
const FIELD: &str = "metadata.campaign";
/// The most bars that can still be compared.
const BARS: usize = 12;

/// The view.
#[component]
pub fn Campaigns() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let list: Loaded<CampaignList> =
        load_json(move || Some(range_query(&access.records_path("campaigns"), address, &[])));
    view! {
        <Head title="Campaigns" about="Calls and leads of each campaign"><SaveView /></Head>
        <div class="filters"><ChooseDays /><ChooseDirection /></div>
        {render_answer(list, move |list| render_campaigns(list.campaigns, address).into_any())}
    }
}

/// Returns the address of a campaign's calls in these days.
fn campaign_calls(name: &str, address: Address) -> String {
    range::calls_link(chosen_days(address), &[("field", FIELD), ("value", name)])
}

fn render_campaigns(campaigns: Vec<Campaign>, address: Address) -> impl IntoView {
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
    let bar = |campaign: &Campaign| Bar {
        name: campaign.campaign.clone(),
        value: campaign.figures.calls as f64,
        second: Some(rate(&campaign.figures)),
        href: Some(campaign_calls(&campaign.campaign, address)),
        rest: false,
    };
    let bars = Bars {
        of: "Campaign".to_owned(),
        value_name: "Calls".to_owned(),
        second: Some(("Connected".to_owned(), Measure::Share)),
        bars: campaigns.iter().filter(|one| one.figures.calls > 0).take(BARS).map(bar).collect(),
        hue: Hue::Calls,
        ..Bars::default()
    };
    let mut all = Figures::default();
    for one in &campaigns {
        all.calls += one.figures.calls;
        all.connected += one.figures.connected;
    }
    let best = clearly_best(campaigns.iter().map(|one| &one.figures).zip(0..), &all);
    let best = match best.and_then(|place| campaigns.get(place)) {
        Some(best) => format!(
            "{} connects best: {} of its calls, all campaigns together {}.",
            best.campaign,
            format::percent(rate(&best.figures)),
            format::percent(rate(&all))
        ),
        None => "Connect rates show no clear difference.".to_owned(),
    };
    let no_calls = bars.bars.is_empty();
    view! {
        <Card title="Which campaign do people answer?" table=bars.table() answer=best>
            {if no_calls {
                view! { <Empty title="No calls in these days have a campaign"><p>"Pages send it as metadata.campaign."</p></Empty> }.into_any()
            } else {
                view! { <BarChart data=bars /> }.into_any()
            }}
        </Card>
        <Card title="How is each campaign doing?" flush=true>
            <DataTable
                name="campaigns"
                caption="Campaigns"
                columns=campaign_columns()
                rows=Signal::stored(campaigns)
                key=|campaign: &Campaign| format!("{}·{}", campaign.campaign, campaign.figures.calls)
                href=Callback::new(move |campaign: Campaign| Some(campaign_calls(&campaign.campaign, address)))
                empty=|| view! {
                    <Empty title="No campaigns yet"><p>"A campaign appears with its first lead or call."</p></Empty>
                }
            />
        </Card>
    }
}

fn campaign_columns() -> Vec<Column<Campaign>> {
    vec![
        Column::new("name", "Campaign", |one: &Campaign| {
            view! { <span class="name" dir="auto">{one.campaign.clone()}</span> }
        }),
        Column::new("leads", "Leads", |one: &Campaign| {
            let href = view_link("/dashboard/leads", &[("campaign", &one.campaign)]);
            view! { <a href=href>{format::number(one.leads)}</a> }
        })
        .numeric(),
        Column::new("calls", "Calls", |one: &Campaign| format::number(one.figures.calls)).numeric(),
        Column::new("connected", "Connect rate", |one: &Campaign| {
            format::percent(rate(&one.figures))
        })
        .numeric(),
        Column::new("time", "Talk time", |one: &Campaign| {
            format::duration(one.figures.total_duration)
        })
        .numeric(),
        Column::new("handling", "Average talk time", |one: &Campaign| {
            format::duration(one.figures.avg_handling_time)
        })
        .numeric(),
        Column::new("median", "Median talk", |one: &Campaign| {
            format::duration(one.figures.median_duration)
        })
        .numeric(),
        Column::new("p90", "9 in 10 within", |one: &Campaign| {
            format::duration(one.figures.p90_duration)
        })
        .numeric()
        .hidden(),
    ]
}
