//! The one element that the ribbon adds to a page, and the shadow root inside it.

use super::platform::Listener;
use super::view::{self, Handle};
use js_sys::{Array, Reflect};
use leptos::mount::mount_to;
use leptos::prelude::Owner;
use std::any::Any;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    CssStyleSheet, Document, HtmlElement, MutationObserver, MutationObserverInit, ShadowRootInit,
    ShadowRootMode,
};

/// Made small by the build.
const STYLES: &str = include_str!("ribbon.css");

/// The element's own style. It stands in the element's `style` with `!important`, which is
/// stronger than any rule of the page, so that not even `* { display: none !important }`
/// reaches it.
const OWN_STYLE: [(&str, &str); 9] = [
    ("all", "initial"),
    ("display", "block"),
    ("position", "fixed"),
    ("inset", "0"),
    ("width", "auto"),
    ("height", "auto"),
    // The element spans the window so that the bar can stand anywhere in it; only the bar
    // itself takes clicks.
    ("pointer-events", "none"),
    ("contain", "layout style size"),
    ("direction", "ltr"),
];

/// Keys that are pressed in the ribbon are the ribbon's: a CRM's shortcuts must not act on
/// the digits of a keypad.
const KEYS: [&str; 3] = ["keydown", "keypress", "keyup"];

/// The ribbon's element on the page; gone with all it holds when dropped.
pub(super) struct Host {
    element: HtmlElement,
    /// Unmounts when dropped.
    _view: Box<dyn Any>,
    _keys: Vec<Listener>,
    _kept: Kept,
}

impl Host {
    /// Puts the element on the page and draws the ribbon in it. `None` where there is no
    /// document.
    pub(super) fn put(owner: &Owner, theme: &str, handle: Handle) -> Option<Self> {
        let document = web_sys::window()?.document()?;
        let element: HtmlElement = document.create_element("call-ribbon").ok()?.unchecked_into();
        let style = element.style();
        for (property, value) in OWN_STYLE {
            let _ = style.set_property_with_priority(property, value, "important");
        }
        let _ = style.set_property_with_priority("z-index", "var(--cr-z, 2147483000)", "important");
        let shadow = element.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open)).ok()?;
        // A style sheet made by script is allowed under a policy without 'unsafe-inline'.
        let sheet = CssStyleSheet::new().ok()?;
        sheet.replace_sync(STYLES).ok()?;
        let sheets = Array::of1(&sheet);
        Reflect::set(&shadow, &JsValue::from_str("adoptedStyleSheets"), &sheets).ok()?;
        let root: HtmlElement = document.create_element("div").ok()?.unchecked_into();
        root.set_class_name("root");
        let _ = root.set_attribute("data-theme", theme);
        shadow.append_child(&root).ok()?;
        let keys = KEYS.map(|key| {
            Listener::on(&shadow, key, |event| {
                event.stop_propagation();
                view::hold(&event);
            })
        });
        let kept = Kept::keep(document, &element)?;
        let view = owner.with(|| mount_to(root, move || view::ribbon(handle)));
        let view = Box::new(view);
        Some(Self { element, _view: view, _keys: keys.into(), _kept: kept })
    }
}

impl Host {
    /// The element that the bar stands in.
    pub(super) fn place(&self) -> JsValue {
        let root = self.element.shadow_root();
        root.and_then(|root| root.query_selector(".place").ok().flatten()).into()
    }

    /// Gives an element of the ribbon the keyboard's focus, unless the agent is typing into a
    /// field of the page.
    pub(super) fn focus(&self, selector: &str) {
        let typing = web_sys::window()
            .and_then(|window| window.document()?.active_element())
            .is_some_and(|active| {
                let editable = "input,textarea,select,iframe,[contenteditable]";
                active.matches(editable).unwrap_or(false)
            });
        let found = self
            .element
            .shadow_root()
            .and_then(|root| root.query_selector(selector).ok().flatten());
        if let Some(element) = found.filter(|_| !typing) {
            // Focusing fails only for an element that is gone.
            let _ = element.unchecked_into::<HtmlElement>().focus();
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.element.remove();
    }
}

/// Keeps the element on the page until it is dropped. The element stands beside `<body>`, so that
/// a page that swaps its body has it still; where a page swaps more, it is put back.
struct Kept {
    observer: MutationObserver,
    _callback: Callback,
}

/// Gets what changed, and the observer.
type Callback = Closure<dyn FnMut(JsValue, MutationObserver)>;

impl Kept {
    fn keep(document: Document, element: &HtmlElement) -> Option<Self> {
        let look = {
            let element = element.clone();
            move |observer: &MutationObserver| {
                let root = document.document_element()?;
                if !element.is_connected() {
                    root.append_child(&element).ok()?;
                }
                // Also the root itself may be another by now.
                let children = MutationObserverInit::new();
                children.set_child_list(true);
                observer.observe_with_options(&document, &children).ok()?;
                observer.observe_with_options(&root, &children).ok()
            }
        };
        let again = look.clone();
        let callback = Callback::new(move |_, observer| {
            again(&observer);
        });
        let observer = MutationObserver::new(callback.as_ref().unchecked_ref()).ok()?;
        look(&observer)?;
        Some(Self { observer, _callback: callback })
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
