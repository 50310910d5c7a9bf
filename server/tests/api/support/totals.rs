//! Helpers for the stored totals: logs calls that count, reads the totals, and recounts them.

use super::Server;
use serde_json::{Value, json};
use std::process::Command;

impl Server {
    /// Logs a call that started at a time and lasted so many seconds.
    pub async fn log_ended_call(&self, call_sid: &str, start: &str, seconds: u32, more: Value) {
        assert_eq!(self.log_event("initiated", call_sid, start, more).await.status, 200);
        let end = start.replace('Z', ".5Z");
        let answer =
            self.log_event("callEnded", call_sid, &end, json!({"duration": seconds})).await;
        assert_eq!(answer.status, 200);
    }

    /// Runs `call-ribbon rebuild-analytics` beside the server, and returns its output.
    pub async fn rebuild_analytics(&self) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_call-ribbon"));
        command.args(["rebuild-analytics", "--database", &self.database.url()]);
        let done = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }

    /// Returns all rows of totals that are not zero, as texts.
    pub async fn read_totals(&self) -> Vec<String> {
        let mut rows = self.all_totals().await;
        rows.retain(|row| row.split('|').nth(3) != Some("0"));
        rows
    }

    /// Returns all rows of whole days, as texts. A server merges days automatically when it starts.
    pub async fn read_days(&self) -> Vec<String> {
        let sql = "SELECT client_id || '|' || bucket || '|' || field || '|' || sums FROM field_days
            ORDER BY 1";
        self.database.read_texts(sql).await
    }

    /// Returns all rows of totals, as texts.
    pub async fn all_totals(&self) -> Vec<String> {
        let sql =
            "SELECT client_id || '|' || bucket || '|' || customer || '|' || calls || '|' || inbound
                || '|' || outbound || '|' || missed || '|' || connected || '|' || duration || '|'
                || to_30s || '|' || to_1m || '|' || to_3m || '|' || to_5m || '|' || over_5m
             FROM (SELECT *, '' AS customer FROM totals UNION ALL
                SELECT client_id, bucket, calls, inbound, outbound, missed, connected, duration,
                    to_30s, to_1m, to_3m, to_5m, over_5m, customer_id FROM customer_totals) AS listed
             UNION ALL
             SELECT client_id || '|' || week || '|week of ' || customer_id || '|' || calls || '|'
                || duration FROM customer_weeks
             UNION ALL
             SELECT client_id || '|' || bucket || '|event ' || event || '|' || events
             FROM event_totals
             UNION ALL
             SELECT client_id || '|' || bucket || '|field ' || field || '|' || sums FROM field_totals
             UNION ALL
             SELECT client_id || '|' || field || '|value ' || value || '|' || calls
             FROM field_values
             ORDER BY 1";
        self.database.read_texts(sql).await
    }
}
