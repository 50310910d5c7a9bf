//! Shows the answer to a request, or its loading or error state.

use crate::dashboard::api::Trouble;
use crate::dashboard::load::{Loaded, State};
use crate::dashboard::ui::{Empty, Failed, Loading, NoPermission};
use leptos::prelude::*;

/// Shows an answer; a placeholder while it loads, or the error.
pub fn answered<T>(
    loaded: Loaded<T>,
    shown: impl Fn(T) -> AnyView + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
{
    move || match loaded.state.get() {
        State::Loading => view! { <Loading /> }.into_any(),
        State::Failed(trouble) => {
            let retry = Callback::new(move |()| loaded.again());
            refused(trouble, retry).into_any()
        }
        State::Ready(answer) => shown(answer),
    }
}

/// Shows why a request failed.
pub fn refused(trouble: Trouble, retry: Callback<()>) -> impl IntoView {
    if trouble.is_missing() {
        return view! { <Empty title="Not found"><p>{trouble.sentence}</p></Empty> }.into_any();
    }
    if trouble.is_forbidden() {
        return view! { <NoPermission needs=trouble.sentence /> }.into_any();
    }
    view! { <Failed reason=trouble.sentence retry=retry /> }.into_any()
}
