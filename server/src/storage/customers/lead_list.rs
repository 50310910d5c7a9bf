//! Lists and searches a client's leads.

use super::list::{MAX_SCANNED, SearchPage};
use crate::storage::database::pools::query_read;
use crate::storage::{LeadStore, SearchText, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;
use std::collections::BTreeMap;

/// A lead, and how many calls its customer has.
#[derive(Debug, Clone, FromRow)]
pub struct ListedLeadRow {
    pub id: i64,
    pub dialer_lead_id: Option<String>,
    pub full_name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub campaign: Option<String>,
    pub agent_id: String,
    pub agent_name: Option<String>,
    pub customer_id: String,
    pub created_at: Millis,
    pub updated_at: Millis,
    pub calls: i64,
    /// What has come of it: 0 no call, 1 calls, 2 a connected call.
    pub stage: i64,
}

/// A lead with what the dialer sent.
#[derive(Debug, Clone, FromRow)]
pub struct SentLeadRow {
    #[sqlx(flatten)]
    pub lead: ListedLeadRow,
    #[sqlx(try_from = "String")]
    pub fields: DialerFields,
}

/// A lead, as far as figures need it.
#[derive(Debug, Clone, FromRow)]
pub struct LeadArrival {
    pub customer_id: String,
    pub created_at: Millis,
    pub agent_id: String,
    pub campaign: Option<String>,
}

/// What a dialer sent, by its names.
#[derive(Debug, Clone)]
pub struct DialerFields(pub BTreeMap<String, String>);

impl TryFrom<String> for DialerFields {
    type Error = serde_json::Error;

    fn try_from(json: String) -> Result<Self, serde_json::Error> {
        serde_json::from_str(&json).map(Self)
    }
}

/// Which leads to list.
#[derive(Debug, Clone)]
pub struct LeadFilter {
    /// Text to find in the name, the e-mail address or an id, or digits to find in the number.
    pub text: Option<SearchText>,
    pub agent_id: Option<String>,
    pub campaign: Option<String>,
    /// Only leads of this [`ListedLeadRow::stage`].
    pub stage: Option<i64>,
    /// Only leads that first arrived at `from` or later, and before `until`.
    pub from: Millis,
    pub until: Millis,
    /// Only leads with a smaller id than this.
    pub before: i64,
    pub most: i64,
}

/// What has come of a lead `l` since it first arrived. Calls that retention has removed are still in
/// the sums.
macro_rules! stage_of_lead {
    () => {
        "CASE WHEN EXISTS (SELECT k.call_sid FROM calls k
                WHERE k.client_id = l.client_id AND k.customer_id = l.customer_id
                  AND k.started_at >= l.created_at
                  AND (k.connected_at IS NOT NULL OR k.duration > 0))
                OR EXISTS (SELECT s.bucket FROM customer_totals s
                WHERE s.client_id = l.client_id AND s.customer_id = l.customer_id
                  AND s.bucket >= l.created_at AND s.connected > 0) THEN CAST(2 AS BIGINT)
              WHEN EXISTS (SELECT k.call_sid FROM calls k
                WHERE k.client_id = l.client_id AND k.customer_id = l.customer_id
                  AND k.started_at >= l.created_at)
                OR EXISTS (SELECT s.bucket FROM customer_totals s
                WHERE s.client_id = l.client_id AND s.customer_id = l.customer_id
                  AND s.bucket >= l.created_at AND s.calls > 0) THEN CAST(1 AS BIGINT)
              ELSE CAST(0 AS BIGINT) END"
    };
}

/// The columns of a lead `l` in a list.
macro_rules! listed_lead_columns {
    () => {
        concat!(
            "l.id, l.dialer_lead_id, l.full_name, l.phone, l.email, l.campaign, l.agent_id,
            l.agent_name, l.customer_id, l.created_at, l.updated_at,
            COALESCE((SELECT CAST(SUM(t.calls) AS BIGINT) FROM customer_totals t
                WHERE t.client_id = l.client_id AND t.customer_id = l.customer_id), 0) AS calls, ",
            stage_of_lead!(),
            " AS stage"
        )
    };
}

macro_rules! listed_leads {
    ($which:literal) => {
        concat!(
            "SELECT ",
            listed_lead_columns!(),
            " FROM leads l WHERE l.client_id = $1 AND l.id < $2 AND l.id >= $3 AND ",
            $which,
            " AND l.created_at >= $9 AND l.created_at < $10
              AND (CAST($11 AS BIGINT) < 0 OR ",
            stage_of_lead!(),
            " = $11)
              AND ($4 = '' OR l.agent_id = $4)
              AND ($6 = '' OR LOWER(l.full_name) LIKE $6 OR LOWER(l.email) LIKE $6
                   OR LOWER(l.dialer_lead_id) LIKE $6 OR LOWER(l.customer_id) LIKE $6
                   OR ($7 <> '' AND l.phone LIKE $7))
              ORDER BY l.id DESC LIMIT $8"
        )
    };
}

macro_rules! spot_of_lead {
    ($which:literal) => {
        concat!(
            "SELECT l.id FROM leads l WHERE l.client_id = $1 AND l.id < $2 AND ",
            $which,
            " ORDER BY l.id DESC LIMIT 1 OFFSET $5"
        )
    };
}

impl LeadStore<'_> {
    /// Lists leads, the newest first.
    pub async fn list_leads(
        self,
        client_id: &str,
        filter: &LeadFilter,
    ) -> Result<SearchPage<ListedLeadRow, i64>, StoreError> {
        let (rows_sql, spot_sql) = match (&filter.campaign, &filter.agent_id) {
            (Some(_), _) => (listed_leads!("l.campaign = $5"), spot_of_lead!("l.campaign = $4")),
            (None, Some(_)) => (
                listed_leads!("l.agent_id = $4 AND CAST($5 AS TEXT) = ''"),
                spot_of_lead!("l.agent_id = $3 AND CAST($4 AS TEXT) = ''"),
            ),
            (None, None) => (
                listed_leads!("CAST($5 AS TEXT) = ''"),
                spot_of_lead!("CAST($3 AS TEXT) = '' AND CAST($4 AS TEXT) = ''"),
            ),
        };
        let agent_id = filter.agent_id.as_deref().unwrap_or_default();
        let campaign = filter.campaign.as_deref().unwrap_or_default();
        let in_index = filter.text.is_none()
            && filter.stage.is_none()
            && (filter.from, filter.until) == (Millis::MIN, Millis::MAX)
            && (filter.agent_id.is_none() || filter.campaign.is_none());
        let bound: Option<i64> = if in_index {
            None
        } else {
            query_read!(self, |db| sqlx::query_scalar(spot_sql)
                .bind(client_id)
                .bind(filter.before)
                .bind(agent_id)
                .bind(campaign)
                .bind(MAX_SCANNED - 1)
                .fetch_optional(db))?
        };
        let (pattern, number) = SearchText::like_patterns(filter.text.as_ref());
        let mut before = filter.before;
        let mut found: Vec<ListedLeadRow> = Vec::new();
        let page = usize::try_from(filter.most).unwrap_or(usize::MAX);
        loop {
            // One row more than requested shows whether another page exists.
            let wanted = filter.most.saturating_add(1);
            let rows: Vec<ListedLeadRow> = query_read!(self, |db| sqlx::query_as(rows_sql)
                .bind(client_id)
                .bind(before)
                .bind(bound.unwrap_or(i64::MIN))
                .bind(agent_id)
                .bind(campaign)
                .bind(&pattern)
                .bind(&number)
                .bind(wanted)
                .bind(filter.from)
                .bind(filter.until)
                .bind(filter.stage.unwrap_or(-1))
                .fetch_all(db))?;
            let full = i64::try_from(rows.len()).is_ok_and(|rows| rows >= wanted);
            let last = rows.last().map(|row| row.id);
            let text = filter.text.as_ref();
            found.extend(
                rows.into_iter().filter(|row| text.is_none_or(|text| row.matches_text(text))),
            );
            if found.len() > page {
                found.truncate(page);
                let next = found.last().map(|row| row.id);
                return Ok(SearchPage { rows: found, next });
            }
            match last {
                Some(last) if full => before = last,
                _ => return Ok(SearchPage { rows: found, next: bound }),
            }
        }
    }
}

impl LeadStore<'_> {
    /// Returns the leads of a customer with what the dialer sent, the newest first.
    pub async fn list_leads_of_customer(
        self,
        client_id: &str,
        customer_id: &str,
        most: i64,
    ) -> Result<Vec<SentLeadRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            listed_lead_columns!(),
            ", l.fields FROM leads l WHERE l.client_id = $1 AND l.customer_id = $2
             ORDER BY l.id DESC LIMIT $3"
        ))
        .bind(client_id)
        .bind(customer_id)
        .bind(most)
        .fetch_all(db))?)
    }

    /// Returns the leads of a range in the order of time, at most `most` of them.
    pub async fn list_lead_arrivals(
        self,
        client_id: &str,
        from: Millis,
        until: Millis,
        most: i64,
    ) -> Result<Vec<LeadArrival>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT customer_id, created_at, agent_id, campaign FROM leads
             WHERE client_id = $1 AND created_at >= $2 AND created_at < $3
             ORDER BY created_at, id LIMIT $4"
        )
        .bind(client_id)
        .bind(from)
        .bind(until)
        .bind(most)
        .fetch_all(db))?)
    }

    /// Counts the leads of each campaign.
    pub async fn count_leads_by_campaign(
        self,
        client_id: &str,
    ) -> Result<Vec<(String, i64)>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT campaign, COUNT(*) FROM leads
             WHERE client_id = $1 AND campaign IS NOT NULL GROUP BY campaign"
        )
        .bind(client_id)
        .fetch_all(db))?)
    }
}

impl ListedLeadRow {
    fn matches_text(&self, text: &SearchText) -> bool {
        let shown = [
            self.full_name.as_deref(),
            self.email.as_deref(),
            self.dialer_lead_id.as_deref(),
            Some(&self.customer_id),
        ];
        shown.into_iter().flatten().any(|shown| text.occurs_in_text(shown))
            || self.phone.as_deref().is_some_and(|phone| text.occurs_in_number(phone))
    }
}
