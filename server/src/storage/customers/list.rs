//! Lists and searches a client's customers.

use crate::storage::database::pools::query_read;
use crate::storage::spellings::first_five_spellings;
use crate::storage::{CustomerStore, SearchText, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// Rows that one request scans at most.
pub const MAX_SCANNED: i64 = 20_000;

/// A customer, and the sums of its calls.
#[derive(Debug, Clone, FromRow)]
pub struct ListedCustomerRow {
    pub customer_id: String,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub company: Option<String>,
    pub updated_at: Millis,
    pub calls: i64,
    pub duration: i64,
    /// Other customers with the same number, at most 100.
    pub same_number: i64,
}

/// Which customers to list.
#[derive(Debug, Clone, Default)]
pub struct CustomerFilter {
    /// Text to find in the name, the company or the id, or digits to find in the number.
    pub text: Option<SearchText>,
    /// Only customers whose number another customer has, too.
    pub only_duplicates: bool,
    /// Only customers with a greater id than this.
    pub after: String,
    pub most: i64,
}

/// One page of search results.
#[derive(Debug)]
pub struct SearchPage<R, K> {
    pub rows: Vec<R>,
    /// The key of the last row scanned, if more rows follow.
    pub next: Option<K>,
}

macro_rules! listed_customers {
    ($which:literal) => {
        concat!(
            "SELECT c.customer_id, c.name, c.phone, c.email, c.company, c.updated_at,
                COALESCE((SELECT CAST(SUM(t.calls) AS BIGINT) FROM customer_totals t
                    WHERE t.client_id = c.client_id AND t.customer_id = c.customer_id), 0) AS calls,
                COALESCE((SELECT CAST(SUM(t.duration) AS BIGINT) FROM customer_totals t
                    WHERE t.client_id = c.client_id AND t.customer_id = c.customer_id), 0)
                    AS duration,
                (SELECT COUNT(*) FROM (SELECT o.customer_id FROM customers o
                    WHERE o.client_id = c.client_id AND o.dial_number = c.dial_number
                      AND o.customer_id <> c.customer_id LIMIT 100) AS others) AS same_number
             FROM customers c WHERE c.client_id = $1 AND c.customer_id > $2 AND ",
            $which
        )
    };
}

/// The same for customers that match a filter; if `$7` is not 0, only those whose number another
/// customer has.
macro_rules! searched_customers {
    ($which:literal) => {
        concat!(
            listed_customers!($which),
            " AND (CAST($7 AS BIGINT) = 0 OR EXISTS (SELECT o.customer_id FROM customers o
                WHERE o.client_id = c.client_id AND o.dial_number = c.dial_number
                  AND o.customer_id <> c.customer_id))
              ORDER BY c.customer_id LIMIT $6"
        )
    };
}

impl CustomerStore<'_> {
    /// Lists customers in the order of their ids.
    pub async fn list_customers(
        self,
        client_id: &str,
        filter: &CustomerFilter,
    ) -> Result<SearchPage<ListedCustomerRow, String>, StoreError> {
        let bound: Option<String> = match (&filter.text, filter.only_duplicates) {
            (None, false) => None,
            _ => query_read!(self, |db| sqlx::query_scalar(
                "SELECT customer_id FROM customers WHERE client_id = $1 AND customer_id > $2
                 ORDER BY customer_id LIMIT 1 OFFSET $3"
            )
            .bind(client_id)
            .bind(&filter.after)
            .bind(MAX_SCANNED - 1)
            .fetch_optional(db))?,
        };
        let sql = match bound {
            Some(_) => searched_customers!(
                "c.customer_id <= $3
                 AND ($4 = '' OR LOWER(c.name) LIKE $4 OR LOWER(c.company) LIKE $4
                      OR LOWER(c.customer_id) LIKE $4 OR ($5 <> '' AND c.phone LIKE $5))"
            ),
            None => searched_customers!(
                "CAST($3 AS TEXT) = ''
                 AND ($4 = '' OR LOWER(c.name) LIKE $4 OR LOWER(c.company) LIKE $4
                      OR LOWER(c.customer_id) LIKE $4 OR ($5 <> '' AND c.phone LIKE $5))"
            ),
        };
        let (pattern, number) = SearchText::like_patterns(filter.text.as_ref());
        let mut after = filter.after.clone();
        let mut found: Vec<ListedCustomerRow> = Vec::new();
        let page = usize::try_from(filter.most).unwrap_or(usize::MAX);
        loop {
            // One row more than requested shows whether another page exists.
            let wanted = filter.most.saturating_add(1);
            let rows: Vec<ListedCustomerRow> = query_read!(self, |db| sqlx::query_as(sql)
                .bind(client_id)
                .bind(&after)
                .bind(bound.as_deref().unwrap_or_default())
                .bind(&pattern)
                .bind(&number)
                .bind(wanted)
                .bind(i64::from(filter.only_duplicates))
                .fetch_all(db))?;
            let full = i64::try_from(rows.len()).is_ok_and(|rows| rows >= wanted);
            let last = rows.last().map(|row| row.customer_id.clone());
            let text = filter.text.as_ref();
            found.extend(
                rows.into_iter().filter(|row| text.is_none_or(|text| row.matches_text(text))),
            );
            if found.len() > page {
                found.truncate(page);
                let next = found.last().map(|row| row.customer_id.clone());
                return Ok(SearchPage { rows: found, next });
            }
            match last {
                Some(last) if full => after = last,
                _ => return Ok(SearchPage { rows: found, next: bound }),
            }
        }
    }

    /// Returns the customer with this id.
    pub async fn find_listed_customer(
        self,
        client_id: &str,
        customer_id: &str,
    ) -> Result<Option<ListedCustomerRow>, StoreError> {
        let sql = listed_customers!("c.customer_id = $3");
        Ok(query_read!(self, |db| sqlx::query_as(sql)
            .bind(client_id)
            .bind("")
            .bind(customer_id)
            .fetch_optional(db))?)
    }

    /// Returns the customers with a number in one of these spellings, in the order of their ids.
    pub async fn list_customers_by_number(
        self,
        client_id: &str,
        spellings: &[String],
        most: i64,
    ) -> Result<Vec<ListedCustomerRow>, StoreError> {
        let sql = listed_customers!(
            "c.customer_id IN (
                SELECT customer_id FROM customers
                    WHERE client_id = $1 AND dial_number IN ($3, $4, $5, $6, $7)
                UNION SELECT customer_id FROM customer_numbers
                    WHERE client_id = $1 AND dial_number IN ($3, $4, $5, $6, $7))
             ORDER BY c.customer_id LIMIT $8"
        );
        let ways = first_five_spellings(spellings);
        Ok(query_read!(self, |db| sqlx::query_as(sql)
            .bind(client_id)
            .bind("")
            .bind(ways[0])
            .bind(ways[1])
            .bind(ways[2])
            .bind(ways[3])
            .bind(ways[4])
            .bind(most)
            .fetch_all(db))?)
    }
}

impl ListedCustomerRow {
    fn matches_text(&self, text: &SearchText) -> bool {
        let shown = [self.name.as_deref(), self.company.as_deref(), Some(&self.customer_id)];
        shown.into_iter().flatten().any(|shown| text.occurs_in_text(shown))
            || self.phone.as_deref().is_some_and(|phone| text.occurs_in_number(phone))
    }
}
