//! Fetches a language when it is chosen; it is not downloaded otherwise.

use super::Words;
use crate::ribbon::json;
use crate::ribbon::platform;
use crate::ribbon::runtime::Ribbon;
use crate::ribbon::step::Msg;
use js_sys::Object;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// The files that are loaded on demand, by name; the build adds them to the glue.
    #[wasm_bindgen(thread_local_v2, js_name = callRibbonFiles)]
    static FILES: JsValue;

    /// Sets the locale in which values are formatted. Implemented in `loader/facts.js`.
    #[wasm_bindgen(js_name = callRibbonSpeak)]
    fn set_locale(locale: &str);
}

/// A text of the server that every language translates.
const KNOWN_TEXT: &str = "busy";

thread_local! {
    /// The languages that were fetched; they stay until the page is closed.
    static KNOWN: RefCell<Vec<Words>> = RefCell::default();
}

/// Changes the ribbon to the language that `init` or the page requests: the nearest one that has a
/// file, else English.
pub(in crate::ribbon) fn load_language(ribbon: &Rc<Ribbon>) {
    let (locale, home) = {
        let options = ribbon.options.borrow();
        (options.locale.clone(), options.home.clone())
    };
    set_locale(&locale);
    let locale = if locale.is_empty() { language_of_the_page() } else { locale };
    let Some((tag, file)) = nearest_file(&locale) else {
        ribbon.dispatch(Msg::SetLanguage(Words::default()));
        return;
    };
    let known = KNOWN.with_borrow(|known| known.iter().copied().find(|words| words.tag == tag));
    if let Some(words) = known {
        ribbon.dispatch(Msg::SetLanguage(words));
        return;
    }
    let back = Rc::downgrade(ribbon);
    wasm_bindgen_futures::spawn_local(async move {
        match fetch_text(&[&home, "/", &file].concat()).await {
            Ok(text) => {
                let words = Words::from_table(text.leak(), tag.leak());
                KNOWN.with_borrow_mut(|known| known.push(words));
                if let Some(ribbon) = back.upgrade() {
                    ribbon.dispatch(Msg::SetLanguage(words));
                }
            }
            Err(why) => platform::console_error(
                "Call ribbon: the words of this language could not be loaded, so English stays.",
                &why,
            ),
        }
    });
}

/// Returns the path of a file that is loaded on demand, within the server's root.
pub(in crate::ribbon) fn file_path(name: &str) -> Option<String> {
    FILES.with(|files| json::text(files, name))
}

/// Returns the file of a language, by the whole tag or by its first part (`hi-IN`: `hi`).
fn nearest_file(locale: &str) -> Option<(String, String)> {
    let tag = locale.to_ascii_lowercase();
    let short = tag.split(['-', '_']).next().unwrap_or_default();
    [tag.as_str(), short]
        .into_iter()
        .find_map(|tag| Some((tag.to_owned(), file_path(&["words-", tag].concat())?)))
}

fn language_of_the_page() -> String {
    web_sys::window()
        .and_then(|window| window.document()?.document_element()?.get_attribute("lang"))
        .unwrap_or_default()
}

async fn fetch_text(url: &str) -> Result<String, JsValue> {
    let init = Object::new();
    json::set(&init, "credentials", &"omit".into());
    let response: web_sys::Response = JsFuture::from(platform::fetch(url, &init)?).await?.into();
    let text = JsFuture::from(response.text()?).await?;
    text.as_string().filter(|_| response.ok()).ok_or_else(|| response.status().into())
}

/// Adds what the server says in English, in the ribbon's language, once the ribbon is ready.
#[inline(never)]
pub(in crate::ribbon) fn load_said(ribbon: &Rc<Ribbon>) {
    let words = ribbon.read(|model| model.words).unwrap_or_default();
    let has_all = words.tag == Words::default().tag || words.translate(KNOWN_TEXT) != KNOWN_TEXT;
    let Some(file) = file_path("said").filter(|_| !has_all) else { return };
    let url = [&ribbon.options.borrow().home, "/", &*file].concat();
    let back = Rc::downgrade(ribbon);
    wasm_bindgen_futures::spawn_local(async move {
        // Without it, the server's words stay English.
        let Ok(said) = fetch_text(&url).await else { return };
        let Some(ribbon) = back.upgrade() else { return };
        let words = ribbon.read(|model| model.words).unwrap_or_default().with_more(&said);
        KNOWN.with_borrow_mut(|known| known.insert(0, words));
        ribbon.dispatch(Msg::SetLanguage(words));
    });
}
