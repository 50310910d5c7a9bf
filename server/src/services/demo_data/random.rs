//! A random number generator that gives the same numbers for the same seed, whatever the release of
//! a library: data begun yesterday must continue with the same calls today.

/// `SplitMix64`: small, fast, and good enough for data that is only looked at.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// Creates a generator from these parts: a seed, a client, a day.
    pub fn from_parts(parts: &[u64]) -> Self {
        let mut random = Self(0);
        for part in parts {
            random.0 ^= *part;
            random.0 = random.next_u64();
        }
        random
    }

    /// Returns any number.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    /// Returns a number from 0 to `end - 1`.
    pub fn next_below(&mut self, end: u64) -> u64 {
        let product = u128::from(self.next_u64()) * u128::from(end);
        u64::try_from(product >> 64).unwrap_or(0)
    }

    /// Does the same for a time or a count.
    pub fn next_millis(&mut self, end: i64) -> i64 {
        i64::try_from(self.next_below(u64::try_from(end).unwrap_or(0))).unwrap_or(0)
    }

    /// Returns true with this chance in percent.
    pub fn chance_percent(&mut self, chance: u64) -> bool {
        self.next_below(100) < chance
    }

    /// Picks one of several with equal probability.
    pub fn pick_one<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        let place = self.next_below(u64::try_from(of.len()).ok()?);
        of.get(usize::try_from(place).ok()?).copied()
    }

    /// Picks an index with the probability of its weight.
    pub fn weighted_index(&mut self, weights: &[u64]) -> usize {
        let mut left = self.next_below(weights.iter().sum());
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
    pub fn skewed_below(&mut self, end: u64, power: f64) -> u64 {
        to_whole(to_float(end) * self.unit_float().powf(power)).min(end.saturating_sub(1))
    }

    /// Returns a conversation's length: log-normal with this median.
    pub fn log_normal(&mut self, median: f64, spread: f64) -> u64 {
        // The Box-Muller transform to a normal number.
        let (a, b) = (1.0 - self.unit_float(), self.unit_float());
        let normal = (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos();
        to_whole(median * (spread * normal).exp())
    }

    fn unit_float(&mut self) -> f64 {
        to_float(self.next_u64() >> 11) / to_float(1 << 53)
    }
}

#[expect(clippy::cast_precision_loss, reason = "far fewer of anything than a double can count")]
fn to_float(number: u64) -> f64 {
    number as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast of a double keeps within the whole number's range"
)]
fn to_whole(number: f64) -> u64 {
    number as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_parts_give_the_same_numbers_and_others_do_not() {
        let numbers = |parts: &[u64]| {
            let mut random = Random::from_parts(parts);
            (0..4).map(|_| random.next_below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(numbers(&[1, 2]), numbers(&[1, 2]));
        assert_ne!(numbers(&[1, 2]), numbers(&[2, 1]));
    }

    #[test]
    fn half_of_all_talks_are_shorter_than_the_median() {
        let mut random = Random::from_parts(&[1]);
        let shorter = (0..10_000).filter(|_| random.log_normal(90.0, 0.9) < 90).count();
        assert!((4_800..5_200).contains(&shorter), "{shorter}");
    }
}
