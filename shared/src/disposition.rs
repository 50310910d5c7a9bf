//! Codes of dispositions that have a meaning of their own.

/// The code of the disposition that forbids further calls to the number.
pub const DO_NOT_CALL: &str = "do_not_call";

/// Returns whether a code forbids further calls to the number: `do_not_call` or `dnc`, in any letter
/// case, with spaces, hyphens, underscores or nothing between its words.
#[must_use]
pub fn forbids_calls(code: &str) -> bool {
    let is_letter = |c: &u8| !c.is_ascii_whitespace() && !matches!(c, b'_' | b'-');
    let is_spelled = |name: &str| {
        let letters = code.bytes().filter(is_letter).map(|c| c.to_ascii_lowercase());
        letters.eq(name.bytes())
    };
    is_spelled("donotcall") || is_spelled("dnc")
}

#[cfg(test)]
mod tests {
    use super::forbids_calls;

    #[test]
    fn spellings_of_do_not_call_are_recognized() {
        for code in [
            "do_not_call",
            "DO_NOT_CALL",
            "Do not call",
            "do-not-call",
            "doNotCall",
            " do  not_call\n",
            "dnc",
            "DNC",
            "D-N-C",
        ] {
            assert!(forbids_calls(code), "{code}");
        }
        for code in ["", "do_not_call_back", "call", "dnd", "do not cal", "не звонить", "paid"]
        {
            assert!(!forbids_calls(code), "{code}");
        }
    }
}
