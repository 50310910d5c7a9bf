//! The settings for signing in to the dashboard by a company's own provider (OpenID Connect).

use super::PublicUrl;
use super::secret_files::{self, SecretFileError};
use crate::secret::Secret;
use clap::Args;
use std::path::PathBuf;
use std::str::FromStr;

/// The names of the roles that a group can have.
pub const ROLES: [&str; 4] = ["admin", "viewer", "masked-viewer", "supervisor"];

/// The provider by which staff may sign in, and what its groups may do.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "OIDC")]
pub struct OidcSettings {
    /// The issuer of an OpenID Connect provider, such as `https://login.example.com/realms/staff`.
    /// With it, staff may sign in to the dashboard by that provider.
    #[arg(long, env = "CALL_RIBBON_OIDC_ISSUER", value_name = "URL")]
    pub oidc_issuer: Option<String>,
    /// The id that the provider gave to this server. Register the address /oidc/callback of this
    /// server there for signing in, and /oidc/logout for back-channel logout.
    #[arg(long, env = "CALL_RIBBON_OIDC_CLIENT_ID", value_name = "ID")]
    pub oidc_client_id: Option<String>,
    /// The secret that the provider gave to this server.
    #[arg(long, env = "CALL_RIBBON_OIDC_CLIENT_SECRET", hide_env_values = true)]
    pub oidc_client_secret: Option<Secret>,
    /// A file with the value of --oidc-client-secret.
    #[arg(
        long,
        env = "CALL_RIBBON_OIDC_CLIENT_SECRET_FILE",
        value_name = "FILE",
        help_heading = "Secrets in files"
    )]
    pub oidc_client_secret_file: Option<PathBuf>,
    /// The provider's name on the button of the sign-in page: Sign in with NAME.
    #[arg(
        long,
        env = "CALL_RIBBON_OIDC_NAME",
        default_value = "your company account",
        value_name = "NAME"
    )]
    pub oidc_name: String,
    /// The scopes to ask the provider for, beside openid, with spaces between them.
    #[arg(
        long,
        env = "CALL_RIBBON_OIDC_SCOPES",
        default_value = "email profile",
        value_name = "SCOPES"
    )]
    pub oidc_scopes: String,
    /// The claim with the names of a person's groups. For a claim within another, write the path:
    /// `realm_access.roles`.
    #[arg(
        long,
        env = "CALL_RIBBON_OIDC_GROUPS_CLAIM",
        default_value = "groups",
        value_name = "CLAIM"
    )]
    pub oidc_groups_claim: String,
    /// The role that a group has at a client: `support-leads=client-demo/admin`. The roles are
    /// admin, viewer, masked-viewer and supervisor; a person in several groups has the first of
    /// these. Repeat it, or separate several with semicolons.
    #[arg(
        long,
        env = "CALL_RIBBON_OIDC_ROLES",
        value_delimiter = ';',
        value_name = "GROUP=CLIENT/ROLE"
    )]
    pub oidc_roles: Vec<GroupRole>,
    /// Connect a person who already exists by the e-mail address, if the provider has verified it.
    /// The person's password is removed then. Turn it on only for a provider that gives no address
    /// to two people.
    #[arg(long, env = "CALL_RIBBON_OIDC_MATCH_EMAIL")]
    pub oidc_match_email: bool,
}

/// The role of a group at a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRole {
    /// The group's name, as the provider writes it.
    pub group: String,
    /// The client's id.
    pub client_id: String,
    /// One of [`ROLES`].
    pub role: String,
}

impl FromStr for GroupRole {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // A group's name may contain both signs.
        let read = text.rsplit_once('=').and_then(|(group, rest)| {
            let (client_id, role) = rest.rsplit_once('/')?;
            Some((group.trim(), client_id.trim(), role.trim()))
        });
        match read {
            Some((group, client_id, role))
                if !group.is_empty() && !client_id.is_empty() && ROLES.contains(&role) =>
            {
                let [group, client_id, role] = [group, client_id, role].map(str::to_owned);
                Ok(Self { group, client_id, role })
            }
            _ => Err("write GROUP=CLIENT/ROLE, where ROLE is admin, viewer, masked-viewer or \
                      supervisor, like support-leads=client-demo/admin"
                .to_owned()),
        }
    }
}

/// Why the settings for OpenID Connect are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OidcFault {
    /// A setting is missing.
    #[error("{0} is not set, but sign-in by OpenID Connect needs it; set it, or remove {1}")]
    Missing(&'static str, &'static str),
    /// The issuer is not an address.
    #[error(
        "oidc_issuer must be the address of the provider, like https://login.example.com, without \
         a query"
    )]
    Issuer,
    /// The name or a scope cannot be used.
    #[error("{0} must not be empty")]
    Empty(&'static str),
}

/// Complete settings for OpenID Connect.
#[derive(Debug, Clone)]
pub struct OidcConfig {
    /// The issuer, as the provider writes it.
    pub issuer: String,
    /// The id and the secret of this server at the provider.
    pub client: (String, Secret),
    /// The provider's name for people.
    pub name: String,
    /// The scopes beside `openid`.
    pub scopes: Vec<String>,
    /// The claim with a person's groups.
    pub groups_claim: String,
    /// The roles of groups, in the order of the settings.
    pub roles: Vec<GroupRole>,
    /// Whether a verified e-mail address connects a person who already exists.
    pub match_email: bool,
    /// This server's address for the provider's answers.
    pub callback: String,
}

impl OidcSettings {
    /// Reads the secret from its file.
    pub(super) fn read_file(&mut self) -> Result<(), SecretFileError> {
        let (secret, file) = (&mut self.oidc_client_secret, &self.oidc_client_secret_file);
        secret_files::read_secret("oidc_client_secret", secret, file.as_deref())
    }

    /// Returns the complete settings; `None` if nothing is set.
    ///
    /// # Errors
    ///
    /// Returns the first setting that is missing or wrong.
    pub fn complete(
        &self,
        public_url: Option<&PublicUrl>,
    ) -> Result<Option<OidcConfig>, OidcFault> {
        let first_set = [
            ("oidc_issuer", self.oidc_issuer.is_some()),
            ("oidc_client_id", self.oidc_client_id.is_some()),
            ("oidc_client_secret", self.oidc_client_secret.is_some()),
            ("oidc_roles", !self.oidc_roles.is_empty()),
        ];
        let Some((set, _)) = first_set.into_iter().find(|(_, is_set)| *is_set) else {
            return Ok(None);
        };
        let need = |name, value: &Option<String>| {
            let value = value.as_deref().map(str::trim).filter(|value| !value.is_empty());
            value.map(str::to_owned).ok_or(OidcFault::Missing(name, set))
        };
        let issuer = need("oidc_issuer", &self.oidc_issuer)?;
        let is_address = reqwest::Url::parse(&issuer).is_ok_and(|url| {
            matches!(url.scheme(), "https" | "http") && url.query().is_none() && url.has_host()
        });
        if !is_address || issuer.contains('#') {
            return Err(OidcFault::Issuer);
        }
        let client_id = need("oidc_client_id", &self.oidc_client_id)?;
        let secret = self.oidc_client_secret.clone().filter(|secret| !secret.expose().is_empty());
        let secret = secret.ok_or(OidcFault::Missing("oidc_client_secret", set))?;
        if self.oidc_roles.is_empty() {
            return Err(OidcFault::Missing("oidc_roles", set));
        }
        let public_url = public_url.ok_or(OidcFault::Missing("public_url", set))?;
        for (setting, value) in
            [("oidc_name", &self.oidc_name), ("oidc_groups_claim", &self.oidc_groups_claim)]
        {
            if value.trim().is_empty() {
                return Err(OidcFault::Empty(setting));
            }
        }
        let scopes = self.oidc_scopes.split_whitespace().filter(|scope| *scope != "openid");
        Ok(Some(OidcConfig {
            issuer,
            client: (client_id, secret),
            name: self.oidc_name.trim().to_owned(),
            scopes: scopes.map(str::to_owned).collect(),
            groups_claim: self.oidc_groups_claim.trim().to_owned(),
            roles: self.oidc_roles.clone(),
            match_email: self.oidc_match_email,
            callback: public_url.join_path("/oidc/callback"),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_groups_role_is_read_from_the_right() {
        for (text, expected) in [
            ("leads=client-demo/admin", Some(["leads", "client-demo", "admin"])),
            ("CN=a/b,OU=c=client-demo/viewer", Some(["CN=a/b,OU=c", "client-demo", "viewer"])),
            (" crm users = c / masked-viewer ", Some(["crm users", "c", "masked-viewer"])),
            ("leads=client-demo/operator", None),
            ("leads=client-demo/Admin", None),
            ("leads=client-demo", None),
            ("leads/admin", None),
            ("=client-demo/admin", None),
            ("leads=/admin", None),
            ("", None),
        ] {
            let read = text.parse::<GroupRole>().ok();
            let read = read.as_ref().map(|GroupRole { group, client_id, role }| {
                [group.as_str(), client_id.as_str(), role.as_str()]
            });
            assert_eq!(read, expected, "{text}");
        }
    }

    #[test]
    fn the_settings_are_complete_or_the_missing_one_is_named() {
        let url: PublicUrl = "https://calls.example.com/ribbon".parse().unwrap();
        let whole = OidcSettings {
            oidc_issuer: Some("https://login.example.com".to_owned()),
            oidc_client_id: Some("ribbon".to_owned()),
            oidc_client_secret: Some(Secret::new("a secret")),
            oidc_name: "Example".to_owned(),
            oidc_scopes: " openid  email ".to_owned(),
            oidc_groups_claim: "groups".to_owned(),
            oidc_roles: vec!["leads=client-demo/admin".parse().unwrap()],
            ..OidcSettings::default()
        };
        assert!(OidcSettings::default().complete(Some(&url)).unwrap().is_none());
        let complete = whole.complete(Some(&url)).unwrap().unwrap();
        assert_eq!(complete.callback, "https://calls.example.com/ribbon/oidc/callback");
        assert_eq!(complete.scopes, ["email"]);
        let refused = |change: fn(&mut OidcSettings)| {
            let mut settings = whole.clone();
            change(&mut settings);
            settings.complete(Some(&url)).unwrap_err().to_string()
        };
        for (change, named) in [
            ((|s| s.oidc_issuer = None) as fn(&mut OidcSettings), "oidc_issuer is not set"),
            (|s| s.oidc_issuer = Some("login.example.com".to_owned()), "oidc_issuer must"),
            (|s| s.oidc_issuer = Some("file:///etc".to_owned()), "oidc_issuer must"),
            (|s| s.oidc_issuer = Some("https://a.example?x".to_owned()), "oidc_issuer must"),
            (|s| s.oidc_client_id = Some(" ".to_owned()), "oidc_client_id is not set"),
            (|s| s.oidc_client_secret = None, "oidc_client_secret is not set"),
            (|s| s.oidc_roles.clear(), "oidc_roles is not set"),
            (|s| s.oidc_name = " ".to_owned(), "oidc_name must not be empty"),
            (|s| s.oidc_groups_claim.clear(), "oidc_groups_claim must not be empty"),
        ] {
            let sentence = refused(change);
            assert!(sentence.starts_with(named), "{sentence}");
        }
        let sentence = whole.complete(None).unwrap_err().to_string();
        assert!(sentence.starts_with("public_url is not set"), "{sentence}");
    }
}
