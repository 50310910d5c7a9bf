//! The supported providers and their account settings. The names are those of the API
//! (`docs/providers.md`).

/// The type of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingKind {
    /// A text that may be shown.
    Text,
    /// A text that is stored encrypted and never shown again.
    Secret,
    /// One of a few values; the first is the default.
    OneOf(&'static [(&'static str, &'static str)]),
    /// Yes, no, or the provider's default.
    Flag(&'static str),
}

/// A setting of an account.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name; a dot separates the group from the setting within it.
    pub name: &'static str,
    /// The field of the server's answer that reports its errors.
    pub field: &'static str,
    /// Its label.
    pub label: &'static str,
    /// Its type.
    pub how: SettingKind,
    /// Where to find it, or what it does.
    pub hint: &'static str,
    /// Whether it may be empty.
    pub optional: bool,
    /// The secrets that must be entered again with a change of it, because it determines where they
    /// are sent or whose they are; empty if none.
    pub guards: &'static str,
}

/// A provider.
#[derive(Debug)]
pub struct ProviderKind {
    /// Its name in the API.
    pub name: &'static str,
    /// Its label.
    pub title: &'static str,
    /// What to know before creating an account.
    pub about: &'static str,
    /// The settings of its accounts.
    pub settings: &'static [Setting],
}

/// Returns the label of an account: its own name, or else its provider's.
pub fn account_title(name: Option<&str>, provider: &str) -> String {
    let title = || find_kind(provider).map_or(provider, |kind| kind.title);
    name.unwrap_or_else(title).to_owned()
}

/// Returns the provider with a name.
pub fn find_kind(name: &str) -> Option<&'static ProviderKind> {
    KINDS.iter().find(|kind| kind.name == name)
}

const TEXT: Setting = Setting {
    name: "",
    field: "",
    label: "",
    how: SettingKind::Text,
    hint: "",
    optional: false,
    guards: "",
};
const IN_EXOTEL: &str = "In Exotel's dashboard under API Settings.";
const ZONE: Setting = Setting {
    name: "timeZone",
    field: "settings.timeZone",
    label: "Time zone of its times",
    hint: "Asia/Kolkata by default. Set it if calls show the wrong time.",
    optional: true,
    ..TEXT
};
const COUNTRY: Setting = Setting {
    name: "defaultCountry",
    field: "settings.defaultCountry",
    label: "Country of its numbers",
    hint: "IN by default. The country of numbers without a country code.",
    optional: true,
    ..TEXT
};
const HEADER: Setting = Setting {
    name: "webhookHeader",
    field: "settings.webhookHeader",
    label: "Header of its webhooks",
    how: SettingKind::Secret,
    hint: "As “Name: value”. Webhooks without it are refused.",
    optional: true,
    ..TEXT
};

/// All providers.
pub const KINDS: [ProviderKind; 4] = [
    ProviderKind {
        name: "simulator",
        title: "Simulator",
        about: "No phone rings: the server simulates both sides. The last four digits of the number \
                decide: 0001 is busy, 0002 is not answered, 0003 fails, 0004 drops.",
        settings: &[],
    },
    ProviderKind {
        name: "exotel",
        title: "Exotel",
        about: "The agent's phone rings, then the customer's.",
        settings: EXOTEL,
    },
    ProviderKind {
        name: "tata",
        title: "Tata Smartflo",
        about: "The agent's phone rings, then the customer's. Sign in with a token, or with e-mail and password.",
        settings: TATA,
    },
    ProviderKind {
        name: "asterisk",
        title: "Asterisk",
        about: "Your own PBX, from release 16 on. The agent's phone rings, then the customer's. The ribbon \
                holds, mutes, sends digits and hangs up.",
        settings: ASTERISK,
    },
];

const EXOTEL: &[Setting] = &[
    Setting {
        name: "accountSid",
        field: "settings.accountSid",
        label: "Account SID",
        hint: IN_EXOTEL,
        guards: "API key and the API token",
        ..TEXT
    },
    Setting {
        name: "apiKey",
        field: "settings.apiKey",
        label: "API key",
        how: SettingKind::Secret,
        hint: IN_EXOTEL,
        ..TEXT
    },
    Setting {
        name: "apiToken",
        field: "settings.apiToken",
        label: "API token",
        how: SettingKind::Secret,
        hint: IN_EXOTEL,
        ..TEXT
    },
    Setting {
        name: "callerId",
        field: "settings.callerId",
        label: "Caller id",
        hint: "The ExoPhone that customers see.",
        ..TEXT
    },
    Setting {
        name: "baseUrl",
        field: "settings.baseUrl",
        label: "API address",
        how: SettingKind::OneOf(&[
            ("", "Singapore (api.exotel.com)"),
            ("https://api.in.exotel.com", "Mumbai (api.in.exotel.com)"),
        ]),
        hint: "The account's region, as its dashboard shows.",
        optional: true,
        guards: "API key and the API token",
    },
    Setting {
        name: "record",
        field: "settings.record",
        label: "Record calls",
        how: SettingKind::Flag("As set in the account"),
        optional: true,
        ..TEXT
    },
    ZONE,
    COUNTRY,
    HEADER,
    Setting {
        name: "browserCalling.appId",
        field: "settings.appId",
        label: "Calls in the browser: app id",
        hint: "Only for agents who talk in the browser. Exotel gives it.",
        optional: true,
        guards: "app secret",
        ..TEXT
    },
    Setting {
        name: "browserCalling.appSecret",
        field: "settings.appSecret",
        label: "Calls in the browser: app secret",
        how: SettingKind::Secret,
        hint: "Exotel gives it together with the app id.",
        optional: true,
        ..TEXT
    },
    Setting {
        name: "browserCalling.customerId",
        field: "settings.customerId",
        label: "Calls in the browser: customer id",
        hint: "The customer id that Exotel gave you.",
        optional: true,
        ..TEXT
    },
    Setting {
        name: "browserCalling.callbacks",
        field: "settings.callbacks",
        label: "Calls in the browser: callbacks",
        how: SettingKind::Flag("No (default)"),
        hint: "Yes, once the app's callback at Exotel is this account's webhook.",
        optional: true,
        ..TEXT
    },
];

const TATA: &[Setting] = &[
    Setting {
        name: "apiToken",
        field: "settings.apiToken",
        label: "API token",
        how: SettingKind::Secret,
        hint: "Made in Smartflo's portal under API Connect.",
        optional: true,
        ..TEXT
    },
    Setting {
        name: "email",
        field: "settings.email",
        label: "E-mail",
        hint: "Instead of a token: the server signs in with it.",
        optional: true,
        guards: "password",
        ..TEXT
    },
    Setting {
        name: "password",
        field: "settings.password",
        label: "Password",
        how: SettingKind::Secret,
        hint: "The password for this e-mail.",
        optional: true,
        ..TEXT
    },
    Setting {
        name: "phoneNumber",
        field: "settings.phoneNumber",
        label: "Phone number",
        hint: "The number that customers see.",
        ..TEXT
    },
    Setting {
        name: "requestShape",
        field: "settings.requestShape",
        label: "Request format",
        how: SettingKind::OneOf(&[("", "click_to_call"), ("from_to", "from_to")]),
        hint: "Choose from_to only if Tata set up the account for it.",
        optional: true,
        ..TEXT
    },
    Setting {
        name: "accountId",
        field: "settings.accountId",
        label: "Account id",
        hint: "Needed with from_to.",
        optional: true,
        guards: "API token or the password",
        ..TEXT
    },
    Setting {
        name: "apiEndpoint",
        field: "settings.apiEndpoint",
        label: "API address",
        hint: "https://api-smartflo.tatateleservices.com by default.",
        optional: true,
        guards: "API token or the password",
        ..TEXT
    },
    ZONE,
    COUNTRY,
    HEADER,
];

const ASTERISK: &[Setting] = &[
    Setting {
        name: "ariUrl",
        field: "settings.ariUrl",
        label: "ARI address",
        hint: "Like https://pbx.example.com:8089/ari (http.conf).",
        guards: "password",
        ..TEXT
    },
    Setting {
        name: "user",
        field: "settings.user",
        label: "ARI user",
        hint: "The name of its section in ari.conf.",
        guards: "password",
        ..TEXT
    },
    Setting {
        name: "password",
        field: "settings.password",
        label: "ARI password",
        how: SettingKind::Secret,
        hint: "As in ari.conf.",
        ..TEXT
    },
    Setting {
        name: "app",
        field: "settings.app",
        label: "App",
        hint: "call-ribbon by default. The name in the dialplan's Stasis(…); each installation needs its own.",
        optional: true,
        ..TEXT
    },
    Setting {
        name: "trunk",
        field: "settings.trunk",
        label: "How numbers are dialed",
        hint: "Like PJSIP/{number}@trunk, with the name of your trunk.",
        ..TEXT
    },
    Setting {
        name: "agentEndpoint",
        field: "settings.agentEndpoint",
        label: "How agents are rung",
        hint: "PJSIP/{agent} by default. {agent} is the agent's id at the provider.",
        optional: true,
        ..TEXT
    },
    Setting {
        name: "callerId",
        field: "settings.callerId",
        label: "Caller id",
        hint: "The number that customers see.",
        ..TEXT
    },
    Setting {
        name: "incomingAgents",
        field: "settings.incomingAgents",
        label: "Agents for incoming calls",
        hint: "Like 1001, 1002. They ring if the dialplan's Stasis(…) names nobody.",
        optional: true,
        ..TEXT
    },
    Setting {
        name: "ringSeconds",
        field: "settings.ringSeconds",
        label: "Seconds a phone rings",
        hint: "30 by default.",
        optional: true,
        ..TEXT
    },
    COUNTRY,
    Setting {
        name: "browserCalling.webSocketUrl",
        field: "settings.webSocketUrl",
        label: "Calls in the browser: WebSocket",
        hint: "Only for agents who talk in the browser. Like wss://pbx.example.com:8089/ws.",
        optional: true,
        ..TEXT
    },
    Setting {
        name: "browserCalling.domain",
        field: "settings.domain",
        label: "Calls in the browser: SIP domain",
        hint: "The host of the WebSocket by default.",
        optional: true,
        ..TEXT
    },
    Setting {
        name: "browserCalling.iceServers",
        field: "settings.iceServers",
        label: "Calls in the browser: STUN and TURN",
        hint: "Like stun:stun.example.com:3478, turn:turn.example.com:3478.",
        optional: true,
        guards: "TURN secret",
        ..TEXT
    },
    Setting {
        name: "browserCalling.turnSecret",
        field: "settings.turnSecret",
        label: "Calls in the browser: TURN secret",
        how: SettingKind::Secret,
        hint: "The TURN server's static-auth-secret.",
        optional: true,
        ..TEXT
    },
];
