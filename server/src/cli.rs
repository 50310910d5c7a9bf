//! The command line.

mod operator;

use crate::app::App;
use crate::config::Config;
use crate::ids::Ids;
use crate::services::rebuild;
use crate::time::SystemClock;
use clap::{Parser, Subcommand};
use operator::{ClientCommand, KeyCommand, On};
use std::error::Error;
use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

/// Makes, answers and logs calls beside any web CRM.
#[derive(Debug, Parser)]
#[command(name = "call-ribbon", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the server.
    Serve(Box<Config>),
    /// Counts the figures of analytics anew from the calls, and corrects them where they differ.
    ///
    /// With a database in a file the server may go on running meanwhile. With a database
    /// server stop all Call Ribbon servers first: a call that changes while it is counted
    /// would be counted wrongly.
    RebuildAnalytics(On),
    /// Lists, makes, suspends and resumes clients.
    #[command(subcommand)]
    Client(ClientCommand),
    /// Lists, makes and revokes a client's API keys.
    #[command(subcommand)]
    Key(KeyCommand),
}

/// Runs what the command line says.
pub async fn run() -> ExitCode {
    let cli = Cli::parse();
    // Standard output is for the one line that says where the server is; logs go beside it.
    let filter = EnvFilter::try_from_env("CALL_RIBBON_LOG")
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    let done = match cli.command {
        Command::Serve(config) => serve(*config).await,
        Command::RebuildAnalytics(on) => rebuild_analytics(&on.database).await,
        Command::Client(command) => operator::client(command).await,
        Command::Key(command) => operator::key(command).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{}", chain(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

async fn serve(config: Config) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| format!("could not listen on {}: {error}", config.listen))?;
    let address = listener.local_addr()?;
    let app = App::start(config, Arc::new(SystemClock), Ids::random()).await?;
    app.warn_about_surroundings(address).await;
    if let Some(token) = app.new_admin_token() {
        // Past the log, which may be kept where others read it.
        writeln!(
            std::io::stderr(),
            "The admin token, shown this once (Authorization: Bearer …): {}",
            token.expose()
        )?;
    }

    let stop = CancellationToken::new();
    tokio::spawn({
        let stop = stop.clone();
        async move {
            if let Err(error) = asked_to_stop().await {
                tracing::error!("signals cannot be listened for: {error}");
                std::future::pending::<()>().await;
            }
            stop.cancel();
        }
    });
    let mut out = std::io::stdout();
    writeln!(out, "Call Ribbon is ready at http://{address}")?;
    out.flush()?;
    app.serve(listener, stop).await;
    Ok(())
}

async fn rebuild_analytics(database: &str) -> Result<(), Box<dyn Error>> {
    let found = rebuild::run(database, |client, so_far| {
        tracing::info!(client, calls = so_far.calls, repaired = so_far.repaired, "counting");
    })
    .await?;
    let outcome = match found.repaired {
        0 => "nothing differed".to_owned(),
        1 => "1 total differed and was corrected".to_owned(),
        n => format!("{n} totals differed and were corrected"),
    };
    let (calls, clients) = (found.calls, found.clients);
    writeln!(std::io::stdout(), "Calls: {calls}, clients: {clients}; {outcome}.")?;
    Ok(())
}

/// Waits for SIGTERM or SIGINT.
async fn asked_to_stop() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            _ = terminate.recv() => Ok(()),
            pressed = tokio::signal::ctrl_c() => pressed,
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

/// An error with its causes in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text.push_str(": ");
        text.push_str(&next.to_string());
        cause = next.source();
    }
    text
}
