//! Tests which addresses are refused, when they are saved and when a connection is made.

use super::resolver::{Addresses, Names};
use super::{AddressError, AddressGuard, OutgoingClient, refusal};
use crate::config::Network;
use reqwest::Method;
use std::collections::VecDeque;
use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const PUBLIC: &str = "93.184.215.14";

/// A resolver that gives these answers in turn, and the last one for ever; an empty answer fails.
struct Script {
    answers: Mutex<VecDeque<Vec<IpAddr>>>,
    asked: AtomicUsize,
}

impl Names for Script {
    fn resolve(&self, _: String) -> Addresses {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().unwrap();
        let answer = match answers.len() {
            1 => answers[0].clone(),
            _ => answers.pop_front().unwrap(),
        };
        Box::pin(async move {
            if answer.is_empty() { Err(io::Error::other("no such name")) } else { Ok(answer) }
        })
    }
}

/// Returns a guard that allows these networks, with a resolver that gives these answers.
fn guard_with(allowed: &[&str], answers: &[&[&str]]) -> (AddressGuard, Arc<Script>) {
    let parse = |answer: &&[&str]| answer.iter().map(|text| text.parse().unwrap()).collect();
    let answers = Mutex::new(answers.iter().map(parse).collect());
    let names = Arc::new(Script { answers, asked: AtomicUsize::new(0) });
    let allowed = allowed.iter().map(|text| text.parse::<Network>().unwrap()).collect();
    (AddressGuard { allowed, names: names.clone() }, names)
}

/// A server on loopback that counts its connections and gives each the same answer.
pub(super) async fn count_connections(answer: String) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (port, count)
}

fn client(guard: AddressGuard) -> OutgoingClient {
    OutgoingClient::new(guard, Duration::from_secs(20)).unwrap()
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table")]
async fn every_spelling_of_an_address_is_judged_when_it_is_saved() {
    use AddressError::{Invalid, NotPublic, Unencrypted, UserInfo};
    let good = [
        "https://93.184.215.14",
        "https://93.184.215.14:8443/base",
        "https://9.9.9.9.",
        "https://172.15.255.255",
        "https://172.32.0.1",
        "https://100.63.255.255",
        "https://192.167.1.1",
        "https://198.20.0.1",
        "https://[2606:4700::1111]",
        "https://[2001:4860:4860::8888]",
        // Translated to a public address.
        "https://[64:ff9b::5db8:d70e]",
        "https://[::ffff:93.184.215.14]",
        "HTTPS://API.Example.COM",
    ];
    let refused = [
        // Loopback, in every way of writing it.
        ("https://127.0.0.1", NotPublic),
        ("https://127.0.0.1.", NotPublic),
        ("https://127.9.9.9", NotPublic),
        ("https://127.1", NotPublic),
        ("https://127.0.1", NotPublic),
        ("https://2130706433", NotPublic),
        ("https://017700000001", NotPublic),
        ("https://0x7f000001", NotPublic),
        ("https://0x7F.0x0.0x0.0x1", NotPublic),
        ("https://0177.0.0.01", NotPublic),
        ("https://127.0x0.1", NotPublic),
        ("https://%31%32%37.0.0.1", NotPublic),
        ("https://１２７.０.０.１", NotPublic),
        ("https://①②⑦.⓪.⓪.①", NotPublic),
        ("https://127。0。0。1", NotPublic),
        ("https://[::1]", NotPublic),
        ("https://[0:0:0:0:0:0:0:1]", NotPublic),
        ("https://[::ffff:127.0.0.1]", NotPublic),
        ("https://[::FFFF:7f00:1]", NotPublic),
        ("https://[::127.0.0.1]", NotPublic),
        ("https://[64:ff9b::127.0.0.1]", NotPublic),
        ("https://[64:ff9b::a00:1]", NotPublic),
        ("https://[64:ff9b:1::808:808]", NotPublic),
        ("https://[2002:7f00:1::]", NotPublic),
        ("https://[2002:a00:1::1]", NotPublic),
        ("https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]", NotPublic),
        // Private, shared, link-local, metadata.
        ("https://0.0.0.0", NotPublic),
        ("https://0", NotPublic),
        ("https://0.1.2.3", NotPublic),
        ("https://10.0.0.5", NotPublic),
        ("https://167772165", NotPublic),
        ("https://172.16.0.1", NotPublic),
        ("https://172.31.255.255", NotPublic),
        ("https://192.168.1.1", NotPublic),
        ("https://0xc0a80101", NotPublic),
        ("https://100.64.0.1", NotPublic),
        ("https://100.100.100.200", NotPublic),
        ("https://169.254.169.254/latest/meta-data", NotPublic),
        ("https://0xA9FEA9FE", NotPublic),
        ("https://[::ffff:169.254.169.254]", NotPublic),
        ("https://168.63.129.16", NotPublic),
        ("https://192.0.0.192", NotPublic),
        ("https://[fd00:ec2::254]", NotPublic),
        ("https://[fc00::1]", NotPublic),
        ("https://[fe80::1]", NotPublic),
        ("https://[fec0::1]", NotPublic),
        // Documentation, benchmarks, multicast, reserved, broadcast.
        ("https://192.0.2.1", NotPublic),
        ("https://198.51.100.7", NotPublic),
        ("https://203.0.113.9", NotPublic),
        ("https://198.18.0.1", NotPublic),
        ("https://198.19.255.255", NotPublic),
        ("https://192.88.99.1", NotPublic),
        ("https://224.0.0.1", NotPublic),
        ("https://239.255.255.255", NotPublic),
        ("https://240.0.0.1", NotPublic),
        ("https://255.255.255.255", NotPublic),
        ("https://[2001:db8::1]", NotPublic),
        ("https://[3fff::1]", NotPublic),
        ("https://[ff02::1]", NotPublic),
        ("https://[::]", NotPublic),
        // Other than HTTPS.
        ("http://93.184.215.14", Unencrypted),
        ("http://127.0.0.1", Unencrypted),
        ("http://api.example.com", Unencrypted),
        ("ftp://93.184.215.14", Unencrypted),
        ("file:///etc/passwd", Unencrypted),
        ("gopher://93.184.215.14", Unencrypted),
        // Not only a host.
        ("https://user@93.184.215.14", UserInfo),
        ("https://user:secret@93.184.215.14", UserInfo),
        ("https://:secret@93.184.215.14", UserInfo),
        ("https://93.184.215.14@127.0.0.1", UserInfo),
        ("https://", Invalid),
        ("api.example.com", Invalid),
        ("https://256.1.1.1", Invalid),
        ("https://[::1", Invalid),
        ("", Invalid),
    ];
    let (guard, _) = guard_with(&[], &[&[PUBLIC]]);
    for url in good {
        assert_eq!(guard.check_url(url).await, Ok(()), "{url}");
    }
    for (url, expected) in refused {
        assert_eq!(guard.check_url(url).await, Err(expected), "{url}");
        // At each request too, for addresses that were saved before.
        assert_eq!(
            client(guard.clone()).request(Method::GET, url).err(),
            match url {
                // Judged when the name is resolved.
                "http://api.example.com" => None,
                _ => Some(expected),
            },
            "{url}"
        );
    }
}

#[tokio::test]
async fn all_addresses_of_a_name_are_judged() {
    use AddressError::{NotPublic, Unencrypted};
    let url = "https://api.example.com";
    for (answer, expected) in [
        (&[PUBLIC][..], Ok(())),
        (&[PUBLIC, "2606:4700::1111"], Ok(())),
        // A resolver for networks without IPv4.
        (&["64:ff9b::5db8:d70e"], Ok(())),
        (&["10.0.0.5"], Err(NotPublic)),
        (&[PUBLIC, "10.0.0.5"], Err(NotPublic)),
        (&["::ffff:10.0.0.5"], Err(NotPublic)),
        (&["64:ff9b::a00:5"], Err(NotPublic)),
        (&["fe80::1"], Err(NotPublic)),
        // Unknown for now: judged when a connection is made.
        (&[], Ok(())),
    ] {
        let (guard, _) = guard_with(&[], &[answer]);
        assert_eq!(guard.check_url(url).await, expected, "{answer:?}");
    }
    let plain = "http://api.example.com";
    for (answer, expected) in [
        (&["10.0.0.5"][..], Ok(())),
        (&["10.0.0.5", "10.0.0.6"], Ok(())),
        (&["10.0.0.5", "10.1.0.5"], Err(Unencrypted)),
        (&["10.0.0.5", PUBLIC], Err(Unencrypted)),
        (&[PUBLIC], Err(Unencrypted)),
        (&[], Err(Unencrypted)),
    ] {
        let (guard, _) = guard_with(&["10.0.0.0/24"], &[answer]);
        assert_eq!(guard.check_url(plain).await, expected, "{answer:?}");
    }
    // By the machine's own resolver.
    for name in ["https://localhost", "https://LOCALHOST", "https://LocalHost:9000/x"] {
        assert_eq!(AddressGuard::new(&[]).check_url(name).await, Err(NotPublic), "{name}");
    }
}

/// A name of the local network is refused whatever it resolves to, when it is saved and when a
/// connection is made, unless the operator has allowed all of its addresses.
#[tokio::test]
async fn a_local_name_is_refused_whatever_it_resolves_to() {
    use AddressError::{NotPublic, Unencrypted};
    let (port, count) = count_connections("HTTP/1.1 200 OK\r\n\r\n".to_owned()).await;
    for host in [
        "localhost",
        "localhost.",
        "LOCALHOST.",
        "%6cocalhost.",
        "localhost\u{3002}",
        "\u{24db}ocalhost",
        "foo.localhost",
        "foo.localhost.",
        "a.b.LocalHost",
        "localhost.localdomain",
        "localhost4.localdomain4",
        "localhost6.localdomain6.",
        "localhost4",
        "ip6-localhost",
        "IP6-Loopback",
        "metadata",
        "metadata.google.internal",
        "printer.local",
        "router.home.arpa.",
        "crm.corp",
        "nas.lan",
    ] {
        for answer in [&[][..], &[PUBLIC], &["127.0.0.1"], &["127.0.0.1", PUBLIC]] {
            for (scheme, expected) in [("https", NotPublic), ("http", Unencrypted)] {
                let url = format!("{scheme}://{host}:{port}/v1");
                let (guard, _) = guard_with(&[], &[answer]);
                assert_eq!(guard.check_url(&url).await, Err(expected), "{url} {answer:?}");
                let sent = client(guard).request(Method::GET, &url).unwrap().send().await;
                let refused = refusal(&sent.unwrap_err());
                // Without an address there is nothing to refuse.
                let expected = (!answer.is_empty()).then_some(expected);
                assert_eq!(refused, expected, "{url} {answer:?}");
            }
        }
        let url = format!("https://{host}:{port}/v1");
        let (guard, _) = guard_with(&["127.0.0.0/8"], &[&["127.0.0.1"]]);
        assert_eq!(guard.check_url(&url).await, Ok(()), "{url}");
    }
    assert_eq!(count.load(Ordering::SeqCst), 0);
    let (guard, _) = guard_with(&[], &[&[]]);
    assert_eq!(guard.check_url("https://localhost..").await, Err(NotPublic));
    for host in ["api.example.com.", "localhost.example.com", "notlocalhost.com", "internal.com"] {
        let (guard, _) = guard_with(&[], &[&[PUBLIC]]);
        assert_eq!(guard.check_url(&format!("https://{host}")).await, Ok(()), "{host}");
    }
}

#[tokio::test]
async fn a_name_that_changes_its_address_reaches_nothing() {
    let (port, count) = count_connections("HTTP/1.1 200 OK\r\n\r\n".to_owned()).await;
    for scheme in ["https", "http"] {
        for address in ["127.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"] {
            // Public when it is saved, private when a request is sent.
            let (guard, names) = guard_with(&["198.51.100.0/24"], &[&["198.51.100.7"], &[address]]);
            let url = format!("{scheme}://rebind.example:{port}/v1");
            assert_eq!(guard.check_url(&url).await, Ok(()));
            let sent = client(guard).request(Method::POST, &url).unwrap().send().await;
            let refused = refusal(&sent.unwrap_err());
            assert!(refused.is_some(), "{url} {address}");
            assert_eq!(names.asked.load(Ordering::SeqCst), 2);
        }
    }
    // A literal that was saved when it was allowed.
    let (guard, _) = guard_with(&[], &[&[PUBLIC]]);
    let url = format!("https://127.0.0.1:{port}");
    assert!(client(guard).request(Method::GET, &url).is_err());
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_connection_goes_to_the_address_that_was_judged() {
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok".to_owned();
    let (port, count) = count_connections(answer).await;
    // Asked again, the resolver would name another address.
    let (guard, names) = guard_with(&["127.0.0.0/8"], &[&["127.0.0.1"], &["10.0.0.5"]]);
    let client = client(guard);
    let url = format!("http://inside.example:{port}/");
    let sent = client.request(Method::GET, &url).unwrap().send().await.unwrap();
    assert_eq!(sent.text().await.unwrap(), "ok");
    assert_eq!(names.asked.load(Ordering::SeqCst), 1);
    let sent = client.request(Method::GET, &url).unwrap().send().await;
    assert_eq!(refusal(&sent.unwrap_err()), Some(AddressError::Unencrypted));
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let (target, reached) = count_connections("HTTP/1.1 200 OK\r\n\r\n".to_owned()).await;
    for status in [301, 302, 303, 307, 308] {
        let location = format!("http://127.0.0.1:{target}/secret");
        let answer = format!(
            "HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\
             Connection: close\r\n\r\n"
        );
        let (port, _) = count_connections(answer).await;
        let (guard, _) = guard_with(&["127.0.0.0/8"], &[&[PUBLIC]]);
        let url = format!("http://127.0.0.1:{port}/");
        let sent = client(guard).request(Method::GET, &url).unwrap().send().await.unwrap();
        assert_eq!(sent.status().as_u16(), status);
    }
    assert_eq!(reached.load(Ordering::SeqCst), 0);
}

/// An HTTP client made elsewhere would go anywhere.
#[test]
fn no_other_file_makes_an_http_client() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut waiting, mut found) = (vec![top.clone()], Vec::new());
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.strip_prefix(&top).unwrap().to_str().unwrap().to_owned();
        let makes = ["Client::builder(", "Client::new(", "ClientBuilder", "reqwest::get("];
        let makes_one = makes.iter().any(|call| {
            text.match_indices(call)
                .any(|(at, _)| !text[..at].chars().next_back().is_some_and(char::is_alphanumeric))
        });
        if makes_one && !name.starts_with("outgoing/tests") {
            found.push(name);
        }
    }
    assert_eq!(found, ["outgoing.rs"]);
}
