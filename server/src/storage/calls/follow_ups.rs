//! Stores follow-ups for customers without a call.

use super::due::{and_uncalled, due_calls, end_of_due, not_spoken_since};
use crate::storage::database::columns::{noted_call_columns, uncalled_columns};
use crate::storage::database::pools::{Tx, query_read, query_tx, retry_tx};
use crate::storage::locks::lock_client;
use crate::storage::{CallStore, CallWithNotes, StoreError};
use call_ribbon_shared::Millis;

/// The most follow-ups without a call that wait for one agent.
pub const MOST_OF_AGENT: i64 = 1000;

/// The open follow-ups of the agent `$5` for the customer `$6`.
const OF_CUSTOMER: &str = concat!(
    due_calls!(),
    "n.agent_id = $5 AND c.customer_id = $6 AND ",
    and_uncalled!(),
    "f.agent_id = $5 AND f.customer_id = $6 AND ",
    end_of_due!()
);

/// The open follow-ups of the agent `$5` for the number `$6` of no known customer.
const OF_NUMBER: &str = concat!(
    due_calls!(),
    "n.agent_id = $5 AND c.customer_id IS NULL AND c.phone = $6 AND ",
    and_uncalled!(),
    "f.agent_id = $5 AND f.customer_id IS NULL AND f.phone = $6 AND ",
    end_of_due!()
);

/// The open follow-ups of all agents for the customer `$5`.
const OF_ALL_AGENTS: &str = concat!(
    due_calls!(),
    "c.customer_id = $5 AND ",
    and_uncalled!(),
    "f.customer_id = $5 AND ",
    end_of_due!()
);

/// Whom an agent has to call.
#[derive(Debug, Clone)]
pub struct FollowUpOf {
    pub agent_id: String,
    pub customer_id: Option<String>,
    /// The number as calls have it, which tells customers without an id apart.
    pub phone: String,
}

impl FollowUpOf {
    fn select(&self) -> (&'static str, &str) {
        match &self.customer_id {
            Some(customer_id) => (OF_CUSTOMER, customer_id),
            None => (OF_NUMBER, &self.phone),
        }
    }
}

/// A follow-up to store.
#[derive(Debug, Clone)]
pub struct NewFollowUp {
    pub id: String,
    pub of: FollowUpOf,
    pub agent_name: Option<String>,
    /// `customerData` as it was sent.
    pub customer: Option<String>,
    pub at: Millis,
    pub note: Option<String>,
}

/// What became of a new follow-up.
#[derive(Debug)]
pub enum PlanOutcome {
    Planned(CallWithNotes),
    /// The agent has an open one for this customer, which stays as it is.
    Present(CallWithNotes),
    /// The agent has too many.
    TooMany,
}

impl CallStore<'_> {
    /// Returns the agent's first open follow-up for a customer that is due at `from` or later.
    pub async fn find_follow_up(
        self,
        client_id: &str,
        of: &FollowUpOf,
        from: Millis,
    ) -> Result<Option<CallWithNotes>, StoreError> {
        let (sql, whose) = of.select();
        Ok(query_read!(self, |db| sqlx::query_as(sql)
            .bind(client_id)
            .bind(from)
            .bind(Millis::MAX)
            .bind(1_i64)
            .bind(&of.agent_id)
            .bind(whose)
            .fetch_optional(db))?)
    }

    /// Returns the first open follow-up of any agent for a customer that is due at `from` or later.
    pub async fn find_next_follow_up(
        self,
        client_id: &str,
        customer_id: &str,
        from: Millis,
    ) -> Result<Option<CallWithNotes>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(OF_ALL_AGENTS)
            .bind(client_id)
            .bind(from)
            .bind(Millis::MAX)
            .bind(1_i64)
            .bind(customer_id)
            .fetch_optional(db))?)
    }

    /// Returns the follow-ups without a call for a customer, and for a number of no known customer, in
    /// any of its spellings. Those that are done are among them while they can be undone.
    pub async fn list_uncalled_of_person(
        self,
        client_id: &str,
        customer_id: Option<&str>,
        spellings: &[String],
        most: i64,
    ) -> Result<Vec<CallWithNotes>, StoreError> {
        let mut found = Vec::new();
        if let Some(customer_id) = customer_id {
            found = query_read!(self, |db| sqlx::query_as(concat!(
                "SELECT ",
                uncalled_columns!(),
                " FROM follow_ups f WHERE f.client_id = $1 AND f.customer_id = $2
                 ORDER BY f.follow_up_id LIMIT $3"
            ))
            .bind(client_id)
            .bind(customer_id)
            .bind(most)
            .fetch_all(db))?;
        }
        for phone in spellings {
            let of_number: Vec<CallWithNotes> = query_read!(self, |db| sqlx::query_as(concat!(
                "SELECT ",
                uncalled_columns!(),
                " FROM follow_ups f
                 WHERE f.client_id = $1 AND f.customer_id IS NULL AND f.phone = $2
                 ORDER BY f.follow_up_id LIMIT $3"
            ))
            .bind(client_id)
            .bind(phone)
            .bind(most)
            .fetch_all(db))?;
            found.extend(of_number);
        }
        Ok(found)
    }

    /// Stores a follow-up unless its agent has an open one for the customer that is due at `from` or
    /// later. Removes what nobody needs any more.
    pub async fn plan_follow_up(
        self,
        client_id: &str,
        new: &NewFollowUp,
        from: Millis,
        now: Millis,
    ) -> Result<PlanOutcome, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            // Until the commit, no other request plans or reassigns.
            lock_client(&mut tx, client_id).await?;
            let (sql, whose) = new.of.select();
            let present: Option<CallWithNotes> = query_tx!(tx, |db| sqlx::query_as(sql)
                .bind(client_id)
                .bind(from)
                .bind(Millis::MAX)
                .bind(1_i64)
                .bind(&new.of.agent_id)
                .bind(whose)
                .fetch_optional(db))?;
            if let Some(present) = present {
                return Ok(PlanOutcome::Present(present));
            }
            if remove_done(&mut tx, client_id, &new.of, from).await? >= MOST_OF_AGENT {
                return Ok(PlanOutcome::TooMany);
            }
            query_tx!(tx, |db| sqlx::query(
                "INSERT INTO follow_ups (client_id, follow_up_id, created_at, customer_id, phone,
                    customer, agent_id, agent_name, follow_up_at, follow_up_note)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
            )
            .bind(client_id)
            .bind(&new.id)
            .bind(now)
            .bind(&new.of.customer_id)
            .bind(&new.of.phone)
            .bind(&new.customer)
            .bind(&new.of.agent_id)
            .bind(&new.agent_name)
            .bind(new.at)
            .bind(&new.note)
            .execute(db))?;
            let planned = find_own(&mut tx, client_id, &new.id).await?;
            let planned = planned.ok_or(sqlx::Error::RowNotFound)?;
            tx.commit().await?;
            Ok(PlanOutcome::Planned(planned))
        })
    }

    /// Returns a follow-up without a call, which may be done.
    pub async fn find_uncalled(
        self,
        client_id: &str,
        follow_up_id: &str,
    ) -> Result<Option<CallWithNotes>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            uncalled_columns!(),
            " FROM follow_ups f WHERE f.client_id = $1 AND f.follow_up_id = $2"
        ))
        .bind(client_id)
        .bind(follow_up_id)
        .fetch_optional(db))?)
    }

    /// Sets time and subject of a follow-up without a call; without them it is done. Returns false, and
    /// changes nothing, if it is done and its agent has another open one for the customer that is due
    /// at `from` or later.
    pub async fn set_uncalled(
        self,
        client_id: &str,
        follow_up_id: &str,
        follow_up: Option<&(Millis, Option<String>)>,
        from: Millis,
    ) -> Result<bool, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            // Until the commit, no other request plans or reassigns.
            lock_client(&mut tx, client_id).await?;
            if follow_up.is_some()
                && let Some(own) = find_own(&mut tx, client_id, follow_up_id).await?
                && own.written.follow_up_at.is_none()
                && has_other(&mut tx, client_id, &own, None, from).await?
            {
                return Ok(false);
            }
            query_tx!(tx, |db| sqlx::query(
                "UPDATE follow_ups SET follow_up_at = $3, follow_up_note = $4
                 WHERE client_id = $1 AND follow_up_id = $2"
            )
            .bind(client_id)
            .bind(follow_up_id)
            .bind(follow_up.map(|(at, _)| *at))
            .bind(follow_up.and_then(|(_, note)| note.as_ref()))
            .execute(db))?;
            tx.commit().await?;
            Ok(true)
        })
    }
}

/// Returns a follow-up without a call, which may be done.
pub(super) async fn find_own(
    tx: &mut Tx,
    client_id: &str,
    follow_up_id: &str,
) -> Result<Option<CallWithNotes>, sqlx::Error> {
    query_tx!(*tx, |db| sqlx::query_as(concat!(
        "SELECT ",
        uncalled_columns!(),
        " FROM follow_ups f WHERE f.client_id = $1 AND f.follow_up_id = $2"
    ))
    .bind(client_id)
    .bind(follow_up_id)
    .fetch_optional(db))
}

/// Returns whether an agent has an open follow-up for the customer of this one beside it, due at
/// `from` or later: its own agent, or another one.
pub(super) async fn has_other(
    tx: &mut Tx,
    client_id: &str,
    own: &CallWithNotes,
    agent_id: Option<&str>,
    from: Millis,
) -> Result<bool, sqlx::Error> {
    let agent_id = agent_id.or(own.call.agent_id.as_deref()).unwrap_or_default();
    let of = FollowUpOf {
        agent_id: agent_id.to_owned(),
        customer_id: own.call.customer_id.clone(),
        phone: own.call.phone.clone().unwrap_or_default(),
    };
    let (sql, whose) = of.select();
    let open: Vec<CallWithNotes> = query_tx!(*tx, |db| sqlx::query_as(sql)
        .bind(client_id)
        .bind(from)
        .bind(Millis::MAX)
        .bind(2_i64)
        .bind(agent_id)
        .bind(whose)
        .fetch_all(db))?;
    Ok(open.iter().any(|one| one.call.session_id != own.call.session_id))
}

/// Removes follow-ups without a call of an agent: those that somebody has spoken about, that were due
/// before `from`, and that are marked as done and older than that or for the same customer. Until then
/// the agent can undo the mark. Returns how many open ones are left.
async fn remove_done(
    tx: &mut Tx,
    client_id: &str,
    of: &FollowUpOf,
    from: Millis,
) -> Result<i64, sqlx::Error> {
    query_tx!(*tx, |db| sqlx::query(concat!(
        "DELETE FROM follow_ups WHERE client_id = $1 AND agent_id = $2
           AND (follow_up_at < $3 OR (follow_up_at IS NULL AND (created_at < $3
                OR customer_id = $4 OR (customer_id IS NULL AND $4 = '' AND phone = $5)))
             OR NOT (",
        not_spoken_since!("follow_ups", "created_at"),
        "))"
    ))
    .bind(client_id)
    .bind(&of.agent_id)
    .bind(from)
    .bind(of.customer_id.as_deref().unwrap_or_default())
    .bind(&of.phone)
    .execute(db))?;
    query_tx!(*tx, |db| sqlx::query_scalar(
        "SELECT COUNT(*) FROM follow_ups
         WHERE client_id = $1 AND agent_id = $2 AND follow_up_at IS NOT NULL"
    )
    .bind(client_id)
    .bind(&of.agent_id)
    .fetch_one(db))
}
