//! Handles the operating system's signals to the server.

use crate::app::App;
use std::io;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Handles signals: the first SIGTERM or SIGINT shuts the server down gracefully, a second one
/// exits at once, and a SIGHUP reloads its certificate.
pub fn spawn_handlers(app: &Arc<App>, stop: &CancellationToken) {
    let (app, stop) = (Arc::clone(app), stop.clone());
    tokio::spawn(async move {
        if let Err(error) = listen(&app, &stop).await {
            tracing::error!("cannot listen for signals: {error}");
        }
    });
}

#[cfg(unix)]
async fn listen(app: &App, stop: &CancellationToken) -> io::Result<()> {
    use rustix::process::Signal;
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    // A write past the limit on a file's size then fails like a write to a full disk. Without a
    // handler the signal ends the process (setrlimit(2), RLIMIT_FSIZE).
    let _file_limit = signal(SignalKind::from_raw(Signal::XFSZ.as_raw()))?;
    loop {
        tokio::select! {
            _ = terminate.recv() => shut_down(stop),
            _ = interrupt.recv() => shut_down(stop),
            _ = hang_up.recv() => app.reload_certificate(),
        }
    }
}

#[cfg(not(unix))]
async fn listen(_app: &App, stop: &CancellationToken) -> io::Result<()> {
    loop {
        tokio::signal::ctrl_c().await?;
        shut_down(stop);
    }
}

fn shut_down(stop: &CancellationToken) {
    if stop.is_cancelled() {
        tracing::warn!("stop requested again: exiting at once");
        std::process::exit(1);
    }
    tracing::info!("stop requested: requests in progress are answered first");
    stop.cancel();
}
