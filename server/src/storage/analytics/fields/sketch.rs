//! Histogram of durations, from which medians and percentiles are estimated.
//!
//! Counts of bins can be added and subtracted, unlike a stored median. Up to half a minute each
//! second is a bin; then bins grow by 6 %, so that the middle of a bin is within 3 % of all
//! durations in it (after `DDSketch`: C. Masson, J. E. Rim, H. K. Lee, VLDB 2019).

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Up to this duration in seconds, each second is a bin.
const EXACT: i64 = 33;
/// The longest duration that a call can have, in seconds.
const LONGEST: i64 = 4_294_967_295;

/// The first second of each bin.
static BIN_STARTS: LazyLock<Vec<i64>> = LazyLock::new(|| {
    let mut begins: Vec<i64> = (0..=EXACT).collect();
    let mut at = EXACT + 1;
    while at <= LONGEST {
        begins.push(at);
        at = (at * 106 / 100).max(at + 1);
    }
    begins
});

/// Number of calls by bin.
pub type Bins = BTreeMap<u16, i64>;

/// Returns the bin of a duration.
pub fn duration_bin(seconds: i64) -> u16 {
    let after = BIN_STARTS.partition_point(|begin| *begin <= seconds);
    u16::try_from(after.saturating_sub(1)).unwrap_or(u16::MAX)
}

/// Returns a percentile of the durations; 0 without calls.
pub fn percentile(bins: &Bins, percent: i64) -> i64 {
    let all: i64 = bins.values().sum();
    // The rank of the call at the percentile, rounded up.
    let mut left = (all * percent + 99) / 100;
    for (bin, calls) in bins {
        left -= calls;
        if left <= 0 {
            return bin_middle(*bin);
        }
    }
    0
}

/// Returns the second in the middle of a bin.
fn bin_middle(bin: u16) -> i64 {
    let begin = |bin: usize| BIN_STARTS.get(bin).copied();
    let first = begin(bin.into()).unwrap_or(LONGEST);
    let last = begin(usize::from(bin) + 1).unwrap_or(first + 1) - 1;
    i64::midpoint(first, last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_within_three_percent() {
        for seconds in (0..5_000).chain([86_400, 1_000_000, LONGEST]) {
            let found = bin_middle(duration_bin(seconds));
            assert!((found - seconds).abs() * 100 <= seconds * 3, "{found} for {seconds}");
        }
    }

    #[test]
    fn percentiles_are_those_of_the_calls_in_order() {
        let bins: Bins = (1..=10).map(|seconds| (duration_bin(seconds), 1)).collect();
        assert_eq!((percentile(&bins, 50), percentile(&bins, 90)), (5, 9));
        assert_eq!(percentile(&Bins::from([(duration_bin(7), 1)]), 50), 7);
        assert_eq!(percentile(&Bins::new(), 90), 0);
    }
}
