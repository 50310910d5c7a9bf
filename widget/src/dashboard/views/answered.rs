//! What stands where an answer of the server is awaited.

use crate::dashboard::api::Trouble;
use crate::dashboard::load::{Loaded, State};
use crate::dashboard::ui::{Empty, Failed, Loading, NoPermission};
use leptos::prelude::*;

/// Shows an answer; until it is there, or where it does not come, what is so.
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

/// What became of a question that was not answered.
pub fn refused(trouble: Trouble, retry: Callback<()>) -> impl IntoView {
    if trouble.is_missing() {
        return view! { <Empty title="There is no such thing"><p>{trouble.sentence}</p></Empty> }
            .into_any();
    }
    if trouble.is_forbidden() {
        return view! { <NoPermission needs=trouble.sentence /> }.into_any();
    }
    view! { <Failed reason=trouble.sentence retry=retry /> }.into_any()
}
