//! The tones of a ringing call.

use super::construct_object;
use crate::ribbon::json;
use crate::ribbon::platform::{self, Timer, call_method, page_property};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};

/// A sound: its interval, the start times of its tones, their length, their volume (1 is the
/// maximum), and their frequencies in hertz.
struct Sound {
    every_ms: i32,
    starts: &'static [f64],
    seconds: f64,
    volume: f64,
    notes: &'static [f64],
}

/// The ringtone.
const RING: Sound = Sound {
    every_ms: 3_000,
    starts: &[0.0, 0.5],
    seconds: 0.4,
    volume: 0.12,
    notes: &[480.0, 620.0],
};

/// The call waiting tone, as ITU-T E.180 lists it for many networks (440 Hz for 0.3 s every 10 s):
/// the agent hears it and can go on talking.
const WAITING: Sound =
    Sound { every_ms: 10_000, starts: &[0.0], seconds: 0.3, volume: 0.04, notes: &[440.0] };

/// A sound that repeats until it is dropped. A page without any user interaction stays silent, as
/// browsers require, and begins to ring after the first one.
pub(super) struct Tone {
    context: Rc<RefCell<Option<JsValue>>>,
    _timer: Timer,
}

impl Tone {
    /// Begins to ring; with `waiting`, for a call during another one.
    pub(super) fn start(waiting: bool) -> Self {
        let sound = if waiting { &WAITING } else { &RING };
        let context: Rc<RefCell<Option<JsValue>>> = Rc::default();
        let ring = {
            let context = context.clone();
            move || {
                if context.borrow().is_none() && was_touched() {
                    context.replace(construct_object("AudioContext", &[]));
                }
                if let Some(context) = &*context.borrow() {
                    for start in sound.starts {
                        play_tone(context, sound, *start);
                    }
                }
            }
        };
        ring();
        Self { context, _timer: Timer::every(sound.every_ms, ring) }
    }
}

impl Drop for Tone {
    fn drop(&mut self) {
        if let Some(context) = self.context.take() {
            // Closing ends all tones; it fails only if the context was closed before.
            let _ = call_method(&context, "close", &[]);
        }
    }
}

/// Returns whether the user has interacted with the page, so that it may play sound. If a browser
/// does not say, the ribbon tries.
fn was_touched() -> bool {
    let navigator = page_property("navigator").unwrap_or_default();
    let activation = json::field(&navigator, "userActivation");
    !activation.is_object() || json::field(&activation, "hasBeenActive").is_truthy()
}

/// Plays one tone, fading in and out.
fn play_tone(context: &JsValue, sound: &Sound, start: f64) {
    let at = json::field(context, "currentTime").as_f64().unwrap_or_default() + start;
    let run = || -> Result<(), JsValue> {
        let volume = call_method(context, "createGain", &[])?;
        let gain = json::field(&volume, "gain");
        let (loud, end) = (sound.volume, sound.seconds);
        for (value, time) in [(0.0, 0.0), (loud, 0.04), (loud, end - 0.08), (0.0, end)] {
            call_method(&gain, "linearRampToValueAtTime", &[value.into(), (at + time).into()])?;
        }
        call_method(&volume, "connect", &[json::field(context, "destination")])?;
        for note in sound.notes {
            let tone = call_method(context, "createOscillator", &[])?;
            json::set(json::field(&tone, "frequency").unchecked_ref(), "value", &(*note).into());
            call_method(&tone, "connect", std::slice::from_ref(&volume))?;
            call_method(&tone, "start", &[at.into()])?;
            call_method(&tone, "stop", &[(at + end).into()])?;
        }
        Ok(())
    };
    if let Err(why) = run() {
        platform::console_error("Call ribbon: the ringtone could not be played", &why);
    }
}
