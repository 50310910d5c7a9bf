//! Reads the calls of a range one after another, with only the columns that figures need.
//!
//! Sums are kept by one field. What depends on two fields at once, or on a customer's earlier calls,
//! is counted from the calls themselves.

use super::call_fields::{CallWithFields, SentFields};
use super::context::Context;
use crate::storage::analytics::spans::Span;
use crate::storage::analytics::totals::CountedCall;
use crate::storage::database::pools::query_read;
use crate::storage::database::portion::{LongRow, Portion, bytes_of, read_portion};
use crate::storage::{FieldStore, StoreError};
use call_ribbon_shared::call::{Direction, Status};
use sqlx::FromRow;
use std::sync::Arc;

/// Calls read at once.
const BATCH: i64 = 2000;

/// The calls to read.
#[derive(Debug, Clone)]
pub struct CallScan {
    /// When the calls began.
    pub span: Span,
    /// Only calls of this direction.
    pub direction: Option<Direction>,
    /// Whether the fields of `context` and `metadata` are needed, which takes longest to read.
    pub with_sent: bool,
}

/// A call, as far as figures need it.
#[derive(Debug)]
pub struct ScannedCall {
    pub fields: CallWithFields,
    /// The number of the other side.
    pub phone: Option<String>,
    call_sid: String,
}

#[derive(Debug, FromRow)]
struct ScannedRow {
    call_sid: String,
    status: String,
    phone: Option<String>,
    call_type: Option<String>,
    agent_id: Option<String>,
    disposition: Option<String>,
    customer: Option<String>,
    context: Option<String>,
    #[sqlx(flatten)]
    counted: CountedCall,
}

impl LongRow for ScannedRow {
    fn text_bytes(&self) -> usize {
        bytes_of(self.customer.as_ref()) + bytes_of(self.context.as_ref())
    }
}

impl FieldStore<'_> {
    /// Returns how many calls began in a span, at most `most`.
    pub async fn count_calls_up_to(
        self,
        client_id: &str,
        span: &Span,
        most: i64,
    ) -> Result<i64, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_scalar(
            "SELECT COUNT(*) FROM (SELECT call_sid FROM calls
             WHERE client_id = $1 AND started_at >= $2 AND started_at < $3 LIMIT $4) AS counted"
        )
        .bind(client_id)
        .bind(span.from)
        .bind(span.until)
        .bind(most)
        .fetch_one(db))?)
    }

    /// Returns the next calls of a scan in the order of their starts; none after the last one.
    pub async fn scan_calls(
        self,
        client_id: &str,
        scan: &CallScan,
        after: Option<&ScannedCall>,
    ) -> Result<Vec<ScannedCall>, StoreError> {
        let directions = match scan.direction {
            Some(direction) => [direction.as_str(); 2],
            None => [Direction::Inbound, Direction::Outbound].map(Direction::as_str),
        };
        let (at, call_sid) = match after {
            Some(call) => (call.fields.counted.started_at, call.call_sid.as_str()),
            None => (scan.span.from, ""),
        };
        let Portion { rows, .. } = query_read!(self, |db| read_portion::<ScannedRow>(
            sqlx::query_as(
                "SELECT call_sid, status, phone, call_type, agent_id, disposition,
                        CASE WHEN CAST($2 AS BIGINT) = 1 THEN customer END AS customer,
                        CASE WHEN CAST($2 AS BIGINT) = 1 THEN context END AS context,
                        started_at, direction, connected_at, ended_at, duration, customer_id
                 FROM calls
                 WHERE client_id = $1 AND (started_at, call_sid) > ($3, $4) AND started_at < $5
                   AND direction IN ($6, $7)
                 ORDER BY started_at, call_sid LIMIT $8"
            )
            .bind(client_id)
            .bind(i64::from(scan.with_sent))
            .bind(at)
            .bind(call_sid)
            .bind(scan.span.until)
            .bind(directions[0])
            .bind(directions[1])
            .bind(BATCH)
            .fetch(db)
        ))?;
        rows.into_iter().map(|row| Ok(row.into_call(scan.with_sent)?)).collect()
    }
}

impl ScannedRow {
    fn into_call(self, with_sent: bool) -> Result<ScannedCall, sqlx::Error> {
        let status = Status::parse(&self.status)
            .ok_or_else(|| sqlx::Error::Decode("a call with an unknown status".into()))?;
        let customer = self.customer.as_deref();
        let said = if with_sent {
            SentFields::from_sent(customer, &Context::of_row(customer, self.context.as_deref()))
        } else {
            SentFields::with_call_type(self.call_type)
        };
        Ok(ScannedCall {
            fields: CallWithFields::from_parts(
                self.counted,
                status.as_str(),
                self.agent_id,
                self.disposition,
                Arc::new(said),
            ),
            phone: self.phone,
            call_sid: self.call_sid,
        })
    }
}
