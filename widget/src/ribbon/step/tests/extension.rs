//! The extension of a number: never dialed, and sent as digits when the agent asks.

use super::*;

/// The digits that the server is asked to send.
fn digits(effects: &[Effect]) -> Vec<char> {
    let digit = |effect: &Effect| match effect {
        Effect::Act { action: Action::Digit(digit), .. } => Some(*digit),
        _ => None,
    };
    effects.iter().filter_map(digit).collect()
}

#[test]
fn an_extension_is_not_dialed_and_is_sent_digit_by_digit() {
    for written in ["+91 98765 43210 ext. 12", "+919876543210,,12", "tel:+919876543210;ext=12"] {
        let mut model = ready();
        set(&mut model, customer("Asha", written));
        let effects = call(&mut model, None);
        assert!(matches!(&effects[..], [Effect::Start { to, .. }] if to == NUMBER), "{written}");
        step(&mut model, fed(1, What::Initiated, Status::Active));
        assert!(digits(&step(&mut model, Msg::SendExtension)).is_empty(), "not connected yet");
        step(&mut model, fed(2, What::Connected, Status::Active));
        assert_eq!(model.line.as_ref().unwrap().extension(), "12");
        assert_eq!(digits(&step(&mut model, Msg::SendExtension)), ['1']);
        let next = step(&mut model, fed(3, What::Digit('1'), Status::Active));
        assert_eq!(digits(&next), ['2'], "after the first was heard of");
        assert!(digits(&step(&mut model, fed(4, What::Digit('2'), Status::Active))).is_empty());
        assert_eq!(model.line.as_ref().unwrap().digits, "12");
    }
}

#[test]
fn a_link_is_shown_for_people() {
    let mut model = ready();
    call(&mut model, Some("+91%2098765%2043210;ext=12"));
    assert_eq!(model.line.as_ref().unwrap().phone, "+919876543210 x12");
    let mut model = ready();
    let effects = call(&mut model, Some("+91 98765 43210 / 99887 76655"));
    assert_eq!(codes(&effects), ["invalid_phone_number"]);
    assert!(model.line.is_none());
}
