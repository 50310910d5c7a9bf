//! Masks known secrets however they are written: plain, percent-encoded, escaped in JSON or HTML
//! (also repeatedly), in Base64 or hexadecimal.

mod spelling;

use super::{CutText, MASK};
use crate::scan::{Scan, count_steps};
use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use spelling::{LONGEST_SPELLING, visit_spellings};
use std::collections::BTreeMap;

/// The fewest characters of Base64 by which a secret is recognised. Fewer occur in many words.
const MIN_BASE64_CHARS: usize = 6;
/// The most ways in which the characters before a position may be read as beginnings of one secret.
/// More occur only if secret and text repeat the same few signs.
const MAX_READINGS: usize = 32;

/// A range of bytes.
type Place = (usize, usize);

/// Returns the text with each occurrence of each secret masked.
pub fn mask_secrets(text: CutText<&str>, secrets: &[&str]) -> String {
    let mut found = Vec::new();
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        found.extend(find_written(text, secret));
        for core in base64_patterns(secret) {
            found.extend(widen_to_words(text.text, find_written(text, &core)));
        }
        let hex = crate::ids::to_hex(secret.as_bytes());
        found.extend(find_written(text, &hex));
        found.extend(find_written(text, &hex.to_uppercase()));
    }
    found.sort_unstable();
    let text = text.text;
    let (mut masked, mut done) = (String::with_capacity(text.len()), 0);
    for (start, end) in found {
        if start >= done {
            masked.push_str(&text[done..start]);
            masked.push_str(MASK);
        }
        done = done.max(end);
    }
    masked.push_str(&text[done..]);
    masked
}

/// Returns the places of a secret, ordered by their ends. They may overlap.
///
/// The text is read once, with all readings that have begun before: how many characters of the
/// secret each has found. At the end of a cut text, a secret that has only begun counts as found.
fn find_written(text: CutText<&str>, secret: &str) -> Vec<Place> {
    let secret: Vec<char> = secret.chars().collect();
    let end = text.text.len();
    let mut found = Vec::new();
    // By the position at which each continues: characters found, and the first place at which such
    // a reading begins.
    let mut pending: BTreeMap<usize, BTreeMap<usize, usize>> = BTreeMap::new();
    let mut rest = Scan::new(text.text);
    while let Some(c) = rest.first() {
        let at = end - rest.len();
        let mut readings = pending.remove(&at).unwrap_or_default();
        if !readings.is_empty()
            && (readings.len() > MAX_READINGS || text.is_cut_within(LONGEST_SPELLING, rest))
        {
            // Whatever has begun is masked to the end.
            let others = pending.values().flat_map(BTreeMap::values);
            let first = readings.values().chain(others).min().copied();
            found.extend(first.map(|start| (start, end)));
            return found;
        }
        readings.insert(0, at);
        for (known, start) in readings {
            count_steps(1);
            let Some(next) = secret.get(known) else { continue };
            visit_spellings(rest, *next, &mut |len| {
                if known + 1 == secret.len() {
                    found.push((start, at + len));
                } else {
                    let first = pending.entry(at + len).or_default().entry(known + 1);
                    first.and_modify(|first| *first = start.min(*first)).or_insert(start);
                }
            });
        }
        rest = rest.skip(c.len_utf8());
    }
    if text.is_cut {
        let begun = pending.into_values().flat_map(BTreeMap::into_values).min();
        found.extend(begun.map(|start| (start, end)));
    }
    found
}

/// Returns what the Base64 of any text with the secret contains: the characters that depend on the
/// secret alone, for each of its three possible alignments.
fn base64_patterns(secret: &str) -> Vec<String> {
    let mut cores = Vec::new();
    for alphabet in [STANDARD, URL_SAFE] {
        let config = GeneralPurposeConfig::new().with_encode_padding(false);
        let engine = GeneralPurpose::new(&alphabet, config);
        for before in 0..3 {
            let bytes = [&[0; 2][..before], secret.as_bytes()].concat();
            let written = engine.encode(&bytes);
            // Of six bits each: those within the secret alone.
            let from = (before * 8).div_ceil(6);
            let to = bytes.len() * 8 / 6;
            let core = written.get(from..to).unwrap_or_default().to_owned();
            if core.len() >= MIN_BASE64_CHARS && !cores.contains(&core) {
                cores.push(core);
            }
        }
    }
    cores
}

/// Widens places to the whole Base64 words around them.
fn widen_to_words(text: &str, mut places: Vec<Place>) -> Vec<Place> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_%".contains(&byte);
    places.sort_unstable();
    let mut words: Vec<Place> = Vec::new();
    for (start, end) in places {
        let done = words.last().map_or(0, |(_, end)| *end);
        if end <= done {
            // In the same word.
            continue;
        }
        let before = text.as_bytes()[done.min(start)..start].iter().rev();
        let before = before.take_while(|byte| is_part(**byte)).count();
        let after = text.as_bytes()[end..].iter();
        let after = after.take_while(|byte| is_part(**byte) || **byte == b'=').count();
        count_steps(before + after);
        words.push((start - before, end + after));
    }
    words
}
