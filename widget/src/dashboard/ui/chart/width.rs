//! Measures the width of a chart. Text in a stretched drawing would be stretched with it, so a
//! chart is redrawn when its width changes.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

/// Returns the width of an element in CSS pixels, as it changes; 0 while it is not shown.
pub fn width_of(element: NodeRef<html::Div>) -> Signal<f64> {
    let width = RwSignal::new(0.0);
    // Both must live as long as the chart.
    let kept = StoredValue::new_local(None::<(web_sys::ResizeObserver, Closure<dyn FnMut()>)>);
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        let measured = element.clone();
        let look = Closure::<dyn FnMut()>::new(move || {
            let now = f64::from(measured.client_width());
            if now > 0.0
                && width.try_get_untracked().is_some_and(|before| (now - before).abs() >= 1.0)
            {
                width.set(now);
            }
        });
        if let Ok(observer) = web_sys::ResizeObserver::new(look.as_ref().unchecked_ref()) {
            observer.observe(&element);
            kept.set_value(Some((observer, look)));
        }
    });
    on_cleanup(move || {
        if let Some(Some((observer, _))) = kept.try_update_value(Option::take) {
            observer.disconnect();
        }
    });
    width.into()
}
