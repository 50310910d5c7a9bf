//! Writes messages: their subjects, texts and recipients. They contain counts, and no numbers of
//! customers.

use super::settings::AlertSettings;
use crate::ids::Ids;
use crate::storage::{AlertMessage, Client};
use crate::time;
use call_ribbon_shared::Millis;
use serde_json::{Value, json};

/// What a message says.
#[derive(Debug, Clone)]
pub struct MessageContent {
    /// `alert.raised`, `alert.resolved`, `digest` or `test`.
    pub kind: &'static str,
    /// The rule that an alert is about.
    pub rule: Option<&'static str>,
    pub subject: String,
    /// Lines under the subject.
    pub lines: Vec<String>,
    /// The counts, for programs.
    pub data: Value,
}

/// Writes the messages to all recipients of a client.
pub fn write_messages(
    ids: &Ids,
    client: &Client,
    settings: &AlertSettings,
    content: &MessageContent,
    now: Millis,
) -> Vec<AlertMessage> {
    let message = |channel: &str, recipient: &str, body: String| AlertMessage {
        client_id: client.id.clone(),
        message_id: ids.new_id("msg", now),
        channel: channel.to_owned(),
        recipient: recipient.to_owned(),
        subject: one_line(&format!("{}: {}", client.name, content.subject)),
        body,
        created_at: now,
        tries: 0,
    };
    let emails = settings.emails.iter();
    let emails = emails.map(|email| message("email", email, email_text(client, content)));
    let webhook = settings.webhook_url.iter();
    let webhook = webhook.map(|url| message("webhook", url, webhook_json(client, content, now)));
    emails.chain(webhook).collect()
}

/// Returns a text without line breaks, which could begin another header of an e-mail.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn email_text(client: &Client, content: &MessageContent) -> String {
    let mut text = format!("{}\n", content.subject);
    for line in &content.lines {
        text.push_str(line);
        text.push('\n');
    }
    text.push_str("\nCall Ribbon sends this to you for ");
    text.push_str(&one_line(&client.name));
    text.push_str(".\nAn admin changes it in the dashboard, under Settings, Alerts.\n");
    text
}

fn webhook_json(client: &Client, content: &MessageContent, now: Millis) -> String {
    json!({
        "type": content.kind,
        "timestamp": time::format(now),
        "data": {
            "clientId": client.id,
            "clientName": client.name,
            "rule": content.rule,
            "subject": content.subject,
            "lines": content.lines,
            "values": content.data,
        },
    })
    .to_string()
}

/// Returns the content of a test message.
pub fn test_content() -> MessageContent {
    MessageContent {
        kind: "test",
        rule: None,
        subject: "This is a test".to_owned(),
        lines: vec!["Alerts and digests arrive here.".to_owned()],
        data: json!({}),
    }
}
