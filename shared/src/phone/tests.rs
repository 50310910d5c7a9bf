use super::*;
use proptest::prelude::*;

fn parse_one(text: &str) -> (String, Option<String>) {
    let phone = Phone::parse(text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
    (phone.number.to_string(), phone.extension)
}

fn parse_numbers(text: &str) -> Vec<String> {
    Phone::parse_all(text).into_iter().map(|phone| phone.number.0).collect()
}

#[test]
fn a_number_is_read_however_it_is_written() {
    for (written, dialed) in [
        ("+91 98765-43210", "+919876543210"),
        ("(022) 2345.6789", "02223456789"),
        ("0091 98765 43210", "+919876543210"),
        ("+0091 98765 43210", "+919876543210"),
        ("0011 44 20 7946 0958", "+442079460958"),
        ("+९१ ९८७६५ ४३२१०", "+919876543210"),
        ("＋９１　９８７６５－４３２１０", "+919876543210"),
        ("\u{1d7d7}8765 4321\u{1d7ce}", "9876543210"),
        ("\u{202a}+919876543210\u{202c}", "+919876543210"),
        ("\u{2066}+91 98765 43210\u{2069}", "+919876543210"),
        ("+91\u{ad}98765\u{200b}43210\u{feff}\u{e0001}", "+919876543210"),
        ("+91\u{a0}98765\u{2009}43210\u{3000}", "+919876543210"),
        ("98765\u{2010}43\u{2011}21\u{2212}0", "9876543210"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("+44(0) 20 7946 0958", "+442079460958"),
        ("+44 (020) 7946 0958", "+442079460958"),
        ("0044 (0)20 7946 0958", "+442079460958"),
        ("44 (0)20 7946 0958", "+442079460958"),
        ("+39 (06) 698 12345", "+390669812345"),
        ("+39 (0)6 698 12345", "+390669812345"),
        ("+7 (8) 495 123-45-67", "+74951234567"),
        ("+36 (06) 1 234 5678", "+3612345678"),
        ("(0)20 7946 0958", "02079460958"),
        ("tel:+91-98765-43210", "+919876543210"),
        ("TEL://%2B91%2098765%2043210", "+919876543210"),
        ("tel:98765-43210;phone-context=+91", "+919876543210"),
        ("tel:+919876543210;isub=12", "+919876543210"),
        ("Mob.: 98765 43210", "9876543210"),
        ("☎ 98765 43210", "9876543210"),
        ("'+919876543210", "+919876543210"),
        ("=\"+919876543210\"", "+919876543210"),
        ("=+919876543210", "+919876543210"),
        ("’+91 98765 43210’", "+919876543210"),
        ("919876543210.0", "919876543210"),
        ("9876543210.00", "9876543210"),
        ("9,876,543,210", "9876543210"),
        ("9,87,65,43,210", "9876543210"),
        ("01.23.45.67.00", "0123456700"),
        ("030/12345678", "03012345678"),
        ("030 1234567-12", "030123456712"),
        ("8 (495) 123-45-67", "84951234567"),
        ("380 44 123-45-67", "380441234567"),
        ("62 8123-4567-890", "6281234567890"),
        ("055 11 98765-4321", "05511987654321"),
        ("+49 30 1234567 -12", "+4930123456712"),
        ("+43 5522/123456", "+435522123456"),
        ("98765 43210, ", "9876543210"),
        ("98765 43210 / 9876543210", "9876543210"),
        (" 112 ", "112"),
    ] {
        assert_eq!(parse_one(written), (dialed.to_owned(), None), "{written:?}");
    }
}

#[test]
fn an_extension_is_kept_apart() {
    for (written, extension) in [
        ("+1 212 555 0100 x12", "12"),
        ("+1 212 555 0100x12", "12"),
        ("+1 212 555 0100 X 12", "12"),
        ("+1 212 555 0100 ext. 12", "12"),
        ("+1 212 555 0100 Extn: 12", "12"),
        ("+1 (212) 555-0100 (ext 12)", "12"),
        ("+1 212 555 0100 extension #12", "12"),
        ("+1 212 555 0100 #12", "12"),
        ("+1 212 555 0100,,12", "12"),
        ("+1 212 555 0100, 12", "12"),
        ("+1 212 555 0100;12", "12"),
        ("+1 212 555 0100p12", "12"),
        ("+1 212 555 0100,,123456789#", "123456789#"),
        ("tel:+1-212-555-0100;ext=12", "12"),
        ("tel:+1-212-555-0100;ext=12;isub=3", "12"),
        ("+1 212 555 0100; ext=12", "12"),
        ("+1 212 555 0100 доб. 12", "12"),
        ("+1 212 555 0100 内線12", "12"),
        ("＋１ ２１２ ５５５ ０１００ ｘ１２", "12"),
    ] {
        assert_eq!(
            parse_one(written),
            ("+12125550100".to_owned(), Some(extension.to_owned())),
            "{written:?}"
        );
    }
}

#[test]
fn what_is_no_number_is_refused_with_the_reason() {
    use PhoneError::{Character, Empty, Ending, Length, Several, Shortened, TooLong, Zero};
    let two = |one: &str, other: &str| Several(one.to_owned(), other.to_owned());
    for (written, error) in [
        ("  ", Empty),
        ("+", Empty),
        ("\u{200b}", Empty),
        ("12", Length(2)),
        ("1111111111111111", Length(16)),
        ("0", Length(1)),
        ("0000000000", Zero),
        ("000-000-0000", Zero),
        ("0000000000000000", Zero),
        ("+0000000000", Zero),
        ("+09876543210", Zero),
        ("00 0 9876543210", Zero),
        ("98x65", Character('x')),
        ("98765XXXXX", Character('x')),
        ("+9198765xxxx0", Character('x')),
        ("+91 98••••3210", Character('•')),
        ("••••3210", Character('•')),
        ("98765*****", Character('*')),
        ("9+1", Character('+')),
        ("1-800-FLOWERS", Character('f')),
        ("asha@example.com", Character('a')),
        ("*121#", Character('*')),
        ("98765 43210 ext", Character('e')),
        ("98765 43210 x12 34 56", Character('3')),
        ("98765 43210 -12", Ending),
        ("98765 43210 - 12", Ending),
        ("98765 43210-12", Ending),
        ("98765-43210-12", Ending),
        ("9876543210-1", Ending),
        ("9876543210.12", Ending),
        ("98765 43210 (12)", Ending),
        ("098765 43210 -123", Ending),
        ("12/05/2024", Character('/')),
        ("2024/05/12", Character('/')),
        ("%zz9876543210", Character('%')),
        ("+49 30 (0) 1234567", Character('(')),
        ("9.87654E+09", Shortened),
        ("9.87654321E9", Character('e')),
        ("9,87654e+11", Shortened),
        ("98765 43210 / 99887 76655", two("3210", "6655")),
        ("+91 98765 43210, +91 99887 76655", two("3210", "6655")),
        ("98765 43210 or 99887 76655", two("3210", "6655")),
        ("98765 43210; 99887 76655", two("3210", "6655")),
        ("+919876543210+919988776655", two("3210", "6655")),
        ("9876543210 9988776655", two("3210", "6655")),
        ("022 23456789/90", two("6789", "6790")),
    ] {
        assert_eq!(Phone::parse(written).map(|phone| phone.number.0), Err(error), "{written:?}");
    }
    assert_eq!(Phone::parse(&"1 ".repeat(400)), Err(TooLong));
}

#[test]
fn all_numbers_of_a_text_are_found() {
    for (written, numbers) in [
        ("+91 98765 43210 / +91 99887 76655", &["+919876543210", "+919988776655"][..]),
        ("98765 43210/99887 76655", &["9876543210", "9988776655"]),
        ("9876543210, 9988776655 or 022 2345 6789", &["9876543210", "9988776655", "02223456789"]),
        ("022 23456789/90", &["02223456789", "02223456790"]),
        ("Mobile: 98765 43210; Tel: 022 2345 6789", &["9876543210", "02223456789"]),
        ("98765 43210 (mobile), 022 2345 6789 (home)", &["9876543210", "02223456789"]),
        ("98765 43210 ext. 12", &["9876543210"]),
        ("98765 43210 -12", &["9876543210"]),
        ("98765XXXXX", &[]),
        ("9.87654E+09", &[]),
        ("none", &[]),
    ] {
        assert_eq!(parse_numbers(written), numbers, "{written:?}");
    }
    assert_eq!(parse_numbers(&"9876543210, ".repeat(20)).len(), MOST_NUMBERS);
}

#[test]
fn numbers_are_the_same_with_and_without_the_country() {
    for (one, other, alike) in [
        ("+919876543210", "098765 43210", true),
        ("+919876543210", "9876543210 / 9988776655", true),
        ("+919876543210", "91 98765 43210", true),
        ("+390669812345", "06 698 12345", true),
        ("98765 43210", "09876543210", true),
        ("+919876543210 x12", "+919876543210", true),
        ("+919876543210", "+449876543210", false),
        ("+919876543210", "43210", false),
        ("112", "112", true),
        ("112", "0112", false),
        ("", "", false),
    ] {
        assert_eq!(same_number(one, other), alike, "{one} {other}");
        assert_eq!(same_number(other, one), alike, "{other} {one}");
    }
}

#[test]
fn debug_and_errors_do_not_show_the_number() {
    let phone = Phone::parse("+919876543210").unwrap();
    assert_eq!(format!("{:?}", phone.number), "DialNumber(…10)");
    let error = Phone::parse("+919876543210 / +919988776655").unwrap_err();
    assert!(!format!("{error} {error:?}").contains("98765"));
}

/// Pieces of written numbers, combined in all ways.
fn written_numbers() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[0-9+ ().,/;#x=%'\\-]{0,12}",
        "(tel:|;ext=|ext\\.|,,| or |%2B|E\\+|\\(0\\)|\u{2066}|９|доб|;phone-context=\\+)",
        "\\PC{0,4}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in written_numbers()) {
        let every = Phone::parse_all(&text);
        prop_assert!(every.len() <= MOST_NUMBERS);
        if let Ok(phone) = Phone::parse(&text) {
            let digits = phone.number.as_str().trim_start_matches('+');
            prop_assert!((FEWEST_DIGITS..=MOST_DIGITS).contains(&digits.len()));
            prop_assert!(digits.bytes().all(|b| b.is_ascii_digit()));
            prop_assert!(every.contains(&phone));
            // A parsed number parses as itself.
            prop_assert_eq!(DialNumber::parse(phone.number.as_str()), Ok(phone.number));
        }
        let _ = same_number(&text, "+919876543210");
    }

    #[test]
    fn what_does_not_show_changes_nothing(
        digits in "\\+[1-9][0-9]{7,13}",
        place in 0..15_usize,
        hidden in prop::sample::select(vec!['\u{ad}', '\u{200d}', '\u{2066}', '\u{2069}', '\u{feff}', '\u{e0061}', '\u{600}']),
    ) {
        let mut text = digits.clone();
        text.insert(place.min(digits.len()), hidden);
        let parsed = DialNumber::parse(&text);
        prop_assert_eq!(parsed.as_ref().map(DialNumber::as_str), Ok(digits.as_str()));
    }
}

#[test]
fn the_longest_texts_are_read_to_their_end() {
    for piece in ["1", "(", ";ext=", ",", "/1", "+1", "x", "1 ", "%31", "e", ";a=", " "] {
        let text = piece.repeat(LONGEST_TEXT / piece.len());
        let every = Phone::parse_all(&text);
        assert!(every.len() <= MOST_NUMBERS && Phone::parse(&text).is_err(), "{piece}");
    }
}
