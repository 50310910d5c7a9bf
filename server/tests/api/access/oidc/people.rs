//! Tests who a person is after signing in by a provider, and with which role.

use super::{ASHA, Site, assert_refused, session_cookie};
use serde_json::{Value, json};

#[tokio::test]
async fn a_person_has_the_role_of_the_groups_at_each_sign_in() {
    let site = Site::start().await;
    let first = site.sign_in(&["staff", "others"]).await;
    let session = site.session(&first).await;
    assert_eq!((&session["role"], &session["name"]), (&json!("masked-viewer"), &json!("Asha Rao")));
    assert_eq!((&session["email"], &session["clientId"]), (&json!(ASHA), &json!("client-demo")));
    let id = site.people().await[0]["personId"].clone();
    // The new role counts in the sessions of before too.
    let second = site.sign_in(&["staff", "leads"]).await;
    for cookie in [&first, &second] {
        assert_eq!(site.session(cookie).await["role"], "admin");
    }
    site.sign_in(&["staff"]).await;
    assert_eq!(site.session(&second).await["role"], "masked-viewer");
    // A person is the one whom `sub` names, under whatever address and name.
    let begun = site.begin().await;
    let mut claims = site.claims(&begun, &["leads"]);
    (claims["email"], claims["name"]) = (json!("rao@example.com"), json!("Asha R. <b>"));
    let renamed = session_cookie(&site.finish_with(&begun, &claims).await);
    assert_eq!(site.session(&renamed).await["name"], "Asha R. <b>");
    let people = site.people().await;
    assert_eq!((people.len(), &people[0]["personId"]), (1, &id));
    assert_eq!(people[0]["email"], "rao@example.com");
    // Without a group nobody gets in, and the sessions of before end.
    let begun = site.begin().await;
    let refused = site.finish_with(&begun, &site.claims(&begun, &["others"])).await;
    assert_refused(&refused, 403, "none of your groups", "no group");
    for cookie in [&first, &second, &renamed] {
        assert_eq!(site.session(cookie).await, Value::Null);
    }
    // Others see that there is a provider, and what an administrator disabled stays out.
    let current: Value = site.get("/api/admin/session", "").await.ok();
    assert_eq!(current, json!({"session": null, "signInWith": "Example"}));
    site.server.run_sql("UPDATE people SET disabled_at = 1").await;
    let begun = site.begin().await;
    let refused = site.finish_with(&begun, &site.claims(&begun, &["leads"])).await;
    assert_refused(&refused, 403, "is disabled", "disabled");
}

#[tokio::test]
async fn claims_are_also_asked_for_at_the_provider() {
    let site = Site::start().await;
    let begun = site.begin().await;
    let mut claims = site.claims(&begun, &[]);
    for field in ["groups", "email", "email_verified", "name"] {
        claims.as_object_mut().unwrap().remove(field);
    }
    let info = json!({"sub": "s-1", "email": ASHA, "groups": ["leads"], "name": "Asha"});
    site.provider.set().user_info = info.clone();
    let cookie = session_cookie(&site.finish_with(&begun, &claims).await);
    assert_eq!(site.session(&cookie).await["role"], "admin");
    for (info, status, sentence) in [
        (json!({"sub": "s-2", "email": ASHA, "groups": ["leads"]}), 502, "another person"),
        (json!({"sub": "s-1", "email": ASHA}), 403, "none of your groups"),
        (json!({"sub": "s-1", "groups": ["leads"]}), 403, "e-mail address"),
        (json!({"sub": "s-1", "email": "no address", "groups": ["leads"]}), 403, "e-mail address"),
        (json!([]), 502, "could not be read"),
    ] {
        let begun = site.begin().await;
        claims["nonce"] = json!(begun.nonce);
        site.provider.set().user_info = info.clone();
        let refused = site.finish_with(&begun, &claims).await;
        assert_refused(&refused, status, sentence, &info.to_string());
    }
}

#[tokio::test]
async fn a_person_of_several_clients_chooses_one() {
    let site = Site::start_with(|oidc| {
        oidc.oidc_roles = ["leads=client-demo/admin", "leads=client-other/viewer"]
            .map(|role| role.parse().unwrap())
            .into();
    })
    .await;
    site.server.add_other_client().await;
    site.server
        .run_sql("UPDATE clients SET name = 'Other <b>' WHERE client_id = 'client-other'")
        .await;
    let begun = site.begin_at("/oidc/sign-in?returnTo=/dashboard/calls").await;
    let offered = site.finish_with(&begun, &site.claims(&begun, &["leads"])).await;
    assert_eq!(offered.status, 200, "{}", offered.text);
    assert!(!offered.header("set-cookie").contains("call-ribbon-session"), "nobody is signed in");
    assert!(offered.text.contains("Other &lt;b&gt;</a>"), "{}", offered.text);
    for (client, role) in [("client-demo", "admin"), ("client-other", "viewer")] {
        let link = format!("/oidc/sign-in?clientId={client}&returnTo=%2Fdashboard%2Fcalls");
        assert!(offered.text.contains(&link.replace('&', "&amp;")), "{}", offered.text);
        let begun = site.begin_at(&link).await;
        let signed_in = site.finish_with(&begun, &site.claims(&begun, &["leads"])).await;
        assert!(signed_in.header("location").ends_with("/dashboard/calls"));
        let session = site.session(&session_cookie(&signed_in)).await;
        assert_eq!((&session["clientId"], &session["role"]), (&json!(client), &json!(role)));
    }
    // A client that is closed is no choice.
    site.server
        .run_sql("UPDATE clients SET suspended_at = 1 WHERE client_id = 'client-demo'")
        .await;
    let only = site.session(&site.sign_in(&["leads"]).await).await;
    assert_eq!(only["clientId"], "client-other");
}
