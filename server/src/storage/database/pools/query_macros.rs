//! Macros that run one query on either database.
//!
//! Each database's driver has its own result type, and the arms of a `match` must agree. So a query
//! that ends in `.execute(db)` is recognised by its last tokens and returns
//! [`WriteResult`](super::WriteResult); all others return their rows.

/// Begins a piece of work of the module that uses it, in the current request's trace.
macro_rules! begin_work {
    ($pools:expr) => {
        $crate::request_trace::StorageWork::begin(
            module_path!(),
            $crate::storage::database::pools::Pools::system_name(&$pools),
        )
    };
}

/// Runs a query on a reading connection of either database.
macro_rules! query_read {
    ($store:expr, |$db:ident| $($query:tt)+) => {{
        let _work = $crate::storage::database::pools::begin_work!($store.pools);
        match &$store.pools {
            $crate::storage::database::pools::Pools::Sqlite { readers: $db, .. } => {
                $crate::storage::database::pools::run_query!([] $($query)+)
            }
            $crate::storage::database::pools::Pools::Postgres(pools) => match pools.reader().await {
                Ok(mut connection) => {
                    let $db = connection.executor();
                    let result = $crate::storage::database::pools::run_query!([] $($query)+);
                    pools.check_result(connection.release(result).await)
                }
                Err(error) => Err(error),
            }
        }
    }};
}

/// Runs a query in a transaction on either database.
macro_rules! query_tx {
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
    ([$($before:tt)+] . execute ($($db:tt)+)) => {
        $($before)+
            .execute($($db)+)
            .await
            .map(|result| $crate::storage::database::pools::WriteResult::new(result.rows_affected()))
    };
    ([$($before:tt)+]) => {
        $($before)+.await
    };
    ([$($before:tt)*] $next:tt $($rest:tt)*) => {
        $crate::storage::database::pools::run_query!([$($before)* $next] $($rest)*)
    };
}

/// Runs a writing transaction, and retries it on a conflict with another instance. The work is an
/// expression of type `Result<_, StoreError>`; `return` ends the attempt.
///
/// It is a macro because the compiler cannot yet prove that a borrowing async closure is `Send`.
macro_rules! retry_tx {
    ($pools:expr, |$name:ident| $work:expr) => {{
        let _work = $crate::storage::database::pools::begin_work!($pools);
        let mut attempts = $crate::storage::database::pools::Attempts::new();
        loop {
            let $name = &$pools;
            let result = async { $work }.await;
            if let Some(result) = attempts.final_result($name, result).await {
                break result;
            }
        }
    }};
}

/// Runs one query in a writing transaction of its own, retried as by [`retry_tx!`].
macro_rules! query_write {
    ($store:expr, |$db:ident| $($query:tt)+) => {
        $crate::storage::database::pools::retry_tx!($store.pools, |pools| {
            let mut tx = pools.begin().await?;
            let result = $crate::storage::database::pools::query_tx!(tx, |$db| $($query)+)?;
            tx.commit().await?;
            Ok::<_, $crate::storage::StoreError>(result)
        })
    };
}

pub(in crate::storage) use {begin_work, query_read, query_tx, query_write, retry_tx, run_query};
