//! Masks secrets and phone numbers in texts before they are logged: URLs, headers and bodies of any
//! kind, JSON or not, complete or truncated.
//!
//! It prefers to mask too much: what a log lacks can be requested again, what it contains cannot be
//! taken back.

mod named_values;
mod numbers;
mod secret_text;

/// Replaces a secret, or the beginning of a number.
const MASK: &str = "…";

/// Returns the text without these secrets, however they are encoded; without values under a name
/// like `token`; and with only the last four digits of each phone number.
pub fn mask_text(text: &str, secrets: &[&str]) -> String {
    let mut longest_first: Vec<&str> =
        secrets.iter().copied().filter(|secret| !secret.is_empty()).collect();
    // A secret that is part of another one must not leave the other's rest behind.
    longest_first.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    let mut text = text.to_owned();
    for secret in longest_first {
        text = secret_text::mask_secret(&text, secret);
    }
    numbers::mask_numbers(&named_values::mask_values(&text))
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
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

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
}
