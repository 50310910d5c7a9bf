//! Tests messages from other tabs of the browser.

use super::*;

#[test]
fn a_call_ended_in_another_tab_while_the_server_is_away_is_over_here() {
    let mut model = talking_model();
    let over = || Msg::EndedInOtherTab { session_id: "s1".to_owned(), at: 5_000 };
    assert_eq!(event_names(&step(&mut model, over())), ["callEnded"]);
    assert!(step(&mut model, over()).is_empty());
    let other = Msg::EndedInOtherTab { session_id: "s2".to_owned(), at: 5_000 };
    assert!(step(&mut talking_model(), other).is_empty());
}

#[test]
fn the_tab_with_the_stream_is_known() {
    let mut model = ready_model();
    step(&mut model, Msg::OwnsStream(true));
    assert!(model.owns_stream);
    step(&mut model, Msg::OwnsStream(false));
    assert!(!model.owns_stream);
}
