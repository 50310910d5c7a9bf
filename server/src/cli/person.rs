//! The command `call-ribbon person`: a client's staff who sign in with a password.

use super::operator::{On, open, say};
use super::token::{name, role};
use crate::ids::Ids;
use crate::secret::Secret;
use crate::services::access::operator::Operator;
use crate::services::access::passwords::{self, Passwords};
use crate::services::access::people::{self, Changes, NewPerson, PersonShown};
use crate::services::access::staff_tokens::Role;
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
        on: On,
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
        on: On,
    },
    /// Sets a person's password, read from standard input, and ends their sessions.
    Password {
        client_id: String,
        person_id: String,
        #[command(flatten)]
        on: On,
    },
    /// Disables a person's sign-in, and ends their sessions.
    Disable {
        client_id: String,
        person_id: String,
        #[command(flatten)]
        on: On,
    },
    /// Enables a person's sign-in again.
    Enable {
        client_id: String,
        person_id: String,
        #[command(flatten)]
        on: On,
    },
    /// Removes a person, and ends their sessions.
    Remove {
        client_id: String,
        person_id: String,
        #[command(flatten)]
        on: On,
    },
}

/// Runs a `person` command.
pub async fn run(command: PersonCommand) -> Result<(), Box<dyn Error>> {
    let store = open(match &command {
        PersonCommand::List { on, .. }
        | PersonCommand::Add { on, .. }
        | PersonCommand::Password { on, .. }
        | PersonCommand::Disable { on, .. }
        | PersonCommand::Enable { on, .. }
        | PersonCommand::Remove { on, .. } => on,
    })
    .await?;
    let said = act(&store, command).await;
    store.close().await;
    say(&said?)
}

async fn act(store: &Store, command: PersonCommand) -> Result<String, Box<dyn Error>> {
    let (ids, passwords) = (Ids::random(), Passwords::default());
    let (now, by) = (SystemClock.now(), Actor::COMMAND_LINE);
    let operator = Operator { store, ids: &ids, now, by };
    let change = async |client_id: String, person_id: String, changes: Changes| {
        people::change(&operator, &passwords, &client_id, &person_id, changes).await
    };
    Ok(match command {
        PersonCommand::List { client_id, .. } => {
            people::list(&operator, &client_id).await?.people.iter().map(line).collect()
        }
        PersonCommand::Add { client_id, email, name, role, .. } => {
            let new = NewPerson { email, name, role, password: read_password()? };
            let made = people::create(&operator, &passwords, &client_id, new).await?;
            format!("Person: {}\n", made.person_id)
        }
        PersonCommand::Password { client_id, person_id, .. } => {
            let changes = Changes { password: Some(read_password()?), ..Changes::default() };
            line(&change(client_id, person_id, changes).await?)
        }
        PersonCommand::Disable { client_id, person_id, .. } => {
            let changes = Changes { disabled: Some(true), ..Changes::default() };
            line(&change(client_id, person_id, changes).await?)
        }
        PersonCommand::Enable { client_id, person_id, .. } => {
            let changes = Changes { disabled: Some(false), ..Changes::default() };
            line(&change(client_id, person_id, changes).await?)
        }
        PersonCommand::Remove { client_id, person_id, .. } => {
            let gone = people::remove(&operator, &client_id, &person_id).await?;
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
    Ok(passwords::chosen("the password", text.trim_end_matches(['\r', '\n']).to_owned())?)
}

fn line(person: &PersonShown) -> String {
    let state = if person.disabled_at.is_some() { "disabled" } else { "good" };
    let last = person.last_sign_in_at.as_deref().unwrap_or("never");
    let PersonShown { person_id, email, role, name, .. } = person;
    format!("{person_id}\t{email}\t{role}\t{state}\t{last}\t{name}\n")
}

fn email(text: &str) -> Result<String, String> {
    people::email(text).map_err(|error| error.to_string())
}
