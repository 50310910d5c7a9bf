//! A sparkline: a small line without a scale that shows only whether values rise or fall.

use super::chart::Hue;
use leptos::prelude::*;

const WIDTH: f64 = 100.0;
const HEIGHT: f64 = 28.0;

/// A sparkline from zero. It is hidden from screen readers, because the number beside it says the
/// same.
#[component]
pub fn Spark(
    /// The values, from left to right.
    #[prop(into)]
    values: Signal<Vec<f64>>,
    /// The colour of what is counted.
    #[prop(optional)]
    hue: Hue,
) -> impl IntoView {
    let way = Memo::new(move |_| svg_path(&values.read()));
    let area = move || {
        let way = way.get();
        if way.is_empty() { way } else { format!("{way}V{HEIGHT}H0Z") }
    };
    view! {
        <svg class="spark" data-hue=hue.class_name() viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" aria-hidden="true">
            <path class="area" d=area />
            <path class="way" d=way />
        </svg>
    }
}

#[expect(clippy::cast_precision_loss, reason = "a spark line has some dozen values")]
fn svg_path(values: &[f64]) -> String {
    if values.len() < 2 {
        return String::new();
    }
    let most = values.iter().copied().fold(0.0, f64::max);
    let step = WIDTH / (values.len() - 1) as f64;
    let mut path = String::new();
    for (place, value) in values.iter().enumerate() {
        let y = if most > 0.0 {
            HEIGHT - 1.0 - value.max(0.0) / most * (HEIGHT - 3.0)
        } else {
            HEIGHT - 1.0
        };
        let letter = if place == 0 { 'M' } else { 'L' };
        path.push(letter);
        path.push_str(&[format!("{:.1}", place as f64 * step), format!("{y:.1}")].join(" "));
    }
    path
}
