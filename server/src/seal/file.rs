//! The file for a complaint: a zip whose members are named, with their hashes, in a signed list.

use super::proof::{Findings, Proof};
use super::signing::{self, SigningKey};
use super::{decode, encode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// The signed list of the other members.
pub const MANIFEST: &str = "manifest.json";
/// What happened, for programs and people.
pub const CALLS: &str = "calls.json";
/// The proof of it.
pub const PROOF: &str = "proof.json";
/// What happened, for people.
pub const REPORT: &str = "report.pdf";
/// A page that checks the file in a browser.
pub const VERIFIER: &str = "verify.html";
/// The members that the list names.
const MEMBERS: [&str; 4] = [CALLS, PROOF, REPORT, VERIFIER];

/// The most bytes of a member.
const LARGEST_MEMBER: u64 = 512 * 1024 * 1024;

/// The list as it is stored: a text and its signature.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SignedManifest {
    /// A [`Manifest`], as JSON.
    text: String,
    signature: String,
    public_key: String,
}

/// The list of members.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    pub version: u32,
    pub file_id: String,
    pub client: String,
    pub made_at: String,
    /// The client's latest seal when the file was made, and its hash.
    pub seal: i64,
    pub seal_hash: String,
    pub members: Vec<Member>,
    /// The key that signs this list.
    pub key: String,
}

/// A member, and the hash of its bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Member {
    pub name: String,
    pub bytes: usize,
    /// In Base64.
    pub sha256: String,
}

/// Why a file cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("the file cannot be packed: {0}")]
    Zip(#[from] zip::result::ZipError),
    #[error("the file cannot be packed: {0}")]
    Write(#[from] std::io::Error),
    #[error("the list of its members cannot be written: {0}")]
    Json(#[from] serde_json::Error),
}

/// What a valid file is.
#[derive(Debug)]
pub struct Verified {
    pub manifest: Manifest,
    pub findings: Findings,
}

/// Packs a file. `manifest` gets its members from `members`, which are named as in [`MEMBERS`].
pub fn write_file(
    mut manifest: Manifest,
    members: &[(&str, &[u8])],
    key: &SigningKey,
) -> Result<Vec<u8>, WriteError> {
    key.id().clone_into(&mut manifest.key);
    manifest.members = members
        .iter()
        .map(|(name, bytes)| Member {
            name: (*name).to_owned(),
            bytes: bytes.len(),
            sha256: encode(&Sha256::digest(bytes)),
        })
        .collect();
    let text = serde_json::to_string(&manifest)?;
    let signature = key.sign(&text);
    let signed = SignedManifest { text, signature, public_key: key.public_key() };
    let list = serde_json::to_vec(&signed)?;
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in members.iter().copied().chain([(MANIFEST, list.as_slice())]) {
        zip.start_file(name, options)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Checks a file. The error is a list of sentences, each naming what was altered.
pub fn check_file(bytes: &[u8]) -> Result<Verified, Vec<String>> {
    let members = read_members(bytes).map_err(|sentence| vec![sentence])?;
    let manifest = check_manifest(&members).map_err(|sentence| vec![sentence])?;
    let mut wrong = Vec::new();
    for name in MEMBERS {
        if !manifest.members.iter().any(|member| member.name == name) {
            wrong.push(format!("{MANIFEST} does not name {name}"));
        }
    }
    for Member { name, bytes, sha256 } in &manifest.members {
        match members.get(name) {
            None => wrong.push(format!("{name} is missing")),
            Some(found) if found.len() != *bytes || encode(&Sha256::digest(found)) != *sha256 => {
                wrong.push(format!("{name} was altered after the file was made"));
            }
            Some(_) => {}
        }
    }
    for name in members.keys() {
        if name != MANIFEST && !manifest.members.iter().any(|member| member.name == *name) {
            wrong.push(format!("{name} was added after the file was made"));
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let proof = members.get(PROOF).and_then(|bytes| serde_json::from_slice::<Proof>(bytes).ok());
    let calls = members.get(CALLS).and_then(|bytes| serde_json::from_slice::<Value>(bytes).ok());
    let (Some(proof), Some(calls)) = (proof, calls) else {
        return Err(vec![format!("{PROOF} or {CALLS} cannot be read")]);
    };
    let mut findings = proof.check();
    if proof.client != manifest.client {
        findings.wrong.push(format!("{PROOF} is of another client"));
    }
    findings.wrong.extend(compare(&calls, &proof));
    if findings.wrong.is_empty() {
        Ok(Verified { manifest, findings })
    } else {
        Err(findings.wrong)
    }
}

/// Reads all members of a zip.
fn read_members(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let unreadable = |error: &dyn std::fmt::Display| format!("this is not a whole zip: {error}");
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
    if zip.len() > MEMBERS.len() + 1 {
        return Err("the zip has more members than such a file".to_owned());
    }
    let mut members = BTreeMap::new();
    for index in 0..zip.len() {
        let member = zip.by_index(index).map_err(|error| unreadable(&error))?;
        let name = member.name().map_err(|error| unreadable(&error))?.into_owned();
        let damaged = |error: &dyn std::fmt::Display| format!("{name} is damaged: {error}");
        let mut content = Vec::new();
        let mut limited = member.take(LARGEST_MEMBER + 1);
        limited.read_to_end(&mut content).map_err(|error| damaged(&error))?;
        if content.len() as u64 > LARGEST_MEMBER {
            return Err(format!("{name} is too large to check"));
        }
        if members.insert(name.clone(), content).is_some() {
            return Err(format!("{name} is there twice"));
        }
    }
    Ok(members)
}

/// Checks the signature of the list, and that it is written as the server writes it.
fn check_manifest(members: &BTreeMap<String, Vec<u8>>) -> Result<Manifest, String> {
    let bytes = members.get(MANIFEST).ok_or_else(|| format!("{MANIFEST} is missing"))?;
    let altered = || format!("{MANIFEST} was altered after the file was made");
    let signed: SignedManifest = serde_json::from_slice(bytes).map_err(|_| altered())?;
    let canonical = serde_json::to_vec(&signed).map_err(|_| altered())?;
    let manifest: Manifest = serde_json::from_str(&signed.text).map_err(|_| altered())?;
    let key = decode(&signed.public_key).map(|key| signing::key_id(&key));
    let is_whole = canonical == *bytes
        && key.as_deref() == Some(&*manifest.key)
        && signing::is_signed(&signed.text, &signed.signature, &signed.public_key);
    if is_whole { Ok(manifest) } else { Err(altered()) }
}

/// Returns in what `calls.json` differs from the rows of the proof.
fn compare(calls: &Value, proof: &Proof) -> Vec<String> {
    let mut shown = BTreeMap::new();
    collect_sealed(calls, &mut shown);
    let mut wrong = Vec::new();
    for row in &proof.rows {
        let (Some(public), Some((kind, number))) = (&row.public, row.place()) else { continue };
        let is_same = shown.remove(&(kind, number)).is_some_and(|entry| {
            let same = |field: &str, text: Option<&String>| {
                let text = text.and_then(|text| serde_json::from_str(text).ok());
                entry[field] == text.unwrap_or(Value::Null)
            };
            same("public", Some(public)) && same("personal", row.personal.as_ref())
        });
        if !is_same {
            wrong.push(format!("{CALLS} shows {} {number} otherwise than {PROOF}", kind.name()));
        }
    }
    for (kind, number) in shown.into_keys() {
        wrong.push(format!("{CALLS} calls {} {number} sealed, and {PROOF} does not", kind.name()));
    }
    wrong
}

/// Finds the entries that are said to be sealed: objects with `public` and a number in `seal`.
fn collect_sealed<'v>(
    value: &'v Value,
    found: &mut BTreeMap<(super::slot::RowKind, i64), &'v Value>,
) {
    match value {
        Value::Array(list) => list.iter().for_each(|one| collect_sealed(one, found)),
        Value::Object(fields) => {
            for (name, inner) in fields {
                let list = inner.as_array().into_iter().flatten();
                match name.as_str() {
                    "events" | "decisions" => {
                        let kind = if name == "events" {
                            super::slot::RowKind::Event
                        } else {
                            super::slot::RowKind::Decision
                        };
                        let sealed = list.filter(|entry| entry["seal"].is_number());
                        found.extend(sealed.filter_map(|entry| {
                            Some(((kind, entry["public"]["number"].as_i64()?), entry))
                        }));
                    }
                    "attempts" => list.for_each(|one| collect_sealed(one, found)),
                    _ => {}
                }
            }
        }
        _ => {}
    }
}
