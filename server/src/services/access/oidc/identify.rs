//! Asks the provider who a person is: sends the browser there, exchanges the code that it brings
//! back, and verifies the ID token.

use super::claims::{KnownUser, MoreClaims, Told};
use super::pending::PendingSignIn;
use super::provider::Wanted;
use super::requests::RequestError;
use super::{LONGEST_ID, Oidc, OidcError};
use call_ribbon_shared::Millis;
use chrono::{DateTime, Utc};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClientAuthMethod,
    CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessTokenHash, AuthType, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdToken, IdTokenClaims,
    IdTokenFields, IdTokenVerifier, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, SignatureVerificationError,
    StandardErrorResponse, StandardTokenResponse, UserInfoClaims, UserInfoError,
};

/// By how many milliseconds the clocks of two servers may differ.
const CLOCK_SKEW: Millis = 60_000;
/// The most characters of a provider's reason that are shown.
const LONGEST_REASON: usize = 200;

/// The algorithms of signatures that are accepted: those with a public key, and no others.
pub const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type IdFields = IdTokenFields<
    MoreClaims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type TokenAnswer = StandardTokenResponse<IdFields, CoreTokenType>;
type ProvidersIdToken = IdToken<
    MoreClaims,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type ProviderClient = Client<
    MoreClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    TokenAnswer,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Takes what counts from claims; the two types that have them share no trait.
macro_rules! told {
    ($claims:expr) => {
        Told {
            email: $claims.email().map(|email| email.as_str()),
            email_verified: $claims.email_verified(),
            name: $claims.name().and_then(|name| name.get(None)).map(|name| name.as_str()),
            user_name: $claims.preferred_username().map(|name| name.as_str()),
            more: $claims.additional_claims(),
        }
    };
}

impl Oidc {
    /// Returns the provider's address to which the browser goes to sign in.
    pub(super) async fn authorize_url(
        &self,
        pending: &PendingSignIn,
        now: Millis,
    ) -> Result<String, OidcError> {
        let description = self.provider.describe(Wanted::Usual, now).await?;
        let client = self.client_for(&description)?;
        let (state, nonce) = (pending.state.clone(), pending.nonce.clone());
        let verifier = PkceCodeVerifier::new(pending.verifier.clone());
        let scopes = self.config.scopes.iter().cloned().map(Scope::new);
        let (url, ..) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .add_scopes(scopes)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        Ok(url.into())
    }

    /// Exchanges the provider's code for what it says about the person.
    pub(super) async fn identify(
        &self,
        pending: &PendingSignIn,
        code: &str,
        now: Millis,
    ) -> Result<KnownUser, OidcError> {
        let description = self.provider.describe(Wanted::Usual, now).await?;
        let client = self.client_for(&description)?;
        let requests = self.provider.requests();
        let answer = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|_| OidcError::unusable("it has no address for tokens"))?
            .set_pkce_verifier(PkceCodeVerifier::new(pending.verifier.clone()))
            .request_async(&requests)
            .await
            .map_err(token_error)?;
        let id_token = answer.extra_fields().id_token();
        let id_token = id_token.ok_or(OidcError::Unusable("it sent no ID token"))?;
        let nonce = Nonce::new(pending.nonce.clone());
        let mut newer = None;
        let mut read = id_token.claims(&verifier_of(&client, now), &nonce);
        if matches!(&read, Err(error) if lacks_key(error)) {
            let description = self.provider.describe(Wanted::NewKeys, now).await?;
            let client = newer.insert(self.client_for(&description)?);
            read = id_token.claims(&verifier_of(client, now), &nonce);
        }
        let client = newer.as_ref().unwrap_or(&client);
        let claims = read.map_err(|error| OidcError::BadToken(describe_fault(&error)))?;
        check_access_token(client, id_token, claims, &answer, now)?;
        let subject = claims.subject();
        if subject.len() > LONGEST_ID || subject.contains('\0') || subject.is_empty() {
            return Err(OidcError::BadToken("its sub is not an identifier".to_owned()));
        }
        let mut user = KnownUser { subject: subject.to_string(), ..KnownUser::default() };
        let groups_claim = &self.config.groups_claim;
        user.add_claims(&told!(claims), groups_claim);
        if user.groups.is_some() && user.email.is_some() {
            return Ok(user);
        }
        // Many providers put only the `sub` into the ID token.
        let token = answer.access_token().clone();
        if let Ok(request) = client.user_info(token, Some(subject.clone())) {
            let info: UserInfoClaims<MoreClaims, CoreGenderClaim> =
                request.request_async(&requests).await.map_err(|error| user_info_error(&error))?;
            user.add_claims(&told!(info), groups_claim);
        }
        Ok(user)
    }

    /// Returns the client for requests to a provider with this description.
    pub(super) fn client_for(
        &self,
        description: &CoreProviderMetadata,
    ) -> Result<ProviderClient, OidcError> {
        let (id, secret) = &self.config.client;
        let id = ClientId::new(id.clone());
        let secret = ClientSecret::new(secret.expose().to_owned());
        let callback = RedirectUrl::new(self.config.callback.clone());
        let callback = callback.map_err(|_| OidcError::unusable("public_url is not an address"))?;
        let methods = description.token_endpoint_auth_methods_supported();
        // A provider that names none takes the header.
        let in_body = methods.is_some_and(|methods| {
            !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
                && methods.contains(&CoreClientAuthMethod::ClientSecretPost)
        });
        let auth = if in_body { AuthType::RequestBody } else { AuthType::BasicAuth };
        Ok(ProviderClient::from_provider_metadata(description.clone(), id, Some(secret))
            .set_redirect_uri(callback)
            .set_auth_type(auth))
    }
}

/// Returns what verifies the provider's ID tokens at this time.
fn verifier_of(client: &ProviderClient, now: Millis) -> IdTokenVerifier<'_, CoreJsonWebKey> {
    let time = |millis: Millis| DateTime::<Utc>::from_timestamp_millis(millis).unwrap_or_default();
    client
        .id_token_verifier()
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(move || time(now))
        .set_issue_time_verifier_fn(move |issued| {
            if issued > time(now + CLOCK_SKEW) {
                return Err("it is from the future; correct the servers' clocks".to_owned());
            }
            Ok(())
        })
}

/// Checks that the access token is the one that the ID token was issued with, if it says so.
fn check_access_token(
    client: &ProviderClient,
    id_token: &ProvidersIdToken,
    claims: &IdTokenClaims<MoreClaims, CoreGenderClaim>,
    answer: &TokenAnswer,
    now: Millis,
) -> Result<(), OidcError> {
    let Some(expected) = claims.access_token_hash() else { return Ok(()) };
    let verifier = verifier_of(client, now);
    let found = id_token.signing_alg().ok().zip(id_token.signing_key(&verifier).ok());
    let found = found.and_then(|(algorithm, key)| {
        AccessTokenHash::from_token(answer.access_token(), algorithm, key).ok()
    });
    if found.as_ref() == Some(expected) {
        return Ok(());
    }
    Err(OidcError::BadToken("its access token is another one".to_owned()))
}

fn lacks_key(error: &openidconnect::ClaimsVerificationError) -> bool {
    use openidconnect::ClaimsVerificationError::SignatureVerification;
    matches!(error, SignatureVerification(SignatureVerificationError::NoMatchingKey))
}

/// Says what is wrong with an ID token, without its contents.
fn describe_fault(error: &openidconnect::ClaimsVerificationError) -> String {
    use openidconnect::ClaimsVerificationError as Fault;
    match error {
        Fault::Expired(_) => "the ID token has expired",
        Fault::InvalidAudience(_) => "the ID token is for another program",
        Fault::InvalidIssuer(_) => "the ID token is from another issuer",
        Fault::InvalidNonce(_) => "the ID token belongs to another sign-in",
        Fault::SignatureVerification(_) => "the signature of the ID token is not valid",
        _ => "the ID token is not valid",
    }
    .to_owned()
}

/// Returns a provider's own words as one short plain text.
pub fn clean_reason(code: &str, description: Option<&str>) -> String {
    let words = [Some(code), description];
    let text = words.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.take(LONGEST_REASON).collect::<String>().trim().trim_end_matches('.').to_owned()
}

fn token_error(
    error: RequestTokenError<RequestError, StandardErrorResponse<CoreErrorResponseType>>,
) -> OidcError {
    match error {
        RequestTokenError::ServerResponse(answer) => {
            let description = answer.error_description().map(String::as_str);
            OidcError::Refused(clean_reason(answer.error().as_ref(), description))
        }
        RequestTokenError::Request(error) => OidcError::Unreachable(error.to_string()),
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            OidcError::unusable("its answer with the ID token could not be read")
        }
    }
}

fn user_info_error(error: &UserInfoError<RequestError>) -> OidcError {
    match error {
        UserInfoError::Request(error) => OidcError::Unreachable(error.to_string()),
        UserInfoError::ClaimsVerification(_) => {
            OidcError::BadToken("it described another person".to_owned())
        }
        UserInfoError::Response(status, ..) => OidcError::Unreachable(format!(
            "it answered with status {} when asked for your groups",
            status.as_u16()
        )),
        _ => OidcError::unusable("its answer about your groups could not be read"),
    }
}
