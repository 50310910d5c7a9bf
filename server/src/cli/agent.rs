//! The command `call-ribbon agent`: a client's agents.

use super::operator::{DatabaseArgs, open_store, print_text};
use super::token::name;
use crate::ids::Ids;
use crate::patch::Patch;
use crate::services::access::operator::Operator;
use crate::services::clients::agents::{self, AgentShown};
use crate::storage::{Actor, AgentChange, Store};
use crate::time::{Clock as _, SystemClock};
use clap::{Args, Subcommand};
use std::error::Error;

/// The fields of an agent to set; an empty text removes the value.
#[derive(Debug, Args)]
pub struct AgentFields {
    /// The agent's name.
    #[arg(long)]
    name: Option<String>,
    /// The agent's id in the client's dialer.
    #[arg(long)]
    dialer_user_id: Option<String>,
    /// The agent's own phone number with country code, such as +919811122233.
    #[arg(long)]
    phone: Option<String>,
    /// The agent's id at the telephony provider.
    #[arg(long)]
    provider_user_id: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum AgentCommand {
    /// Lists a client's agents: id, name, dialer's id, phone, provider's id; separated by tabs.
    List {
        client_id: String,
        #[command(flatten)]
        on: DatabaseArgs,
    },
    /// Makes an agent.
    Create {
        client_id: String,
        agent_id: String,
        #[command(flatten)]
        what: AgentFields,
        #[command(flatten)]
        on: DatabaseArgs,
    },
    /// Changes the given fields of an agent.
    Change {
        client_id: String,
        agent_id: String,
        #[command(flatten)]
        what: AgentFields,
        #[command(flatten)]
        on: DatabaseArgs,
    },
    /// Removes an agent; its calls stay.
    Remove {
        client_id: String,
        agent_id: String,
        #[command(flatten)]
        on: DatabaseArgs,
    },
}

/// Runs an `agent` command.
pub async fn run(command: AgentCommand) -> Result<(), Box<dyn Error>> {
    let store = open_store(match &command {
        AgentCommand::List { on, .. }
        | AgentCommand::Create { on, .. }
        | AgentCommand::Change { on, .. }
        | AgentCommand::Remove { on, .. } => on,
    })
    .await?;
    let said = run_on_store(&store, command).await;
    store.close().await;
    print_text(&said?)
}

async fn run_on_store(store: &Store, command: AgentCommand) -> Result<String, Box<dyn Error>> {
    let ids = Ids::random();
    let operator = Operator { store, ids: &ids, now: SystemClock.now(), by: Actor::COMMAND_LINE };
    Ok(match command {
        AgentCommand::List { client_id, .. } => agents::list_agents(&operator, &client_id, None)
            .await?
            .agents
            .iter()
            .map(format_agent)
            .collect(),
        AgentCommand::Create { client_id, agent_id, what, .. } => {
            let agent_id = name(&agent_id)?;
            format_agent(
                &agents::create_agent(&operator, &client_id, &agent_id, what.change()?).await?,
            )
        }
        AgentCommand::Change { client_id, agent_id, what, .. } => format_agent(
            &agents::change_agent(&operator, &client_id, &agent_id, what.change()?).await?,
        ),
        AgentCommand::Remove { client_id, agent_id, .. } => {
            agents::remove_agent(&operator, &client_id, &agent_id).await?;
            format!("Removed: {agent_id}\n")
        }
    })
}

impl AgentFields {
    fn change(self) -> Result<AgentChange, Box<dyn Error>> {
        let text = |text: Option<String>| {
            Ok::<_, String>(match text {
                None => Patch::Absent,
                Some(text) if text.is_empty() => Patch::Null,
                Some(text) => Patch::Value(name(&text)?),
            })
        };
        let phone = text(self.phone)?.try_map(|phone| agents::parse_phone("phone", &phone))?;
        Ok(AgentChange {
            name: text(self.name)?,
            dialer_user_id: text(self.dialer_user_id)?,
            phone,
            provider_user_id: text(self.provider_user_id)?,
        })
    }
}

fn format_agent(agent: &AgentShown) -> String {
    let words = [
        Some(agent.agent_id.as_str()),
        agent.name.as_deref(),
        agent.dialer_user_id.as_deref(),
        agent.phone.as_deref(),
        agent.provider_user_id.as_deref(),
    ];
    words.map(Option::unwrap_or_default).join("\t") + "\n"
}
