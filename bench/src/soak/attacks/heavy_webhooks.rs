//! Webhooks that repeat a sign with a meaning in some encoding: a scanner that looks ahead from each
//! of them would be at work for minutes.

use crate::client::Client;
use crate::clock::Stopwatch;
use crate::server::ADMIN_TOKEN;
use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use futures_util::future::join_all;
use hyper::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

/// Any key of enough characters; without one no account is stored.
pub const SECRET_KEY: &str = "a secret key for the provider accounts";
/// What the bodies repeat.
const PIECES: [&str; 5] = ["\\", "&", "a=1&", "%", "\""];
/// Senders at the same time.
const SENDERS: usize = 4;
/// The most bytes of a webhook that the server reads.
const LARGEST: usize = 64 << 10;
/// How each body calls itself.
const KINDS: [&str; 3] = ["text/plain", "application/x-www-form-urlencoded", "application/json"];

/// Adds an account, and returns the path of its webhooks.
pub async fn add_account(server: SocketAddr) -> Result<String> {
    let settings = json!({"accountSid": "sid-1", "apiKey": "key-1", "apiToken": "token-1",
        "callerId": "08047112233"});
    let body = json!({"provider": "exotel", "settings": settings}).to_string();
    let token = format!("Bearer {ADMIN_TOKEN}");
    let path = "/api/admin/clients/client-demo/providers";
    let headers = [("authorization", token.as_str())];
    let mut client = Client::connect(server).await?;
    let answer = client.send_with(Method::POST, path, &headers, body.into()).await?;
    ensure!(answer.status == 201, "no account: {:?}", answer.body);
    let account: Value = serde_json::from_slice(&answer.body)?;
    let url = account["webhookUrl"].as_str().context("the account has no webhook")?;
    let path = url.find("/api/").map(|at| &url[at..]);
    Ok(path.context("the webhook has no path")?.to_owned())
}

/// Sends the two bodies that stopped a server once, and then others for a while. Returns a sentence
/// with the counts.
pub async fn send_for(server: SocketAddr, webhook: &str, time: Duration) -> Result<String> {
    let first = [("\\", 1 << 20), ("\\", 1 << 20), ("&", 200_000), ("&", 200_000)];
    let mut statuses = BTreeMap::<u16, usize>::new();
    let sending = first.map(|(piece, bytes)| send_one(server, webhook, piece, bytes, KINDS[0]));
    for status in join_all(sending).await {
        ensure!(matches!(status, 0 | 413), "a body that is too large was answered with {status}");
        *statuses.entry(status).or_default() += 1;
    }
    let watch = Stopwatch::start();
    let sending = (0..SENDERS).map(async |sender| {
        let mut statuses = Vec::new();
        for n in sender.. {
            if watch.elapsed() >= time {
                break;
            }
            let (piece, kind) = (PIECES[n % PIECES.len()], KINDS[n % KINDS.len()]);
            statuses.push(send_one(server, webhook, piece, LARGEST, kind).await);
        }
        statuses
    });
    for status in join_all(sending).await.into_iter().flatten() {
        ensure!(status < 500, "a webhook was answered with {status}");
        *statuses.entry(status).or_default() += 1;
    }
    let each: Vec<String> = statuses
        .iter()
        .map(|(status, n)| match status {
            0 => format!("{n} × closed before the body was sent"),
            status => format!("{n} × {status}"),
        })
        .collect();
    Ok(format!(
        "2 webhooks of 1 MB of `\\`, 2 of 200 kB of `&`, and then {SENDERS} senders of webhooks of 64 KiB \
         of signs for {} s: {}",
        time.as_secs(),
        each.join(", ")
    ))
}

/// Sends a webhook and returns the answer's status; 0 if the connection was closed.
async fn send_one(server: SocketAddr, webhook: &str, piece: &str, bytes: usize, kind: &str) -> u16 {
    let body = Bytes::from(piece.repeat(bytes / piece.len()));
    let sent = async {
        let mut client = Client::connect(server).await?;
        client.send_with(Method::POST, webhook, &[("content-type", kind)], body).await
    };
    sent.await.map_or(0, |answer| answer.status)
}
