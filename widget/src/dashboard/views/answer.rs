//! Shows the answer to a request, or its loading or error state.

use crate::dashboard::api::ApiError;
use crate::dashboard::load::{LoadState, Loaded};
use crate::dashboard::ui::{Empty, Failed, Loading, NoPermission};
use leptos::prelude::*;

/// Shows an answer; a placeholder while it loads, or the error.
pub fn render_answer<T>(
    loaded: Loaded<T>,
    shown: impl Fn(T) -> AnyView + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
{
    move || match loaded.state.get() {
        LoadState::Loading => view! { <Loading /> }.into_any(),
        LoadState::Failed(trouble) => {
            let retry = Callback::new(move |()| loaded.reload());
            render_error(trouble, retry).into_any()
        }
        LoadState::Ready(answer) => shown(answer),
    }
}

/// Shows why a request failed.
pub fn render_error(trouble: ApiError, retry: Callback<()>) -> impl IntoView {
    if trouble.is_missing() {
        return view! { <Empty title="Not found"><p>{trouble.sentence}</p></Empty> }.into_any();
    }
    if trouble.is_forbidden() {
        return view! { <NoPermission needs=trouble.sentence /> }.into_any();
    }
    view! { <Failed reason=trouble.sentence retry=retry /> }.into_any()
}
