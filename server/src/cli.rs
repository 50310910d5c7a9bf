//! The command line.

mod agent;
mod copy;
mod customer;
mod demo_data;
mod doctor;
mod health;
mod logs;
mod operator;
mod person;
mod provider;
mod retention;
mod rotate;
mod rules;
mod settings;
mod signals;
mod suppressions;
mod token;
mod verify;

use crate::app::App;
use crate::config::{self, Config, Logs};
use crate::doctor::error_chain;
use crate::ids::Ids;
use crate::services::analytics::rebuild;
use crate::storage::migrate_database;
use crate::time::SystemClock;
use clap::{CommandFactory as _, Parser, Subcommand};
use operator::{ClientCommand, DatabaseArgs, KeyCommand};
use settings::ParsedSettings;
use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Makes, answers and logs calls in any web CRM.
#[derive(Debug, Parser)]
#[command(name = "call-ribbon", version)]
struct Cli {
    /// A settings file. Without it, call-ribbon.toml in the working directory is read if it exists.
    #[arg(long, env = "CALL_RIBBON_CONFIG", global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    logs: Logs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the server.
    Serve(Box<Config>),
    /// Prints a settings file with every setting and its default.
    Config,
    /// Checks whether a server with these settings would work here.
    ///
    /// Prints one line for each check: ok, warning or problem, with what to do about it. Exits with 1
    /// if there is a problem. It changes nothing and may run beside a server.
    Doctor(Box<doctor::Doctor>),
    /// Asks a running server whether it is ready, as a container's health check does.
    ///
    /// Exits with 1 if it is not, or does not answer.
    Health(health::HealthArgs),
    /// Creates the database if it does not exist, and brings its tables up to date.
    Migrate(DatabaseArgs),
    /// Recounts the figures of analytics from the calls, and corrects those that differ.
    ///
    /// Servers may run meanwhile.
    RebuildAnalytics(DatabaseArgs),
    /// Copies everything into another database, and compares the two.
    ///
    /// The source may be in use: it is copied as it is when this begins. Each line of the
    /// output is a table: its rows, a checksum over all of its values, and whether both sides
    /// are the same.
    CopyDb(copy::CopyDb),
    /// Removes calls and events past a client's retention, or only counts them.
    Retention(retention::RetentionArgs),
    /// Encrypts providers' secrets with the current secret key instead of a previous one.
    ///
    /// Set the new key as `CALL_RIBBON_SECRET_KEY` and the old one as
    /// `CALL_RIBBON_PREVIOUS_SECRET_KEYS`, restart the servers with both, run this, and then
    /// remove the old one.
    RotateSecrets(rotate::RotateArgs),
    /// Exports or erases the data of one of a client's customers.
    #[command(subcommand)]
    Customer(customer::CustomerCommand),
    /// Makes three clients with a believable year of calls, for demonstrations and measurements.
    ///
    /// If it was stopped, run it again to continue. A new SQLite file is synced to disk only at the
    /// end: after a power failure, remove it and begin again.
    DemoData(demo_data::DemoData),
    /// Lists, makes, suspends and resumes clients.
    #[command(subcommand)]
    Client(ClientCommand),
    /// Lists, makes and revokes a client's API keys.
    #[command(subcommand)]
    Key(KeyCommand),
    /// Lists, makes, changes and removes a client's agents.
    #[command(subcommand)]
    Agent(agent::AgentCommand),
    /// Lists, makes, tests and removes a client's accounts at telephony providers.
    #[command(subcommand)]
    Provider(provider::ProviderCommand),
    /// Tries packs of rules of calling on past calls.
    #[command(subcommand)]
    Rules(rules::RulesCommand),
    /// Lists, adds, disables and removes a client's staff, who sign in with a password.
    #[command(subcommand)]
    Person(person::PersonCommand),
    /// Lists, imports and exports numbers that must not be called.
    #[command(subcommand)]
    Suppressions(suppressions::SuppressionsCommand),
    /// Lists, makes and revokes staff tokens, for programs that manage one client.
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Checks a file for a complaint, without a server: fails if anything in it was altered.
    Verify(verify::VerifyArgs),
}

/// Runs the command on the command line.
pub async fn run() -> ExitCode {
    let ParsedSettings { cli, file, refused } = settings::parse_settings();
    logs::init_logging(&cli.logs);
    let done = match (cli.command, refused) {
        (Command::Doctor(doctor), refused) => {
            match doctor::run(*doctor, file.as_deref(), refused.as_ref()).await {
                Ok(true) => Ok(()),
                Ok(false) => return ExitCode::FAILURE,
                Err(error) => Err(error.into()),
            }
        }
        (_, Some(refused)) => Err(refused.into()),
        (Command::Serve(config), None) => run_server(*config).await,
        (Command::Config, None) => print_settings(),
        (Command::Health(asked), None) => health::run(&asked).await,
        (Command::Migrate(on), None) => bring_up_to_date(&on.database).await,
        (Command::RebuildAnalytics(on), None) => rebuild_analytics(&on.database).await,
        (Command::DemoData(command), None) => demo_data::run(command).await,
        (Command::CopyDb(command), None) => copy::run(command).await,
        (Command::Retention(command), None) => retention::run(command).await,
        (Command::RotateSecrets(command), None) => rotate::run(command).await,
        (Command::Customer(command), None) => customer::run(command).await,
        (Command::Client(command), None) => operator::run_client(command).await,
        (Command::Key(command), None) => operator::run_key(command).await,
        (Command::Agent(command), None) => agent::run(command).await,
        (Command::Provider(command), None) => provider::run(command).await,
        (Command::Rules(command), None) => rules::run(command).await,
        (Command::Person(command), None) => person::run(command).await,
        (Command::Suppressions(command), None) => suppressions::run(command).await,
        (Command::Token(command), None) => token::run(command).await,
        (Command::Verify(asked), None) => verify::run(&asked),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{}", error_chain(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

async fn run_server(mut config: Config) -> Result<(), Box<dyn Error>> {
    config.read_secret_files()?;
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| format!("could not listen on {}: {error}", config.listen))?;
    let address = listener.local_addr()?;
    let app = App::start(config, Arc::new(SystemClock), Ids::random()).await?;
    app.warn_about_surroundings(address).await;
    if let Some(token) = app.new_admin_token() {
        // Not to the log, which may be stored where others can read it.
        writeln!(
            std::io::stderr(),
            "The admin token, shown only once (Authorization: Bearer …): {}",
            token.expose()
        )?;
    }

    let stop = CancellationToken::new();
    signals::spawn_handlers(&app, &stop);
    let mut out = std::io::stdout();
    writeln!(out, "Call Ribbon is ready at {}://{address}", app.scheme())?;
    out.flush()?;
    app.serve(listener, stop).await;
    Ok(())
}

fn print_settings() -> Result<(), Box<dyn Error>> {
    let text = config::default_file(config::setting_flags(&Cli::command()));
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}

async fn bring_up_to_date(database: &str) -> Result<(), Box<dyn Error>> {
    let (before, after) = migrate_database(database).await?;
    let mut out = std::io::stdout();
    if before == after {
        writeln!(out, "The tables are up to date, at version {}.", after.at)?;
    } else {
        writeln!(out, "The tables were migrated from version {} to {}.", before.at, after.at)?;
    }
    Ok(())
}

async fn rebuild_analytics(database: &str) -> Result<(), Box<dyn Error>> {
    let found = rebuild::run_recount(database, |client, so_far| {
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
