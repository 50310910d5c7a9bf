//! Background tasks: work that runs beside requests until the server stops.

use std::future::Future;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Starts tasks, asks them to stop, and waits for them. Clones share the same tasks.
#[derive(Debug, Clone, Default)]
pub struct Background {
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Background {
    /// Starts a task that runs to its end. The server waits for it before it exits.
    pub fn spawn<F>(&self, task: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.tasks.spawn(task)
    }

    /// Starts a task that is dropped at its next await once the server stops.
    pub fn spawn_until_stop(&self, task: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = task => {}
            }
        });
    }

    /// Runs the work now, and again after each pause, until the server stops.
    pub fn spawn_periodic<F>(&self, pause: Duration, work: impl Fn() -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send,
    {
        self.spawn_until_stop(async move {
            loop {
                work().await;
                tokio::time::sleep(pause).await;
            }
        });
    }

    /// Returns the token that is cancelled when live streams and background tasks have to end.
    pub fn stop_token(&self) -> &CancellationToken {
        &self.stop
    }

    /// Asks live streams and background tasks to end.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Waits until all tasks have ended.
    pub async fn wait_until_ended(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}
