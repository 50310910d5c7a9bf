//! The gallery's charts, one of each kind.

use super::data;
use crate::dashboard::ui::{BarChart, Card, ColumnChart, HeatMap, LineChart, StackedShare};
use leptos::prelude::*;

/// Shows all charts.
#[component]
pub fn Charts() -> impl IntoView {
    let (month, three, season) = (data::month_lines(), data::three_lines(), data::season_lines());
    let (people, buckets, hours) = (data::agent_bars(), data::range_bars(), data::hour_bars());
    let (week, ends) = (data::week_heat(), data::end_shares());
    view! {
        <div class="grid">
            <Card title="How many calls are there?" wide=true table=month.table() answer="18,204 calls, 12.4% more than in the 30 days before. Wednesdays are the fullest.">
                <LineChart data=month label="Calls by day" />
            </Card>
            <Card title="How did they end?" table=three.table()><LineChart data=three label="Ends by day" /></Card>
            <Card title="How long do they take?" table=season.table()><LineChart data=season label="Handling time by day" /></Card>
            <Card title="Who calls most?" table=people.table() answer="Ravi Kumar had the most calls."><BarChart data=people /></Card>
            <Card title="How overdue are the accounts that we call?" table=buckets.table() answer="Most are 30 to 60 days overdue.">
                <ColumnChart data=buckets />
            </Card>
            <Card title="When do people pick up?" wide=true table=week.table() answer="Mondays at 11 am.">
                <HeatMap data=week label="Calls by hour of the week" />
            </Card>
            <Card title="What were the outcomes?" table=ends.table()><StackedShare data=ends /></Card>
            <Card title="At which hour?" table=hours.table()><ColumnChart data=hours /></Card>
        </div>
    }
}
