//! Runs a background task at a fixed interval until shutdown.

use crate::app::App;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// Runs the work now, and again after each pause, until the server stops.
pub fn spawn_periodic(
    app: &Arc<App>,
    pause: Duration,
    work: impl for<'a> Fn(&'a App) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>>
    + Send
    + Sync
    + 'static,
) {
    let app = Arc::clone(app);
    app.tasks.clone().spawn(async move {
        loop {
            tokio::select! {
                () = app.stop.cancelled() => return,
                () = async {
                    work(&app).await;
                    tokio::time::sleep(pause).await;
                } => {}
            }
        }
    });
}
