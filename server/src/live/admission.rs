//! Keeps track of the credentials of open streams: a stream ends soon after its key or token was
//! revoked or its client suspended, on whichever server that happened.

use crate::app::App;
use crate::services::access::principal::{Pass, StaffPass};
use crate::services::periodic::every;
use crate::storage::StoreError;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the credentials of open streams are checked.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// The credentials of open streams, by client. It has at most one entry per stream.
#[derive(Debug, Default)]
pub struct Admissions {
    open: Mutex<HashMap<String, HashMap<Pass, Streams>>>,
}

/// The open streams of one credential.
#[derive(Debug, Default)]
struct Streams {
    count: usize,
    over: CancellationToken,
}

/// The permission of one stream to be open.
#[derive(Debug)]
pub struct Admission {
    all: Arc<Admissions>,
    client_id: String,
    pass: Pass,
    over: CancellationToken,
}

/// The credentials of a client that are valid now.
#[derive(Debug)]
pub struct GoodPasses {
    operator: Pass,
    keys: Vec<String>,
    tokens: Vec<String>,
    sessions: Vec<String>,
}

impl GoodPasses {
    /// Returns the valid credentials of a client, of the kinds that these have.
    pub async fn among(app: &App, client_id: &str, passes: &[Pass]) -> Result<Self, StoreError> {
        let any = |is_one: fn(&Pass) -> bool| passes.iter().any(is_one);
        let mut good = Self {
            operator: Pass::operator(&app.admin_token_hash),
            keys: Vec::new(),
            tokens: Vec::new(),
            sessions: Vec::new(),
        };
        if any(|pass| matches!(pass, Pass::Key(_))) {
            good.keys = app.store.good_keys(client_id).await?;
        }
        if any(|pass| matches!(pass, Pass::Staff(StaffPass::Token(_)))) {
            good.tokens = app.store.good_tokens(client_id).await?;
        }
        if any(|pass| matches!(pass, Pass::Staff(StaffPass::Session(_)))) {
            good.sessions = app.store.good_sessions(client_id, app.now()).await?;
        }
        Ok(good)
    }

    /// Returns whether this credential is one of them.
    pub fn contains(&self, pass: &Pass) -> bool {
        match pass {
            Pass::Key(id) => self.keys.contains(id),
            Pass::Staff(StaffPass::Operator(_)) => *pass == self.operator,
            Pass::Staff(StaffPass::Token(id)) => self.tokens.contains(id),
            Pass::Staff(StaffPass::Session(id)) => self.sessions.contains(id),
        }
    }
}

impl Admissions {
    /// Registers a stream whose credential was just checked.
    pub fn enter(self: &Arc<Self>, client_id: &str, pass: &Pass) -> Admission {
        // A panic elsewhere cannot leave the map in an invalid state: only this module uses it.
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let passes = open.entry(client_id.to_owned()).or_default();
        let streams = passes.entry(pass.clone()).or_default();
        streams.count += 1;
        let over = streams.over.clone();
        let (client_id, pass) = (client_id.to_owned(), pass.clone());
        Admission { all: Arc::clone(self), client_id, pass, over }
    }

    /// Returns each client with open streams, and their credentials.
    fn open(&self) -> Vec<(String, Vec<Pass>)> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.iter()
            .map(|(client, passes)| (client.clone(), passes.keys().cloned().collect()))
            .collect()
    }

    /// Ends the streams of a client whose credential is not in this set.
    fn keep(&self, client_id: &str, good: &GoodPasses) {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        for (pass, streams) in open.get(client_id).into_iter().flatten() {
            if !good.contains(pass) {
                streams.over.cancel();
            }
        }
    }

    fn leave(&self, client_id: &str, pass: &Pass) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(passes) = open.get_mut(client_id) else { return };
        if let Some(streams) = passes.get_mut(pass) {
            streams.count = streams.count.saturating_sub(1);
            if streams.count == 0 {
                passes.remove(pass);
            }
        }
        if passes.is_empty() {
            open.remove(client_id);
        }
    }
}

impl Admission {
    /// Returns a token that is cancelled when the stream has to end.
    pub fn over(&self) -> CancellationToken {
        self.over.clone()
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        self.all.leave(&self.client_id, &self.pass);
    }
}

/// Checks the credentials of open streams, until the server stops.
pub fn watch(app: &Arc<App>) {
    every(app, LOOK_EVERY, |app| {
        Box::pin(async {
            if let Err(error) = look(app).await {
                tracing::debug!("the credentials of open streams could not be checked: {error}");
            }
        })
    });
}

async fn look(app: &App) -> Result<(), StoreError> {
    for (client_id, passes) in app.admissions.open() {
        let good = GoodPasses::among(app, &client_id, &passes).await?;
        app.admissions.keep(&client_id, &good);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_streams_that_are_not_good_any_more_end() {
        let all = Arc::new(Admissions::default());
        let [k1, k2] = ["1", "2"].map(|id| Pass::Key(id.to_owned()));
        let token = Pass::token("1".to_owned());
        let (one, same) = (all.enter("c", &k1), all.enter("c", &k1));
        let (other, elsewhere) = (all.enter("c", &k2), all.enter("d", &k1));
        let (staff, operator) =
            (all.enter("c", &token), all.enter("c", &Pass::operator("the one before")));
        drop(same);
        let good = GoodPasses {
            operator: Pass::operator("the one now"),
            keys: vec!["2".to_owned()],
            tokens: vec!["1".to_owned()],
            sessions: Vec::new(),
        };
        all.keep("c", &good);
        let over = [&one, &other, &elsewhere, &staff, &operator];
        let over = over.map(|stream| stream.over().is_cancelled());
        assert_eq!(over, [true, false, false, false, true]);
        drop((one, other, staff, operator));
        assert_eq!(all.open(), [("d".to_owned(), vec![k1.clone()])]);
        drop(elsewhere);
        assert!(all.open.lock().unwrap().is_empty());
    }
}
