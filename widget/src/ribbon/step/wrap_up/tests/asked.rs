//! Tests outcomes that ask for fields, and those below a heading.

use super::*;
use crate::ribbon::step::Press;
use crate::ribbon::wrap_up::AskedField;

/// A promise that asks for an amount and a note, and a heading with one below it.
fn call_with_fields() -> Model {
    let mut model = call_with_notes("s1");
    let asked = |name: &str, kind: &str, optional| AskedField {
        name: name.to_owned(),
        label: name.to_uppercase(),
        kind: kind.to_owned(),
        optional,
        ..AskedField::default()
    };
    let outcome = |code: &str, parent: &str, requires| Disposition {
        code: code.to_owned(),
        parent: parent.to_owned(),
        requires,
        ..Disposition::default()
    };
    model.dispositions = vec![
        outcome("promise", "", vec![asked("amount", "amount", false), asked("why", "text", true)]),
        outcome("refused", "", Vec::new()),
        outcome("broke", "refused", Vec::new()),
    ];
    model
}

fn field_msg(name: &str, text: &str) -> WrapUpMsg {
    WrapUpMsg::Field(name.to_owned(), text.to_owned())
}

#[test]
fn an_outcome_is_not_left_before_its_fields_are_filled_in() {
    let mut model = call_with_fields();
    end_call(&mut model);
    let chosen = send_wrap(&mut model, WrapUpMsg::Disposition(Some("promise".to_owned()), None));
    assert!(chosen.iter().any(|effect| matches!(effect, Effect::Focus(_))));
    for (text, lacks) in [
        ("", true),
        ("  ", true),
        ("x", true),
        ("-5", true),
        ("5k", true),
        ("-5,000", true),
        ("5,5", true),
        ("5,00", true),
        ("5,0000", true),
        ("5,,000", true),
        ("1.500,50", true),
        ("about 5000", true),
        ("1 lakh", true),
        ("1.00001", true),
        ("123456789012", true),
        ("1.2.3", true),
        ("NaN", true),
        ("₹-5", true),
        ("-५०००", true),
        ("५,५", true),
        ("5000", false),
        ("5,000", false),
        ("₹ 1,23,456.50", false),
        ("Rs. 5,000/-", false),
        ("€ 1 500.50", false),
        ("0.5", false),
        ("rs 5000", false),
        ("INR5,000", false),
        ("5,000 Rs.", false),
        ("₹ १,२३,४५६.५०", false),
        ("۱٬۵۰۰٫۵ روپے", false),
        ("99999999999.9999", false),
    ] {
        send_wrap(&mut model, field_msg("amount", text));
        let lacking = model.lacking_field().map(|field| field.name.clone());
        assert_eq!(lacking.as_deref(), lacks.then_some("amount"), "{text}");
        if lacks {
            let done = send_wrap(&mut model, WrapUpMsg::Done);
            assert!(matches!(done[..], [Effect::Focus(_)]), "{text}: {done:?}");
            assert!(model.wrap_up.as_ref().unwrap().open, "{text}");
            // Nor by the main button, also of the pill.
            (model.settling, model.minimized) = (false, true);
            let pressed = step(&mut model, Msg::Press(Press::Main { key: String::new(), now: 0 }));
            assert!(pressed.iter().any(|effect| matches!(effect, Effect::Focus(_))), "{text}");
            assert!(model.wrap_up.as_ref().unwrap().open && !model.minimized, "{text}");
        }
    }
    let wrap = model.wrap_up.as_ref().unwrap();
    assert_eq!(wrap.fields, [("amount".to_owned(), "99999999999.9999".to_owned())]);
    send_wrap(&mut model, WrapUpMsg::Done);
    assert!(!model.wrap_up.as_ref().unwrap().open);
    // What is saved meanwhile is not the outcome: it still lacks its field.
    let mut model = call_with_fields();
    end_call(&mut model);
    send_wrap(&mut model, WrapUpMsg::Disposition(Some("promise".to_owned()), None));
    let version = saved_versions(&send_wrap(&mut model, WrapUpMsg::Save))[0];
    let saved = WrapUpMsg::Saved { session_id: "s1".to_owned(), version };
    send_wrap(&mut model, saved);
    assert!(model.lacking_field().is_some());
    send_wrap(&mut model, stored_msg(9, "from the other tab"));
    assert_eq!(model.wrap_up.as_ref().unwrap().disposition.as_deref(), Some("promise"));
    assert!(matches!(send_wrap(&mut model, WrapUpMsg::Done)[..], [Effect::Focus(_)]));
    // Another outcome begins with empty fields.
    send_wrap(&mut model, field_msg("amount", "5"));
    send_wrap(&mut model, WrapUpMsg::Disposition(Some("broke".to_owned()), None));
    assert!(model.wrap_up.as_ref().unwrap().fields.is_empty());
    assert!(model.lacking_field().is_none());
}

#[test]
fn a_page_passes_fields_or_is_told_which() {
    let mut model = call_with_fields();
    let judged = |code: &str, fields: &[(&str, &str)]| {
        let fields = fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        WrapUpMsg::Judged(code.to_owned(), fields.collect(), Some(7))
    };
    for (code, fields, said) in [
        ("promise", &[][..], "fields.amount (AMOUNT)"),
        ("promise", &[("amount", "much")], "fields.amount (AMOUNT)"),
        ("refused", &[], "one of promise, broke."),
        ("sold", &[], "one of promise, broke."),
    ] {
        let effects = send_wrap(&mut model, judged(code, fields));
        let refused = effects.iter().find_map(|effect| match effect {
            Effect::Reject(7, trouble) => Some(trouble.message.clone()),
            _ => None,
        });
        assert!(refused.as_ref().is_some_and(|text| text.contains(said)), "{code}: {refused:?}");
        assert!(model.wrap_up.is_none(), "{code}");
    }
    let saved = send_wrap(&mut model, judged("promise", &[("amount", "5")]));
    assert_eq!(saved_versions(&saved), [1]);
}

#[test]
fn a_wish_for_no_more_calls_is_taken_whatever_the_list_has() {
    for code in ["do_not_call", "DNC", "Do not call"] {
        let mut model = call_with_notes("s1");
        let saved = send_wrap(&mut model, WrapUpMsg::Disposition(Some(code.to_owned()), Some(7)));
        assert_eq!(saved_versions(&saved), [1], "{code}");
        assert_eq!(model.wrap_up.unwrap().disposition.as_deref(), Some(code));
    }
    let mut model = call_with_notes("s1");
    let sold = WrapUpMsg::Disposition(Some("sold".to_owned()), Some(7));
    let refused = send_wrap(&mut model, sold);
    assert!(refused.iter().any(|effect| matches!(effect, Effect::Reject(7, _))));
}

#[test]
fn a_heading_opens_the_outcomes_below_it() {
    let mut model = call_with_fields();
    end_call(&mut model);
    let offered = |model: &Model| {
        let codes: Vec<_> = model.offered_outcomes().iter().map(|one| one.code.clone()).collect();
        codes.join(" ")
    };
    assert_eq!(offered(&model), "promise refused");
    assert!(model.is_group("refused") && !model.is_group("promise") && !model.is_group(""));
    send_wrap(&mut model, WrapUpMsg::Group(Some("refused".to_owned())));
    assert_eq!(offered(&model), "refused broke");
    send_wrap(&mut model, WrapUpMsg::Group(None));
    assert_eq!(offered(&model), "promise refused");
    send_wrap(&mut model, WrapUpMsg::Group(Some("refused".to_owned())));
    send_wrap(&mut model, WrapUpMsg::Disposition(Some("broke".to_owned()), None));
    assert_eq!(offered(&model), "promise refused", "the choice closes the heading");
}

#[test]
fn after_a_call_without_a_conversation_the_outcomes_that_say_so_come_first() {
    let mut model = call_with_fields();
    let outcome = |code: &str, no_contact| Disposition {
        code: code.to_owned(),
        no_contact,
        ..Disposition::default()
    };
    model.dispositions = vec![
        outcome("promise", false),
        outcome("message", true),
        outcome("paid", false),
        outcome("wrong", true),
    ];
    let offered = |model: &Model| {
        let codes: Vec<_> = model.offered_outcomes().iter().map(|one| one.code.clone()).collect();
        codes.join(" ")
    };
    let mut unanswered = model.clone();
    let line = unanswered.line.as_mut().unwrap();
    line.call = Call::default();
    line.call.apply(&Fact::new(FactKind::Initiated, 1_000));
    line.call.apply(&Fact::new_end(9_000, Outcome::NoAnswer, "nobody answered"));
    send_wrap(&mut unanswered, WrapUpMsg::Open(true));
    assert_eq!(offered(&unanswered), "message wrong promise paid");
    // Another call rings: the outcomes stay where they are.
    unanswered.aside = unanswered.line.take();
    begin_call(&mut unanswered, "s2");
    assert_eq!(offered(&unanswered), "message wrong promise paid");
    end_call(&mut model);
    send_wrap(&mut model, WrapUpMsg::Open(true));
    assert_eq!(offered(&model), "promise message paid wrong");
}
