//! Reads the team whose agents a query is about.

use super::problem::Problem;
use super::query_params::non_empty;
use crate::app::App;
use crate::services::access::reach::Reach;
use crate::services::access::teams::TeamView;
use crate::storage::Client;
use serde::Deserialize;
use utoipa::IntoParams;

/// A team of the client.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
pub struct TeamQuery {
    /// Only the agents of this team.
    #[param(pattern = r"^[^\u0000]*$", example = "team_0199d7d2c5e07c3f9a3be2b1f0c44a10")]
    team_id: Option<String>,
}

impl TeamQuery {
    /// Returns the name of the field if a team is named.
    pub fn given(&self) -> Option<&'static str> {
        self.team_id.as_ref().filter(|id| !id.is_empty()).map(|_| "teamId")
    }

    /// Describes the filter for the audit log.
    pub fn describe(&self) -> Vec<String> {
        let id = self.team_id.iter().filter(|id| !id.is_empty());
        // A team that does not exist is refused, so this is a short id.
        id.map(|id| format!("teamId={id}")).collect()
    }

    /// Returns the agents of the team. Without a team, a supervisor has those of all of the
    /// supervisor's teams; all other callers have all agents, `None`.
    pub async fn into_view(
        self,
        app: &App,
        client: &Client,
        reach: &Reach,
    ) -> Result<Option<TeamView>, Problem> {
        let team_id = non_empty(self.team_id);
        Ok(TeamView::of_team(&app.store, &client.id, reach.team(), team_id.as_deref()).await?)
    }
}
