//! Reads a client's set of public keys (JWKS, RFC 7517).

use jsonwebtoken::jwk::{
    AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse,
};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;

/// The most keys of a set.
const MOST_KEYS: usize = 10;
/// The most bytes of a set.
pub const MOST_BYTES: usize = 32 * 1024;
/// Bytes of the smallest RSA modulus: 2048 bits.
const SHORTEST_MODULUS: usize = 256;
/// The fields of a key that only its owner may have.
const PRIVATE_FIELDS: [&str; 3] = ["d", "k", "p"];

/// A public key.
#[derive(Debug, Clone)]
pub struct PublicKey {
    pub id: Option<String>,
    pub algorithm: Algorithm,
    pub key: DecodingKey,
}

/// Reads a set, or says what is wrong with it.
pub fn read_key_set(text: &str) -> Result<Vec<PublicKey>, String> {
    if text.len() > MOST_BYTES {
        return Err("has more than 32 KiB".to_owned());
    }
    let value: Value = serde_json::from_str(text).map_err(|_| "is not JSON".to_owned())?;
    let listed = value.get("keys").and_then(Value::as_array);
    let listed = listed.ok_or("must be an object with a list \"keys\"")?;
    if listed.len() > MOST_KEYS {
        return Err(format!("must have at most {MOST_KEYS} keys"));
    }
    if listed.iter().any(|key| PRIVATE_FIELDS.iter().any(|field| key.get(field).is_some())) {
        return Err("holds a private or secret key; use the public keys only, and replace that \
                    key, because it has left its server"
            .to_owned());
    }
    let set: JwkSet =
        serde_json::from_value(value).map_err(|_| "is not a set of keys".to_owned())?;
    let keys: Vec<PublicKey> = set.keys.iter().filter_map(read_key).collect();
    if keys.is_empty() {
        return Err("holds no key for ES256 (curve P-256) or RS256 (2048 bits or more)".to_owned());
    }
    Ok(keys)
}

/// Reads a key for one of the two algorithms; `None` for any other.
fn read_key(jwk: &Jwk) -> Option<PublicKey> {
    let algorithm = match &jwk.algorithm {
        AlgorithmParameters::EllipticCurve(params) if params.curve == EllipticCurve::P256 => {
            Algorithm::ES256
        }
        AlgorithmParameters::RSA(_) => Algorithm::RS256,
        _ => return None,
    };
    let suits = match (jwk.common.key_algorithm, algorithm) {
        (None, _)
        | (Some(KeyAlgorithm::ES256), Algorithm::ES256)
        | (Some(KeyAlgorithm::RS256), Algorithm::RS256) => true,
        (Some(_), _) => false,
    };
    let signs = matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature));
    let key = DecodingKey::from_jwk(jwk).ok().filter(|_| suits && signs)?;
    let is_long = match key.kind() {
        jsonwebtoken::DecodingKeyKind::RsaModulusExponent { n, .. } => n.len() >= SHORTEST_MODULUS,
        // An uncompressed point: a mark and two coordinates of 32 bytes.
        jsonwebtoken::DecodingKeyKind::SecretOrDer(point) => point.len() == 65,
    };
    is_long.then(|| PublicKey { id: jwk.common.key_id.clone(), algorithm, key })
}
