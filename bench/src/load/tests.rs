//! Tests that only stored events count, against a server that refuses some on purpose.

use super::*;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// One request out of this many is refused as a whole.
const REFUSE_REQUEST: u64 = 3;
/// In the others, one event out of this many is refused.
const REFUSE_EVENT: u64 = 4;

/// What a server acknowledges.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Claims {
    /// Exactly what it has stored.
    TheTruth,
    /// More than it has stored.
    TooMuch,
}

/// A server that stores some events and refuses others.
struct Picky {
    pool: AnyPool,
    claims: Claims,
    requests: AtomicU64,
    refused: AtomicU64,
}

impl Picky {
    /// Starts a server on an empty database and returns its address.
    async fn start(database: &str, claims: Claims) -> (Arc<Self>, SocketAddr) {
        install_default_drivers();
        let pool = AnyPool::connect(database).await.unwrap();
        sqlx::query("CREATE TABLE events (request BIGINT)").execute(&pool).await.unwrap();
        let counts = (AtomicU64::new(0), AtomicU64::new(0));
        let picky = Arc::new(Self { pool, claims, requests: counts.0, refused: counts.1 });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = Arc::clone(&picky);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = Arc::clone(&server);
                tokio::spawn(async move { server.serve_connection(stream).await });
            }
        });
        (picky, address)
    }

    /// Answers the requests of one connection.
    async fn serve_connection(&self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        while let Some(body) = read_request(&mut stream).await {
            let (status, answer) = self.answer_request(&body).await;
            let length = answer.len();
            let answer = format!("HTTP/1.1 {status} -\r\ncontent-length: {length}\r\n\r\n{answer}");
            if stream.write_all(answer.as_bytes()).await.is_err() {
                return;
            }
        }
    }

    async fn answer_request(&self, body: &Value) -> (u16, String) {
        let request = self.requests.fetch_add(1, Ordering::SeqCst);
        if request.is_multiple_of(REFUSE_REQUEST) {
            self.refused.fetch_add(1, Ordering::SeqCst);
            return (503, "{}".to_owned());
        }
        let Some(events) = body["events"].as_array() else {
            self.store_event(request).await;
            return (200, json!({"success": true}).to_string());
        };
        let mut results = Vec::new();
        for (at, _) in (0_u64..).zip(events) {
            let stores = !at.is_multiple_of(REFUSE_EVENT);
            if stores {
                self.store_event(request).await;
            }
            results.push(json!({"success": stores || self.claims == Claims::TooMuch}));
        }
        (200, json!({"results": results}).to_string())
    }

    async fn store_event(&self, request: u64) {
        let request = i64::try_from(request).unwrap();
        let insert = sqlx::query("INSERT INTO events (request) VALUES ($1)").bind(request);
        insert.execute(&self.pool).await.unwrap();
    }
}

/// Reads a request's body; `None` if the connection is closed.
async fn read_request(stream: &mut BufReader<TcpStream>) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(bytes) = line.strip_prefix("content-length:") {
            length = bytes.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    serde_json::from_slice(&body).ok()
}

/// How long such a server is loaded: long enough for an answer on a busy machine.
const MEASURED: Duration = Duration::from_secs(2);

/// Loads such a server briefly and returns the number of rows that it stored.
async fn load_picky(batch: u64, claims: Claims) -> (Result<Measured>, u64, u64) {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}?mode=rwc", folder.path().join("load.db").display());
    let (picky, address) = Picky::start(&database, claims).await;
    let measure = MEASURED;
    let events = Events::FourPerCall;
    let load = Load { connections: 3, batch, events, warm_up: Duration::ZERO, measure };
    let measured = load.load_server(address, &database).await;
    let rows = sqlx::query_scalar("SELECT COUNT(*) FROM events").fetch_one(&picky.pool).await;
    let rows: i64 = rows.unwrap();
    (measured, u64::try_from(rows).unwrap(), picky.refused.load(Ordering::SeqCst))
}

#[tokio::test]
async fn what_is_reported_is_what_the_database_holds() {
    for batch in [1, 10] {
        let (measured, rows, refused) = load_picky(batch, Claims::TheTruth).await;
        let measured = measured.unwrap();
        assert!(rows > 0 && refused > 0, "{rows} stored, {refused} refused");
        assert_eq!((measured.stored, measured.refused), (rows, refused), "batch {batch}");
        // The rate cannot exceed what was stored in all; requests that end after the time do not
        // count.
        let most = u32::try_from(rows).map(f64::from).unwrap() / MEASURED.as_secs_f64();
        assert!(measured.rate <= most * 1.001, "{} of {most}", measured.rate);
    }
}

#[tokio::test]
async fn a_server_that_acknowledges_more_than_it_stores_is_found_out() {
    let (measured, rows, _) = load_picky(10, Claims::TooMuch).await;
    let error = measured.unwrap_err().to_string();
    assert!(error.starts_with(&format!("{rows} events are stored")), "{error}");
}
