//! A number, what it is, and how it stands.

use super::change::{Better, Change, ChangeText};
use super::chart::Hue;
use super::spark::Spark;
use leptos::prelude::*;

/// A tile with one number, its change against the period before, and the way it took. With
/// `href` all of it leads to the rows behind the number.
#[component]
pub fn Figure(
    /// What is counted, such as "Calls".
    #[prop(into)]
    label: Signal<String>,
    /// The number as people read it.
    #[prop(into)]
    value: Signal<String>,
    /// Against the period before.
    #[prop(optional, into)]
    change: MaybeProp<Change>,
    /// Which way is good.
    #[prop(optional)]
    better: Better,
    /// The days of the period.
    #[prop(optional, into)]
    spark: MaybeProp<Vec<f64>>,
    /// The colour of the thing.
    #[prop(optional)]
    hue: Hue,
    /// Where the rows behind it are.
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
