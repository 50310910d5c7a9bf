//! Masks secrets and phone numbers in texts before they are logged: URLs, headers and bodies of any
//! kind, JSON or not, complete or truncated.
//!
//! It prefers to mask too much: what a log lacks can be requested again, what it contains cannot be
//! taken back.
//!
//! The texts come from outside, so the work is bounded: a text is cut to little more than what the
//! log keeps, and each pass reads it once. What the cut may have split, such as the first half of a
//! number, is masked.

mod named_values;
pub(crate) mod numbers;
mod secret_text;

use crate::scan::Scan;
use std::borrow::Cow;

/// Replaces a secret, or the beginning of a number.
const MASK: &str = "…";
/// Characters that are read beyond those that are kept, because masks shorten the text.
const MARGIN_CHARS: usize = 1_000;
/// The most bytes of a character in UTF-8.
const MAX_CHAR_BYTES: usize = 4;

/// Returns the beginning of a text, at most `most_chars` characters and an ellipsis if there is
/// more: without these secrets, however they are encoded; without values under a name like `token`;
/// and with only the last four digits of each phone number.
pub fn mask_text(text: &str, secrets: &[&str], most_chars: usize) -> String {
    let (text, is_cut) = truncate_text(text, most_chars.saturating_add(MARGIN_CHARS));
    let masked = mask_cut(CutText { text, is_cut }, secrets);
    let (kept, is_shorter) = truncate_text(&masked, most_chars);
    let is_marked = !is_shorter && kept.ends_with(MASK);
    if (is_cut || is_shorter) && !is_marked { format!("{kept}…") } else { kept.to_owned() }
}

/// Returns the whole text with all of its secrets and numbers masked.
fn mask_cut(text: CutText<&str>, secrets: &[&str]) -> String {
    let text = text.with(secret_text::mask_secrets(text, secrets));
    let text = text.as_ref().with(named_values::mask_values(text.as_ref()));
    numbers::mask_numbers(text.as_ref())
}

/// Returns as much of a body as [`mask_text`] reads, as text.
pub fn body_excerpt(body: &[u8], most_chars: usize) -> Cow<'_, str> {
    let chars = most_chars.saturating_add(MARGIN_CHARS).saturating_add(1);
    let bytes = chars.saturating_mul(MAX_CHAR_BYTES).min(body.len());
    String::from_utf8_lossy(&body[..bytes])
}

/// Returns the first characters of a text, and whether there are more.
fn truncate_text(text: &str, most_chars: usize) -> (&str, bool) {
    match text.char_indices().nth(most_chars) {
        Some((end, _)) => (&text[..end], true),
        None => (text, false),
    }
}

/// A text to mask, `T` being `&str` or `String`.
#[derive(Debug, Clone, Copy)]
struct CutText<T> {
    text: T,
    /// Whether it goes on behind its end.
    is_cut: bool,
}

impl<T: AsRef<str>> CutText<T> {
    /// Returns the text after a pass.
    fn with(&self, masked: String) -> CutText<String> {
        CutText { text: masked, is_cut: self.is_cut }
    }

    fn as_ref(&self) -> CutText<&str> {
        CutText { text: self.text.as_ref(), is_cut: self.is_cut }
    }
}

impl CutText<&str> {
    /// Whether the text was cut at most so many bytes behind a position, or an earlier pass masked
    /// everything from there on.
    fn is_cut_within(&self, bytes: usize, rest: Scan<'_>) -> bool {
        let rest = rest.len();
        self.is_cut && (rest <= bytes || rest <= bytes + MASK.len() && self.text.ends_with(MASK))
    }
}

/// Whether a field's name implies that its value is a secret.
pub fn is_secret_name(name: &str) -> bool {
    let small = name.to_lowercase();
    SECRET_NAMES.iter().any(|word| small.contains(word))
}

/// Parts of the names of secrets.
const SECRET_NAMES: [&str; 9] = [
    "secret",
    "token",
    "passw",
    "pwd",
    "key",
    "authorization",
    "credential",
    "cookie",
    "signature",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::steps::assert_linear;
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    fn mask_text(text: &str, secrets: &[&str]) -> String {
        super::mask_text(text, secrets, usize::MAX)
    }

    const SECRET: &str = "p+q/r \"x\"&é=%41\\z";

    #[test]
    fn a_secret_is_found_however_it_is_written() {
        let json = serde_json::to_string(SECRET).unwrap();
        let in_json = json.trim_matches('"').to_owned();
        let twice = serde_json::to_string(&json).unwrap();
        let coded = |sign: &str, digits: usize, codes: &mut dyn Iterator<Item = u32>| -> String {
            codes.map(|code| [sign, &format!("{code:0digits$x}")].concat()).collect()
        };
        let percent = coded("%", 2, &mut SECRET.bytes().map(u32::from));
        let capitals = percent.to_uppercase();
        let doubly = percent.replace('%', "%25");
        let escaped = coded("\\u", 4, &mut SECRET.encode_utf16().map(u32::from));
        let form = "p%2Bq%2Fr+%22x%22%26%C3%A9%3D%2541%5Cz";
        let html = "p+q/r &quot;x&quot;&amp;&#233;=%41\\z";
        let hex = coded("", 2, &mut SECRET.bytes().map(u32::from));
        let user = STANDARD.encode(format!("user:{SECRET}"));
        let mid = URL_SAFE_NO_PAD.encode(format!("ab:{SECRET}:and more"));
        let both = STANDARD.encode(format!("u:{SECRET}")).replace('+', "%2B").replace('/', "%2f");
        for written in [
            SECRET, &in_json, &twice, &percent, &capitals, &doubly, &escaped, form, html, &hex,
            &user, &mid, &both,
        ] {
            for (before, after) in [("", ""), ("a=1&b=", "&c=2"), ("{\"n\":\"", "\"}"), ("é ", "é")]
            {
                let seen = mask_text(&format!("{before}{written}{after}"), &[SECRET]);
                assert_eq!(seen.matches(MASK).count(), 1, "{seen}");
                for piece in ["q/r", "q%2", "\"x", "%22x", &written[3..9]] {
                    assert!(!seen.contains(piece), "{written} became {seen}");
                }
                assert!(seen.starts_with(before), "{seen}");
            }
        }
    }

    #[test]
    fn of_two_secrets_of_which_one_is_in_the_other_nothing_is_left() {
        for secrets in [["abc", "abcdef"], ["abcdef", "abc"]] {
            assert_eq!(mask_text("abcdef, abc", &secrets), "…, …");
        }
        assert_eq!(mask_text("nothing", &["", "else"]), "nothing");
    }

    #[test]
    fn what_stands_under_a_telling_name_goes() {
        for (text, expected) in [
            ("api_key=abc&x=1", "api_key=…&x=1"),
            ("x=1&API_TOKEN=abc", "x=1&API_TOKEN=…"),
            ("api%5Ftoken%3Dabc%26x", "api%5Ftoken%3D…%26x"),
            ("token=ab%26cd&x=1", "token=…&x=1"),
            (r#"{"apiToken":"a\"b","x":1}"#, r#"{"apiToken":"…","x":1}"#),
            (r#"{"a":{"Password" : "b c"}}"#, r#"{"a":{"Password" : "…"}}"#),
            (r#"{"SipSecret":12345,"x":1}"#, r#"{"SipSecret":…,"x":1}"#),
            (r#"{"keys":["a","b]"],"x":1}"#, r#"{"keys":…,"x":1}"#),
            (r#"{"token":{"a":"}"},"x":1}"#, r#"{"token":…,"x":1}"#),
            (r#""{\"token\":\"a\\\"b\",\"x\":1}""#, r#""{\"token\":\"…\",\"x\":1}""#),
            (r#"{"token":"cut off in the mid"#, r#"{"token":"…"#),
            ("Authorization: Basic dXNlcjpwdw==\nx=1", "Authorization: …\nx=1"),
            (r#"{"a":"Authorization: Basic \"x\" y","b":1}"#, r#"{"a":"Authorization: …","b":1}"#),
            ("X-Api-Key: abc def\r\nx: 1", "X-Api-Key: …\r\nx: 1"),
            ("said Bearer abcdefgh.ijkl to us", "said Bearer … to us"),
            ("<Token>abc</Token><x>1</x>", "<Token>…</Token><x>1</x>"),
            ("<a token='abc' x='1'/>", "<a token='…' x='1'/>"),
            ("https://me:abc@api.example.com/x", "https://…@api.example.com/x"),
            ("creds[password]=abc&x=1", "creds[password]=…&x=1"),
            ("token", "token"),
            ("token=", "token="),
            (r#"{"x":"a","y":null}"#, r#"{"x":"a","y":null}"#),
        ] {
            assert_eq!(mask_text(text, &[]), expected, "{text}");
        }
    }

    #[test]
    fn of_numbers_the_last_four_digits_are_left() {
        for (text, expected) in [
            ("To=%2B919876543210&From=09876543210", "To=%2B…3210&From=…3210"),
            (r#"{"to":"+91 98765-43210"}"#, r#"{"to":"+…3210"}"#),
            (r#"{"to":919876543210}"#, r#"{"to":…3210}"#),
            ("To=%2B91+98765%2043210", "To=%2B…3210"),
            ("(022) 2345 6789", "(…6789"),
            ("tel:022.2345.6789", "tel:…6789"),
            (r#""\u002b91\u00a098765\u002043210""#, r#""\u002b…3210""#),
            ("%39%38%37%36%35%34%33%32%31%30", "…%33%32%31%30"),
            ("९८७६५४३२१०", "…३२१०"),
            ("a 9876543210,9876543211;", "a …3210,…3211;"),
            ("sip:919876543210@voip.example.com", "sip:…3210@voip.example.com"),
            // Not phone numbers.
            ("112", "112"),
            ("2025-10-12 10:30:00", "2025-10-12 10:30:00"),
            ("2025-10-12T10:30:00.123456Z", "2025-10-12T10:30:00.123456Z"),
            ("StartTime=2025-10-12%2010%3A30%3A00", "StartTime=2025-10-12%2010%3A30%3A00"),
            ("Price=0.900000", "Price=0.900000"),
            ("Duration=45&Legs=2", "Duration=45&Legs=2"),
            ("Sid=b6455a5d8910224429ff4e3b51ae6a7f", "Sid=b6455a5d8910224429ff4e3b51ae6a7f"),
            ("call_0199d7d2c5e07c1234567890b1f0c44a", "call_0199d7d2c5e07c1234567890b1f0c44a"),
        ] {
            assert_eq!(mask_text(text, &[]), expected, "{text}");
        }
    }

    #[test]
    fn any_text_is_taken() {
        for text in
            ["", "%", "%2", "\\", "\\u", "\\u00", "&", "&#", "key\\", "key=\\", "é%C3", "://@"]
        {
            for secret in ["%", "\\", "é", "&#"] {
                mask_text(text, &[secret]);
            }
            assert!(mask_text(text, &[]).len() <= text.len() + MASK.len(), "{text}");
        }
    }
    /// Texts in two parts, of which the second must not be shown.
    fn sensitive_texts() -> Vec<(String, String)> {
        let json = serde_json::to_string(SECRET).unwrap().trim_matches('"').to_owned();
        let coded = |sign: &str| -> String {
            SECRET.bytes().fold(String::new(), |coded, byte| format!("{coded}{sign}{byte:02x}"))
        };
        // The first six characters are those of the user's name alone.
        let base64 = STANDARD.encode(format!("user:{SECRET}"))[7..].to_owned();
        let secrets = [SECRET.to_owned(), json, coded("%"), coded("%25"), coded(""), base64];
        let secrets = secrets.into_iter().map(|secret| ("x: ".to_owned(), secret));
        let others = [
            ("api_key=", "abcdefgh"),
            ("\"apiToken\": \"", "ab\\\"cdefgh"),
            ("x=token%3D", "abcdefgh"),
            ("Authorization: ", "Basic abcdefgh"),
            ("said Bearer ", "abcdefgh.ijkl"),
            ("https://", "me:abcdefgh@"),
            ("To=%2B", "919876543210"),
            ("tel +", "91 98765-43210"),
            ("n=", "9876543210"),
            ("n=", "%39%38%37%36%35%34%33"),
        ];
        secrets.chain(others.map(|(one, other)| (one.to_owned(), other.to_owned()))).collect()
    }

    #[test]
    fn nothing_is_shown_of_what_the_cut_splits() {
        for (before, hidden) in sensitive_texts() {
            for (end, _) in hidden.char_indices().skip(1) {
                let text = format!("{before}{}", &hidden[..end]);
                let seen = mask_cut(CutText { text: &*text, is_cut: true }, &[SECRET]);
                let shown = seen.trim_end_matches(MASK);
                // At most the beginning of the first character's code.
                let rest = shown.strip_prefix(&*before).unwrap_or_default();
                let rest = rest.trim_matches(['…', ' ']);
                let first_len = if hidden.starts_with('%') { 5 } else { 1 };
                assert!(rest.len() < first_len, "{text} is shown as {seen}");
            }
        }
    }

    #[test]
    fn a_long_text_is_cut_and_its_beginning_shown() {
        for (before, hidden) in sensitive_texts() {
            for kept in [1, 50, 300] {
                let filling = "- ".repeat(usize::midpoint(kept, MARGIN_CHARS));
                for cut in [filling.len() - before.len() - 5, filling.len() - 3] {
                    let text = format!("{}{before}{hidden} {filling}", &filling[..cut]);
                    let seen = super::mask_text(&text, &[SECRET], kept);
                    assert_eq!(seen, format!("{}…", &filling[..kept]), "{before}{hidden}");
                }
            }
        }
        // Masks shorten a text, so that what follows them is shown.
        let text = format!("token={}&status=completed", "x".repeat(MARGIN_CHARS / 2));
        assert_eq!(super::mask_text(&text, &[], 50), "token=…&status=completed");
        assert_eq!(super::mask_text("abc", &[], 3), "abc");
        assert_eq!(super::mask_text("abcd", &[], 3), "abc…");
        assert_eq!(super::mask_text("token=abcd", &[], 7), "token=…");
    }

    #[test]
    fn of_a_body_as_much_is_read_as_is_masked() {
        for text in ["a", "é", "\u{20ac}", "\u{1f600}"] {
            let body = text.repeat(20 * MARGIN_CHARS);
            let excerpt = body_excerpt(body.as_bytes(), 10);
            assert!(excerpt.chars().count() > 10 + MARGIN_CHARS);
            assert!(excerpt.len() <= 4 * (11 + MARGIN_CHARS));
        }
    }

    #[test]
    fn the_work_grows_with_the_length_alone() {
        assert_linear("mask_text", |text| drop(mask_text(text, &["&#a;\"%x1", "11111111"])));
    }

    #[test]
    fn a_secret_of_one_repeated_sign_is_no_more_work() {
        for sign in ["\\", "%1"] {
            let secret = sign.repeat(400);
            assert_linear("mask_text", |text| drop(mask_text(text, &[&secret])));
        }
    }
}
