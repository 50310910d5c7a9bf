//! Who was let in to listen, and by what: a stream ends soon after its key or token was revoked or
//! its client suspended, on whichever server that was done.

use crate::app::App;
use crate::services::access::principal::{Pass, StaffPass};
use crate::services::periodic::every;
use crate::storage::StoreError;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often it is looked at by what open streams were let in.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// By what streams are open, by client. It holds no more than there are streams.
#[derive(Debug, Default)]
pub struct Admissions {
    open: Mutex<HashMap<String, HashMap<Pass, Streams>>>,
}

/// The streams that are open by one pass.
#[derive(Debug, Default)]
struct Streams {
    count: usize,
    over: CancellationToken,
}

/// One stream's leave to be open.
#[derive(Debug)]
pub struct Admission {
    all: Arc<Admissions>,
    client_id: String,
    pass: Pass,
    over: CancellationToken,
}

/// What lets in to a client's records just now.
#[derive(Debug)]
pub struct GoodPasses {
    operator: Pass,
    keys: Vec<String>,
    tokens: Vec<String>,
    sessions: Vec<String>,
}

impl GoodPasses {
    /// Those of a client, as far as they are of the kinds of these.
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

    /// Whether this is one of them.
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
    /// Lets a stream in by what was good just now.
    pub fn enter(self: &Arc<Self>, client_id: &str, pass: &Pass) -> Admission {
        // A panic elsewhere cannot leave the map half way: it is used only here.
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let passes = open.entry(client_id.to_owned()).or_default();
        let streams = passes.entry(pass.clone()).or_default();
        streams.count += 1;
        let over = streams.over.clone();
        let (client_id, pass) = (client_id.to_owned(), pass.clone());
        Admission { all: Arc::clone(self), client_id, pass, over }
    }

    /// Each client of which streams are open, with by what they are.
    fn open(&self) -> Vec<(String, Vec<Pass>)> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.iter()
            .map(|(client, passes)| (client.clone(), passes.keys().cloned().collect()))
            .collect()
    }

    /// Ends the streams of a client that are open by others than these.
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
    /// Cancelled when the stream has to end.
    pub fn over(&self) -> CancellationToken {
        self.over.clone()
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        self.all.leave(&self.client_id, &self.pass);
    }
}

/// Looks at what open streams were let in by, until the server stops.
pub fn watch(app: &Arc<App>) {
    every(app, LOOK_EVERY, |app| {
        Box::pin(async {
            if let Err(error) = look(app).await {
                tracing::debug!("what open streams were let in by was not looked at: {error}");
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
