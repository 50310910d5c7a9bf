//! Checks the database: reachable, current, writable, with free space.

use super::machine::check_disk_space;
use super::{Finding, error_chain};
use crate::config::Config;
use crate::services::providers::accounts::rotation::{self, KeyCounts};
use crate::storage::{Checkup, SchemaVersion, StoreError};
use crate::time::Clock;
use crate::vault::Vault;

/// Milliseconds by which the clocks of server and database may differ.
const CLOCKS_DIFFER: i64 = 2_000;

/// The consequence of a pooler in transaction mode.
const POOLED: &str = "a pooler such as PgBouncer runs each transaction in any of its sessions: \
    this works, with more round trips for each read; events of other servers arrive within half a \
    second";

/// Checks the database.
pub async fn check_database(config: &Config, clock: &dyn Clock) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(file) = Checkup::sqlite_path(&config.database) {
        findings.push(check_disk_space(&file));
    }
    let checkup = match Checkup::open(&config.database).await {
        Ok(checkup) => checkup,
        Err(error) => {
            findings.push(Finding::problem("database", error_chain(&error)));
            return findings;
        }
    };
    findings.push(match checkup.database_version().await {
        Ok(version) => Finding::ok("database", version),
        Err(error) => Finding::problem("database", error_chain(&error)),
    });
    if checkup.is_transaction_pooled() {
        findings.push(Finding::ok("pooling", POOLED));
    }
    let schema = checkup.read_schema().await;
    // Older tables may lack the table of settings, and what is wrong with them is said anyway.
    let program = checkup.find_program_version().await.ok().flatten();
    let (tables, filled) = check_tables(schema, program.as_deref());
    findings.push(tables);
    if filled {
        findings.push(match checkup.check_write_permission().await {
            Ok(()) => Finding::ok("writing", "the database accepts writes"),
            Err(error) => Finding::problem("writing", error_chain(&error)),
        });
        findings.push(check_demo_key(config, &checkup).await);
        findings.push(check_secrets(config, &checkup).await);
    }
    findings.extend(compare_clocks(&checkup, clock).await);
    checkup.close().await;
    findings
}

/// Checks the version of the tables; also returns whether any exist. `program` is the version of the
/// program that served them last.
fn check_tables(
    schema: Result<SchemaVersion, StoreError>,
    program: Option<&str>,
) -> (Finding, bool) {
    let about = "tables";
    let served = program.map(|version| format!(", last served by version {version}"));
    let served = served.unwrap_or_default();
    match schema {
        Err(error) => (Finding::problem(about, error_chain(&error)), false),
        Ok(SchemaVersion { at: 0, .. }) => {
            let sentence = "they do not exist yet: `call-ribbon migrate` or the next start \
                            creates them";
            (Finding::warning(about, sentence), false)
        }
        Ok(SchemaVersion { at, newest }) if at < newest => {
            let sentence = format!(
                "they are at version {at} of {newest}: `call-ribbon migrate` or the next start \
                 updates them"
            );
            (Finding::warning(about, sentence), true)
        }
        Ok(SchemaVersion { at, newest }) if at > newest => {
            let sentence = format!(
                "they are at version {at}{served}, and this program supports up to {newest}: use a \
                 newer program"
            );
            (Finding::problem(about, sentence), true)
        }
        Ok(SchemaVersion { at, .. }) => {
            (Finding::ok(about, format!("up to date, at version {at}{served}")), true)
        }
    }
}

async fn check_demo_key(config: &Config, checkup: &Checkup) -> Finding {
    let about = "demo key";
    match checkup.is_demo_key_valid().await {
        Err(error) => Finding::problem(about, error_chain(&error)),
        Ok(false) => Finding::ok(about, "the demo client's key is inactive"),
        Ok(true) if !config.is_public(config.listen) => {
            Finding::ok(about, "active, which is safe while only this machine can reach the server")
        }
        Ok(true) => Finding::warning(
            about,
            "active, and publicly known: run `call-ribbon client suspend client-demo`",
        ),
    }
}

/// Checks whether the encrypted secrets can be decrypted.
async fn check_secrets(config: &Config, checkup: &Checkup) -> Finding {
    let about = "provider accounts";
    let names = match checkup.count_accounts_by_key().await {
        Ok(names) => names,
        Err(error) => return Finding::problem(about, error_chain(&error)),
    };
    let vault = Vault::new(config.keys.secret_key.as_ref(), &config.keys.previous_secret_keys);
    match rotation::count_keys(&vault, &names) {
        KeyCounts { unknown, .. } if unknown > 0 => Finding::problem(
            about,
            format!(
                "{unknown} are encrypted under a secret key that is not in the settings: set it as \
                 CALL_RIBBON_SECRET_KEY or in CALL_RIBBON_PREVIOUS_SECRET_KEYS"
            ),
        ),
        KeyCounts { older, .. } if older > 0 => Finding::warning(
            about,
            format!(
                "{older} are encrypted under an older secret key: run `call-ribbon \
                 rotate-secrets`, then remove that key"
            ),
        ),
        KeyCounts { newest: 0, .. } => Finding::ok(about, "none exist"),
        KeyCounts { newest, .. } => {
            Finding::ok(about, format!("{newest}, all of which can be decrypted"))
        }
    }
}

async fn compare_clocks(checkup: &Checkup, clock: &dyn Clock) -> Option<Finding> {
    let about = "database's clock";
    match checkup.read_database_time().await {
        Ok(None) => None,
        Ok(Some(theirs)) if (theirs - clock.now()).abs() > CLOCKS_DIFFER => {
            let differ = (theirs - clock.now()) / 1000;
            Some(Finding::warning(
                about,
                format!("{differ} s ahead of this machine's: synchronize both, for example by NTP"),
            ))
        }
        Ok(Some(_)) => Some(Finding::ok(about, "matches this machine's")),
        Err(error) => Some(Finding::problem(about, error_chain(&error))),
    }
}
