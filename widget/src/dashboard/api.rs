//! Requests to the server, and what became of them.

use super::access::{Access, Credential};
use super::address::on_site;
use call_ribbon_shared::wire::Problem;
use gloo_net::http::{Method, Request, RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Why a request came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The status of the answer; 0 where there was none.
    pub status: u16,
    /// The server's word for it; empty where it said none.
    pub code: String,
    /// What happened and what to do, for people.
    pub sentence: String,
    /// The field that is wrong, as the server names it; `None` where it is not about one.
    pub field: Option<String>,
}

impl Trouble {
    /// Whether the server is sure who asks, and says no.
    pub fn is_forbidden(&self) -> bool {
        self.status == 403
    }

    /// Whether there is no such thing.
    pub fn is_missing(&self) -> bool {
        self.status == 404
    }

    fn away() -> Self {
        let sentence = "The server cannot be reached. Check that it is running and that you are \
                        online, then try again.";
        Self { status: 0, code: String::new(), sentence: sentence.to_owned(), field: None }
    }

    fn unreadable() -> Self {
        let sentence = "The server sent an answer that this page cannot read; reload the page.";
        Self { status: 0, code: String::new(), sentence: sentence.to_owned(), field: None }
    }
}

/// A text as a part of an address.
pub fn encoded(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

/// Where the records of a client are.
pub fn records(credential: &Credential, client_id: Option<&str>) -> String {
    match (credential, client_id) {
        (Credential::Bearer(_), Some(client_id)) => {
            format!("/api/admin/clients/{}/ribbon", encoded(client_id))
        }
        _ => "/api/ribbon".to_owned(),
    }
}

/// Asks for something.
pub async fn get<T: DeserializeOwned>(access: Access, path: &str) -> Result<T, Trouble> {
    read(ask(access, Method::GET, path, None).await?).await
}

/// Sends something, and reads the answer.
pub async fn send<T: DeserializeOwned>(
    access: Access,
    method: Method,
    path: &str,
    body: &impl Serialize,
) -> Result<T, Trouble> {
    let body = serde_json::to_string(body).map_err(|_| Trouble::unreadable())?;
    read(ask(access, method, path, Some(body)).await?).await
}

/// Does something that needs no body, and reads the answer.
pub async fn act<T: DeserializeOwned>(
    access: Access,
    method: Method,
    path: &str,
) -> Result<T, Trouble> {
    read(ask(access, method, path, None).await?).await
}

/// The answer to a request, where it went well. One to whom the server does not listen any more
/// is brought back to the sign-in.
pub async fn ask(
    access: Access,
    method: Method,
    path: &str,
    body: Option<String>,
) -> Result<Response, Trouble> {
    let request = RequestBuilder::new(&on_site(path)).method(method);
    let credential = access.credential();
    let request = match &credential {
        Some(Credential::Key(key)) => request.header("X-API-Key", key),
        Some(Credential::Bearer(token)) => {
            request.header("Authorization", &format!("Bearer {token}"))
        }
        None => request,
    };
    let answer = sent(request, body).await?;
    if answer.ok() {
        return Ok(answer);
    }
    let trouble = said(answer).await;
    // Another session may have begun while the answer was on its way.
    if trouble.status == 401 && credential.is_some() && credential == access.credential() {
        access.leave(Some(format!("{} Sign in again.", trouble.sentence)));
    }
    Err(trouble)
}

/// Asks before anybody is signed in.
pub async fn ask_as<T: DeserializeOwned>(
    credential: Option<&Credential>,
    method: Method,
    path: &str,
    body: Option<String>,
) -> Result<T, Trouble> {
    let request = RequestBuilder::new(&on_site(path)).method(method);
    let request = match credential {
        Some(Credential::Key(key)) => request.header("X-API-Key", key),
        Some(Credential::Bearer(token)) => {
            request.header("Authorization", &format!("Bearer {token}"))
        }
        None => request,
    };
    let answer = sent(request, body).await?;
    if answer.ok() { read(answer).await } else { Err(said(answer).await) }
}

async fn sent(request: RequestBuilder, body: Option<String>) -> Result<Response, Trouble> {
    let request: Result<Request, _> = match body {
        Some(body) => request.header("Content-Type", "application/json").body(body),
        None => request.build(),
    };
    request.map_err(|_| Trouble::away())?.send().await.map_err(|_| Trouble::away())
}

async fn read<T: DeserializeOwned>(answer: Response) -> Result<T, Trouble> {
    let text = answer.text().await.map_err(|_| Trouble::away())?;
    // An answer without a body is as good as null.
    let text = if text.is_empty() { "null" } else { &text };
    serde_json::from_str(text).map_err(|_| Trouble::unreadable())
}

async fn said(answer: Response) -> Trouble {
    let status = answer.status();
    match answer.json::<Problem>().await {
        Ok(problem) => {
            Trouble { status, code: problem.code, sentence: problem.error, field: problem.field }
        }
        Err(_) => Trouble {
            status,
            code: String::new(),
            sentence: format!("The server answered with status {status}; try again in a minute."),
            field: None,
        },
    }
}
