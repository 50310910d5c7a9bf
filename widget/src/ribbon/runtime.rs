//! Runs the effects of the step function and owns everything that must be cleaned up.

mod agent;
mod companion;
mod effects;
mod keys;
mod last_word;
mod outbox;
pub(super) mod permission;
mod promises;
mod reload;
mod replay;
mod ring;
mod server;
mod session;
mod tabs;
mod voice;
pub(super) mod wrap_up;

use super::customer::Customer;
use super::emit::PageListeners;
use super::feed::Feed;
use super::host::Host;
use super::memory::Memory;
use super::model::Model;
use super::options::Options;
use super::platform::{self, Listener, Timer};
use super::step::{Msg, Press, Reply, step};
use super::view;
use super::words;
use call_ribbon_shared::Millis;
use leptos::prelude::*;
use promises::Promises;
use server::SignInAnswer;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortController;

/// The change of the system's clock, in milliseconds, from which it counts as set.
const CLOCK_WAS_SET_MS: Millis = 2_000;

/// How long the main button ignores presses after its action has changed. An agent needs about that
/// long to notice.
const SETTLE_MS: i32 = 700;

/// One ribbon on a page, from `init` to `destroy`.
pub(super) struct Ribbon {
    me: Weak<Ribbon>,
    pub(super) options: RefCell<Options>,
    /// Stored texts that do not depend on the agent.
    memory: Memory,
    /// Stored texts of the agent.
    of_agent: RefCell<Memory>,
    /// Incremented whenever the agent changes, to recognize work that was begun for the last one.
    agents: Cell<u32>,
    /// Whether `onReady` was called.
    told_ready: Cell<bool>,
    /// The latest text stored for the tab.
    shown: RefCell<String>,
    model: RwSignal<Model, LocalStorage>,
    /// The server's time; ticks once a second during a talk.
    now: RwSignal<Millis>,
    owner: Owner,
    queue: RefCell<VecDeque<Msg>>,
    draining: Cell<bool>,
    promises: Promises,
    outbox: outbox::Outbox,
    tabs: tabs::Tabs,
    voice: voice::Voice,
    token: RefCell<SignInAnswer>,
    /// The token of the agent's session.
    session: RefCell<String>,
    /// Renews the session.
    renewal: RefCell<Option<Timer>>,
    attempts: Cell<usize>,
    feed: RefCell<Option<Feed>>,
    retry: RefCell<Option<Timer>>,
    ticker: RefCell<Option<Timer>>,
    /// Saves the notes after a pause.
    saver: RefCell<Option<Timer>>,
    /// The latest notes stored for the tab.
    paper: RefCell<String>,
    focuser: RefCell<Option<Timer>>,
    /// Ends the moment in which the main button ignores presses.
    settler: RefCell<Option<Timer>>,
    /// The number of changes of its action so far.
    changes: Cell<u32>,
    /// Creates the next part of the interface.
    builder: RefCell<Option<Timer>>,
    ringing: RefCell<Option<ring::Ringing>>,
    /// Aborts the request for the last word of the customer.
    last_word: RefCell<Option<AbortController>>,
    host: RefCell<Option<Host>>,
    keys: RefCell<Option<keys::KeyListener>>,
    companion: RefCell<Option<companion::Companion>>,
    listeners: RefCell<Vec<Listener>>,
    /// Asks for confirmation before the page is left.
    guard: RefCell<Option<Listener>>,
}

impl Ribbon {
    /// Creates a ribbon on the page and signs in.
    pub(super) fn start(options: Options, customer: Option<Customer>) -> Option<Rc<Self>> {
        let memory = Memory::new_for_agent(&options.api_url, &options.api_key, None);
        let (agent, shown) = reload::initial_agent(&options, &memory);
        let owner = Owner::new();
        let (model, now) = owner.with(|| {
            let model = Model {
                position: options.position,
                auto_call: options.auto_call,
                agent: agent.clone(),
                ..Model::default()
            };
            (RwSignal::new_local(model), RwSignal::new(platform::now()))
        });
        let of_agent = Memory::new_for_agent(&options.api_url, &options.api_key, Some(&agent.id));
        let (agent_id, agent_name) = (options.agent_id.clone(), options.agent_name.clone());
        let ribbon = Rc::new_cyclic(|me| Self {
            me: me.clone(),
            memory,
            of_agent: RefCell::new(of_agent),
            agents: Cell::new(0),
            told_ready: Cell::new(false),
            shown: RefCell::default(),
            options: RefCell::new(options),
            model,
            now,
            owner,
            queue: RefCell::default(),
            draining: Cell::new(false),
            promises: Promises::default(),
            outbox: outbox::Outbox::default(),
            tabs: tabs::Tabs::default(),
            voice: voice::Voice::default(),
            token: RefCell::default(),
            session: RefCell::default(),
            renewal: RefCell::default(),
            attempts: Cell::new(0),
            feed: RefCell::default(),
            retry: RefCell::default(),
            ticker: RefCell::default(),
            saver: RefCell::default(),
            paper: RefCell::default(),
            focuser: RefCell::default(),
            settler: RefCell::default(),
            changes: Cell::new(0),
            builder: RefCell::default(),
            ringing: RefCell::default(),
            last_word: RefCell::default(),
            host: RefCell::default(),
            keys: RefCell::default(),
            companion: RefCell::default(),
            listeners: RefCell::default(),
            guard: RefCell::default(),
        });
        ribbon.add_host()?;
        ribbon.listen_to_page();
        // The notes identify the call that they belong to.
        ribbon.recall_notes(shown.as_ref().is_some_and(|(shown, _)| !shown.keeps_call()));
        ribbon.recall_shown(shown);
        words::load::load_language(&ribbon);
        ribbon.dispatch(Msg::MayAsk(ring::may_ask()));
        ribbon.dispatch(Msg::SignIn);
        let named = agent_id.is_some();
        ribbon.dispatch(Msg::NameAgent { id: agent_id, name: agent_name });
        if let Some(mut customer) = customer {
            if named {
                // The customer was set before `init`, which named the agent last.
                (customer.agent_id, customer.agent_name) = (None, None);
            }
            // Nobody is signed in yet, so it names no other agent.
            let _ = ribbon.set_customer(customer);
        }
        Some(ribbon)
    }

    /// Adds the element to the page.
    fn add_host(self: &Rc<Self>) -> Option<()> {
        let me = self.me.clone();
        let revive = move || {
            let me = me.clone();
            // In a task of its own, since this removes the element that calls it.
            spawn_local(async move {
                if let Some(ribbon) = me.upgrade() {
                    ribbon.rebuild_host();
                }
            });
        };
        let handle = view::Handle::new(self, self.model, self.now);
        let options = self.options.borrow().clone();
        let host = Host::add_to_page(&self.owner, &options.theme, handle, revive)?;
        host.set_offset(options.offset);
        self.host.replace(Some(host));
        Some(())
    }

    /// Creates the interface and all listeners again after the page removed them. The model and the
    /// call are unchanged.
    #[inline(never)]
    fn rebuild_host(self: &Rc<Self>) {
        self.builder.replace(None);
        self.ringing.replace(None);
        self.guard.replace(None);
        self.host.replace(None);
        self.listeners.borrow_mut().clear();
        // A page without a root element cannot show it.
        let _ = self.add_host();
        self.listen_to_page();
        self.guard_leaving();
        self.update_ringing();
    }

    /// Runs `make`, which creates a part of the interface; effects created in it end with the
    /// element.
    pub(super) fn within_host(&self, make: impl FnOnce()) {
        if let Some(host) = &*self.host.borrow() {
            host.owner().with(make);
        }
    }

    /// Applies the bar's distance from the edges.
    pub(super) fn apply_offset(&self) {
        if let Some(host) = &*self.host.borrow() {
            host.set_offset(self.options.borrow().offset);
        }
    }

    /// Returns the height that the bar takes along an edge, in pixels.
    pub(super) fn bar_height(&self) -> JsValue {
        self.host.borrow().as_ref().map_or(JsValue::UNDEFINED, Host::bar_height)
    }

    /// Returns the owner of the signals.
    pub(super) fn owner(&self) -> &Owner {
        &self.owner
    }

    /// Keeps the timer that creates the next part of the interface, until the ribbon is removed.
    pub(super) fn keep_builder(&self, timer: Timer) {
        self.builder.replace(Some(timer));
    }

    /// Handles a message. A callback of the page may call the API while a message is being handled;
    /// such messages are queued, so that none sees a half-finished step.
    pub(super) fn dispatch(&self, msg: Msg) {
        self.queue.borrow_mut().push_back(msg);
        if self.draining.replace(true) {
            return;
        }
        loop {
            let next = self.queue.borrow_mut().pop_front();
            let Some(msg) = next else { break };
            let Some(effects) = self.model.try_update(|model| step(model, msg)) else {
                break;
            };
            for effect in effects {
                self.carry_out(effect);
            }
            self.update_clock();
            self.settle_later();
        }
        self.draining.set(false);
        self.guard_leaving();
        self.remember_shown();
        self.remember_notes();
        self.update_ringing();
        self.update_desk();
    }

    /// Reads the model; `None` after `destroy`.
    pub(super) fn read<T>(&self, read: impl FnOnce(&Model) -> T) -> Option<T> {
        self.model.try_with_untracked(read)
    }

    /// Returns an estimate of the server's time.
    pub(super) fn server_now(&self) -> Millis {
        platform::now() + self.token.borrow().clock_offset
    }

    /// Starts a call, for a click or for the page.
    pub(super) fn request_call(&self, to: Option<String>, reply: Option<Reply>) {
        self.dispatch(Msg::Call {
            to,
            key: platform::random_uuid(),
            now: self.server_now(),
            reply,
        });
    }

    /// Handles a press of the main button, or of the redial button.
    pub(super) fn press_main(&self, redial: bool) {
        let (key, now) = (platform::random_uuid(), self.server_now());
        let press = if redial { Press::Redial { key, now } } else { Press::Main { key, now } };
        self.dispatch(Msg::Press(press));
    }

    /// Sends `Settled` once the main button's action has been stable for a moment, after each
    /// change.
    fn settle_later(&self) {
        let changes = self.read(|model| model.changes).unwrap_or_default();
        if self.changes.replace(changes) == changes {
            return;
        }
        let me = self.me.clone();
        let timer = Timer::after(SETTLE_MS, move || {
            if let Some(ribbon) = me.upgrade() {
                ribbon.dispatch(Msg::Settled);
            }
        });
        self.settler.replace(Some(timer));
    }

    /// Returns the callbacks at this moment; a callback may change them while it runs.
    pub(super) fn page_listeners(&self) -> PageListeners {
        self.options.borrow().ears.clone()
    }

    /// Ticks during a talk and the work after it, and only then.
    fn update_clock(&self) {
        let runs = |model: &Model| model.talking_since().is_some() || model.has_open_notes();
        let talking = self.read(runs).unwrap_or(false);
        if talking == self.ticker.borrow().is_some() {
            return;
        }
        self.now.set(self.server_now());
        let me = self.me.clone();
        let mut skew = platform::clock_skew();
        let ticker = talking.then(|| {
            Timer::every(1_000, move || {
                if let Some(ribbon) = me.upgrade() {
                    ribbon.now.set(ribbon.server_now());
                    // After a sleep only the server knows how much time has passed.
                    let now = platform::clock_skew();
                    if (now - skew).abs() > CLOCK_WAS_SET_MS {
                        skew = now;
                        ribbon.sign_in();
                    }
                }
            })
        });
        self.ticker.replace(ticker);
    }

    /// Removes the ribbon and everything it holds from the page; rejects pending promises.
    pub(super) fn remove(&self) {
        self.forget_shown();
        self.send_leaving();
        self.close_desk();
        self.leave_tabs();
        self.forget_notes();
        self.guard.replace(None);
        self.feed.replace(None);
        self.retry.replace(None);
        self.renewal.replace(None);
        self.ticker.replace(None);
        self.saver.replace(None);
        self.focuser.replace(None);
        self.settler.replace(None);
        self.builder.replace(None);
        self.ringing.replace(None);
        self.listeners.borrow_mut().clear();
        self.keys.replace(None);
        self.companion.replace(None);
        self.load_last_word(String::new());
        self.host.replace(None);
        self.refuse_all();
        self.owner.cleanup();
    }
}
