//! Tests that WebSockets go where requests may go, and nowhere else.

use super::SocketError;
use crate::config::Network;
use crate::outgoing::tests::count_connections;
use crate::outgoing::{AddressError, AddressGuard, OutgoingClient};
use reqwest::header::HeaderValue;
use std::sync::atomic::Ordering;
use std::time::Duration;

async fn open(allowed: &[&str], url: &str) -> SocketError {
    let allowed: Vec<Network> = allowed.iter().map(|text| text.parse().unwrap()).collect();
    let client = OutgoingClient::new(AddressGuard::new(&allowed), Duration::from_secs(5)).unwrap();
    let opened = client.open_web_socket(url, HeaderValue::from_static("Basic eDp5")).await;
    opened.err().unwrap()
}

#[tokio::test]
async fn web_sockets_are_opened_only_where_the_guard_allows() {
    use AddressError::{NotPublic, Unencrypted};
    let refused = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
    let (port, count) = count_connections(refused.to_owned()).await;
    for (host, scheme, expected) in [
        ("127.0.0.1", "http", Unencrypted),
        ("127.0.0.1", "https", NotPublic),
        ("localhost", "http", Unencrypted),
        ("localhost", "https", NotPublic),
        ("[::ffff:127.0.0.1]", "https", NotPublic),
    ] {
        let url = format!("{scheme}://{host}:{port}/ari/events?app=a");
        for allowed in [&[][..], &["10.0.0.0/8"]] {
            let refused = open(allowed, &url).await;
            assert!(matches!(refused, SocketError::Address(why) if why == expected), "{url}");
        }
    }
    assert_eq!(count.load(Ordering::SeqCst), 0);
    let refused = open(&["127.0.0.0/8"], &format!("http://127.0.0.1:{port}/ari/events")).await;
    assert_eq!(refused.to_string(), "it answered with HTTP status 401 Unauthorized");
    assert_eq!(count.load(Ordering::SeqCst), 1);
}
