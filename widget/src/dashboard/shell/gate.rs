//! Holds views back until the client is known.

use crate::dashboard::access::{Access, Role};
use crate::dashboard::address::{Address, CLIENT};
use crate::dashboard::api::ApiError;
use crate::dashboard::ui::{Failed, Loading};
use crate::dashboard::views::ChooseClient;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Shows its children once the client is loaded. The operator has to choose a client first.
#[component]
pub fn Gate(children: ChildrenFn) -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let trouble = RwSignal::new(None::<ApiError>);
    let tried = RwSignal::new(0_u32);
    let named = Memo::new(move |_| address.get(CLIENT));
    let is_operator = Memo::new(move |_| access.role() == Role::Operator);
    // The client being loaded: an answer about another one is dropped.
    let wanted = StoredValue::new(None::<String>);
    Effect::new(move |_| {
        tried.track();
        let named = named.get();
        let known = access.client.with_untracked(|client| {
            client.as_ref().is_some_and(|client| {
                !is_operator.get_untracked() || Some(&client.client_id) == named.as_ref()
            })
        });
        if known {
            return;
        }
        if is_operator.get() && named.is_none() {
            access.close_client();
            return;
        }
        access.close_client();
        trouble.set(None);
        wanted.set_value(named.clone());
        spawn_local(async move {
            let opened = access.open_client(named.clone()).await;
            if wanted.try_get_value() == Some(named)
                && let Err(no) = opened
            {
                trouble.set(Some(no));
            }
        });
    });
    // Tracks only whether the client is known: other changes of it do not rebuild the view.
    let is_open = Memo::new(move |_| access.client.with(Option::is_some));
    move || {
        if let Some(trouble) = trouble.get() {
            let again = Callback::new(move |()| tried.update(|tried| *tried += 1));
            return view! { <div class="card"><Failed reason=trouble.sentence retry=again /></div> }
                .into_any();
        }
        if is_operator.get() && named.get().is_none() {
            return view! { <ChooseClient /> }.into_any();
        }
        if !is_open.get() {
            return view! { <div class="card"><Loading /></div> }.into_any();
        }
        children().into_any()
    }
}
