//! Checks the mail server that sends alerts and digests.

use super::Finding;
use crate::config::Config;
use crate::mail::Mailer;
use crate::outgoing::AddressGuard;

/// Connects to the mail server, if one is set, and signs in. Sends nothing.
pub async fn check_mail(config: &Config) -> Option<Finding> {
    let about = "mail server";
    let guard = AddressGuard::new(&config.outgoing.allow_private_addresses);
    let mailer = match Mailer::from_settings(&config.smtp, guard) {
        Ok(mailer) => mailer?,
        Err(error) => {
            return Some(Finding::problem(about, format!("the server does not start: {error}")));
        }
    };
    Some(match mailer.check_connection().await {
        Ok(true) => Finding::ok(about, "it accepts the settings"),
        Ok(false) => Finding::problem(about, "it does not answer as a mail server does"),
        Err(error) => Finding::problem(about, error.to_string()),
    })
}
