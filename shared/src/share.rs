//! Shares of small numbers, and how certain they are.

/// The quantile of the normal distribution for a certainty of 95 %.
const Z: f64 = 1.96;

/// The range in which a true share lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Its lower end, 0 or more.
    pub low: f64,
    /// Its upper end, 1 or less.
    pub high: f64,
}

/// Returns `part / whole`; 0 of nothing.
#[expect(clippy::cast_precision_loss, reason = "counts of calls are far below 2^53")]
#[must_use]
pub fn share_of(part: i64, whole: i64) -> f64 {
    if whole > 0 { part as f64 / whole as f64 } else { 0.0 }
}

/// Returns the range in which the share behind `part` of `whole` lies with 95 % certainty: the score
/// interval of Wilson (1927), which is right for small numbers and near 0 and 1 too. Of nothing, the
/// range is everything.
#[expect(clippy::cast_precision_loss, reason = "counts of calls are far below 2^53")]
#[must_use]
pub fn wilson_interval(part: i64, whole: i64) -> Interval {
    if whole <= 0 {
        return Interval { low: 0.0, high: 1.0 };
    }
    let (n, share) = (whole as f64, share_of(part, whole));
    let middle = share + Z * Z / (2.0 * n);
    let spread = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    Interval {
        low: ((middle - spread) / scale).clamp(0.0, share),
        high: ((middle + spread) / scale).clamp(share, 1.0),
    }
}

/// Returns the range in which the difference of two shares lies with 95 % certainty: the interval of
/// Newcombe (1998), made of the two Wilson intervals. If it contains 0, there is no clear difference.
#[must_use]
pub fn difference_interval(one: (i64, i64), other: (i64, i64)) -> Interval {
    let (a, b) = (share_of(one.0, one.1), share_of(other.0, other.1));
    let (of_a, of_b) = (wilson_interval(one.0, one.1), wilson_interval(other.0, other.1));
    let difference = a - b;
    Interval {
        low: difference - (a - of_a.low).hypot(of_b.high - b),
        high: difference + (of_a.high - a).hypot(b - of_b.low),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares with four digits of published examples.
    #[track_caller]
    fn assert_interval(found: Interval, low: f64, high: f64) {
        assert!(
            (found.low - low).abs() < 0.0001 && (found.high - high).abs() < 0.0001,
            "{found:?}"
        );
    }

    #[test]
    fn intervals_are_those_of_the_books() {
        // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I.
        assert_interval(wilson_interval(81, 263), 0.2553, 0.3662);
        assert_interval(wilson_interval(15, 148), 0.0624, 0.1605);
        assert_interval(wilson_interval(0, 20), 0.0, 0.1611);
        assert_interval(wilson_interval(1, 29), 0.0061, 0.1718);
        assert_interval(wilson_interval(0, 0), 0.0, 1.0);
        // Newcombe 1998, "Interval estimation for the difference", table II, method 10.
        assert_interval(difference_interval((56, 70), (48, 80)), 0.0524, 0.3339);
        assert_interval(difference_interval((9, 10), (3, 10)), 0.1705, 0.8090);
        assert_interval(difference_interval((10, 10), (0, 10)), 0.6075, 1.0);
    }
}
