//! Reads agent tokens of any bytes, for `crate::fuzz`.

use super::{LONGEST_ID, LONGEST_LIFE, check_claims, key_set, read_signed, signatures};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, decode_header};
use ring::hmac;
use serde_json::Value;

const SECRET: &[u8] = b"a secret of 32 bytes, for tokens";
/// Seconds since 1970.
const NOW: f64 = 1_760_265_000.0;

/// Reads bytes as a token, as the claims of a signed one, and as a set of public keys. No key but
/// the one that has signed them accepts claims, and the agent in them has an id.
///
/// # Panics
///
/// Panics if the result is wrong.
pub fn check_agent_token(data: &[u8]) {
    signatures::install();
    let text = String::from_utf8_lossy(data);
    let _ = (decode_header(&*text), key_set::read_key_set(&text));
    let other = DecodingKey::from_secret(b"another secret, for other tokens");
    let (Ok(key), Ok(other)) = (DecodingKey::from_secret(SECRET), other) else { return };
    assert!(read_signed(&text, Algorithm::HS256, &key).is_none(), "{text:?} is accepted");
    let signed = sign(data);
    let claims = read_signed(&signed, Algorithm::HS256, &key);
    let by_serde: Option<Value> = serde_json::from_slice(data).ok();
    assert!(claims.is_none() || claims == by_serde, "{claims:?} is not {by_serde:?}");
    assert!(read_signed(&signed, Algorithm::HS256, &other).is_none(), "{text:?} needs no secret");
    let claims: Value = claims.unwrap_or_default();
    if let Ok((agent, token_id, expires)) = check_claims(&claims, "client-demo", NOW) {
        let length = agent.id.trim().chars().count();
        assert!(length > 0 && agent.id.chars().count() <= LONGEST_ID, "{agent:?}");
        assert!(!token_id.is_empty() && expires <= NOW + 2.0 * LONGEST_LIFE, "{claims}");
    }
}

/// Signs claims, whatever they are.
fn sign(claims: &[u8]) -> String {
    let encode = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
    let signed = format!("{}.{}", encode(br#"{"alg":"HS256"}"#), encode(claims));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET), signed.as_bytes());
    format!("{signed}.{}", encode(tag.as_ref()))
}
