//! Takes secrets and telephone numbers out of what is to be written down.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What stands where a secret was.
const MASK: &str = "…";
/// Digits in a row, signs between them aside, that are taken for a telephone number.
const NUMBER: usize = 7;
/// Digits of a number that are left, so that it can still be looked for.
const LEFT: usize = 4;

/// The text without these secrets, however they are written, and with the last four digits of each
/// telephone number only.
pub fn masked(text: &str, secrets: &[&str]) -> String {
    let mut text = text.to_owned();
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        for spelling in
            [(*secret).to_owned(), percent(secret), STANDARD.encode(secret), json(secret)]
        {
            text = text.replace(&spelling, MASK);
        }
    }
    without_numbers(&text)
}

/// As it stands in an address or a form.
fn percent(secret: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    secret
        .bytes()
        .map(|byte| match plain(byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}

/// As it stands within a JSON text.
fn json(secret: &str) -> String {
    let quoted = serde_json::Value::from(secret).to_string();
    quoted.trim_matches('"').to_owned()
}

fn without_numbers(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars().map(Some).chain([None]) {
        match c {
            Some(c) if c.is_ascii_digit() => run.push(c),
            other => {
                match run.len() {
                    0 => {}
                    digits if digits >= NUMBER => {
                        masked.push_str(MASK);
                        masked.push_str(&run[digits - LEFT..]);
                    }
                    _ => masked.push_str(&run),
                }
                run.clear();
                masked.extend(other);
            }
        }
    }
    masked
}
