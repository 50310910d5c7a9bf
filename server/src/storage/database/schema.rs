//! Reads and upgrades the version of the schema, the number of its last migration.

use super::pools::{IfMissing, Pools};
use crate::storage::StoreError;

/// The version of a schema, and the newest version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchemaVersion {
    /// The last migration that was applied; 0 on an empty database.
    pub at: i64,
    /// The last migration that this program has.
    pub newest: i64,
}

/// Brings the tables up to date. Returns the schema's version before and after.
pub async fn migrate_database(address: &str) -> Result<(SchemaVersion, SchemaVersion), StoreError> {
    let pools = Pools::connect(address, IfMissing::Create).await?;
    let before = pools.read_schema().await;
    let set_up = pools.run_migrations().await;
    let after = pools.read_schema().await;
    pools.close().await;
    set_up?;
    Ok((before?, after?))
}

impl Pools {
    /// Returns the version of the schema.
    pub async fn read_schema(&self) -> Result<SchemaVersion, StoreError> {
        let newest = self.build_migrator().iter().map(|migration| migration.version).max();
        let newest = newest.unwrap_or_default();
        // Query the catalog, since an empty database has no migrations table.
        let tables = match self {
            Self::Sqlite { readers, .. } => {
                let sql = "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'";
                sqlx::query_scalar::<_, i64>(sql).fetch_one(readers).await?
            }
            Self::Postgres(pools) => {
                let sql = "SELECT COUNT(*) FROM information_schema.tables
                           WHERE table_name = '_sqlx_migrations'
                             AND table_schema = current_schema()";
                let mut connection = pools.reader().await?;
                let count =
                    sqlx::query_scalar::<_, i64>(sql).fetch_one(connection.executor()).await;
                connection.release(count).await?
            }
        };
        if tables == 0 {
            return Ok(SchemaVersion { at: 0, newest });
        }
        let sql = "SELECT COALESCE(MAX(version), CAST(0 AS BIGINT)) FROM _sqlx_migrations";
        let at = match self {
            Self::Sqlite { readers, .. } => sqlx::query_scalar(sql).fetch_one(readers).await?,
            Self::Postgres(pools) => {
                let mut connection = pools.reader().await?;
                let at = sqlx::query_scalar(sql).fetch_one(connection.executor()).await;
                connection.release(at).await?
            }
        };
        Ok(SchemaVersion { at, newest })
    }
}
