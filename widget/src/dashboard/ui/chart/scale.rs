//! The ticks of a scale.

use super::Measure;

/// A scale from zero to a round number, with ticks at round numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    /// The end, never zero.
    pub top: f64,
    /// The ticks, including zero and the end.
    pub ticks: Vec<f64>,
}

/// The steps in which people count, by unit: tens, or minutes and hours.
const TENS: &[f64] = &[1.0, 2.0, 5.0];
const CLOCK: &[f64] =
    &[5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 14_400.0];

impl Scale {
    /// Creates a scale for values up to `most`, with about four steps.
    pub fn up_to(most: f64, measure: Measure) -> Self {
        let most = if most > 0.0 { most } else { 1.0 };
        let wanted = most / 4.0;
        let step = match measure {
            Measure::Count => round_step(wanted).max(1.0),
            Measure::Share => round_step(wanted),
            Measure::Seconds => CLOCK
                .iter()
                .copied()
                .find(|step| *step >= wanted)
                .unwrap_or_else(|| round_step(wanted / 3600.0) * 3600.0),
        };
        let steps = (most / step).ceil().max(1.0);
        let mut ticks = Vec::new();
        let mut place = 0.0;
        while place <= steps {
            ticks.push(step * place);
            place += 1.0;
        }
        let top = step * steps;
        // A share ends at 1.
        if measure == Measure::Share && top > 1.0 {
            return Self { top: 1.0, ticks: vec![0.0, 0.25, 0.5, 0.75, 1.0] };
        }
        Self { top, ticks }
    }
}

/// Returns the least of 1, 2 or 5 times a power of ten that is not below the value.
fn round_step(wanted: f64) -> f64 {
    let power = 10f64.powf(wanted.log10().floor());
    TENS.iter().map(|ten| ten * power).find(|step| *step >= wanted).unwrap_or(power * 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_numbers_that_people_count_in() {
        assert_eq!(Scale::up_to(0.0, Measure::Count).ticks, [0.0, 1.0]);
        assert_eq!(Scale::up_to(3.0, Measure::Count).ticks, [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(Scale::up_to(87.0, Measure::Count).ticks, [0.0, 50.0, 100.0]);
        assert_eq!(Scale::up_to(200.0, Measure::Seconds).ticks, [0.0, 60.0, 120.0, 180.0, 240.0]);
        assert!((Scale::up_to(0.9, Measure::Share).top - 1.0).abs() < f64::EPSILON);
    }
}
