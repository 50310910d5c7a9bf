//! Readers of outside text, as fuzzing runs them: each takes any bytes, and must neither panic nor
//! give a wrong result.
//!
//! `cargo xtask fuzz` runs them under libFuzzer; the tests here run them on the same seeds, changed
//! at random but the same each time.

mod csv_reader;
mod lists;
mod pbx;
#[cfg(test)]
mod tests;

pub use crate::http::fuzz::check_request_body;
pub use crate::services::access::agent_tokens::fuzz::check_agent_token;
pub use crate::services::access::oidc::check_logout_token;
pub use lists::{check_complaint_file, check_lines, check_pack, check_receiver};
pub use pbx::check_asterisk_event;

use crate::providers::masking::{body_excerpt, mask_text};
use crate::providers::{Settings, WebhookRequest};
use crate::services::access::domains::{CombinedAllowList, check_line, is_allowed};
use crate::services::csv;
use crate::{form_parts, phone};
use call_ribbon_shared::phone::{DialNumber, Phone, same_number};
use reqwest::Url;
use serde_json::{Value, json};

/// Characters of a masked text.
const KEPT_CHARS: usize = 500;
/// A secret with signs that every encoding changes.
const SECRET: &str = "s3cr+t/\"K&y\"=%41\\z";
/// Separates the cells of a row, and the parts of an input.
const SEPARATOR: char = '\u{1f}';
/// No text that counts as an id is shorter, and no number is as long.
const SHORTEST_ID: usize = 24;
/// Digits of a whole phone number.
const WHOLE_NUMBER: usize = 10;

/// Compares origins with a list of domains. Whatever is let in must be a page of a listed host to a
/// browser too.
///
/// # Panics
///
/// Panics if the result is wrong.
pub fn check_origin(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let list = ["crm.example.com", "*.shop.test", "localhost:3000"].map(str::to_owned);
    for origin in text.split(SEPARATOR) {
        let _ = (check_line(origin), is_allowed(&list, None, Some(origin)));
        let combined = CombinedAllowList::from_lists(&[list.to_vec(), vec![origin.to_owned()]]);
        let own_line = vec![origin.to_owned()];
        if is_allowed(&own_line, Some(origin), None) {
            assert!(combined.allows_origin(origin), "the combined list refuses {origin:?}");
        }
        if !is_allowed(&list, Some(origin), None) {
            continue;
        }
        assert!(combined.allows_origin(origin), "the combined list refuses {origin:?}");
        let url = Url::parse(origin);
        let host = url.as_ref().ok().and_then(Url::host_str).unwrap_or_default();
        let host = host.strip_suffix('.').unwrap_or(host);
        let port = url.as_ref().ok().and_then(Url::port_or_known_default);
        let listed = host == "crm.example.com"
            || host.strip_suffix(".shop.test").is_some_and(|below| !below.is_empty())
            || (host == "localhost" && port == Some(3000));
        assert!(listed, "{origin:?} is let in, and a browser reads the host {host:?}");
    }
}

/// Reads a webhook of Exotel.
pub fn check_exotel_webhook(data: &[u8]) {
    let settings =
        json!({"accountSid": "a", "apiKey": "k", "apiToken": "t", "callerId": "08047112345"});
    check_webhook("exotel", &settings, data);
}

/// Reads a webhook of Smartflo.
pub fn check_tata_webhook(data: &[u8]) {
    check_webhook("tata", &json!({"apiToken": "t", "phoneNumber": "08047112345"}), data);
}

/// Reads a webhook: in all encodings, as body and as query.
fn check_webhook(provider: &str, settings: &Value, data: &[u8]) {
    let Ok(settings) = Settings::from_json(provider, settings) else { return };
    let kinds = [
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=b",
    ];
    let query = String::from_utf8_lossy(data);
    let as_query = WebhookRequest { query: query.into_owned(), ..WebhookRequest::default() };
    let as_body = kinds.map(|kind| WebhookRequest {
        content_type: Some(kind.to_owned()),
        query: String::new(),
        body: data.to_vec().into(),
    });
    for delivered in as_body.into_iter().chain([as_query]) {
        if let Ok(report) = settings.read_callback(&delivered, 1_760_265_300_000) {
            let named = report.provider_call_id.is_some() || report.session_id.is_some();
            assert!(named, "a webhook is read that names no call");
        }
    }
}

/// Writes a row and reads it back. No cell may be a formula.
///
/// # Panics
///
/// Panics if the result is wrong.
pub fn check_csv(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let cells: Vec<&str> = text.split(SEPARATOR).collect();
    let mut row = String::new();
    csv::write_row(&mut row, cells.iter().copied());
    let read = csv_reader::read_row(&row);
    assert_eq!(read.len(), cells.len(), "{row:?}");
    for (read, cell) in read.iter().zip(cells) {
        let defused = read.strip_prefix('\'').is_some_and(|read| read == cell);
        assert!(defused || read == cell, "{cell:?} is written as {read:?}");
        let first = read.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        let number = first
            .strip_prefix('+')
            .is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b' '));
        let formula = first.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
        assert!(!formula || number, "{read:?} is a formula");
    }
}

/// Masks a text, whole and cut.
///
/// # Panics
///
/// Panics if the result is wrong.
pub fn check_masking(data: &[u8]) {
    let text = body_excerpt(data, KEPT_CHARS);
    let coded = SECRET.bytes().fold(String::new(), |coded, byte| format!("{coded}%{byte:02x}"));
    for text in [text.clone().into_owned(), format!("{text}{SECRET}"), format!("{coded}{text}")] {
        for kept in [0, 10, KEPT_CHARS] {
            let masked = mask_text(&text, &[SECRET, "token-2"], kept);
            assert!(masked.chars().count() <= kept + 1);
            assert!(!masked.contains(SECRET) && !masked.contains(&coded), "{masked:?}");
            let words = masked.split(|c: char| !c.is_ascii_alphanumeric());
            let numbers = words.filter(|word| word.len() < SHORTEST_ID);
            let longest = numbers.flat_map(|word| word.split(|c: char| !c.is_ascii_digit()));
            let longest = longest.map(str::len).max().unwrap_or_default();
            assert!(longest < WHOLE_NUMBER, "{masked:?} holds a number");
        }
    }
}

/// Reads phone numbers.
///
/// # Panics
///
/// Panics if the result is wrong.
pub fn check_phone_number(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (code, number) = text.split_once(SEPARATOR).unwrap_or(("91", &text));
    let every = Phone::parse_all(number);
    if let Ok(phone) = Phone::parse(number) {
        assert!(every.contains(&phone), "{number:?}");
        let again = DialNumber::parse(phone.number.as_str());
        assert_eq!(again.as_ref(), Ok(&phone.number));
        assert!(same_number(number, phone.number.as_str()), "{number:?}");
    }
    let joined = phone::join_country_code(code, number);
    for number in phone::stored_forms(number).iter().chain(&joined) {
        let digits = number.strip_prefix('+').unwrap_or(number);
        assert!(digits.bytes().all(|byte| byte.is_ascii_digit()), "{number:?}");
        assert!((3..=15).contains(&digits.len()), "{number:?}");
    }
    let _ = form_parts::read_parts(code, number.as_bytes().to_vec().into());
}
