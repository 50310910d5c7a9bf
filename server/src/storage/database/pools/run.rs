//! The macros that run one query on whichever database there is.
//!
//! Each database's library has a type of its own for what a statement has done, and the arms
//! of a `match` must agree. So a query that ends in `.execute(db)` is told apart by its last
//! words, and hands back [`Done`](super::Done); all others hand back their rows.

/// Runs a query on a reading connection, whichever database it is.
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

/// Runs a query within a transaction, whichever database it is.
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

/// Awaits a query, looking through its words for a last `.execute(…)`.
macro_rules! run_query {
    // A query that stands in braces.
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

/// Does some writing of its own transaction, and does it anew where another instance got in its
/// way. The work is an expression of type `Result<_, StoreError>`; `return` leaves the work.
///
/// A macro, as the compiler does not yet see that a borrowing async closure may move to another
/// thread.
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
