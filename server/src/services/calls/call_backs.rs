//! Lists whom the client has to call back, and changes the queue of call backs and follow-ups.

use super::history::SHOWN_FOR;
use crate::services::ServiceError;
use crate::services::access::operator::Operator;
use crate::services::access::teams::TeamView;
use crate::services::call_object::noted_call;
use crate::storage::{
    CallBackFilter, Client, MissedRow, Portion, QueueChange, ReassignOutcome, Store,
};
use crate::time;
use call_ribbon_shared::Millis;
use call_ribbon_shared::wire::{CallBackCaller, CallBackFigures, CallBacks, CalledBack};
use std::collections::HashMap;

/// Missed calls that one request examines: the latest ones.
const MOST_CALLS: i64 = 2_000;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Which callers to list.
#[derive(Debug, Clone)]
pub struct CallBackRequest {
    /// Only callers whom this agent has to call back.
    pub agent_id: Option<String>,
    /// Only callers whom agents of these teams have to call back.
    pub team: Option<TeamView>,
    pub since: Millis,
    /// Whether to list callers who need no call any more, too.
    pub all: bool,
    pub most: usize,
}

/// The missed calls of one caller.
struct Episode {
    first_at: Millis,
    count: u32,
    /// The latest call.
    last: MissedRow,
}

/// Returns the callers of missed calls, the latest first.
pub async fn list_call_backs(
    store: &Store,
    client: &Client,
    wanted: CallBackRequest,
) -> Result<CallBacks, ServiceError> {
    let CallBackRequest { agent_id, team, since, all, most } = wanted;
    let of_team = team.as_ref().map(|team| team.id.clone());
    let filter = CallBackFilter { agent_id, team: of_team, since, most: MOST_CALLS };
    let Portion { rows, cut } = store.calls().list_call_backs(&client.id, &filter).await?;
    let full = i64::try_from(rows.len()).is_ok_and(|rows| rows >= MOST_CALLS);
    let episodes = group_by_caller(rows);
    let figures = count_episodes(&episodes);
    let listed = episodes.into_iter().filter(|episode| all || episode.is_waiting()).take(most);
    let callers = listed.map(|episode| episode.into_caller(team.as_ref())).collect();
    Ok(CallBacks { callers, figures, truncated: cut || full })
}

/// Groups calls, the newest first, by number and by what came of them.
fn group_by_caller(rows: Vec<MissedRow>) -> Vec<Episode> {
    let mut places: HashMap<(String, Option<String>, bool), usize> = HashMap::new();
    let mut episodes: Vec<Episode> = Vec::new();
    for row in rows {
        let number = row.missed.call.phone.clone().unwrap_or_default();
        let key = (number, row.back_session_id.clone(), row.done_at.is_some());
        let place = *places.entry(key).or_insert(episodes.len());
        let first_at = row.missed.call.started_at;
        if let Some(episode) = episodes.get_mut(place) {
            episode.count += 1;
            episode.first_at = first_at;
        } else {
            episodes.push(Episode { first_at, count: 1, last: row });
        }
    }
    episodes
}

impl Episode {
    fn is_waiting(&self) -> bool {
        self.last.back_at.is_none() && self.last.done_at.is_none()
    }

    /// Returns the seconds from the first missed call until somebody spoke with the caller.
    fn seconds_until_call(&self) -> Option<i64> {
        self.last.back_at.map(|at| (at - self.first_at).max(0) / 1000)
    }

    /// Converts it for a reader, who learns nothing of agents outside the supervised teams.
    fn into_caller(self, team: Option<&TeamView>) -> CallBackCaller {
        let after_seconds = self.seconds_until_call();
        let Self { first_at, count, last } = self;
        let back = last.back_session_id.zip(last.back_at).zip(after_seconds);
        let agent_id = last.back_agent_id;
        let is_seen =
            team.is_none_or(|team| agent_id.as_deref().is_some_and(|agent| team.has_agent(agent)));
        let called_back = back.map(|((session_id, at), after_seconds)| CalledBack {
            session_id,
            at: time::format(at),
            after_seconds,
            agent_id: agent_id.filter(|_| is_seen),
            agent_name: last.back_agent_name.filter(|_| is_seen),
        });
        CallBackCaller {
            count,
            first_missed: time::format(first_at),
            last_call: noted_call(last.missed),
            owner_id: last.owner_id,
            called_back,
            done_at: last.done_at.map(time::format),
            done_by: last.done_by,
        }
    }
}

fn count_episodes(episodes: &[Episode]) -> CallBackFigures {
    let count = |is_counted: &dyn Fn(&Episode) -> bool| {
        let counted = episodes.iter().filter(|episode| is_counted(episode)).count();
        i64::try_from(counted).unwrap_or(i64::MAX)
    };
    let within = |most| count(&|one| one.seconds_until_call().is_some_and(|took| took <= most));
    let mut times: Vec<i64> = episodes.iter().filter_map(Episode::seconds_until_call).collect();
    times.sort_unstable();
    CallBackFigures {
        callers: count(&|_| true),
        called_back: within(i64::MAX),
        done: count(&|one| one.last.back_at.is_none() && one.last.done_at.is_some()),
        waiting: count(&Episode::is_waiting),
        within_15_minutes: within(15 * MINUTE),
        within_1_hour: within(HOUR),
        within_1_day: within(DAY),
        median_seconds: times.get(times.len() / 2).copied().unwrap_or_default(),
    }
}

/// Changes who has to call back a number, or whether somebody has to.
pub async fn change_call_back(
    operator: &Operator<'_>,
    client_id: &str,
    session_id: &str,
    change: &QueueChange,
) -> Result<(), ServiceError> {
    let since = operator.now.saturating_sub(SHOWN_FOR);
    let calls = operator.store.calls();
    let changed =
        calls.change_call_back(client_id, session_id, since, change, operator.stamp()).await?;
    if changed == 0 {
        return Err(ServiceError::Unknown("There is no such missed call.".to_owned()));
    }
    Ok(())
}

/// Marks a follow-up as done, or changes who has to make it.
pub async fn change_follow_up(
    operator: &Operator<'_>,
    client_id: &str,
    session_id: &str,
    change: &QueueChange,
) -> Result<(), ServiceError> {
    let since = operator.now.saturating_sub(SHOWN_FOR);
    let calls = operator.store.calls();
    match calls.change_follow_up(client_id, session_id, change, since, operator.stamp()).await? {
        ReassignOutcome::Changed => Ok(()),
        ReassignOutcome::Present => Err(ServiceError::Conflict(
            "This agent has an open follow-up for the customer already; mark one of the two as done."
                .to_owned(),
        )),
        ReassignOutcome::Unknown => {
            Err(ServiceError::Unknown("There is no such follow-up.".to_owned()))
        }
    }
}
