//! Tests the documents' snippets that sign agent tokens.

use super::agent_tokens::{KEYS, init_with, make_secret, require_tokens};
use crate::support::Server;
use call_ribbon_shared::wire::InitAnswer;
use std::process::{Command, Stdio};

/// The snippets of the documents are run as they stand, if their interpreter is installed.
#[tokio::test]
async fn the_snippets_of_the_documents_sign_tokens_that_the_server_accepts() {
    let server = Server::start().await;
    let (secret, _) = make_secret(&server, KEYS).await;
    require_tokens(&server).await;
    let document = include_str!("../../../../docs/agent-identity.md");
    let call = |function: &str| {
        format!("{function}('{secret}', 'client-demo', 'agent1', 'Ravi \"R\" Kumar ü')")
    };
    for (language, program, more, last) in [
        ("js", "node", "", format!("console.log({});", call("agentToken"))),
        ("python", "python3", "", format!("print({})", call("agent_token"))),
        ("php", "php", "<?php\n", format!("echo {};", call("agent_token"))),
        ("ruby", "ruby", "", format!("puts {}", call("agent_token"))),
    ] {
        let fence = format!("```{language}\n");
        let snippets: Vec<&str> = document.split(&fence).skip(1).collect();
        let snippet = snippets.iter().find(|text| text.contains("HS256")).expect(language);
        let snippet = snippet.split("```").next().unwrap();
        let started = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let Ok(mut running) = started else {
            eprintln!(
                "NOT TESTED: the snippet for {language}, because {program} is not installed; run \
                 `cargo xtask setup`"
            );
            continue;
        };
        let mut input = running.stdin.take().unwrap();
        std::io::Write::write_all(&mut input, format!("{more}{snippet}\n{last}\n").as_bytes())
            .unwrap();
        drop(input);
        let token = running.wait_with_output().unwrap();
        let token = String::from_utf8(token.stdout).unwrap();
        // The test's server has the machine's time.
        let answer: InitAnswer = init_with(&server, token.trim()).await.ok();
        assert_eq!(answer.agent_name.as_deref(), Some("Ravi \"R\" Kumar ü"), "{language}");
    }
}
