//! Plays simulated calls in real time: one task for each call in progress.

use super::records::{CallRef, from_provider};
use super::telephony::Telephony;
use super::views;
use crate::providers::simulator;
use crate::services::providers::routing::Carrier;
use crate::storage::{Condition, RecordError, StoreError};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// How long to wait before a database that failed is queried again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The tasks that play calls, by session id, so that they can be notified of an agent's actions.
#[derive(Debug, Default)]
pub struct Runners {
    awake: Mutex<HashMap<String, Arc<Notify>>>,
}

impl Runners {
    /// Has a call's task read the call again.
    pub fn wake_runner(&self, session_id: &str) {
        let awake = self.awake.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(runner) = awake.get(session_id) {
            runner.notify_one();
        }
    }

    /// Registers a call's task; returns `None` if it has one.
    fn add_runner(&self, session_id: &str) -> Option<Arc<Notify>> {
        let mut awake = self.awake.lock().unwrap_or_else(PoisonError::into_inner);
        if awake.contains_key(session_id) {
            return None;
        }
        let runner = Arc::new(Notify::new());
        awake.insert(session_id.to_owned(), Arc::clone(&runner));
        Some(runner)
    }

    fn remove_runner(&self, session_id: &str) {
        self.awake.lock().unwrap_or_else(PoisonError::into_inner).remove(session_id);
    }
}

/// Plays a call until it is over or the server stops.
pub fn play_call(telephony: &Arc<Telephony>, call_ref: CallRef) {
    let Some(woken) = telephony.runners.add_runner(&call_ref.session_id) else {
        return;
    };
    let telephony = Arc::clone(telephony);
    telephony.background.clone().spawn(async move {
        tokio::select! {
            () = telephony.background.stop_token().cancelled() => {}
            () = run_call(&telephony, &call_ref, &woken) => {}
        }
        telephony.runners.remove_runner(&call_ref.session_id);
    });
}

async fn run_call(telephony: &Telephony, call_ref: &CallRef, woken: &Notify) {
    loop {
        match play_next(telephony, call_ref, woken).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(
                    session = call_ref.session_id,
                    "a simulated call is delayed: {error}"
                );
                tokio::time::sleep(RETRY_AFTER).await;
            }
        }
    }
}

/// Waits for the next event and records it; returns false if no more events follow.
async fn play_next(
    telephony: &Telephony,
    call_ref: &CallRef,
    woken: &Notify,
) -> Result<bool, StoreError> {
    let Some(row) =
        telephony.store.calls().find_call(&call_ref.client_id, &call_ref.session_id).await?
    else {
        return Ok(false);
    };
    let call = views::call_state(&row)?;
    let Some(fact) = telephony.simulator.next_fact(&call) else {
        return Ok(false);
    };
    let wait = u64::try_from(fact.at - telephony.now()).unwrap_or(0);
    tokio::select! {
        biased;
        () = woken.notified() => return Ok(true),
        () = tokio::time::sleep(Duration::from_millis(wait)) => {}
    }
    let condition = Condition::InPhase(call.phase());
    let origin = Carrier::Simulated.origin();
    match telephony.store.record(from_provider(telephony, call_ref, origin, fact, condition)).await
    {
        Ok(recorded) if recorded.repeated => {
            // The event is recorded and yet the call has not changed: a page reported it in other
            // words. Reading it again at once would not help.
            tokio::time::sleep(RETRY_AFTER).await;
            Ok(true)
        }
        Err(RecordError::Unavailable) => {
            tokio::time::sleep(RETRY_AFTER).await;
            Ok(true)
        }
        // The agent was quicker: the call is read again.
        Ok(_) | Err(_) => Ok(true),
    }
}

/// Resumes the simulated calls that were in progress when the server stopped.
pub async fn resume_calls(telephony: &Arc<Telephony>) -> Result<(), StoreError> {
    for running in telephony.store.calls().system_list_running_calls(simulator::NAME).await? {
        let Some(client) = telephony.store.clients().find_client(&running.client_id).await? else {
            continue;
        };
        play_call(telephony, CallRef::new(&client, running.call_sid, running.session_id));
    }
    Ok(())
}
