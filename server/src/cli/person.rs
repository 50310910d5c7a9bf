//! The command `call-ribbon person`: a client's staff who sign in with a password.

use super::operator::{DatabaseArgs, open_store, print_text};
use super::token::{name, role};
use crate::ids::Ids;
use crate::secret::Secret;
use crate::services::access::operator::Operator;
use crate::services::access::passwords::{self, Passwords};
use crate::services::access::people::{self, NewPerson, PersonShown, PersonUpdate};
use crate::services::access::role::Role;
use crate::storage::{Actor, Store};
use crate::time::{Clock as _, SystemClock};
use clap::Subcommand;
use std::error::Error;
use std::io::{BufRead as _, IsTerminal as _, Write as _};

#[derive(Debug, Subcommand)]
pub enum PersonCommand {
    /// Lists a client's people: id, e-mail address, role, state, last sign-in, name; separated by
    /// tabs.
    List {
        client_id: String,
        #[command(flatten)]
        on: DatabaseArgs,
    },
    /// Adds a person. The password is the first line of standard input.
    Add {
        client_id: String,
        /// The e-mail address with which the person signs in.
        #[arg(long, value_parser = email)]
        email: String,
        #[arg(long, value_parser = name)]
        name: String,
        /// admin, who may change the client's settings, or viewer, who may only read.
        #[arg(long, value_parser = role)]
        role: Role,
        #[command(flatten)]
        on: DatabaseArgs,
    },
    /// Sets a person's password, read from standard input, and ends their sessions.
    Password {
        client_id: String,
        person_id: String,
        #[command(flatten)]
        on: DatabaseArgs,
    },
    /// Disables a person's sign-in, and ends their sessions.
    Disable {
        client_id: String,
        person_id: String,
        #[command(flatten)]
        on: DatabaseArgs,
    },
    /// Enables a person's sign-in again.
    Enable {
        client_id: String,
        person_id: String,
        #[command(flatten)]
        on: DatabaseArgs,
    },
    /// Removes a person, and ends their sessions.
    Remove {
        client_id: String,
        person_id: String,
        #[command(flatten)]
        on: DatabaseArgs,
    },
}

/// Runs a `person` command.
pub async fn run(command: PersonCommand) -> Result<(), Box<dyn Error>> {
    let store = open_store(match &command {
        PersonCommand::List { on, .. }
        | PersonCommand::Add { on, .. }
        | PersonCommand::Password { on, .. }
        | PersonCommand::Disable { on, .. }
        | PersonCommand::Enable { on, .. }
        | PersonCommand::Remove { on, .. } => on,
    })
    .await?;
    let said = run_on_store(&store, command).await;
    store.close().await;
    print_text(&said?)
}

async fn run_on_store(store: &Store, command: PersonCommand) -> Result<String, Box<dyn Error>> {
    let (ids, passwords) = (Ids::random(), Passwords::default());
    let (now, by) = (SystemClock.now(), Actor::COMMAND_LINE);
    let operator = Operator { store, ids: &ids, now, by };
    let change = async |client_id: String, person_id: String, changes: PersonUpdate| {
        people::change_person(&operator, &passwords, &client_id, &person_id, changes).await
    };
    Ok(match command {
        PersonCommand::List { client_id, .. } => people::list_people(&operator, &client_id)
            .await?
            .people
            .iter()
            .map(format_person)
            .collect(),
        PersonCommand::Add { client_id, email, name, role, .. } => {
            let new = NewPerson { email, name, role, password: read_password()? };
            let made = people::create_person(&operator, &passwords, &client_id, new).await?;
            format!("Person: {}\n", made.person_id)
        }
        PersonCommand::Password { client_id, person_id, .. } => {
            let changes =
                PersonUpdate { password: Some(read_password()?), ..PersonUpdate::default() };
            format_person(&change(client_id, person_id, changes).await?)
        }
        PersonCommand::Disable { client_id, person_id, .. } => {
            let changes = PersonUpdate { disabled: Some(true), ..PersonUpdate::default() };
            format_person(&change(client_id, person_id, changes).await?)
        }
        PersonCommand::Enable { client_id, person_id, .. } => {
            let changes = PersonUpdate { disabled: Some(false), ..PersonUpdate::default() };
            format_person(&change(client_id, person_id, changes).await?)
        }
        PersonCommand::Remove { client_id, person_id, .. } => {
            let gone = people::remove_person(&operator, &client_id, &person_id).await?;
            format!("Removed: {}\n", gone.person_id)
        }
    })
}

/// Reads a password from the first line of standard input. An argument would be in the shell's
/// history and in the list of processes.
fn read_password() -> Result<Secret, Box<dyn Error>> {
    let input = std::io::stdin();
    if input.is_terminal() {
        write!(std::io::stderr(), "Password (it shows as you type): ")?;
    }
    let mut text = String::new();
    input.lock().read_line(&mut text)?;
    Ok(passwords::check_new_password(
        "the password",
        text.trim_end_matches(['\r', '\n']).to_owned(),
    )?)
}

fn format_person(person: &PersonShown) -> String {
    let state = if person.disabled_at.is_some() { "disabled" } else { "good" };
    let last = person.last_sign_in_at.as_deref().unwrap_or("never");
    let PersonShown { person_id, email, role, name, .. } = person;
    format!("{person_id}\t{email}\t{role}\t{state}\t{last}\t{name}\n")
}

fn email(text: &str) -> Result<String, String> {
    people::normalize_email(text).map_err(|error| error.to_string())
}
