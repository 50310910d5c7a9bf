//! Agent tokens: a client's own server signs who an agent is (RFC 7519), so that no page can take
//! another agent's name.

#[cfg(any(test, feature = "fuzz"))]
pub mod fuzz;
pub mod key_set;
pub mod keys;
pub mod remote;
pub mod replays;
mod signatures;

use crate::ids::LONGEST_ID;
use crate::secret::Secret;
use crate::services::ServiceError;
use crate::storage::{Client, Store};
use crate::vault::Vault;
use call_ribbon_shared::Millis;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use keys::VerifyingKey;
use remote::RemoteKeySets;
use replays::TokenUses;
use serde_json::Value;

pub use signatures::install;

/// The most bytes of a token.
const MOST_BYTES: usize = 8 * 1024;
/// The longest life of a token, in seconds.
pub const LONGEST_LIFE: f64 = 600.0;
/// By how many seconds the clocks of two servers may differ.
const CLOCK_SKEW: f64 = 60.0;

/// Who a token says the agent is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenAgent {
    pub id: String,
    pub name: Option<String>,
    /// Whether the agent may not see phone numbers.
    pub hides_numbers: bool,
}

/// What is needed to verify tokens.
pub struct TokenChecks<'a> {
    pub store: &'a Store,
    pub vault: &'a Vault,
    pub uses: &'a TokenUses,
    pub remote: &'a RemoteKeySets,
    pub now: Millis,
}

/// Verifies a token for an agent of this client.
pub async fn verify_token(
    checks: &TokenChecks<'_>,
    client: &Client,
    token: &Secret,
) -> Result<ProvenAgent, ServiceError> {
    let token = token.expose();
    let header = decode_header(token).ok().filter(|_| token.len() <= MOST_BYTES);
    let header = header.ok_or_else(|| {
        refuse("agentToken is not a signed token: a JWT of at most 8 KiB, with alg HS256, ES256 or RS256")
    })?;
    if !matches!(header.alg, Algorithm::HS256 | Algorithm::ES256 | Algorithm::RS256) {
        return Err(refuse("agentToken must have the alg HS256, ES256 or RS256"));
    }
    let named = (header.alg, header.kid.as_deref());
    let keys::VerifyingKeys { keys, problem } =
        keys::list_verifying_keys(checks, client, named).await?;
    if let Some(problem) = problem.as_deref().filter(|_| keys.is_empty()) {
        return Err(refuse(problem.trim_end_matches('.')));
    }
    if keys.is_empty() {
        return Err(refuse(
            "This client has no key for agent tokens; create one in the dashboard, under Settings",
        ));
    }
    let claims = keys
        .iter()
        // The algorithm belongs to the key: a token cannot choose another one for it.
        .filter(|key| key.algorithm == header.alg && key.may_be(header.kid.as_deref()))
        .find_map(|VerifyingKey { algorithm, key, .. }| read_signed(token, *algorithm, key));
    let claims = claims.ok_or_else(|| {
        const UNSIGNED: &str =
            "agentToken is not signed with a current key of this client, for the alg that it names";
        match problem {
            Some(problem) => ServiceError::AgentToken(format!("{UNSIGNED}. {problem}")),
            None => refuse(UNSIGNED),
        }
    })?;
    let (agent, token_id, expires) = check_claims(&claims, &client.id, to_seconds(checks.now))?;
    if !checks.uses.count_use(&client.id, token_id, expires, checks.now) {
        return Err(refuse(
            "agentToken was used too often; give each page a token of its own, with its own jti",
        ));
    }
    Ok(agent)
}

/// Returns the claims if the signature is valid. Times are checked later, by the server's clock.
fn read_signed(token: &str, algorithm: Algorithm, key: &DecodingKey) -> Option<Value> {
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    decode(token, key, &validation).ok().map(|token| token.claims)
}

/// Checks the claims, and returns the agent, the token's id and when it expires, in seconds.
fn check_claims<'c>(
    claims: &'c Value,
    client_id: &str,
    now: f64,
) -> Result<(ProvenAgent, &'c str, f64), ServiceError> {
    let for_client = match &claims["aud"] {
        Value::String(one) => one == client_id,
        Value::Array(several) => several.iter().any(|one| one == client_id),
        _ => false,
    };
    if !for_client {
        return Err(refuse("The aud of agentToken must be this client's id"));
    }
    let id = short_text(&claims["sub"]).ok_or_else(|| {
        refuse("The sub of agentToken must be the agent's id, a text of 1 to 200 characters")
    })?;
    let name = match &claims["name"] {
        Value::Null => None,
        name => Some(short_text(name).ok_or_else(|| {
            refuse("The name in agentToken must be a text of 1 to 200 characters")
        })?),
    };
    let token_id = claims["jti"].as_str().filter(|id| !id.is_empty() && id.len() <= LONGEST_ID);
    let token_id = token_id.ok_or_else(|| {
        refuse("The jti of agentToken must be a text of 1 to 200 characters, another one each time")
    })?;
    let (Some(issued), Some(expires)) = (claims["iat"].as_f64(), claims["exp"].as_f64()) else {
        return Err(refuse("agentToken must have iat and exp, in seconds since 1970"));
    };
    if issued > now + CLOCK_SKEW {
        return Err(refuse(
            "The iat of agentToken is in the future; correct the clock of the server that signs it",
        ));
    }
    // A lifetime below zero has expired.
    if expires - issued > LONGEST_LIFE {
        return Err(refuse("agentToken may be valid for 10 minutes at most, from iat to exp"));
    }
    if expires < issued || expires + CLOCK_SKEW <= now {
        return Err(refuse("agentToken has expired; sign a new one"));
    }
    let hides_numbers = match &claims["role"] {
        Value::Null => false,
        role if role == "agent" => false,
        role if role == "masked-agent" => true,
        _ => return Err(refuse("The role in agentToken must be agent or masked-agent")),
    };
    if !claims["lists"].is_null() {
        // A server that names lists expects the agent to see no others.
        return Err(refuse("lists in agentToken is not supported yet; leave it out"));
    }
    let agent = ProvenAgent { id: id.to_owned(), name: name.map(str::to_owned), hides_numbers };
    Ok((agent, token_id, expires))
}

/// Returns a text that can be an agent's id or name.
fn short_text(value: &Value) -> Option<&str> {
    let text = value.as_str()?;
    let is_short = text.chars().count() <= LONGEST_ID;
    (is_short && !text.trim().is_empty() && !text.contains('\0')).then_some(text)
}

#[expect(clippy::cast_precision_loss, reason = "a date fits in 53 bits")]
fn to_seconds(at: Millis) -> f64 {
    at as f64 / 1000.0
}

fn refuse(sentence: &str) -> ServiceError {
    ServiceError::AgentToken(format!("{sentence}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn claims_are_checked_one_by_one() {
        let good = json!({"aud": "c", "sub": "a1", "jti": "j", "iat": 1000, "exp": 1600});
        let checked = |claims: &Value| check_claims(claims, "c", 1000.0).map(|(agent, ..)| agent);
        let agent = ProvenAgent { id: "a1".to_owned(), name: None, hides_numbers: false };
        assert_eq!(checked(&good).unwrap(), agent);
        let with = |field: &str, value: Value| {
            let mut claims = good.clone();
            claims[field] = value;
            checked(&claims)
        };
        assert!(with("aud", json!(["x", "c"])).is_ok());
        assert!(with("exp", json!(1599.5)).is_ok());
        assert_eq!(with("name", json!("Ravi")).unwrap().name.as_deref(), Some("Ravi"));
        for (role, hides) in
            [(json!(null), false), (json!("agent"), false), (json!("masked-agent"), true)]
        {
            assert_eq!(with("role", role).unwrap().hides_numbers, hides);
        }
        let long = "x".repeat(201);
        for (field, values) in [
            ("aud", vec![json!("C"), json!(["x"]), json!(null), json!({"c": 1}), json!(7)]),
            (
                "sub",
                vec![
                    json!(""),
                    json!(" "),
                    json!(7),
                    json!(null),
                    json!(["a1"]),
                    json!({}),
                    json!("a\0"),
                    json!(long),
                ],
            ),
            ("name", vec![json!(""), json!(7), json!(long)]),
            ("role", vec![json!(""), json!("masked"), json!("admin"), json!(["agent"]), json!(1)]),
            ("lists", vec![json!([]), json!(["l1"]), json!("l1"), json!(false)]),
            ("jti", vec![json!(""), json!(7), json!(null), json!(long)]),
            ("iat", vec![json!("1000"), json!(null), json!(1061), json!(999), json!(-1e300)]),
            ("exp", vec![json!("1600"), json!(null), json!(1601), json!(940), json!(1e300)]),
        ] {
            for value in values {
                assert!(with(field, value.clone()).is_err(), "{field} {value}");
            }
        }
    }
}
