//! Tests e-mails with alerts, through a small mail server.

use super::{ALERTS, miss, set, show, work};
use crate::support::{ADMIN_TOKEN, Database, SLOW, Server};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use call_ribbon_server::config::{Config, Secret, SmtpSettings, SmtpTls};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

const PASSWORD: &str = "mail-password-7f3a";

/// A mail server (RFC 5321) that takes e-mails of the user `calls`.
#[derive(Clone, Default)]
struct MailServer {
    /// The e-mails: commands and text, as they were sent.
    mails: Arc<Mutex<Vec<String>>>,
    refuses: Arc<AtomicBool>,
}

impl MailServer {
    /// Starts it, and returns its port.
    async fn start(&self) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = self.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let server = server.clone();
                tokio::spawn(async move { server.talk(connection).await });
            }
        });
        port
    }

    async fn talk(&self, connection: TcpStream) -> Option<()> {
        let (read, mut write) = connection.into_split();
        let mut lines = BufReader::new(read).lines();
        let mut mail = String::new();
        write.write_all(b"220 mail.example.com\r\n").await.ok()?;
        while let Some(line) = lines.next_line().await.ok()? {
            let command = line.split(' ').next().unwrap_or_default().to_uppercase();
            let answer = match command.as_str() {
                "EHLO" => "250-mail.example.com\r\n250-8BITMIME\r\n250 AUTH PLAIN",
                "AUTH" => {
                    let known = STANDARD.encode(format!("\0calls\0{PASSWORD}"));
                    let is_known = line.ends_with(&format!(" {known}"));
                    if is_known { "235 welcome" } else { "535 5.7.8 wrong user or password" }
                }
                "MAIL" | "RCPT" => {
                    mail += &line;
                    mail.push('\n');
                    if self.refuses.load(Ordering::SeqCst) {
                        "550 5.1.1 no such user"
                    } else {
                        "250 ok"
                    }
                }
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await.ok()?;
                    while let Some(line) = lines.next_line().await.ok()?.filter(|line| line != ".")
                    {
                        mail += &line;
                        mail.push('\n');
                    }
                    self.mails.lock().unwrap().push(std::mem::take(&mut mail));
                    "250 taken"
                }
                "QUIT" => "221 bye",
                _ => "250 ok",
            };
            write.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
        }
        Some(())
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.mails.lock().unwrap())
    }
}

fn with_mail(port: u16, password: &'static str) -> impl Fn(&mut Config) {
    move |config| {
        config.smtp = SmtpSettings {
            smtp_host: Some("localhost".to_owned()),
            smtp_port: port,
            smtp_tls: SmtpTls::None,
            smtp_user: Some("calls".to_owned()),
            smtp_password: Some(Secret::new(password)),
            smtp_from: Some("Call Ribbon <calls@example.com>".to_owned()),
        };
        config.outgoing.allow_private_addresses.push("::1/128".parse().unwrap());
    }
}

#[tokio::test]
async fn two_servers_send_each_recipient_one_email() {
    let mail = MailServer::default();
    let port = mail.start().await;
    let change = with_mail(port, PASSWORD);
    let (database, clock) = (Arc::new(Database::new().await), Arc::default());
    let server =
        Server::start_with_on(Arc::clone(&database), Arc::clone(&clock), SLOW, &change).await;
    let another = Server::start_with_on(database, clock, SLOW, &change).await;
    server.clock.stop_at("2025-10-12T12:00:00Z");
    // A line break in a name must not become a header of the e-mail.
    server.run_sql("UPDATE clients SET name = 'Zoë\r\nBcc: x@example.com'").await;
    let emails = ["asha@example.com", "imran@example.com"];
    let rule = json!({"above": 0, "minutes": 15});
    let saved = set(&server, json!({"missed": rule, "plan": false, "emails": emails})).await;
    assert_eq!(saved["sendsEmail"], true);
    miss(&server, 1).await;
    for _ in 0..2 {
        work(&[&server, &another]).await;
    }
    // The servers' own tasks may have taken a message and be sending it.
    for _ in 0..1_500 {
        let messages = show(&server).await["messages"].clone();
        if messages.as_array().unwrap().iter().all(|message| message["sentAt"].is_string()) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let mut mails = mail.take();
    mails.sort();
    assert_eq!(mails.len(), 2, "{mails:?}");
    for (mail, to) in mails.iter().zip(emails) {
        assert!(mail.contains("MAIL FROM:<calls@example.com>"), "{mail}");
        assert!(mail.contains(&format!("RCPT TO:<{to}>")), "{mail}");
        assert!(mail.contains("Missed calls in the last 15 minutes: 1"), "{mail}");
        assert!(!mail.lines().any(|line| line.starts_with("Bcc:")), "{mail}");
        assert!(mail.lines().any(|line| line.starts_with("Message-ID: <msg_")), "{mail}");
        assert!(mail.lines().any(|line| line.starts_with("Date: ")), "{mail}");
    }
}

#[tokio::test]
async fn a_test_says_why_an_email_was_not_sent_and_shows_no_password() {
    let mail = MailServer::default();
    let port = mail.start().await;
    let test = format!("{ALERTS}/test");
    let body = json!({"plan": false, "emails": ["asha@example.com"]});
    let refused: fn(&mut Config) = |config| {
        config.outgoing.allow_private_addresses.clear();
    };
    let with_tls: fn(&mut Config) = |config| {
        config.outgoing.allow_private_addresses.clear();
        config.smtp.smtp_tls = SmtpTls::Starttls;
    };
    let keep: fn(&mut Config) = |_| ();
    for (password, change, said) in [
        ("wrong-7f3b", keep, "wrong user or password"),
        (PASSWORD, refused, "--allow-private-addresses"),
        (PASSWORD, with_tls, "private or reserved network"),
        (PASSWORD, keep, "no such user"),
    ] {
        mail.refuses.store(said == "no such user", Ordering::SeqCst);
        let server = Server::start_with_settings(|config| {
            with_mail(port, password)(config);
            change(config);
        })
        .await;
        set(&server, body.clone()).await;
        let answer = server.request_as_staff(Method::POST, &test, ADMIN_TOKEN, Value::Null).await;
        assert!(!answer.text.contains(password), "{}", answer.text);
        let results: Value = answer.ok();
        let trouble = results["results"][0]["trouble"].as_str().unwrap();
        assert!(trouble.contains(said), "{said}: {trouble}");
        assert_eq!(mail.take().len(), 0);
    }
}
