//! A tile with one number, its label and its change.

use super::change::{Better, Change, ChangeText};
use super::chart::Hue;
use super::spark::Spark;
use leptos::prelude::*;

/// A tile with one number, its change against the previous period, and a line of its days. With
/// `href`, the whole tile links to the rows behind the number.
#[component]
pub fn Figure(
    /// What is counted, such as "Calls".
    #[prop(into)]
    label: Signal<String>,
    /// The formatted number.
    #[prop(into)]
    value: Signal<String>,
    /// The change against the previous period.
    #[prop(optional, into)]
    change: MaybeProp<Change>,
    /// Which direction is good.
    #[prop(optional)]
    better: Better,
    /// The value of each day of the period.
    #[prop(optional, into)]
    spark: MaybeProp<Vec<f64>>,
    /// The colour of what is counted.
    #[prop(optional)]
    hue: Hue,
    /// The address of the rows behind it.
    #[prop(optional, into)]
    href: MaybeProp<String>,
) -> impl IntoView {
    let named = move || match href.get() {
        Some(href) => view! { <a href=href>{label}</a> }.into_any(),
        None => view! { {label} }.into_any(),
    };
    let changed =
        move || change.get().map(|change| view! { <ChangeText change=change better=better /> });
    let drawn = move || {
        spark
            .get()
            .filter(|values| values.len() > 1)
            .map(|values| view! { <Spark values=values hue=hue /> })
    };
    view! {
        <div class="figure">
            <div class="label">{named}</div>
            <div class="value">{value}</div>
            <div class="below">
                <div>{changed}</div>
                {drawn}
            </div>
        </div>
    }
}
