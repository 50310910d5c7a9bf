//! Macros that run one query on either database.
//!
//! Each database's driver has its own result type, and the arms of a `match` must agree. So a query
//! that ends in `.execute(db)` is recognised by its last tokens and returns [`Done`](super::Done);
//! all others return their rows.

/// Runs a query on a reading connection of either database.
macro_rules! reading {
    ($store:expr, |$db:ident| $($query:tt)+) => {
        match &$store.pools {
            $crate::storage::database::pools::Pools::Sqlite { readers: $db, .. } => {
                $crate::storage::database::pools::run_query!([] $($query)+)
            }
            $crate::storage::database::pools::Pools::Postgres(pools) => match pools.reader().await {
                Ok(mut held) => {
                    let $db = held.executor();
                    let done = $crate::storage::database::pools::run_query!([] $($query)+);
                    pools.seen(held.end(done).await)
                }
                Err(error) => Err(error),
            }
        }
    };
}

/// Runs a query in a transaction on either database.
macro_rules! within {
    ($tx:expr, |$db:ident| $($query:tt)+) => {
        match &mut $tx {
            $crate::storage::database::pools::Tx::Sqlite(tx) => {
                let $db = &mut **tx;
                $crate::storage::database::pools::run_query!([] $($query)+)
            }
            $crate::storage::database::pools::Tx::Postgres(tx) => {
                let $db = tx.executor();
                $crate::storage::database::pools::run_query!([] $($query)+)
            }
        }
    };
}

/// Awaits a query, searching its tokens for a final `.execute(…)`.
macro_rules! run_query {
    // A query in braces.
    ([] { $($inside:tt)+ }) => {
        $crate::storage::database::pools::run_query!([] $($inside)+)
    };
    ([$($seen:tt)+] . execute ($($db:tt)+)) => {
        $($seen)+
            .execute($($db)+)
            .await
            .map(|done| $crate::storage::database::pools::Done::of(done.rows_affected()))
    };
    ([$($seen:tt)+]) => {
        $($seen)+.await
    };
    ([$($seen:tt)*] $next:tt $($rest:tt)*) => {
        $crate::storage::database::pools::run_query!([$($seen)* $next] $($rest)*)
    };
}

/// Runs a writing transaction, and retries it on a conflict with another instance. The work is an
/// expression of type `Result<_, StoreError>`; `return` ends the attempt.
///
/// It is a macro because the compiler cannot yet prove that a borrowing async closure is `Send`.
macro_rules! again {
    ($pools:expr, |$name:ident| $work:expr) => {{
        let mut tries = $crate::storage::database::pools::Tries::new();
        loop {
            let $name = &$pools;
            let done = async { $work }.await;
            if let Some(done) = tries.enough($name, done).await {
                break done;
            }
        }
    }};
}

pub(in crate::storage) use {again, reading, run_query, within};
