//! Concurrent senders: they log until stopped, and are then compared with the database.

use super::events::Events;
use super::sender::Sender;
use super::{Arguments, check, recount_totals};
use crate::client::Client;
use crate::server::{Server, Setup};
use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;

/// Senders of events of the same calls.
pub struct SenderGroup {
    pub senders: Vec<Sender>,
}

/// Senders at work.
pub struct RunningSenders {
    tasks: Vec<JoinHandle<Result<Sender>>>,
    stop: Arc<AtomicBool>,
    logged: Arc<AtomicU64>,
}

impl SenderGroup {
    pub fn new(arguments: &Arguments) -> Self {
        let calls = Arc::new(AtomicU64::new(0));
        let senders = (0..arguments.connections)
            .zip(arguments.seed * 1_000_000..)
            .map(|(n, seed)| Sender::new(Events::new(seed, format!("s{n}"), Arc::clone(&calls))))
            .collect();
        Self { senders }
    }

    /// Returns the ids of all events acknowledged so far.
    pub fn acknowledged_ids(&self) -> Vec<&str> {
        let all = self.senders.iter().flat_map(|sender| &sender.acknowledged);
        all.map(|(event, _)| event.id.as_str()).collect()
    }

    /// Starts all senders on these servers; each tries the next server if one does not answer.
    pub fn start(self, servers: &[SocketAddr]) -> RunningSenders {
        let stop = Arc::new(AtomicBool::new(false));
        let logged = Arc::new(AtomicU64::new(0));
        let tasks = self.senders.into_iter().enumerate().map(|(n, mut sender)| {
            let mut servers = servers.to_vec();
            let among = servers.len();
            servers.rotate_left(n % among);
            let (stop, logged) = (Arc::clone(&stop), Arc::clone(&logged));
            tokio::spawn(async move {
                sender.send_until_stopped(&servers, &stop, &logged).await?;
                anyhow::Ok(sender)
            })
        });
        RunningSenders { tasks: tasks.collect(), stop, logged }
    }

    /// Sends what was left unanswered, stops the server, and compares everything in the database
    /// with what was acknowledged. Returns a sentence with the counts.
    pub async fn check_results(mut self, setup: &Setup, server: Server) -> Result<String> {
        for sender in &mut self.senders {
            sender.send_unanswered(server.address).await?;
        }
        let ready = Client::connect(server.address).await?.get("/health/ready").await?;
        ensure!(ready.status == 200, "the server is not ready at the end");
        server.kill().await?;
        let repeats: usize = self.senders.iter().map(|sender| sender.repeats).sum();
        let refused: usize = self.senders.iter().map(|sender| sender.refused).sum();
        let broken: usize = self.senders.iter().map(|sender| sender.broken).sum();
        let acknowledged = self.senders.into_iter().flat_map(|sender| sender.acknowledged);
        let found =
            check::check_database(&setup.database, &acknowledged.collect::<Vec<_>>()).await?;
        let recounted = recount_totals(setup).await?;
        Ok(format!(
            "{} events acknowledged and there once each, {} calls as the rules make them; \
             {broken} cut off without an answer and sent again, {repeats} sent again after their \
             answer, {refused} told to come later. {recounted}",
            found.events, found.calls,
        ))
    }
}

impl RunningSenders {
    /// Waits until that many more events are acknowledged.
    pub async fn until_logged(&self, more: u64, patience: Duration) -> Result<()> {
        let goal = self.logged.load(Ordering::Relaxed) + more;
        let waiting = async {
            while self.logged.load(Ordering::Relaxed) < goal {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let waited = tokio::time::timeout(patience, waiting).await;
        ensure!(waited.is_ok(), "nothing is logged any more, {patience:?} later");
        Ok(())
    }

    /// Lets all senders finish their current requests.
    pub async fn stop(self) -> Result<SenderGroup> {
        self.stop.store(true, Ordering::Relaxed);
        let senders = try_join_all(self.tasks).await?.into_iter().collect::<Result<_>>()?;
        Ok(SenderGroup { senders })
    }
}
