//! Sends requests to the server and reads its answers and errors.

use super::access::{Access, Role};
use super::address::on_site;
use super::error_words;
use call_ribbon_shared::wire::Problem;
use gloo_net::http::{Method, Request, RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use web_sys::File;

/// Why a request failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    /// The HTTP status; 0 if no answer arrived.
    pub status: u16,
    /// The server's error code; empty if it sent none.
    pub code: String,
    /// What happened and what to do, for people.
    pub sentence: String,
    /// The sentence without the name of the wrong field at its beginning, for a place that shows the
    /// field's label: `is missing.`; the whole sentence if it begins otherwise.
    pub after_name: String,
    /// The name of the wrong field; `None` if the error is not about a field.
    pub field: Option<String>,
}

impl ApiError {
    /// Returns whether the server recognized the caller and refused.
    pub fn is_forbidden(&self) -> bool {
        self.status == 403
    }

    /// Returns whether the record does not exist.
    pub fn is_missing(&self) -> bool {
        self.status == 404
    }

    /// Creates an error that is about no field and has no code.
    pub fn from_sentence(status: u16, sentence: String) -> Self {
        let after_name = sentence.clone();
        Self { status, code: String::new(), sentence, after_name, field: None }
    }

    fn unreachable_server() -> Self {
        let sentence = "The server cannot be reached. Check that it is running and that you are \
                        online, then try again.";
        Self::from_sentence(0, sentence.to_owned())
    }

    fn unreadable_answer() -> Self {
        let sentence = "The server sent an answer that this page cannot read; reload the page.";
        Self::from_sentence(0, sentence.to_owned())
    }
}

/// Encodes a text as a part of an address.
pub fn encode_component(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

/// Returns the path of a client's records.
pub fn records_path(role: Role, client_id: Option<&str>) -> String {
    match (role, client_id) {
        (Role::Key, _) | (_, None) => "/api/ribbon".to_owned(),
        (_, Some(client_id)) => {
            format!("/api/admin/clients/{}/ribbon", encode_component(client_id))
        }
    }
}

/// Sends a GET request and reads the answer.
pub async fn get_json<T: DeserializeOwned>(access: Access, path: &str) -> Result<T, ApiError> {
    read_json(send_request(access, Method::GET, path, None).await?).await
}

/// Sends a value as JSON and reads the answer.
pub async fn send_json<T: DeserializeOwned>(
    access: Access,
    method: Method,
    path: &str,
    body: &impl Serialize,
) -> Result<T, ApiError> {
    let body = serde_json::to_string(body).map_err(|_| ApiError::unreadable_answer())?;
    read_json(send_request(access, method, path, Some(body)).await?).await
}

/// Sends a file as it is, which the browser reads while it sends, and reads the answer.
pub async fn send_file<T: DeserializeOwned>(
    access: Access,
    path: &str,
    file: &File,
) -> Result<T, ApiError> {
    let unsent = || {
        let sentence = "The file could not be sent. Check that you are online and that the file \
                        was not changed since you chose it; choose it again, then try again.";
        ApiError::from_sentence(0, sentence.to_owned())
    };
    let session = access.session_number();
    let request = RequestBuilder::new(&on_site(path))
        .method(Method::POST)
        .header("X-Call-Ribbon", "dashboard")
        .header("Content-Type", "text/csv")
        .body(file.clone())
        .map_err(|_| unsent())?;
    let answer = request.send().await.map_err(|_| unsent())?;
    if answer.ok() {
        return read_json(answer).await;
    }
    let trouble = read_error(answer).await;
    if trouble.status == 401 && session.is_some() && session == access.session_number() {
        access.end_session(Some(format!("{} Sign in again.", trouble.sentence)));
    }
    Err(trouble)
}

/// Sends a request without a body and reads the answer.
pub async fn send_empty<T: DeserializeOwned>(
    access: Access,
    method: Method,
    path: &str,
) -> Result<T, ApiError> {
    read_json(send_request(access, method, path, None).await?).await
}

/// Sends a request and returns the answer if it succeeded. If the server no longer accepts the
/// session, the user is returned to the sign-in form.
pub async fn send_request(
    access: Access,
    method: Method,
    path: &str,
    body: Option<String>,
) -> Result<Response, ApiError> {
    // A request that only reads has no header of its own: the page's preload could not answer it.
    let is_reading = method == Method::GET;
    let request = RequestBuilder::new(&on_site(path)).method(method);
    // Shows the server that this is not a form of another page; the cookie alone does not.
    let request = if is_reading { request } else { request.header("X-Call-Ribbon", "dashboard") };
    let session = access.session_number();
    let answer = send_built(request, body).await?;
    if answer.ok() {
        return Ok(answer);
    }
    let trouble = read_error(answer).await;
    // The user may have signed in again while the answer was on its way.
    if trouble.status == 401 && session.is_some() && session == access.session_number() {
        access.end_session(Some(format!("{} Sign in again.", trouble.sentence)));
    }
    Err(trouble)
}

async fn send_built(request: RequestBuilder, body: Option<String>) -> Result<Response, ApiError> {
    let request: Result<Request, _> = match body {
        Some(body) => request.header("Content-Type", "application/json").body(body),
        None => request.build(),
    };
    request
        .map_err(|_| ApiError::unreachable_server())?
        .send()
        .await
        .map_err(|_| ApiError::unreachable_server())
}

async fn read_json<T: DeserializeOwned>(answer: Response) -> Result<T, ApiError> {
    let text = answer.text().await.map_err(|_| ApiError::unreachable_server())?;
    // An empty body counts as null.
    let text = if text.is_empty() { "null" } else { &text };
    serde_json::from_str(text).map_err(|_| ApiError::unreadable_answer())
}

async fn read_error(answer: Response) -> ApiError {
    let status = answer.status();
    match answer.json::<Problem>().await {
        Ok(problem) => {
            let after_name = error_words::cut_name(&problem.error, problem.field.as_deref());
            let sentence = error_words::spell_names(&problem.error);
            ApiError { status, code: problem.code, sentence, after_name, field: problem.field }
        }
        Err(_) => ApiError::from_sentence(
            status,
            format!("The server answered with status {status}; try again in a minute."),
        ),
    }
}
