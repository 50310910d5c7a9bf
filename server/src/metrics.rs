//! Counts and measures for Prometheus.
//!
//! No metric contains data of a client: no id, no number. The possible values of each label are
//! known in advance (routes, methods, statuses), so no sender can add to them.

mod labels;

use crate::storage::{StorageLoad, WriterMetrics};
use call_ribbon_shared::Millis;
use labels::{AnswerLabels, LimitLabels, PoolLabels, RouteLabels};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use std::fmt;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

/// The buckets for the duration of requests, in seconds.
const SECONDS: [f64; 12] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

type Seconds = Family<RouteLabels, Histogram, fn() -> Histogram>;

/// All metrics. Counting is one addition without a lock.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<AnswerLabels, Counter>,
    seconds: Seconds,
    rate_limited: Family<LimitLabels, Counter>,
    /// Connections that are open.
    pub connections: Gauge,
    /// Live streams that are open.
    pub live_streams: Gauge,
    database_up: Gauge,
    waiting: Gauge,
    pools: Family<PoolLabels, Gauge>,
    active_calls: Gauge,
    feed_lag: Gauge,
}

/// Values that are read when the metrics are requested.
#[derive(Debug, Default)]
pub struct MetricsSnapshot {
    /// The load of the parts of storage.
    pub load: StorageLoad,
    /// Calls in progress; `None` if the database did not answer.
    pub active_calls: Option<i64>,
    /// Events on disk that were not yet sent to this server's listeners.
    pub feed_lag: Option<i64>,
}

/// Counts in a gauge as long as it lives.
#[derive(Debug)]
pub struct GaugeGuard(Gauge);

impl GaugeGuard {
    /// Increments the gauge until this is dropped.
    pub fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for GaugeGuard {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Metrics {
    /// Creates the metrics, with those of storage in `meter`, all at zero.
    pub fn new(meter: &WriterMetrics, started_at: Millis) -> Self {
        let mut all = Registry::default();
        let start = Gauge::<f64, AtomicU64>::default();
        #[expect(
            clippy::cast_precision_loss,
            reason = "a time of this age fits to the millisecond"
        )]
        start.set(started_at as f64 / 1000.0);
        let name = "process_start_time";
        all.register_with_unit(name, "When the server started, in Unix time", Unit::Seconds, start);
        let own = all.sub_registry_with_prefix("call_ribbon");
        let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        own.register("build", "The running version", build);

        let requests = Family::default();
        own.register("http_requests", "Requests answered", requests.clone());
        let seconds: Seconds = Family::new_with_constructor(|| Histogram::new(SECONDS));
        let help = "Time until a request is answered or a stream begins";
        own.register_with_unit("http_request_duration", help, Unit::Seconds, seconds.clone());
        let rate_limited = Family::default();
        let help = "Requests rejected by a rate limit, by limit";
        own.register("rate_limited", help, rate_limited.clone());
        let mut gauge = |name, help| {
            let gauge = Gauge::default();
            own.register(name, help, gauge.clone());
            gauge
        };
        let connections = gauge("connections", "Open connections");
        let live_streams = gauge("live_streams", "Open live streams");
        let database_up = gauge("database_up", "1 if the database answers, else 0");
        let waiting = gauge("writer_waiting", "Records waiting to be written");
        let active_calls = gauge("active_calls", "Calls in progress");
        let help = "Events on disk that this server has not yet sent to its listeners";
        let feed_lag = gauge("feed_lag_events", help);
        let pools = Family::default();
        own.register("database_connections", "Connections to the database", pools.clone());
        meter.register_metrics(own);
        Self {
            registry: all,
            requests,
            seconds,
            rate_limited,
            connections,
            live_streams,
            database_up,
            waiting,
            pools,
            active_calls,
            feed_lag,
        }
    }

    /// Counts an answered request.
    pub fn count_answer(&self, method: &'static str, route: String, status: u16, took: Duration) {
        let answer = AnswerLabels { method, route, status };
        self.requests.get_or_create(&answer).inc();
        let route = RouteLabels { method, route: answer.route };
        self.seconds.get_or_create(&route).observe(took.as_secs_f64());
    }

    /// Counts a request that exceeded a rate limit, by the name of the limit.
    pub fn count_rate_limited(&self, limit: &'static str) {
        self.rate_limited.get_or_create(&LimitLabels { limit }).inc();
    }

    /// Returns all metrics as text, in the format of `OpenMetrics`.
    pub fn encode_text(&self, moment: &MetricsSnapshot) -> Result<String, fmt::Error> {
        let whole = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        self.database_up.set(moment.active_calls.is_some().into());
        self.waiting.set(whole(moment.load.waiting));
        for pool in &moment.load.pools {
            for (state, count) in [("idle", pool.idle), ("used", pool.used)] {
                let labels = PoolLabels { pool: pool.name, state };
                self.pools.get_or_create(&labels).set(whole(count));
            }
        }
        // A value that the database did not give stays as it was: the gauge beside it shows that.
        if let Some(calls) = moment.active_calls {
            self.active_calls.set(calls);
        }
        if let Some(events) = moment.feed_lag {
            self.feed_lag.set(events);
        }
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
