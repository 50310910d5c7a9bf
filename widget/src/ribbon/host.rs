//! The single element that the ribbon adds to a page, and its shadow root.

use super::json;
use super::platform::{self, Listener};
use super::view::{self, Handle};
use js_sys::{Array, Reflect};
use leptos::mount::mount_to;
use leptos::prelude::Owner;
use std::any::Any;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::*;
use web_sys::{CssStyleSheet, HtmlElement, ShadowRootInit, ShadowRootMode};

/// The style sheet, minified by the build.
const STYLES: &str = include_str!(concat!(env!("OUT_DIR"), "/ribbon.css"));

#[wasm_bindgen]
extern "C" {
    /// Puts the element on the page and keeps it usable there. Implemented in `loader/around.js`,
    /// which the build adds to the glue.
    #[wasm_bindgen(js_name = callRibbonKeep)]
    fn keep_on_page(element: &HtmlElement, revive: &JsValue) -> JsValue;
    /// Implemented in `loader/keys.js`, which the build adds to the glue.
    #[wasm_bindgen(js_name = callRibbonFocus)]
    fn focus_within(host: &HtmlElement, selector: &str);
}

/// The ribbon's element on the page; dropping it removes the element and everything in it.
pub(super) struct Host {
    element: HtmlElement,
    /// The return value of `callRibbonKeep`.
    around: JsValue,
    /// Unmounts when dropped.
    _view: Box<dyn Any>,
    owner: Owner,
    _keys: Listener,
    _revive: Closure<dyn FnMut()>,
}

impl Host {
    /// Adds the element to the page and draws the ribbon in it. `revive` is called after the page
    /// has removed the listeners of all its elements, as `document.open()` does. Returns `None` if
    /// there is no document.
    pub(super) fn add_to_page(
        owner: &Owner,
        theme: &str,
        handle: Handle,
        revive: impl FnMut() + 'static,
    ) -> Option<Self> {
        let document = web_sys::window()?.document()?;
        document.document_element()?;
        let element: HtmlElement = document.create_element("call-ribbon").ok()?.unchecked_into();
        let shadow = element.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open)).ok()?;
        // A style sheet created by script is allowed under a policy without 'unsafe-inline'.
        let sheet = CssStyleSheet::new().ok()?;
        sheet.replace_sync(STYLES).ok()?;
        let sheets = Array::of1(&sheet);
        Reflect::set(&shadow, &JsValue::from_str("adoptedStyleSheets"), &sheets).ok()?;
        let root: HtmlElement = document.create_element("div").ok()?.unchecked_into();
        root.set_class_name("root");
        let _ = root.set_attribute("data-theme", theme);
        shadow.append_child(&root).ok()?;
        let keys = Listener::on(&shadow, "keydown", |event| view::ignore_repeat(&event));
        let owner = owner.child();
        let view = owner.with(|| mount_to(root, move || view::ribbon_view(handle)));
        let revive = Closure::new(revive);
        let around = keep_on_page(&element, revive.as_ref());
        let view = Box::new(view);
        Some(Self { element, around, _view: view, owner, _keys: keys, _revive: revive })
    }

    /// Returns the owner of the effects that follow the model while this element exists.
    pub(super) fn owner(&self) -> &Owner {
        &self.owner
    }

    /// Returns the height that the bar takes along an edge, in pixels.
    pub(super) fn bar_height(&self) -> JsValue {
        json::field(&self.around, "height")
    }

    /// Sets the bar's distance from the window's upper and lower edge, in pixels.
    pub(super) fn set_offset(&self, offset: [f64; 2]) {
        let _ = platform::call_method(&self.around, "offset", &offset.map(JsValue::from_f64));
    }

    /// Alternates a text with the window's title, until the returned value is dropped.
    pub(super) fn blink_title(&self, text: &str) -> TitleBlink {
        let _ = platform::call_method(&self.around, "blink", &[text.into()]);
        TitleBlink(self.around.clone())
    }

    /// Returns the element that contains the bar.
    pub(super) fn bar_place(&self) -> JsValue {
        let root = self.element.shadow_root();
        root.and_then(|root| root.query_selector(".place").ok().flatten()).into()
    }

    /// Returns the element itself.
    pub(super) fn element(&self) -> &HtmlElement {
        &self.element
    }

    /// Moves the keyboard focus to an element of the ribbon, unless the focus is elsewhere in the
    /// page or the agent types in the ribbon.
    pub(super) fn focus_element(&self, selector: &str) {
        focus_within(&self.element, selector);
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = platform::call_method(&self.around, "stop", &[]);
        self.owner.cleanup();
    }
}

/// A text that alternates with the window's title; dropping it restores the page's own title.
pub(super) struct TitleBlink(JsValue);

impl Drop for TitleBlink {
    fn drop(&mut self) {
        let _ = platform::call_method(&self.0, "blink", &[]);
    }
}
