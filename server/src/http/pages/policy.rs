//! The content security policies of pages.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// The dashboard's policy. A user who is signed in there may change a client, so the page runs only
/// its own files, connects only to this server, and no other page may frame it.
pub const DASHBOARD: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

/// The policy of `/embed`. The page runs the ribbon and connects to this server, and any page may
/// frame it: without a key it does nothing, and the server checks with each request whether the key
/// is valid for the page.
pub const EMBED: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
    connect-src 'self' https://integrationscore.mum1.exotel.com wss://voip.in1.exotel.com; \
    media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *";

/// Returns the policy of an example page: it runs the ribbon, this server's files and the scripts
/// that stand in the page itself, and only pages of this server may frame it. Style sheets in the
/// page are allowed, because examples are read and copied as one file.
pub fn example_policy(html: &str) -> String {
    let scripts = hash_scripts(html);
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{scripts}; \
         style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self' \
         https://integrationscore.mum1.exotel.com wss://voip.in1.exotel.com; media-src 'self'; \
         frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
    )
}

/// Returns the policy of a page of the guides: it runs this server's files and the scripts that mdBook
/// has put into the page, and sends nothing. Its pages set styles on elements.
pub fn guide_policy(html: &str) -> String {
    let scripts = hash_scripts(html);
    format!(
        "default-src 'none'; script-src 'self'{scripts}; style-src 'self' 'unsafe-inline'; \
         img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    )
}

/// Returns the source of each script that stands in a page, by its hash.
fn hash_scripts(html: &str) -> String {
    let mut scripts = String::new();
    for script in inline_scripts(html) {
        scripts.push_str(" 'sha256-");
        scripts.push_str(&STANDARD.encode(Sha256::digest(script)));
        scripts.push('\'');
    }
    scripts
}

/// Returns the text of each script in a page that is not a file. It reads pages of this repository
/// only, which write their tags in lower case and have no `>` in attributes.
fn inline_scripts(html: &str) -> impl Iterator<Item = &str> {
    html.split("<script").skip(1).filter_map(|after| {
        let (tag, rest) = after.split_once('>')?;
        let (script, _) = rest.split_once("</script>")?;
        (!tag.contains(" src=")).then_some(script)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_in_the_page_are_named_by_their_hash() {
        let html = "<script src=\"/a.js\"></script><script>a > b</script>\
            <script type=\"module\">c</script>";
        assert_eq!(inline_scripts(html).collect::<Vec<_>>(), ["a > b", "c"]);
        // printf 'c' | openssl dgst -sha256 -binary | base64
        let hash = "'sha256-Ln0sA6lQeuJl7PW1NWiFpTOTogKdJBOUmXJloaJa78Y='";
        let policy = example_policy("<script>c</script>");
        assert!(policy.contains(hash), "{policy}");
    }
}
