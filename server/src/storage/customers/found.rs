//! What is found about a customer who is exported or erased.

use crate::storage::database::columns::uncalled_columns;
use crate::storage::database::pools::{query_read, query_tx, retry_tx};
use crate::storage::permission::quiet_times::QuietTimeRow;
use crate::storage::{CallWithNotes, CustomerStore, PaymentRow, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// A call about the customer.
#[derive(Debug, Clone, FromRow)]
pub struct CustomerCall {
    pub call_sid: String,
    pub session_id: String,
    pub phone: Option<String>,
    pub status: String,
}

/// A lead, with the columns that are shown.
#[derive(Debug, Clone, FromRow)]
pub struct CustomerLead {
    pub id: i64,
    pub full_name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    /// What the dialer sent, as JSON.
    pub fields: String,
    pub created_at: Millis,
}

/// All data about a customer beside its own row.
#[derive(Debug, Default)]
pub struct FoundCustomerData {
    /// Calls with the customer's id.
    pub calls: Vec<CustomerCall>,
    /// Calls with the customer's number and no customer id.
    pub same_number: Vec<CustomerCall>,
    /// Numbers of events that name the customer in calls that now belong to another customer.
    pub other_events: Vec<i64>,
    pub leads: Vec<CustomerLead>,
    pub payments: Vec<PaymentRow>,
    /// Times at which the customer does not want to be called.
    pub quiet_times: Vec<QuietTimeRow>,
    /// How many consents the customer and the customer's numbers have.
    pub consents: i64,
    /// Follow-ups without a call.
    pub follow_ups: Vec<CallWithNotes>,
    /// Follow-ups without a call for the customer's number and no customer id.
    pub same_number_follow_ups: Vec<CallWithNotes>,
}

impl CustomerStore<'_> {
    /// Returns the follow-ups without a call for a customer, and those without a customer's id.
    pub(super) async fn list_uncalled(
        self,
        client_id: &str,
        customer_id: &str,
    ) -> Result<Vec<CallWithNotes>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            uncalled_columns!(),
            " FROM follow_ups f
             WHERE f.client_id = $1 AND (f.customer_id = $2 OR f.customer_id IS NULL)
             ORDER BY f.follow_up_id"
        ))
        .bind(client_id)
        .bind(customer_id)
        .fetch_all(db))?)
    }

    /// Counts the consents that erasing a customer removes.
    pub(super) async fn count_consents(
        self,
        client_id: &str,
        customer_id: &str,
    ) -> Result<i64, StoreError> {
        Ok(query_read!(self, |db| {
            sqlx::query_scalar(
            "SELECT COUNT(*) FROM consents WHERE client_id = $1 AND (customer_id = $2 OR number IN (
                SELECT dial_number FROM customers WHERE client_id = $1 AND customer_id = $2
                UNION SELECT dial_number FROM customer_numbers
                WHERE client_id = $1 AND customer_id = $2))"
        )
        .bind(client_id)
        .bind(customer_id)
        .fetch_one(db)
        })?)
    }

    /// Erases these follow-ups without a call.
    pub async fn erase_uncalled(
        self,
        client_id: &str,
        follow_ups: &[CallWithNotes],
    ) -> Result<(), StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            for one in follow_ups {
                query_tx!(tx, |db| sqlx::query(
                    "DELETE FROM follow_ups WHERE client_id = $1 AND follow_up_id = $2"
                )
                .bind(client_id)
                .bind(&one.call.session_id)
                .execute(db))?;
            }
            tx.commit().await?;
            Ok(())
        })
    }
}
