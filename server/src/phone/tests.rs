//! Tests that numbers as written in ten countries are read as the numbers they stand for.

use crate::phone::*;

/// Reads a number with every step that the product uses.
fn dialed(country: &str, written: &str) -> Result<String, String> {
    let phone = Phone::parse(written).map_err(|error| format!("{error:?}"))?;
    let country = country.parse().ok();
    let number = to_e164(country, &phone.number).unwrap_or_else(|| phone.number.to_string());
    Ok(match phone.extension {
        Some(extension) => format!("{number} x{extension}"),
        None => number,
    })
}

/// One number in each of its notations: `{n}` is the number in national format, `{i}` the same
/// after the country code.
struct Country {
    code: &'static str,
    e164: &'static str,
    forms: &'static [&'static str],
}

const COUNTRIES: &[Country] = &[
    Country {
        code: "IN",
        e164: "+919876543210",
        forms: &[
            "9876543210",
            "09876543210",
            "98765 43210",
            "098765-43210",
            "+91 98765 43210",
            "+91-98765-43210",
            "+91-9876-543-210",
            "+91 (98765) 43210",
            "+91 (0) 98765 43210",
            "+91 098765 43210",
            "0091 98765 43210",
            "00919876543210",
            "919876543210",
            "91 98765 43210",
            "91-9876543210",
            "91 (0)98765 43210",
            "+91.98765.43210",
            "९८७६५ ४३२१०",
            "+९१ ९८७६५४३२१०",
            "９８７６５４３２１０",
            "\u{2066}+91 98765 43210\u{2069}",
            "'9876543210",
            "'+919876543210",
            "=\"+919876543210\"",
            "919876543210.0",
            "9,876,543,210",
            "tel:+91-98765-43210",
            "tel:+91%2098765%2043210",
            "tel:09876543210;phone-context=example.com",
            "Mobile: 98765-43210",
        ],
    },
    Country {
        code: "GB",
        e164: "+442079460958",
        forms: &[
            "020 7946 0958",
            "(020) 7946 0958",
            "0207 946 0958",
            "02079460958",
            "+44 20 7946 0958",
            "+44 (0)20 7946 0958",
            "+44(0)2079460958",
            "+44 (0) 20 7946 0958",
            "+44 (020) 7946 0958",
            "+44 (0)(20) 7946 0958",
            "+44 [0] 20 7946 0958",
            "+44 020 7946 0958",
            "0044 20 7946 0958",
            "0044 (0)20 7946 0958",
            "44 (0)20 7946 0958",
            "+44\u{a0}20\u{a0}7946\u{a0}0958",
            "+44\u{2013}20\u{2013}7946\u{2013}0958",
            "tel:+44-20-7946-0958",
            "tel:%2B44(0)2079460958",
        ],
    },
    Country {
        code: "US",
        e164: "+12125550123",
        forms: &[
            "212-555-0123",
            "(212) 555-0123",
            "212.555.0123",
            "212/555-0123",
            "2125550123",
            "1-212-555-0123",
            "1 (212) 555-0123",
            "12125550123",
            "+1 212 555 0123",
            "+1 (212) 555-0123",
            "+12125550123",
            "001 212 555 0123",
            "+1\u{2011}212\u{2011}555\u{2011}0123",
            "tel:+1-212-555-0123",
            "tel:2125550123;phone-context=+1",
            "2125550123.0",
        ],
    },
    Country {
        code: "DE",
        e164: "+493012345678",
        forms: &[
            "030 12345678",
            "(030) 12345678",
            "030/12345678",
            "030 / 123 456 78",
            "030-12345678",
            "+49 30 12345678",
            "+49 (0)30 12345678",
            "+49 (0) 30 / 12345678",
            "+49 (030) 12345678",
            "+49 30 123456-78",
            "0049 30 12345678",
            "0049 (0)30 12345678",
            "+49.30.12345678",
            "+49 30/12345678",
        ],
    },
    Country {
        code: "IT",
        e164: "+390669812345",
        forms: &[
            "06 698 12345",
            "06 69812345",
            "(06) 69812345",
            "06/69812345",
            "+39 06 69812345",
            "+39 (06) 69812345",
            "+39 (0)6 69812345",
            "0039 06 69812345",
            "0039 (06) 698.12345",
            "tel:+39-06-69812345",
            "+39-06-698-12345",
        ],
    },
    Country {
        code: "FR",
        e164: "+33123456700",
        forms: &[
            "01 23 45 67 00",
            "01.23.45.67.00",
            "01-23-45-67-00",
            "01/23/45/67/00",
            "0123456700",
            "+33 1 23 45 67 00",
            "+33 (0)1 23 45 67 00",
            "+33(0)123456700",
            "+33.1.23.45.67.00",
            "0033 1 23 45 67 00",
            "0033 (0)1 23 45 67 00",
            "+33\u{202f}1\u{202f}23\u{202f}45\u{202f}67\u{202f}00",
        ],
    },
    Country {
        code: "AE",
        e164: "+971501234567",
        forms: &[
            "050 123 4567",
            "0501234567",
            "50 123 4567",
            "+971 50 123 4567",
            "+971 (0)50 123 4567",
            "+971-50-1234567",
            "00971 50 123 4567",
            "00971501234567",
            "971501234567",
            "+٩٧١ ٥٠ ١٢٣ ٤٥٦٧",
            "\u{200f}+971 50 123 4567\u{200e}",
            "٠٥٠١٢٣٤٥٦٧",
        ],
    },
    Country {
        code: "AU",
        e164: "+61291234567",
        forms: &[
            "(02) 9123 4567",
            "02 9123 4567",
            "0291234567",
            "+61 2 9123 4567",
            "+61 (0)2 9123 4567",
            "+61 (02) 9123 4567",
            "0011 61 2 9123 4567",
            "0061 2 9123 4567",
            "tel:+61-2-9123-4567",
        ],
    },
    Country {
        code: "SG",
        e164: "+6561234567",
        forms: &[
            "6123 4567",
            "61234567",
            "6123-4567",
            "+65 6123 4567",
            "+65-6123-4567",
            "0065 6123 4567",
            "65 6123 4567",
            "(65) 6123 4567",
            "+(65) 6123 4567",
        ],
    },
    Country {
        code: "BR",
        e164: "+5511961234567",
        forms: &[
            "(11) 96123-4567",
            "11 96123-4567",
            "011 96123-4567",
            "+55 11 96123-4567",
            "+55 (11) 96123-4567",
            "+55 (011) 96123-4567",
            "0055 11 96123-4567",
            "+55 11 9.6123-4567",
        ],
    },
    Country {
        code: "JP",
        e164: "+81312345678",
        forms: &[
            "03-1234-5678",
            "（03）1234-5678",
            "０３ー１２３４ー５６７８",
            "+81 3 1234 5678",
            "+81 (0)3-1234-5678",
            "＋８１−３−１２３４−５６７８",
            "0081 3 1234 5678",
        ],
    },
];

/// Notations of an extension after a number.
const EXTENSIONS: &[&str] = &[
    " x12",
    "x12",
    " ext. 12",
    " Ext 12",
    " extn: 12",
    " extension 12",
    ";ext=12",
    ",,12",
    " #12",
];

#[test]
fn written_numbers_of_ten_countries_are_the_numbers_that_were_meant() {
    let mut wrong = Vec::new();
    let mut count = 0;
    let mut check = |country: &str, written: &str, meant: &str| {
        count += 1;
        let read = dialed(country, written);
        if read.as_deref() != Ok(meant) {
            wrong.push(format!("{country} {written:?}: {read:?}, not {meant}"));
        }
    };
    for country in COUNTRIES {
        for form in country.forms {
            check(country.code, form, country.e164);
            // The parameters of a tel: link precede another one, and .0 ends a spreadsheet's cell.
            let plain = form.chars().all(|c| matches!(c, '0'..='9' | '+' | ' ' | '(' | ')' | '-'));
            for extension in EXTENSIONS.iter().filter(|_| plain) {
                let meant = format!("{} x12", country.e164);
                check(country.code, &format!("{form}{extension}"), &meant);
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 150, "{count}");
}

#[test]
fn what_may_be_another_number_is_refused() {
    for written in [
        "9.87654E+09",
        "9.19877e+11",
        "98765 43210 / 99887 76655",
        "+91 98765 43210, +91 99887 76655",
        "020 7946 0958 or 020 7946 0959",
        "022 23456789/90",
        "98765XXXXX",
        "+44 20 7946 ****",
        "12/05/2024",
        "+49 30 (0) 1234567",
        "1-800-FLOWERS",
        "n/a",
        "sip:asha@example.com",
    ] {
        assert!(Phone::parse(written).is_err(), "{written}");
    }
}
