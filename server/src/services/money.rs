//! Amounts of money, kept exactly: whole numbers of ten-thousandths.

/// The decimals of an amount.
const DECIMALS: usize = 4;
/// What one is in the smallest unit of an amount.
const SCALE: i64 = 10_000;
/// The most digits before the decimal point: with four after it, a JSON number still holds each
/// amount exactly.
const MAX_WHOLE_DIGITS: usize = 11;

/// Reads an amount such as `5000` or `1500.50`: 0 or more, with up to four decimals.
pub fn parse_amount(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > DECIMALS {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    if whole.len() > MAX_WHOLE_DIGITS {
        return None;
    }
    // Missing decimals are zeros.
    format!("{whole}{part:0<DECIMALS$}").parse().ok()
}

/// Names of currencies that may stand before or after an amount.
const CURRENCIES: [&str; 17] = [
    "",
    "₹",
    "रु",
    "रु.",
    "रुपये",
    "rs",
    "rs.",
    "inr",
    "rupees",
    "روپے",
    "روپئے",
    "$",
    "usd",
    "€",
    "eur",
    "£",
    "gbp",
];

/// Reads an amount as an agent writes it: with a currency, in the digits of the agent's language, and
/// with digits in groups of three, or of two as in India. `5,5` may mean a fraction, and is refused.
pub fn parse_written_amount(text: &str) -> Option<i64> {
    let text: String = text.chars().map(to_ascii).collect();
    let first = text.find(|c: char| c.is_ascii_digit())?;
    let end = text.rfind(|c: char| c.is_ascii_digit())? + 1;
    let is_currency = |text: &str| CURRENCIES.contains(&text.trim().to_lowercase().as_str());
    let (before, amount, after) = (&text[..first], &text[first..end], &text[end..]);
    let after = after.trim();
    let after = after.strip_suffix("/-").unwrap_or(after);
    let is_once = before.trim().is_empty() || after.trim().is_empty();
    if !is_once || !is_currency(before) || !is_currency(after) {
        return None;
    }
    let (whole, part) = amount.split_once('.').unwrap_or((amount, "0"));
    let groups: Vec<&str> = whole.split([',', ' ', '\u{a0}', '\u{202f}']).collect();
    let last = groups.len() - 1;
    let is_grouped = groups.iter().enumerate().all(|(place, group)| match group.len() {
        3 => true,
        2 => place < last,
        1 => place == 0,
        _ => false,
    });
    if last > 0 && !is_grouped {
        return None;
    }
    parse_amount(&format!("{}.{part}", groups.concat()))
}

/// Returns the ASCII form of a digit or a separator of Hindi, Arabic, Urdu or a full-width keyboard.
fn to_ascii(c: char) -> char {
    for zero in ['०', '٠', '۰', '０'] {
        let value = u32::from(c).wrapping_sub(u32::from(zero));
        if let Some(digit) = char::from_digit(value, 10) {
            return digit;
        }
    }
    match c {
        '٫' => '.',
        '٬' => ',',
        other => other,
    }
}

/// Writes an amount with no more decimals than it has.
pub fn format_amount(amount: i64) -> String {
    let text = format!("{}.{:0>DECIMALS$}", amount / SCALE, (amount % SCALE).abs());
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Returns an amount as the number of the API. One amount is exact; sums have 15 digits.
pub fn to_number(amount: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "an amount fits in 53 bits")]
    let amount = amount as f64;
    amount / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::{format_amount, parse_amount, parse_written_amount};

    #[test]
    fn amounts_are_kept_exactly() {
        for (text, amount, written) in [
            ("0", 0, "0"),
            ("5000", 50_000_000, "5000"),
            ("007", 70_000, "7"),
            ("0.1", 1000, "0.1"),
            ("1500.50", 15_005_000, "1500.5"),
            ("0.0001", 1, "0.0001"),
            ("99999999999.9999", 999_999_999_999_999, "99999999999.9999"),
        ] {
            assert_eq!(parse_amount(text), Some(amount), "{text}");
            assert_eq!(format_amount(amount), written);
        }
        for text in
            ["", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", "1.00001", "100000000000", " 1", "१"]
        {
            assert_eq!(parse_amount(text), None, "{text}");
        }
    }

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (text, amount) in [
            ("5000", 50_000_000),
            ("5,000", 50_000_000),
            ("₹ 1,23,456.50", 1_234_565_000),
            ("Rs. 5,000/-", 50_000_000),
            ("Rs 5000", 50_000_000),
            ("€1 500.5 ", 15_005_000),
            ("1\u{202f}500", 15_000_000),
            ("99,999,999,999.9999", 999_999_999_999_999),
            ("rs 5000", 50_000_000),
            ("INR5,000", 50_000_000),
            ("5,000 Rs.", 50_000_000),
            ("5000₹", 50_000_000),
            ("Rs. 5000 /-", 50_000_000),
            ("५,०००", 50_000_000),
            ("₹ १,२३,४५६.५०", 1_234_565_000),
            ("٥٠٠٠", 50_000_000),
            ("۱٬۵۰۰٫۵ روپے", 15_005_000),
            ("５０００", 50_000_000),
        ] {
            assert_eq!(parse_written_amount(text), Some(amount), "{text}");
        }
        for text in [
            "",
            ".5",
            "-5",
            "₹",
            "5k",
            "5,5",
            "5,00",
            "5,0000",
            "5,,000",
            ",500",
            "1,2,345",
            "1.500,50",
            "12,34",
            "about 5000",
            "1 lakh",
            "5000-",
            "100,000,000,000",
            "1,000.00001",
            "₹₹5",
            "₹5 INR",
            "/-5",
            "1.2.3",
            "1.2,3",
            "NaN",
            "Infinity",
            "-₹5",
            "₹-5",
            "(5000)",
            "5000 per month",
            "5000.",
            "½",
            "②",
            "5\u{200b}000",
            "৫০০০",
        ] {
            assert_eq!(parse_written_amount(text), None, "{text}");
        }
    }
}
