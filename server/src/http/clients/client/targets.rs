//! Reads a client's targets; an error names the field.

use crate::http::request::body::Object;
use crate::http::request::bounds::text_within;
use crate::http::request::integers::WholeNumber;
use crate::http::request::problem::Problem;
use crate::ids::LONGEST_ID;
use call_ribbon_shared::wire::{Target, Targets};
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::openapi::ObjectBuilder;
use utoipa::openapi::schema::{Schema, SchemaType, Type};

/// The most agents with targets of their own, and the most teams with targets.
const MOST_AGENTS: usize = 500;
const MOST_TEAMS: usize = 200;
/// The highest number of a target.
const HIGHEST: i64 = 10_000;

/// A client's targets for its agents.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TargetsBody {
    every_agent: Option<Object<TargetBody>>,
    agents: Option<BTreeMap<String, Object<TargetBody>>>,
    teams: Option<BTreeMap<String, Object<TargetBody>>>,
}

#[derive(Deserialize)]
struct TargetBody {
    calls: Option<WholeNumber>,
    connected: Option<WholeNumber>,
    promises: Option<WholeNumber>,
}

/// Describes targets.
pub fn describe_targets() -> Schema {
    let number = |what| {
        ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::Integer, Type::Null]))
            .minimum(Some(1))
            .maximum(Some(HIGHEST))
            .description(Some(what))
    };
    let target = || {
        ObjectBuilder::new()
            .property("calls", number("Calls."))
            .property("connected", number("Calls in which both sides talk."))
            .property("promises", number("Promises."))
    };
    let every = target().schema_type(SchemaType::from_iter([Type::Object, Type::Null]));
    let by_id = |most| {
        ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::Object, Type::Null]))
            .additional_properties(Some(target()))
            .max_properties(Some(most))
    };
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Object, Type::Null]))
        .property("everyAgent", every)
        .property("agents", by_id(MOST_AGENTS))
        .property("teams", by_id(MOST_TEAMS))
        .description(Some(
            "What an agent should reach on a day: every agent, and single agents by their ids (at \
             most 200 characters), whose own numbers go first. `teams` is what the agents of a team \
             should reach together, by the teams' ids. They replace all earlier targets. Null \
             removes them.",
        ))
        .examples([serde_json::json!({
            "everyAgent": {"calls": 80, "promises": 6}, "agents": {"agent1": {"calls": 100}},
        })])
        .into()
}

/// Accepts targets that an agent can reach.
pub fn read_targets(body: TargetsBody) -> Result<Targets, Problem> {
    let every_agent = match body.every_agent {
        Some(Object(target)) => read_target("targets.everyAgent", &target)?,
        None => Target::default(),
    };
    Ok(Targets {
        every_agent,
        agents: read_by_id("targets.agents", MOST_AGENTS, body.agents)?,
        teams: read_by_id("targets.teams", MOST_TEAMS, body.teams)?,
    })
}

/// Reads targets by the ids of agents or of teams.
fn read_by_id(
    name: &str,
    most: usize,
    bodies: Option<BTreeMap<String, Object<TargetBody>>>,
) -> Result<BTreeMap<String, Target>, Problem> {
    let bodies = bodies.unwrap_or_default();
    if bodies.len() > most {
        return Err(Problem::invalid(name, format!("{name} must have at most {most} entries.")));
    }
    let read = |(id, Object(target)): (String, Object<TargetBody>)| {
        let id = text_within(name, id, LONGEST_ID)?;
        if id.is_empty() {
            return Err(Problem::invalid(name, format!("{name} has an entry without an id.")));
        }
        let target = read_target(&format!("{name}.{id}"), &target)?;
        Ok((id, target))
    };
    bodies.into_iter().map(read).collect()
}

fn read_target(name: &str, body: &TargetBody) -> Result<Target, Problem> {
    let read = |part: &str, number: Option<WholeNumber>| {
        let Some(number) = number.map(WholeNumber::get) else { return Ok(None) };
        if (1..=HIGHEST).contains(&number) {
            return Ok(Some(number));
        }
        let field = format!("{name}.{part}");
        let sentence =
            format!("{field} must be a whole number from 1 to {HIGHEST}, or be left out.");
        Err(Problem::invalid(&field, sentence))
    };
    Ok(Target {
        calls: read("calls", body.calls)?,
        connected: read("connected", body.connected)?,
        promises: read("promises", body.promises)?,
    })
}
