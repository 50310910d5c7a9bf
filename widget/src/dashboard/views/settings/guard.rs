//! Asks before unsaved changes are lost.

use crate::dashboard::address::Address;
use crate::dashboard::ui::Confirm;
use leptos::ev::{BeforeUnloadEvent, MouseEvent};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use std::collections::BTreeSet;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, HtmlAnchorElement};

/// Navigates to another address of the dashboard.
type Navigate = Box<dyn Fn(&str)>;

/// Knows which forms have unsaved changes.
#[derive(Clone, Copy)]
pub struct Guard {
    address: Address,
    navigate: StoredValue<Navigate, LocalStorage>,
    unsaved: RwSignal<BTreeSet<u32>>,
    last: StoredValue<u32>,
    /// The address that the user wants to open.
    wanted: RwSignal<String>,
    asking: RwSignal<bool>,
}

impl Guard {
    /// Guards this view until it is left.
    pub fn set_up(address: Address) -> Self {
        let navigate = use_navigate();
        let go: Navigate = Box::new(move |to: &str| {
            navigate(to, NavigateOptions { resolve: false, ..Default::default() });
        });
        let guard = Self {
            address,
            navigate: StoredValue::new_local(go),
            unsaved: RwSignal::new(BTreeSet::new()),
            last: StoredValue::new(0),
            wanted: RwSignal::new(String::new()),
            asking: RwSignal::new(false),
        };
        provide_context(guard);
        let unload =
            window_event_listener(leptos::ev::beforeunload, move |event: BeforeUnloadEvent| {
                if guard.has_unsaved() {
                    event.prevent_default();
                }
            });
        on_cleanup(move || unload.remove());
        // Runs before the router, which also listens at the window.
        listen_first("click", move |event| guard.stop_link(event));
        listen_first("popstate", move |event| guard.stop_back(event));
        guard
    }

    /// Returns this view's guard from the context.
    pub fn from_context() -> Self {
        expect_context()
    }

    /// Guards one form while it is shown.
    pub fn watch_form(self, changed: Signal<bool>) {
        self.last.update_value(|last| *last += 1);
        let me = self.last.get_value();
        Effect::new(move |_| {
            let changed = changed.get();
            self.unsaved.update(|unsaved| {
                if changed {
                    unsaved.insert(me);
                } else {
                    unsaved.remove(&me);
                }
            });
        });
        on_cleanup(move || {
            // The view may be removed before its forms.
            let _ = self.unsaved.try_update(|unsaved| unsaved.remove(&me));
        });
    }

    /// Opens an address of the dashboard, after asking if that loses changes.
    pub fn go_to(self, to: &str) {
        if self.has_unsaved() {
            self.ask_before(to.to_owned());
        } else {
            self.navigate.with_value(|go| go(to));
        }
    }

    fn has_unsaved(self) -> bool {
        self.unsaved.try_with_untracked(|unsaved| !unsaved.is_empty()) == Some(true)
    }

    fn ask_before(self, to: String) {
        self.wanted.set(to);
        self.asking.set(true);
    }

    /// Stops a click on a link that the router would follow.
    fn stop_link(self, event: &Event) {
        let Some(press) = event.dyn_ref::<MouseEvent>() else { return };
        let plain =
            press.button() == 0 && !press.ctrl_key() && !press.meta_key() && !press.shift_key();
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let link = target.and_then(|target| target.closest("a[href]").ok().flatten());
        let Some(link) = link.and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok()) else {
            return;
        };
        let here = window().location();
        let elsewhere =
            Ok(link.pathname()) != here.pathname() || Ok(link.search()) != here.search();
        let within = Ok(link.origin()) == here.origin() && link.target().is_empty();
        // The browser itself asks about links out of the dashboard.
        let routed = within && link.rel() != "external";
        if plain && elsewhere && routed && self.has_unsaved() {
            event.prevent_default();
            event.stop_immediate_propagation();
            self.ask_before(link.pathname() + &link.search());
        }
    }

    /// Stops the browser's back button. The browser has already changed the address, so it is
    /// restored first.
    fn stop_back(self, event: &Event) {
        if !self.has_unsaved() {
            return;
        }
        let location = window().location();
        let (Ok(path), Ok(search)) = (location.pathname(), location.search()) else { return };
        let to = path + &search;
        let here = untrack(|| self.address.with_filters(&[]));
        if to == here {
            return;
        }
        event.stop_immediate_propagation();
        let history = window().history();
        let back = history
            .and_then(|history| history.push_state_with_url(&JsValue::NULL, "", Some(&here)));
        if back.is_ok() {
            self.ask_before(to);
        }
    }
}

/// Listens at the window in the capture phase, before all others, until the view is removed.
fn listen_first(name: &'static str, heard: impl Fn(&Event) + 'static) {
    let closure = Closure::<dyn Fn(Event)>::new(move |event: Event| heard(&event));
    let listener: &js_sys::Function = closure.as_ref().unchecked_ref();
    let heard = window().add_event_listener_with_callback_and_bool(name, listener, true);
    let closure = StoredValue::new_local(closure);
    on_cleanup(move || {
        if heard.is_ok() {
            closure.with_value(|closure| {
                let listener = closure.as_ref().unchecked_ref();
                // Removing a listener that was added cannot fail.
                let _ = window().remove_event_listener_with_callback_and_bool(name, listener, true);
            });
        }
        closure.dispose();
    });
}

/// The dialog.
#[component]
pub fn LeaveDialog(guard: Guard) -> impl IntoView {
    let leave = Callback::new(move |()| {
        guard.unsaved.update(BTreeSet::clear);
        guard.go_to(&guard.wanted.get_untracked());
    });
    view! {
        <Confirm open=guard.asking title="Leave without saving?" act="Leave" on_yes=leave>
            <p>"Your changes are not saved and would be lost."</p>
        </Confirm>
    }
}
