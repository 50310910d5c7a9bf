//! Runs each target on its seeds, changed at random but the same each time.

use super::*;
use rand::rngs::StdRng;
use rand::{Rng as _, RngExt as _, SeedableRng as _};
use std::fs;
use std::path::Path;

/// Inputs from each seed.
const VARIANTS: usize = 100;
/// The most changes of one input.
const MAX_CHANGES: usize = 6;
/// What is inserted: signs with a meaning in some encoding, and characters of several bytes.
const PIECES: [&[u8]; 24] = [
    b"&",
    b";",
    b"\\",
    b"%",
    b"%25",
    b"=",
    b"\"",
    b"'",
    b"{",
    b"}",
    b"[",
    b"]",
    b"<",
    b"\r\n",
    b",",
    b"+",
    b"0",
    b"9876543210",
    b"token=",
    b"\\u00e9",
    b"&amp;",
    b"\x1f",
    "\u{661}".as_bytes(),
    "\u{200d}".as_bytes(),
];

/// Returns the seeds of a target, in the order of their names.
fn read_seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds").join(target);
    let mut paths: Vec<_> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// Changes an input in one place.
fn change(input: &mut Vec<u8>, other: &[u8], random: &mut StdRng) {
    let at = random.random_range(0..=input.len());
    let len = random.random_range(0..=(input.len() - at).min(20));
    match random.random_range(0..6) {
        0 => drop(input.splice(at..at + len, [])),
        1 => {
            let piece = PIECES[random.random_range(0..PIECES.len())];
            input.splice(at..at + len / 2, piece.iter().copied());
        }
        2 => {
            let again = input[at..at + len].repeat(random.random_range(1..40));
            input.splice(at..at, again);
        }
        3 => {
            let from = random.random_range(0..=other.len());
            input.splice(at.., other[from..].iter().copied());
        }
        4 => input.truncate(at),
        _ => {
            if let Some(byte) = input.get_mut(at) {
                *byte = random.next_u32().to_le_bytes()[0];
            }
        }
    }
}

/// Runs a target on its seeds and on inputs made from them.
fn run(target: &str, check: fn(&[u8])) {
    let mut random = StdRng::seed_from_u64(1);
    let seeds = read_seeds(target);
    assert!(seeds.len() >= 3, "{target} has few seeds");
    for seed in &seeds {
        check(seed);
        for _ in 0..VARIANTS {
            let mut input = seed.clone();
            for _ in 0..random.random_range(1..=MAX_CHANGES) {
                let other = &seeds[random.random_range(0..seeds.len())];
                change(&mut input, other, &mut random);
            }
            let checked = std::panic::catch_unwind(|| check(&input));
            assert!(checked.is_ok(), "{target} fails for {:?}", input.escape_ascii().to_string());
        }
    }
}

#[test]
fn request_bodies_are_read_or_refused() {
    run("request_body", check_request_body);
}

#[test]
fn no_origin_is_let_in_that_is_not_listed() {
    run("origin", check_origin);
}

#[test]
fn webhooks_of_exotel_are_read_or_refused() {
    run("exotel_webhook", check_exotel_webhook);
}

#[test]
fn webhooks_of_smartflo_are_read_or_refused() {
    run("tata_webhook", check_tata_webhook);
}

#[test]
fn cells_are_read_back_and_are_no_formulas() {
    run("csv", check_csv);
}

#[test]
fn no_secret_and_no_number_is_shown() {
    run("masking", check_masking);
}

#[test]
fn a_number_that_is_read_is_read_again() {
    run("phone_number", check_phone_number);
}

#[test]
fn files_of_numbers_have_the_same_lines_however_they_arrive() {
    run("lines", check_lines);
}

#[test]
fn packs_of_rules_are_refused_or_judge_calls() {
    run("rule_pack", check_pack);
}

#[test]
fn no_receiver_has_an_address_inside() {
    run("receiver", check_receiver);
}

#[test]
fn files_for_complaints_are_checked_or_refused() {
    run("complaint_file", check_complaint_file);
}

#[test]
fn no_agent_token_counts_without_its_key() {
    run("agent_token", check_agent_token);
}

#[test]
fn tokens_for_signing_out_are_read_or_refused() {
    run("logout_token", check_logout_token);
}

#[test]
fn events_of_a_pbx_are_handled_or_refused() {
    run("asterisk_event", check_asterisk_event);
}
