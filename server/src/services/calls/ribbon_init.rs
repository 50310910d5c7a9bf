//! Signs agents in to the ribbon, and returns what a client may do.

use super::dispositions;
use super::telephony::Telephony;
use crate::live;
use crate::providers;
use crate::services::ServiceError;
use crate::services::access::agent_tokens::ProvenAgent;
use crate::services::access::credential_ref::CredentialRef;
use crate::services::access::reach::AgentSession;
use crate::services::access::tickets::{Claims, Purpose, TokenSigner};
use crate::services::permission::rules;
use crate::services::providers::routing::{self, Carrier};
use crate::storage::{Client, Store};
use crate::time;
use call_ribbon_shared::Millis;
use call_ribbon_shared::wire::{
    ClientAbout, ClientInfo, ConfigAnswer, EventsUrl, InitAnswer, ProviderOffer, Usage,
};

/// How long a token or a ticket is valid. A stream that is open stays open while the credential it
/// was issued for is valid.
const TOKEN_LIFETIME: Millis = 10 * 60 * 1000;

/// The most events of one call in an answer; more than any agent presses digits.
const MAX_CALL_EVENTS: i64 = 1000;

/// The agent signing in, as far as the page says.
#[derive(Debug, Default)]
pub struct AgentSignIn {
    pub agent_id: Option<String>,
    pub agent_name: Option<String>,
    /// The agent that the client's server has signed.
    pub proven: Option<ProvenAgent>,
    /// The session that the page has, if it named another agent before.
    pub before: Option<AgentSession>,
    /// Whether the key may read all of the client's records.
    pub reads_all: bool,
}

/// Signs an agent in with this key of the client.
pub async fn sign_in_agent(
    telephony: &Telephony,
    signer: &TokenSigner,
    client: &Client,
    key_id: String,
    who: AgentSignIn,
) -> Result<InitAnswer, ServiceError> {
    let now = telephony.now();
    let proven = who.proven.is_some();
    let hides_numbers = who.proven.as_ref().is_some_and(|agent| agent.hides_numbers);
    let customer_search = who.reads_all || proven;
    let who = take_proven_agent(client, who)?;
    let agent_name = match (&who.agent_name, &who.agent_id) {
        (None, Some(id)) => telephony.store.clients().find_agent_name(&client.id, id).await?,
        _ => who.agent_name,
    };
    let user_id =
        who.agent_id.unwrap_or_else(|| format!("agent-{}", telephony.ids.random_hex::<4>()));
    let claims = Claims {
        purpose: Purpose::Session,
        client_id: client.id.clone(),
        proven,
        hides_numbers,
        former: who.before.map(|before| before.former_for(&user_id)).unwrap_or_default(),
        agent_id: Some(user_id.clone()),
        credential: CredentialRef::ApiKey(key_id),
        // Read before the page learns of the stream: events until it is open are sent when it
        // opens.
        position: telephony.store.calls().find_feed_head(&client.id).await?,
        expires_at: now + TOKEN_LIFETIME,
    };
    let session_token = signer.sign_claims(&claims);
    let mut history = telephony
        .store
        .calls()
        .list_feed_of_agents_call(&client.id, &user_id, MAX_CALL_EVENTS)
        .await?;
    // An incoming call for any agent does not hide the agent's own call.
    if history.iter().any(|row| row.agent_id.is_some()) {
        history.retain(|row| row.agent_id.is_some());
    }
    let usage = client_usage(&telephony.store, client, now).await?;
    let offered = routing::offered_carriers(&telephony.accounts, client).await?;
    let first = offered.first().unwrap_or(&Carrier::Simulated);
    let voice = first.settings().voice_name();
    let mut features = client.features.clone();
    // A control that the voice lacks is not shown.
    let can = providers::voice_features(Some(voice));
    features.retain(|feature| {
        can.contains(&feature.as_str()) || !["mute", "hold", "dtmf"].contains(&feature.as_str())
    });
    for feature in ["answer", "hangup"] {
        if can.contains(&feature) && !features.iter().any(|had| had == feature) {
            features.push(feature.to_owned());
        }
    }
    let agent_id = user_id.clone();
    let in_browser = browser_sound(telephony, client, first, &user_id).await?;
    let BrowserSound { exotel_token, user_id, leg_connects } = in_browser.unwrap_or(BrowserSound {
        exotel_token: session_token.clone(),
        user_id,
        leg_connects: false,
    });
    Ok(InitAnswer {
        exotel_token,
        leg_connects,
        feed_position: claims.position,
        agent_id,
        active_call: history.iter().map(live::call_event).collect(),
        user_id,
        features,
        client_info: ClientInfo {
            name: client.name.clone(),
            plan: client.plan.as_str().to_owned(),
            remaining_calls: usage.remaining,
            call_limit: usage.limit,
        },
        session_token,
        expires_at: time::format(claims.expires_at),
        provider: first.settings().provider_name().to_owned(),
        voice: voice.to_owned(),
        events_url: events_url(
            signer,
            &Claims { purpose: Purpose::Events, former: Vec::new(), ..claims },
        ),
        server_time: now,
        customer_search,
        call_rules: rules::may_forbid_calls(&telephony.store, &client.id).await?,
        agent_name,
        providers: offered.iter().map(to_offer).collect(),
        dispositions: dispositions::list_for_pages(&telephony.store, &client.id).await?,
    })
}

/// Takes the agent from the token, if the page has one; else from the page, if the client allows it.
fn take_proven_agent(client: &Client, who: AgentSignIn) -> Result<AgentSignIn, ServiceError> {
    let AgentSignIn { agent_id, agent_name, proven, before, reads_all } = who;
    let Some(proven) = proven else {
        if client.require_agent_token {
            return Err(ServiceError::AgentTokenRequired);
        }
        return Ok(AgentSignIn { agent_id, agent_name, proven, before, reads_all });
    };
    if agent_id.is_some_and(|named| named != proven.id) {
        let sentence = "agentId names another agent than the sub of agentToken.";
        return Err(ServiceError::OtherAgent(sentence));
    }
    let agent_name = proven.name.or(agent_name);
    Ok(AgentSignIn { agent_id: Some(proven.id), agent_name, proven: None, before, reads_all })
}

/// What a page needs to take calls in the browser.
struct BrowserSound {
    exotel_token: String,
    user_id: String,
    leg_connects: bool,
}

/// Returns that for this agent; `None` if calls are heard elsewhere. An unavailable provider does
/// not prevent signing in: the page then gets an empty token, and says that it cannot take calls.
async fn browser_sound(
    telephony: &Telephony,
    client: &Client,
    carrier: &Carrier,
    agent_id: &str,
) -> Result<Option<BrowserSound>, ServiceError> {
    let Some(account) = carrier.account() else { return Ok(None) };
    let access =
        account.settings.browser_access(&telephony.provider_client.to_account(account, None)).await;
    let (exotel_token, leg_connects) = match access {
        Ok(None) => return Ok(None),
        Ok(Some(access)) => (access.token.expose().to_owned(), access.leg_connects),
        Err(error) => {
            tracing::warn!(
                account = account.account_id,
                %error,
                "no token for calls in the browser could be requested"
            );
            (String::new(), false)
        }
    };
    let agent = telephony.store.agents().find_agent(&client.id, agent_id).await?;
    let user_id = agent.and_then(|agent| agent.provider_user_id).unwrap_or_default();
    Ok(Some(BrowserSound { exotel_token, user_id, leg_connects }))
}

/// Describes a carrier that an agent may choose.
fn to_offer(carrier: &Carrier) -> ProviderOffer {
    let settings = carrier.settings();
    let (account_id, name, default) = match carrier {
        Carrier::Simulated => (None, None, true),
        Carrier::Account(account) => {
            (Some(account.account_id.clone()), account.name.clone(), account.default)
        }
    };
    ProviderOffer {
        account_id,
        name,
        provider: settings.provider_name().to_owned(),
        voice: settings.voice_name().to_owned(),
        default,
        features: routing::carrier_features(carrier).iter().map(|one| (*one).to_owned()).collect(),
    }
}

/// The caller that a ticket is for.
pub struct TicketHolder {
    /// The agent whose events it opens; `None` for all of the client's.
    pub agent_id: Option<String>,
    /// Whether an agent token proved who the agent is.
    pub proven: bool,
    /// Whether the agent may not see phone numbers.
    pub hides_numbers: bool,
    pub credential: CredentialRef,
}

/// Issues a ticket to a client's feed.
pub async fn feed_ticket(
    store: &Store,
    signer: &TokenSigner,
    client: &Client,
    listener: TicketHolder,
    now: Millis,
) -> Result<EventsUrl, ServiceError> {
    let TicketHolder { agent_id, proven, hides_numbers, credential } = listener;
    let claims = Claims {
        purpose: Purpose::Events,
        client_id: client.id.clone(),
        agent_id,
        former: Vec::new(),
        proven,
        hides_numbers,
        credential,
        position: store.calls().find_feed_head(&client.id).await?,
        expires_at: now + TOKEN_LIFETIME,
    };
    Ok(EventsUrl {
        events_url: events_url(signer, &claims),
        expires_at: time::format(claims.expires_at),
    })
}

fn events_url(signer: &TokenSigner, claims: &Claims) -> String {
    format!("/api/ribbon/events?ticket={}", signer.sign_claims(claims))
}

/// Returns what a client may use, and how much of it is used.
pub async fn client_config(
    store: &Store,
    client: &Client,
    now: Millis,
) -> Result<ConfigAnswer, ServiceError> {
    Ok(ConfigAnswer {
        features: client.features.clone(),
        plan: client.plan.as_str().to_owned(),
        usage: client_usage(store, client, now).await?,
    })
}

/// Returns what a reader of a client's records has to know about it.
pub async fn find_client_about(
    store: &Store,
    client_id: &str,
) -> Result<Option<ClientAbout>, ServiceError> {
    match store.clients().find_client(client_id).await? {
        Some(client) => Ok(Some(client_about(store, &client).await?)),
        None => Ok(None),
    }
}

/// Returns what pages show about a client.
pub async fn client_about(store: &Store, client: &Client) -> Result<ClientAbout, ServiceError> {
    Ok(ClientAbout {
        client_id: client.id.clone(),
        name: client.name.clone(),
        plan: client.plan.as_str().to_owned(),
        features: client.features.clone(),
        time_zone: client.time_zone.name().to_owned(),
        country: store.clients().find_client_extras(&client.id).await?.0,
        dispositions: dispositions::list_for_client(store, &client.id).await?,
        field_labels: store.clients().find_field_labels(&client.id).await?,
        viewers_may_export: client.viewers_export,
    })
}

/// Returns how much of its monthly calls a client has used.
pub async fn client_usage(
    store: &Store,
    client: &Client,
    now: Millis,
) -> Result<Usage, ServiceError> {
    let month = time::month(now, client.time_zone);
    let used = store.analytics().count_calls_in_month(&client.id, &month).await?;
    Ok(Usage {
        calls_this_month: used,
        limit: client.limit,
        remaining: (client.limit - used).max(0),
    })
}
