//! Checks signing in by an OpenID Connect provider.

use super::Finding;
use crate::config::{Config, Secret};
use crate::outgoing::AddressGuard;
use crate::services::access::oidc::Oidc;
use crate::time::Clock;

/// Checks whether the settings are complete and the provider can be read.
pub async fn check_oidc(config: &Config, clock: &dyn Clock) -> Option<Finding> {
    let about = "sign-in provider";
    let guard = AddressGuard::new(&config.outgoing.allow_private_addresses);
    // Nobody signs in here, so any key does.
    let prepared =
        Oidc::prepare(&config.oidc, config.public_url.as_ref(), guard, &Secret::new("-"), &[]);
    let oidc = match prepared {
        Ok(oidc) => oidc?,
        Err(error) => {
            return Some(Finding::problem(about, format!("the server does not start: {error}")));
        }
    };
    if let Err(error) = oidc.check_provider(clock.now()).await {
        let sentence = format!("{} cannot be used: {error}", oidc.name());
        return Some(Finding::problem(about, sentence));
    }
    let is_https = config.public_url.as_ref().is_some_and(crate::config::PublicUrl::is_https);
    Some(if is_https {
        Finding::ok(about, format!("{} can be read", oidc.name()))
    } else {
        Finding::warning(
            about,
            "public_url is not https, so the provider's answers, which sign people in, can be read \
             on their way",
        )
    })
}
