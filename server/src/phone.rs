//! Parses telephone numbers with the phone-number library, which knows the rules of each country.

use call_ribbon_shared::phone::{DialNumber, Phone};
use phonenumber::{Mode, PhoneNumber, country};

/// Parses a number with the library; `None` if its country is unknown or it is invalid there.
pub fn parse_valid(country: Option<country::Id>, number: &DialNumber) -> Option<PhoneNumber> {
    let read = phonenumber::parse(country, number.as_str()).ok()?;
    phonenumber::is_valid(&read).then_some(read)
}

/// Returns a number as E.164; `None` if its country is unknown or it is invalid there.
pub fn to_e164(country: Option<country::Id>, number: &DialNumber) -> Option<String> {
    parse_valid(country, number).map(|read| read.format().mode(Mode::E164).to_string())
}

/// Returns the numbers, as E.164, that a written number may stand for: at most four, the most likely
/// first. Without a plus sign it may be a national number, or begin with a country code, after a
/// trunk zero or a prefix for calls abroad; a trunk zero may also stand after the country code.
pub fn all_readings(country: Option<country::Id>, number: &DialNumber) -> Vec<String> {
    let mut found: Vec<String> = to_e164(country, number).into_iter().collect();
    let written = number.as_str();
    if written.starts_with('+') {
        if found.is_empty() {
            found.extend(without_trunk_zeros(number));
        }
        return found;
    }
    let bare = written.trim_start_matches('0');
    let abroad = bare.strip_prefix("11").filter(|_| bare.len() < written.len());
    let national = DialNumber::parse(bare).ok();
    let with_code = [Some(bare), abroad].into_iter().flatten();
    let with_code = with_code.filter_map(|digits| DialNumber::parse(&format!("+{digits}")).ok());
    let more = national.and_then(|number| to_e164(country, &number)).into_iter().chain(
        with_code
            .filter_map(|number| to_e164(None, &number).or_else(|| without_trunk_zeros(&number))),
    );
    for reading in more {
        if !found.contains(&reading) {
            found.push(reading);
        }
    }
    found
}

/// Returns a number with a country code as E.164, without zeros after the code.
fn without_trunk_zeros(number: &DialNumber) -> Option<String> {
    let read = phonenumber::parse(None, number.as_str()).ok()?;
    let code = read.code().value().to_string();
    let national = number.as_str().strip_prefix('+')?.strip_prefix(&code)?;
    let whole = format!("+{code}{}", national.trim_start_matches('0'));
    to_e164(None, &DialNumber::parse(&whole).ok()?)
}

/// Returns a number in the form in which it is stored and searched for: E.164 if it was written
/// with its country code, else its digits unchanged.
pub fn stored_form(number: &DialNumber) -> String {
    to_e164(None, number).unwrap_or_else(|| number.as_str().to_owned())
}

/// Returns all numbers of a text, in the form in which they are searched for.
pub fn stored_forms(text: &str) -> Vec<String> {
    let mut numbers: Vec<String> = Vec::new();
    for phone in Phone::parse_all(text) {
        let number = stored_form(&phone.number);
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    numbers
}

/// Joins a dialer's number with its country code, which it may contain already, with or without the
/// national trunk zero.
pub fn join_country_code(code: &str, number: &str) -> Option<String> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    // The parser also reads digits of other scripts. A one before the code keeps its zeros, and
    // three digits after it make it long enough.
    let code =
        digits(DialNumber::parse(&format!("1{}000", code.replace(['+', '＋'], ""))).ok()?.as_str());
    let code = code.strip_prefix('1')?.strip_suffix("000")?;
    let number = DialNumber::parse(number).ok()?;
    let bare = number.as_str();
    if bare.starts_with('+') {
        return Some(stored_form(&number));
    }
    let (prefix, code) = split_dial_out_prefix(code);
    if code.is_empty() {
        let whole = DialNumber::parse(&format!("+{bare}")).ok().filter(|_| prefix);
        return Some(stored_form(&whole.unwrap_or(number)));
    }
    // North America's prefix before the number; none of its own numbers begins with 0.
    let dialed = bare.strip_prefix("011").filter(|_| code == "1");
    if let Some(rest) = dialed {
        return DialNumber::parse(&format!("+{rest}")).ok().map(|number| stored_form(&number));
    }
    // After a zero in brackets, the parser knows which countries keep it.
    let after_code = match bare.strip_prefix('0') {
        Some(rest) => format!("+{code} (0){rest}"),
        None => format!("+{code} {bare}"),
    };
    let after_code = DialNumber::parse(&after_code).ok();
    let whole = DialNumber::parse(&format!("+{bare}")).ok().filter(|_| bare.starts_with(code));
    let valid =
        |number: &Option<DialNumber>| number.as_ref().and_then(|number| to_e164(None, number));
    if let Some(number) = valid(&after_code).or_else(|| valid(&whole)) {
        return Some(number);
    }
    // The library accepts neither. Ten digits after the code are a full number in most countries.
    let holds_code = bare.len() >= code.len() + 10;
    let number = if holds_code { whole.or(after_code) } else { after_code.or(whole) };
    number.map(|number| number.as_str().to_owned())
}

/// Splits a country code into whether it begins with a prefix for calls abroad, and the code
/// itself. The prefixes are 00, 011 in North America and 0011 in Australia; no country code begins
/// with 0 or with 11 (ITU-T E.164, annex A).
fn split_dial_out_prefix(code: &str) -> (bool, &str) {
    let rest = code.trim_start_matches('0');
    match rest.strip_prefix("11").filter(|_| rest.len() < code.len()) {
        Some(after) => (true, after),
        None => (code.len() - rest.len() >= 2, rest),
    }
}

#[cfg(test)]
mod tests;
