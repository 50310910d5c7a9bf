//! Chooses edges for ranges of numbers as a person would: round, a handful, and close to the
//! numbers.

/// The most rows to aim for between the first and the last edge.
const MOST_ROWS: i64 = 7;
/// Percentage of calls that may be below the first edge, and above the last one.
const OUTSIDE: i64 = 5;
/// Percentage of calls in one row from which equal steps are a poor choice.
const TOO_MANY: i64 = 60;
/// The first digits of step sizes, in tenths.
const STEPS: [i64; 4] = [10, 20, 25, 50];

/// Calls with a number, or with numbers in a range.
#[derive(Debug, Clone, Copy)]
pub struct WeightedRange {
    pub from: f64,
    pub to: f64,
    pub calls: i64,
}

/// Numbers in ascending order.
struct Spread {
    numbers: Vec<WeightedRange>,
    all: i64,
}

/// Chooses edges; none if there are no numbers.
pub fn choose_edges(mut numbers: Vec<WeightedRange>) -> Vec<f64> {
    numbers.sort_by(|one, other| one.from.total_cmp(&other.from));
    let all = numbers.iter().map(|number| number.calls).sum();
    let spread = Spread { numbers, all };
    let (Some(first), Some(last)) = (spread.numbers.first(), spread.numbers.last()) else {
        return Vec::new();
    };
    let ends = (first.from, last.to);
    let (low, high) =
        (spread.number_at_percentile(OUTSIDE), spread.number_at_percentile(100 - OUTSIDE));
    let equal = spread.equal_edges(low, high, ends);
    // Amounts are often many small ones and few large ones; 1, 2, 5, 10 … separates those.
    let crowded = spread.most_in_a_row(&equal) * 100 > all * TOO_MANY;
    if crowded && ends.0 >= 0.0 && high > 0.0 {
        let growing = spread.growing_edges(low, high, ends.0);
        if spread.most_in_a_row(&growing) < spread.most_in_a_row(&equal) {
            return growing;
        }
    }
    equal
}

impl Spread {
    /// Returns the number at a percentile of the calls.
    fn number_at_percentile(&self, percent: i64) -> f64 {
        let mut left = (self.all * percent + 99) / 100;
        for number in &self.numbers {
            left -= number.calls;
            if left <= 0 {
                return number.from;
            }
        }
        self.numbers.last().map_or(0.0, |number| number.to)
    }

    /// Returns edges in equal steps.
    fn equal_edges(&self, low: f64, high: f64, (least, greatest): (f64, f64)) -> Vec<f64> {
        let whole = self.numbers.iter().all(|n| n.from.fract() == 0.0 && n.to.fract() == 0.0);
        let together = self.numbers.iter().any(|number| number.to > number.from);
        let mut best = vec![low];
        // From the finest step that the numbers can have to the first that makes few rows.
        let finest = exponent_of((high - low).abs().max(low.abs() * 1e-9).max(1e-300)) - 2;
        for exponent in finest..finest + 6 {
            for step in STEPS {
                if whole && exponent < 1 && (exponent < 0 || step == 25) {
                    continue;
                }
                let size = round_number(step, exponent);
                let (mut begin, mut end) =
                    (floor_to_int(low / size), floor_to_int(high / size) + 1);
                if end - begin > MOST_ROWS {
                    continue;
                }
                // A few numbers beyond the edges need no open-ended row.
                if least < round_number(begin * step, exponent)
                    && least >= round_number((begin - 1) * step, exponent)
                {
                    begin -= 1;
                }
                if greatest > round_number(end * step, exponent)
                    && greatest < round_number((end + 1) * step, exponent)
                {
                    end += 1;
                }
                best = (begin..=end).map(|n| round_number(n * step, exponent)).collect();
                // If numbers are already grouped in bins, edges must be edges of bins.
                if !together || best.iter().all(|edge| is_round(*edge)) {
                    return best;
                }
            }
        }
        best
    }

    /// Returns growing edges: 0, 1, 2, 5, 10 …
    fn growing_edges(&self, low: f64, high: f64, least: f64) -> Vec<f64> {
        let positive = self.numbers.iter().map(|number| number.from).find(|from| *from > 0.0);
        let low = if low > 0.0 { low } else { positive.unwrap_or(high) };
        let (lowest, highest) = (exponent_of(low), exponent_of(high) + 1);
        for digits in [&[10, 20, 50][..], &[10, 30], &[10]] {
            let series: Vec<f64> = (lowest..=highest)
                .flat_map(|exponent| digits.iter().map(move |digit| round_number(*digit, exponent)))
                .collect();
            let begin = series.partition_point(|edge| *edge <= low).saturating_sub(1);
            let end = (series.partition_point(|edge| *edge <= high) + 1).min(series.len());
            let series = series.get(begin..end).unwrap_or_default();
            if i64::try_from(series.len()).is_ok_and(|edges| edges <= MOST_ROWS) {
                let below = series.first().is_some_and(|first| least < *first);
                let zero = below.then_some(0.0);
                return zero.into_iter().chain(series.iter().copied()).collect();
            }
        }
        vec![0.0, round_number(10, lowest), round_number(10, highest)]
    }

    /// Returns the calls of the row with the most.
    fn most_in_a_row(&self, edges: &[f64]) -> i64 {
        let mut rows = vec![0; edges.len() + 1];
        for number in &self.numbers {
            if let Some(row) = rows.get_mut(edges.partition_point(|edge| *edge <= number.from)) {
                *row += number.calls;
            }
        }
        rows.into_iter().max().unwrap_or(0)
    }
}

/// Returns `tenths` tenths of a power of ten, exactly as a person writes it.
fn round_number(tenths: i64, exponent: i32) -> f64 {
    // Parsed from text, because 3 × 0.1 is not 0.3.
    format!("{tenths}e{}", exponent - 1).parse().unwrap_or_default()
}

/// Returns whether a number has at most two digits before its zeros.
fn is_round(number: f64) -> bool {
    let text = format!("{:e}", number.abs());
    let digits = text.split('e').next().unwrap_or_default();
    digits.chars().filter(char::is_ascii_digit).count() <= 2
}

/// Returns the power of ten of a number's first digit.
fn exponent_of(number: f64) -> i32 {
    let text = format!("{number:e}");
    text.split('e').nth(1).and_then(|exponent| exponent.parse().ok()).unwrap_or(0)
}

#[expect(clippy::cast_possible_truncation, reason = "a handful of steps; more are cut")]
fn floor_to_int(number: f64) -> i64 {
    // A number that is whole except for a rounding error counts as whole.
    (number + 1e-9).floor() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(numbers: impl IntoIterator<Item = f64>) -> Vec<f64> {
        let one = |number| WeightedRange { from: number, to: number, calls: 1 };
        choose_edges(numbers.into_iter().map(one).collect())
    }

    #[test]
    fn edges_are_those_of_a_person() {
        let ages = of((20..60).map(f64::from));
        assert_eq!(ages, [20.0, 30.0, 40.0, 50.0, 60.0]);
        let days = of((0..=120).map(f64::from));
        assert_eq!(days, [0.0, 20.0, 40.0, 60.0, 80.0, 100.0, 120.0]);
        let loans = of((0..400).map(|n| 20_000.0 + f64::from(n) * 1_200.0));
        assert_eq!(loans, [0.0, 1e5, 2e5, 3e5, 4e5, 5e5]);
        // Rates from 0 to 1, and an outlier that must not decide.
        let rates = of((0..100).map(|n| f64::from(n) / 100.0).chain([70.0]));
        assert_eq!(rates, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]);
        let below = of((-50..50).map(f64::from));
        assert_eq!(below, [-60.0, -40.0, -20.0, 0.0, 20.0, 40.0, 60.0]);
        assert_eq!(of([]), [0.0; 0]);
    }

    #[test]
    fn many_small_ones_and_few_great_ones_have_edges_that_grow() {
        let many = (0..900).map(|n| 10.0 + f64::from(n) / 10.0);
        let edges = of(many.chain((0..100).map(|n| 1_000.0 + f64::from(n) * 90.0)));
        assert_eq!(edges, [10.0, 30.0, 100.0, 300.0, 1_000.0, 3_000.0, 10_000.0]);
    }

    #[test]
    fn between_bins_edges_have_two_digits() {
        let bins = (100..180).map(|n| {
            let from = f64::from(n - n % 10);
            WeightedRange { from, to: from + 10.0, calls: 1 }
        });
        assert!(choose_edges(bins.collect()).into_iter().all(is_round));
    }
}
