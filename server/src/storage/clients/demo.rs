//! Creates the demo client in a new database, so that everything can be tried at once.

use crate::secret::Secret;
use crate::storage::access::credentials::upsert_credential;
use crate::storage::database::pools::{Pools, query_tx, retry_tx};
use crate::storage::{
    ClientStore, CredentialGrant, CredentialKind, NewCredential, Numbers, SCOPES, StoreError,
};
use call_ribbon_shared::Millis;

/// The demo client's id.
pub const CLIENT: &str = "client-demo";
/// The demo client's key. It is public, so the server warns when others can reach it.
pub const KEY: &str = "demo-api-key-789";

impl ClientStore<'_> {
    /// Creates the demo client if the database has no client.
    pub async fn system_create_demo_client(self, now: Millis) -> Result<(), StoreError> {
        retry_tx!(self.pools, |pools| create_demo_client(pools, now).await)
    }

    /// Returns whether the demo client's public key is accepted.
    pub async fn system_is_demo_key_valid(self) -> Result<bool, StoreError> {
        let hash = Secret::new(KEY).hash();
        let key = self.credentials().system_find(CredentialKind::ApiKey, &hash).await?;
        Ok(key.is_some_and(|key| key.credential.revoked_at.is_none() && !key.client.suspended))
    }
}

/// Returns the demo client's key, which has all scopes.
fn demo_key() -> NewCredential {
    let scopes = SCOPES.map(str::to_owned).to_vec();
    NewCredential {
        credential_id: "key-demo".to_owned(),
        secret: Secret::new(KEY),
        grant: CredentialGrant::ApiKey { scopes, numbers: Numbers::Full },
    }
}

/// Creates the demo client. If two servers start at once on a new database, the second one finds
/// all rows in place.
async fn create_demo_client(pools: &Pools, now: Millis) -> Result<(), StoreError> {
    let mut tx = pools.begin().await?;
    let clients: i64 =
        query_tx!(tx, |db| sqlx::query_scalar("SELECT COUNT(*) FROM clients").fetch_one(db))?;
    if clients > 0 {
        return Ok(());
    }
    query_tx!(tx, |db| sqlx::query(
        "INSERT INTO clients (client_id, name, plan, call_limit, features, allowed_domains,
                time_zone, crm_url, created_at)
             VALUES ($1, 'Demo Client', 'trial', 100,
                '[\"call\",\"mute\",\"hold\",\"dtmf\",\"analytics\",\"api\"]', '[]', 'UTC',
                '/examples/collections.html', $2)
             ON CONFLICT (client_id) DO NOTHING"
    )
    .bind(CLIENT)
    .bind(now)
    .execute(db))?;
    upsert_credential(&mut tx, CLIENT, &demo_key(), now).await?;
    for (agent, name, dialer) in [
        ("agent1", "Agent One", Some("vicidial_user_123")),
        ("agent2", "Agent Two", None),
        ("agent3", "Agent Three", None),
    ] {
        query_tx!(tx, |db| sqlx::query(
            "INSERT INTO agents (client_id, agent_id, name, dialer_user_id)
                 VALUES ($1, $2, $3, $4)
                 ON CONFLICT (client_id, agent_id) DO NOTHING"
        )
        .bind(CLIENT)
        .bind(agent)
        .bind(name)
        .bind(dialer)
        .execute(db))?;
    }
    tx.commit().await?;
    Ok(())
}
