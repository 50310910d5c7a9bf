//! Shows every component at once, for checking: with long names, Hindi, no data and errors.

mod charts;
mod data;
mod forms;
mod tables;

use super::{
    Better, Change, Empty, Failed, Figure, Hue, Icon, Loading, NoPermission, Note, Tag, Tone,
};
use charts::Charts;
use forms::Forms;
use icondata_lu::{LuActivity, LuChartColumn, LuPhone, LuSettings, LuUsers};
use leptos::prelude::*;
use tables::Tables;

/// The gallery page.
#[component]
pub fn Gallery() -> impl IntoView {
    let links = [
        ("Overview", LuChartColumn),
        ("Live", LuActivity),
        ("Calls", LuPhone),
        ("Customers", LuUsers),
        ("Settings", LuSettings),
    ]
    .into_iter()
    .enumerate()
    .map(|(place, (name, icon))| {
        view! { <li><a class="to" href="#" aria-current=(place == 0).then_some("page")><Icon of=icon /><span>{name}</span></a></li> }
    })
    .collect_view();
    view! {
        <a class="skip" href="#page">"To the page"</a>
        <div class="shell">
            <nav class="rail" aria-label="Dashboard">
                <a class="brand" href="#"><Icon of=LuPhone /><span>"Call Ribbon"</span></a>
                <ul>{links}</ul>
            </nav>
            <main class="page" id="page" tabindex="-1">
                <div class="page-head"><h1>"How are calls going?"</h1></div>
                <Forms />
                <Figures />
                <Charts />
                <Tables />
                <States />
            </main>
        </div>
    }
}

#[component]
fn Figures() -> impl IntoView {
    let calls = vec![120.0, 131.0, 98.0, 140.0, 152.0, 61.0, 40.0, 133.0, 149.0, 160.0];
    let missed = vec![12.0, 9.0, 14.0, 8.0, 11.0, 3.0, 2.0, 9.0, 6.0, 5.0];
    let quiet = vec![0.0, 0.0, 0.0];
    view! {
        <div class="figures">
            <Figure label="Calls" value="12,04,318" change=Change::of_number(1_204_318.0, 1_071_002.0, "10,71,002".to_owned()) spark=calls href="#calls" />
            <Figure label="Picked up" value="61.3%" change=Change::of_share(0.613, 0.592) hue=Hue::Connected spark=vec![0.4, 0.6, 0.5, 0.61] href="#" />
            <Figure label="Missed" value="79" change=Change::of_number(79.0, 102.0, "102".to_owned()) better=Better::Down hue=Hue::Missed spark=missed />
            <Figure label="Handling time" value="3:05" change=Change::of_number(185.0, 180.0, "3:00".to_owned()) better=Better::Neither hue=Hue::Time />
            <Figure label="Talk time" value="1,204h 05m" change=Change::of_number(0.0, 0.0, "0:00".to_owned()) spark=quiet />
        </div>
    }
}

#[component]
fn States() -> impl IntoView {
    view! {
        <div class="grid">
            <div class="card"><Loading /></div>
            <div class="card"><Loading chart=true /></div>
            <div class="card"><Failed reason="The server cannot be reached. Check that it is running, then try again." retry=|()| {} /></div>
            <div class="card">
                <Empty title="No calls in these days">
                    <p>"Choose other days, or make a call on "<a href="#">"an example page"</a>" and watch it appear here."</p>
                </Empty>
            </div>
            <div class="card"><NoPermission needs="Sign in as an admin of this client to see its keys." /></div>
            <div class="card">
                <div class="row">
                    <Tag text="Dialing" tone=Tone::Blue live=true /><Tag text="In call" tone=Tone::Green live=true />
                    <Tag text="On hold" tone=Tone::Amber live=true /><Tag text="Completed" tone=Tone::Green />
                    <Tag text="Missed" tone=Tone::Red /><Tag text="No answer" />
                </div>
                <Note tone=Tone::Amber><b>"loanAmount is also spelled loan_amt"</b><p>"Their calls are counted separately. Send one spelling."</p></Note>
                <Note tone=Tone::Blue>"Figures before 1 March do not change."</Note>
                <Note tone=Tone::Red>"The plan's calls are used up."</Note>
                <Note tone=Tone::Green>"The key was created."</Note>
            </div>
        </div>
    }
}
