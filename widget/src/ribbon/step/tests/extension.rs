//! Tests the extension of a number: never dialed, and sent as digits when the agent requests it.

use super::*;
use crate::ribbon::step::ActionFailure;

/// Returns the digits that the server is asked to send.
fn sent_digits(effects: &[Effect]) -> Vec<char> {
    let digit = |effect: &Effect| match effect {
        Effect::Act { action: Action::Digit(digit), .. } => Some(*digit),
        _ => None,
    };
    effects.iter().filter_map(digit).collect()
}

#[test]
fn an_extension_is_not_dialed_and_is_sent_digit_by_digit() {
    for written in ["+91 98765 43210 ext. 12", "+919876543210,,12", "tel:+919876543210;ext=12"] {
        let mut model = ready_model();
        show_customer(&mut model, new_customer("Asha", written));
        let effects = make_call(&mut model, None);
        assert!(matches!(&effects[..], [Effect::Start { to, .. }] if to == NUMBER), "{written}");
        step(&mut model, feed_msg(1, FactKind::Initiated, Status::Active));
        let send = |model: &mut Model| step(model, Msg::Digits("12".to_owned()));
        assert!(sent_digits(&send(&mut model)).is_empty(), "not connected yet");
        step(&mut model, feed_msg(2, FactKind::Connected, Status::Active));
        assert_eq!(model.line.as_ref().unwrap().extension(), "12");
        assert_eq!(sent_digits(&send(&mut model)), ['1']);
        let next = step(&mut model, feed_msg(3, FactKind::Digit('1'), Status::Active));
        assert_eq!(sent_digits(&next), ['2'], "after the first was heard of");
        assert!(
            sent_digits(&step(&mut model, feed_msg(4, FactKind::Digit('2'), Status::Active)))
                .is_empty()
        );
        assert_eq!(model.line.as_ref().unwrap().digits, "12");
    }
}

#[test]
fn the_page_s_digits_wait_with_those_of_the_keypad() {
    let mut model = talking_model();
    let api = |model: &mut Model, digit, reply| {
        step(model, Msg::Act { action: Action::Digit(digit), reply: Some(reply) })
    };
    assert_eq!(sent_digits(&step(&mut model, Msg::Digits("1".to_owned()))), ['1']);
    assert!(api(&mut model, '2', 7).is_empty());
    assert!(step(&mut model, Msg::Digits("3".to_owned())).is_empty());
    assert!(api(&mut model, '4', 8).is_empty());
    let next = step(&mut model, feed_msg(3, FactKind::Digit('1'), Status::Active));
    assert!(next.iter().any(|effect| matches!(
        effect,
        Effect::Act { action: Action::Digit('2'), reply: Some(7), .. }
    )));
    // The page is notified of digits that come too late.
    let late =
        step(&mut model, feed_msg(4, end_of(Outcome::Completed, "hangup"), Status::Completed));
    assert!(late.iter().any(|effect| matches!(effect, Effect::Reject(8, _))));
    assert!(model.line.as_ref().unwrap().to_send.is_empty());
}

#[test]
fn digits_wait_for_the_one_before_them() {
    let mut model = ready_model();
    make_call(&mut model, None);
    step(&mut model, feed_msg(1, FactKind::Initiated, Status::Active));
    step(&mut model, feed_msg(2, FactKind::Connected, Status::Active));
    let press =
        |model: &mut Model, given: &str| sent_digits(&step(model, Msg::Digits(given.to_owned())));
    let heard = |model: &mut Model, event: i64, digit| {
        sent_digits(&step(model, feed_msg(event, FactKind::Digit(digit), Status::Active)))
    };
    assert!(press(&mut model, "").is_empty());
    assert_eq!(press(&mut model, "1"), ['1']);
    assert!(press(&mut model, "2").is_empty(), "1 is not sent yet");
    assert!(press(&mut model, "23").is_empty());
    assert!(heard(&mut model, 3, '9').is_empty(), "the page's own digit");
    assert_eq!(heard(&mut model, 4, '1'), ['2']);
    assert_eq!(heard(&mut model, 5, '2'), ['2']);
    assert_eq!(heard(&mut model, 6, '2'), ['3']);
    assert!(heard(&mut model, 7, '3').is_empty());
    assert_eq!(press(&mut model, "4"), ['4']);
    // Digits after a refused digit are not sent.
    assert!(press(&mut model, "5").is_empty());
    let session_id = model.line.as_ref().unwrap().session_id.clone();
    let (action, why) = (Action::Digit('4'), ActionFailure::Refused);
    let trouble = RibbonError::new("conflict", "No.");
    step(&mut model, Msg::ActFailed { session_id, action, trouble, why, now: 0 });
    assert_eq!(press(&mut model, "6"), ['6']);
}

#[test]
fn a_link_is_shown_for_people() {
    let mut model = ready_model();
    make_call(&mut model, Some("+91%2098765%2043210;ext=12"));
    assert_eq!(model.line.as_ref().unwrap().phone, "+919876543210 x12");
    let mut model = ready_model();
    let effects = make_call(&mut model, Some("+91 98765 43210 / 99887 76655"));
    assert_eq!(error_codes(&effects), ["invalid_phone_number"]);
    assert!(model.line.is_none());
}
