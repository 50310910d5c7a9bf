//! What the dashboard asks of the server.

use call_ribbon_shared::wire::{CallLogs, EventsUrl, Problem};
use gloo_net::http::{Request, Response};
use serde::de::DeserializeOwned;

/// How many calls the list holds.
pub(super) const ROWS: usize = 50;

/// The latest calls.
pub(super) async fn latest_calls(key: &str) -> Result<CallLogs, String> {
    get(&format!("/api/ribbon/call-logs?pageSize={ROWS}"), key).await
}

/// Where to listen to the calls as they happen.
pub(super) async fn events_url(key: &str) -> Result<EventsUrl, String> {
    get("/api/ribbon/events/ticket", key).await
}

/// The answer, or a sentence for the person who reads the page.
async fn get<T: DeserializeOwned>(path: &str, key: &str) -> Result<T, String> {
    let away =
        |_| "The server cannot be reached. Check that it is running, then try again.".to_owned();
    let response: Response =
        Request::get(path).header("X-API-Key", key).send().await.map_err(away)?;
    if response.ok() {
        return response.json().await.map_err(|_| {
            "The server sent an answer this page cannot read; reload the page.".to_owned()
        });
    }
    let status = response.status();
    match response.json::<Problem>().await {
        Ok(problem) => Err(problem.error),
        Err(_) => Err(format!("The server answered with status {status}; try again in a minute.")),
    }
}
