//! One connection to one account's provider, opened again whenever it breaks.
//!
//! The provider may be a machine of a client's own, so whatever it sends is bounded: its bytes count
//! like those of webhooks, and the log has one line a minute about what cannot be used.

use super::log_pace::LogPace;
use crate::outgoing::{EventSocket, SocketError};
use crate::providers::asterisk::{Event, RunningCall};
use crate::providers::{ProviderError, Report};
use crate::rate_limit::Sender;
use crate::services::ServiceError;
use crate::services::calls::reports::record_report;
use crate::services::calls::telephony::Telephony;
use crate::services::providers::accounts::Account;
use crate::storage::StoreError;
use futures_util::{SinkExt as _, StreamExt as _};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::{self, Bytes, Message};
use tokio_util::sync::CancellationToken;

/// The first pause before a broken connection is opened again, and the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// How often the connection is tested, and after how long without any sign of life it is closed.
const PING: Duration = Duration::from_secs(10);
const SILENCE: Duration = Duration::from_secs(30);
/// Calls are spread over so many queues: those of one queue wait for each other.
const QUEUES: usize = 16;
/// Events that wait in one queue. When it is full, nothing more is read.
const QUEUE_SIZE: usize = 250;
/// Calls in progress that are compared with what the provider has.
const MOST_CALLS: i64 = 2_000;
/// How long to wait before a database that failed is used again.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// How long events that were read may take after the connection broke or was given up.
const LAST_EVENTS: Duration = Duration::from_secs(20);

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("{0}")]
    Socket(#[from] SocketError),
    #[error("{0}")]
    Protocol(#[from] tungstenite::Error),
    #[error("{}", .0.reason())]
    Provider(#[from] ProviderError),
    #[error("{0}")]
    Service(#[from] ServiceError),
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("the provider closed the connection")]
    Closed,
    #[error("the provider is silent")]
    Silent,
    #[error(
        "another program uses the same app at this PBX: give each installation an app of its own"
    )]
    Replaced,
    #[error("this server stops listening")]
    Stopped,
}

/// Listens to an account's events until it is told to stop. Events that were read before are handled,
/// and calls that are being set up are not left half done.
pub async fn listen(telephony: &Arc<Telephony>, account: &Account, stop: &CancellationToken) {
    let (account, log) = (Arc::new(account.clone()), Arc::new(LogPace::default()));
    let (mut pause, mut said) = (FIRST_PAUSE, String::new());
    loop {
        let (mut opened, began) = (false, Instant::now());
        let listening = listen_once(telephony, &account, &log, stop, &mut opened);
        let Err(why) = Box::pin(listening).await;
        if stop.is_cancelled() {
            return;
        }
        let words = why.to_string();
        if opened || words != said {
            let account = &account.account_id;
            tracing::warn!(account, "not connected to the events of a provider: {words}");
        }
        // A provider that accepts and breaks off at once is not asked more often than one that
        // does not accept.
        let lasted = opened && began.elapsed() >= LONGEST_PAUSE;
        pause = if lasted { FIRST_PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
        if matches!(why, Broken::Replaced) {
            // Two programs would otherwise take the app from each other all the time.
            pause = LONGEST_PAUSE;
        }
        said = words;
        if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
            return;
        }
    }
}

/// Listens until the connection breaks, or until it is told to stop.
async fn listen_once(
    telephony: &Arc<Telephony>,
    account: &Arc<Account>,
    log: &Arc<LogPace>,
    stop: &CancellationToken,
    opened: &mut bool,
) -> Result<std::convert::Infallible, Broken> {
    let Some(source) = account.settings.event_source() else { return Err(Broken::Closed) };
    let stream = source.event_stream();
    let opening = async {
        let socket = telephony.provider_client.open_events(account, &stream).await?;
        let transport = telephony.provider_client.to_account(account, None);
        source.prepare_events(&transport).await?;
        Ok::<_, Broken>(socket)
    };
    let mut socket = stop.run_until_cancelled(opening).await.unwrap_or(Err(Broken::Stopped))?;
    let mut workers = JoinSet::new();
    let queues: Vec<_> =
        (0..QUEUES).map(|_| start_worker(&mut workers, telephony, account, log)).collect();
    // What happened while nobody listened. New events wait meanwhile: they are read afterwards, and
    // those that say the same change nothing.
    let checking = Box::pin(check_running(telephony, account));
    let checked = finish_soon(stop, checking).await;
    let ended = match checked.unwrap_or(Err(Broken::Stopped)) {
        Ok(()) => {
            *opened = true;
            tracing::info!(account = account.account_id, "connected to the events of a provider");
            let reading = read_events(telephony, &mut socket, account, log, &queues, stop);
            finish_soon(stop, reading).await.unwrap_or(Broken::Stopped)
        }
        Err(error) => error,
    };
    // The connection stays open meanwhile: without it Asterisk refuses what the events ask for.
    drop(queues);
    let rest = async { while workers.join_next().await.is_some() {} };
    if tokio::time::timeout(LAST_EVENTS, rest).await.is_err() {
        tracing::warn!(account = account.account_id, "some events of a provider were dropped");
    }
    Err(ended)
}

/// Runs work to its end. Once told to stop it has little time left; `None` if that was not enough.
async fn finish_soon<T>(stop: &CancellationToken, work: impl Future<Output = T>) -> Option<T> {
    let late = async {
        stop.cancelled().await;
        tokio::time::sleep(LAST_EVENTS).await;
    };
    tokio::select! {
        () = late => None,
        done = work => Some(done),
    }
}

/// Reads events into the queues until the connection breaks, or until it is told to stop.
async fn read_events(
    telephony: &Telephony,
    socket: &mut EventSocket,
    account: &Account,
    log: &LogPace,
    queues: &[mpsc::Sender<Event>],
    stop: &CancellationToken,
) -> Broken {
    let mut ping = tokio::time::interval(PING);
    let mut heard_at = Instant::now();
    loop {
        let message = tokio::select! {
            message = socket.next() => message,
            () = stop.cancelled() => return Broken::Stopped,
            _ = ping.tick() => {
                if heard_at.elapsed() > SILENCE {
                    return Broken::Silent;
                }
                if let Err(error) = socket.send(Message::Ping(Bytes::new())).await {
                    return error.into();
                }
                continue;
            }
        };
        match message {
            None | Some(Ok(Message::Close(_))) => return Broken::Closed,
            Some(Err(error)) => return error.into(),
            Some(Ok(Message::Text(text))) => {
                wait_for_volume(telephony, account, text.len()).await;
                if let Err(broken) = queue_event(text.as_str(), account, log, queues).await {
                    return broken;
                }
            }
            Some(Ok(_)) => {}
        }
        // After the waits: while nothing is read, the provider is not silent.
        heard_at = Instant::now();
    }
}

/// Waits until so many bytes of the client's providers may be read. A webhook beyond that is refused
/// and sent again; nobody sends an event again, so it waits.
async fn wait_for_volume(telephony: &Telephony, account: &Account, bytes: usize) {
    let sender = (account.client_id.clone(), Sender::Provider);
    while let Err(too_many) =
        telephony.write_limit.check_amount(sender.clone(), bytes, telephony.now())
    {
        tokio::time::sleep(Duration::from_secs(too_many.retry_after)).await;
    }
}

/// Puts an event into the queue of its call, which may have to become shorter first.
async fn queue_event(
    text: &str,
    account: &Account,
    log: &LogPace,
    queues: &[mpsc::Sender<Event>],
) -> Result<(), Broken> {
    let event = match Event::parse(text) {
        Ok(Some(event)) => event,
        Ok(None) => return Ok(()),
        Err(unreadable) => {
            if let Some(left_out) = log.take_line() {
                let account = &account.account_id;
                tracing::info!(account, left_out, "an event had no effect: {unreadable}");
            }
            return Ok(());
        }
    };
    if event.is_replaced() {
        return Err(Broken::Replaced);
    }
    // Events of one call are handled in order.
    let mut hasher = DefaultHasher::new();
    event.call().hash(&mut hasher);
    let queue = usize::try_from(hasher.finish() % QUEUES as u64).unwrap_or(0);
    let Some(queue) = queues.get(queue) else { return Ok(()) };
    queue.send(event).await.map_err(|_| Broken::Closed)
}

/// Starts a task that handles the events of a queue.
fn start_worker(
    workers: &mut JoinSet<()>,
    telephony: &Arc<Telephony>,
    account: &Arc<Account>,
    log: &Arc<LogPace>,
) -> mpsc::Sender<Event> {
    let (sender, mut receiver) = mpsc::channel::<Event>(QUEUE_SIZE);
    let (telephony, account, log) = (Arc::clone(telephony), Arc::clone(account), Arc::clone(log));
    workers.spawn(async move {
        while let Some(event) = receiver.recv().await {
            if let Err(error) = handle_event(&telephony, &account, &event).await
                && let Some(left_out) = log.take_line()
            {
                let account = &account.account_id;
                tracing::warn!(account, left_out, "an event of a provider had no effect: {error}");
            }
        }
    });
    sender
}

async fn handle_event(
    telephony: &Telephony,
    account: &Account,
    event: &Event,
) -> Result<(), Broken> {
    let Some(source) = account.settings.event_source() else { return Ok(()) };
    let transport = telephony.provider_client.to_account(account, event.session_id());
    for report in source.handle_event(&transport, event).await? {
        record(telephony, account, report).await?;
    }
    Ok(())
}

/// Compares the calls in progress with what the provider has.
async fn check_running(telephony: &Telephony, account: &Account) -> Result<(), Broken> {
    let Some(source) = account.settings.event_source() else { return Ok(()) };
    let open = telephony
        .store
        .providers()
        .list_open_calls(&account.client_id, &account.account_id, MOST_CALLS)
        .await?;
    let running: Vec<RunningCall> = open
        .into_iter()
        .map(|row| RunningCall {
            session_id: row.session_id,
            provider_call_id: row.provider_call_id,
            number: row.phone,
            opened_at: row.opened_at,
        })
        .collect();
    let transport = telephony.provider_client.to_account(account, None);
    for report in source.check_running(&transport, &running).await? {
        record(telephony, account, report).await?;
    }
    Ok(())
}

/// Records a report, as soon as the database takes it: nobody says it twice.
async fn record(telephony: &Telephony, account: &Account, report: Report) -> Result<(), Broken> {
    loop {
        match record_once(telephony, account, report.clone()).await {
            Err(ServiceError::Busy | ServiceError::Unavailable(_)) => {
                tracing::warn!(account = account.account_id, "an event of a provider is delayed");
                tokio::time::sleep(RETRY_AFTER).await;
            }
            result => return result.map_err(Broken::from),
        }
    }
}

async fn record_once(
    telephony: &Telephony,
    account: &Account,
    report: Report,
) -> Result<(), ServiceError> {
    let Some(client) = telephony.store.clients().find_client(&account.client_id).await? else {
        return Ok(());
    };
    record_report(telephony, &client, account, report, telephony.now()).await?;
    Ok(())
}
