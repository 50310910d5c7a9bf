//! Sends e-mails through the operator's mail server (SMTP, RFC 5321).
//!
//! The mail server's name is judged at each connection, as the addresses of all outgoing requests
//! are, and the connection goes to an address that was judged.

use crate::config::{SmtpSettings, SmtpTls};
use crate::outgoing::{AddressError, AddressGuard};
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use std::io;
use std::net::IpAddr;
use std::time::Duration;
use tokio::net::TcpStream;

/// How long the mail server may take to answer a command.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(20);
/// How long connecting to one address of the mail server may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long sending one e-mail may take in all.
const TIMEOUT: Duration = Duration::from_mins(1);

/// Why an e-mail could not be sent. No variant shows the password.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// An address cannot be read.
    #[error("the e-mail address is not valid: {0}")]
    Address(#[from] lettre::address::AddressError),
    /// The e-mail cannot be written.
    #[error("the e-mail cannot be written: {0}")]
    Message(#[from] lettre::error::Error),
    /// The settings name a mail server but no sender.
    #[error("the setting smtp_from is missing: the address that e-mails come from")]
    NoSender,
    /// The mail server's name is not known.
    #[error("the mail server's name (smtp_host) cannot be resolved")]
    Name(#[source] io::Error),
    /// The mail server's address is not public.
    #[error(
        "the mail server (smtp_host) is in a private or reserved network; allow it with \
         --allow-private-addresses"
    )]
    NotPublic,
    /// The mail server is used without TLS, and is not in a network that the operator has allowed.
    #[error(
        "without TLS (smtp_tls = none), the mail server must be in a network that \
         --allow-private-addresses names"
    )]
    Unencrypted,
    /// No address of the mail server accepts connections.
    #[error("the mail server cannot be reached: {0}")]
    Unreachable(#[source] io::Error),
    /// The mail server refused, or the connection ended.
    #[error("the mail server: {0}")]
    Smtp(#[from] lettre::transport::smtp::Error),
    /// The mail server took too long.
    #[error("the mail server took too long")]
    TimedOut,
}

/// An e-mail to one recipient.
#[derive(Debug, Clone, Copy)]
pub struct Mail<'a> {
    /// Unique, and the same at each try: a mail server may recognise a repeated e-mail by it.
    pub id: &'a str,
    pub to: &'a str,
    pub subject: &'a str,
    pub text: &'a str,
}

/// Returns whether a mail server can be asked to send to an address.
pub fn is_address(text: &str) -> bool {
    text.parse::<lettre::Address>().is_ok()
}

/// Sends e-mails.
pub struct Mailer {
    settings: SmtpSettings,
    host: String,
    from: Mailbox,
    guard: AddressGuard,
}

impl Mailer {
    /// Creates a mailer; `None` if no mail server is set.
    pub fn from_settings(
        settings: &SmtpSettings,
        guard: AddressGuard,
    ) -> Result<Option<Self>, MailError> {
        let Some(host) = settings.smtp_host.clone().filter(|host| !host.is_empty()) else {
            return Ok(None);
        };
        let from = settings.smtp_from.as_deref().filter(|from| !from.is_empty());
        let from = from.ok_or(MailError::NoSender)?.parse()?;
        Ok(Some(Self { settings: settings.clone(), host, from, guard }))
    }

    /// Sends a plain text.
    pub async fn send(&self, mail: Mail<'_>) -> Result<(), MailError> {
        let message = Message::builder()
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())))
            .from(self.from.clone())
            .to(mail.to.parse()?)
            .subject(mail.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text.to_owned())?;
        let sending = async {
            self.connect().await?.send(message).await?;
            Ok(())
        };
        tokio::time::timeout(TIMEOUT, sending).await.unwrap_or(Err(MailError::TimedOut))
    }

    /// Returns whether the mail server accepts a connection with the settings.
    pub async fn check_connection(&self) -> Result<bool, MailError> {
        let checking = async { Ok(self.connect().await?.test_connection().await?) };
        tokio::time::timeout(TIMEOUT, checking).await.unwrap_or(Err(MailError::TimedOut))
    }

    /// Returns the first address that accepts connections, as one of two kinds often does not.
    async fn find_reachable(&self, addresses: &[IpAddr]) -> Result<IpAddr, MailError> {
        let mut trouble = io::ErrorKind::NotFound.into();
        for address in addresses {
            let connecting = TcpStream::connect((*address, self.settings.smtp_port));
            match tokio::time::timeout(CONNECT_TIMEOUT, connecting).await {
                Ok(Ok(_)) => return Ok(*address),
                Ok(Err(error)) => trouble = error,
                Err(_) => trouble = io::ErrorKind::TimedOut.into(),
            }
        }
        Err(MailError::Unreachable(trouble))
    }

    /// Returns a transport to an address of the mail server that the guard has judged.
    async fn connect(&self) -> Result<AsyncSmtpTransport<Tokio1Executor>, MailError> {
        let is_encrypted = self.settings.smtp_tls != SmtpTls::None;
        let resolved = self.guard.resolve_host(&self.host, is_encrypted).await;
        let addresses = resolved.map_err(MailError::Name)?.map_err(|refused| match refused {
            AddressError::Unencrypted => MailError::Unencrypted,
            _ => MailError::NotPublic,
        })?;
        let address = self.find_reachable(&addresses).await?;
        // The certificate must be that of the name.
        let tls = match self.settings.smtp_tls {
            SmtpTls::None => Tls::None,
            SmtpTls::Starttls => Tls::Required(TlsParameters::new(self.host.clone())?),
            SmtpTls::Tls => Tls::Wrapper(TlsParameters::new(self.host.clone())?),
        };
        let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(address.to_string())
            .port(self.settings.smtp_port)
            .tls(tls)
            .timeout(Some(COMMAND_TIMEOUT));
        let Some(user) = self.settings.smtp_user.clone().filter(|user| !user.is_empty()) else {
            return Ok(builder.build());
        };
        let password = self.settings.smtp_password.as_ref();
        let password = password.map(|secret| secret.expose().to_owned()).unwrap_or_default();
        Ok(builder.credentials(Credentials::new(user, password)).build())
    }
}
