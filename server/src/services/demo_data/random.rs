//! A random number generator that gives the same numbers for the same seed, whatever the release of
//! a library: data begun yesterday must continue with the same calls today.

/// `SplitMix64`: small, fast, and good enough for data that is only looked at.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// Creates a generator from these parts: a seed, a client, a day.
    pub fn of(parts: &[u64]) -> Self {
        let mut random = Self(0);
        for part in parts {
            random.0 ^= *part;
            random.0 = random.number();
        }
        random
    }

    /// Returns any number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    /// Returns a number from 0 to `end - 1`.
    pub fn below(&mut self, end: u64) -> u64 {
        let product = u128::from(self.number()) * u128::from(end);
        u64::try_from(product >> 64).unwrap_or(0)
    }

    /// Does the same for a time or a count.
    pub fn millis(&mut self, end: i64) -> i64 {
        i64::try_from(self.below(u64::try_from(end).unwrap_or(0))).unwrap_or(0)
    }

    /// Returns true with this chance in percent.
    pub fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    /// Picks one of several with equal probability.
    pub fn one_of<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        let place = self.below(u64::try_from(of.len()).ok()?);
        of.get(usize::try_from(place).ok()?).copied()
    }

    /// Picks an index with the probability of its weight.
    pub fn weighted(&mut self, weights: &[u64]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (place, weight) in weights.iter().enumerate() {
            if left < *weight {
                return place;
            }
            left -= weight;
        }
        0
    }

    /// Returns a number from 0 to `end - 1`, low ones more often: the more so, the greater the
    /// power.
    pub fn skewed(&mut self, end: u64, power: f64) -> u64 {
        whole(float(end) * self.unit().powf(power)).min(end.saturating_sub(1))
    }

    /// Returns a conversation's length: log-normal with this median.
    pub fn log_normal(&mut self, median: f64, spread: f64) -> u64 {
        // The Box-Muller transform to a normal number.
        let (a, b) = (1.0 - self.unit(), self.unit());
        let normal = (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos();
        whole(median * (spread * normal).exp())
    }

    fn unit(&mut self) -> f64 {
        float(self.number() >> 11) / float(1 << 53)
    }
}

#[expect(clippy::cast_precision_loss, reason = "far fewer of anything than a double can count")]
fn float(number: u64) -> f64 {
    number as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast of a double keeps within the whole number's range"
)]
fn whole(number: f64) -> u64 {
    number as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_parts_give_the_same_numbers_and_others_do_not() {
        let numbers = |parts: &[u64]| {
            let mut random = Random::of(parts);
            (0..4).map(|_| random.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(numbers(&[1, 2]), numbers(&[1, 2]));
        assert_ne!(numbers(&[1, 2]), numbers(&[2, 1]));
    }

    #[test]
    fn half_of_all_talks_are_shorter_than_the_median() {
        let mut random = Random::of(&[1]);
        let shorter = (0..10_000).filter(|_| random.log_normal(90.0, 0.9) < 90).count();
        assert!((4_800..5_200).contains(&shorter), "{shorter}");
    }
}
