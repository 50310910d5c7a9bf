//! Detects how connections to a server are pooled.

use super::ANSWER_TIMEOUT;
use crate::storage::StoreError;
use crate::storage::database::pools::ACQUIRE_TIMEOUT;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{Error, Row as _};
use tokio::time::timeout;

/// Comparisons of two connections to detect a pooler.
const COMPARISONS: u32 = 4;
/// The address parameter that sets the pooling mode.
const POOLING: &str = "pooling";

/// What a connection keeps between two transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pooling {
    /// Its session: it is direct, or its pooler is in session mode.
    Session,
    /// Nothing: a pooler runs each transaction on any of its sessions.
    Transaction,
}

/// Removes `pooling=…` from an address, since the driver does not know it.
pub(super) fn split_pooling(address: &str) -> Result<(String, Option<Pooling>), StoreError> {
    let Some((start, query)) = address.split_once('?') else {
        return Ok((address.to_owned(), None));
    };
    let mut pooling = None;
    let mut others = Vec::new();
    for part in query.split('&') {
        match part.split_once('=') {
            Some((POOLING, "session")) => pooling = Some(Pooling::Session),
            Some((POOLING, "transaction")) => pooling = Some(Pooling::Transaction),
            Some((POOLING, "auto")) => pooling = None,
            Some((POOLING, other)) => return Err(StoreError::Pooling(other.to_owned())),
            _ => others.push(part),
        }
    }
    Ok((format!("{start}?{}", others.join("&")), pooling))
}

/// Detects whether two open connections can share a session, which is possible only with a pooler.
pub(super) async fn detect_pooling(options: &PgConnectOptions) -> Result<Pooling, Error> {
    // Use a pool, since it waits for a starting server.
    let pool = PgPoolOptions::new().max_connections(2).acquire_timeout(ACQUIRE_TIMEOUT);
    let pool = pool.connect_with(options.clone()).await?;
    // A pooler in session mode may have a single session, and the second connection then waits for
    // it.
    let shared = timeout(ANSWER_TIMEOUT, share_session(&pool)).await;
    let pooling = match shared {
        Ok(Ok(true)) => Pooling::Transaction,
        Ok(Ok(false)) | Err(_) => Pooling::Session,
        Ok(Err(error)) => return Err(error),
    };
    pool.close().await;
    Ok(pooling)
}

async fn share_session(pool: &PgPool) -> Result<bool, Error> {
    let (mut first, mut second) = (pool.acquire().await?, pool.acquire().await?);
    for _ in 0..COMPARISONS {
        let one = read_session_id(&mut first).await?;
        if one.is_some() && one == read_session_id(&mut second).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns the number of a connection's session; `None` if the database provides none.
async fn read_session_id(connection: &mut PgConnection) -> Result<Option<i64>, Error> {
    let row = sqlx::raw_sql("SELECT pg_backend_pid()").fetch_one(connection).await?;
    let number = row.try_get::<i32, _>(0).map(i64::from);
    Ok(number.ok().filter(|number| *number > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pooling_is_read_from_the_address() {
        for (address, rest, pooling) in [
            ("postgres://u@h/n", "postgres://u@h/n", None),
            ("postgres://u@h/n?pooling=auto", "postgres://u@h/n?", None),
            (
                "postgres://u@h/n?sslmode=require&pooling=transaction",
                "postgres://u@h/n?sslmode=require",
                Some(Pooling::Transaction),
            ),
            (
                "postgres://u@h/n?pooling=session&a=b",
                "postgres://u@h/n?a=b",
                Some(Pooling::Session),
            ),
        ] {
            assert_eq!(split_pooling(address).unwrap(), (rest.to_owned(), pooling), "{address}");
        }
        let wrong = split_pooling("postgres://u:secret@h/n?pooling=statement").unwrap_err();
        assert!(wrong.to_string().contains("statement"), "{wrong}");
        assert!(!wrong.to_string().contains("secret"), "{wrong}");
    }
}
