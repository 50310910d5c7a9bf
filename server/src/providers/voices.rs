//! What each voice can do.

use super::{asterisk, exotel, simulator, tata};
use call_ribbon_shared::call::Action;

/// Returns the controls of a voice; none for a call reported only by a page.
pub fn voice_features(voice: Option<&str>) -> &'static [&'static str] {
    match voice {
        Some(simulator::VOICE) => &["call", "answer", "hangup", "mute", "hold", "dtmf"],
        Some(exotel::VOICE) => exotel::FEATURES,
        Some(exotel::browser::VOICE) => exotel::browser::FEATURES,
        Some(tata::VOICE) => tata::FEATURES,
        Some(asterisk::VOICE) => asterisk::FEATURES,
        Some(asterisk::browser::VOICE) => asterisk::browser::FEATURES,
        _ => &[],
    }
}

/// Returns the feature that an action belongs to.
pub fn action_feature(action: Action) -> &'static str {
    match action {
        Action::Answer => "answer",
        Action::HangUp => "hangup",
        Action::Mute(_) => "mute",
        Action::Hold(_) => "hold",
        Action::Digit(_) => "dtmf",
    }
}
