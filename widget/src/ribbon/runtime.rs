//! Carries out what the step function asks for, and keeps what must be cleaned up.

mod agent;
mod history;
mod keys;
mod outbox;
mod promises;
mod reload;
mod replay;
mod ring;
mod server;
mod tabs;
mod voice;
pub(super) mod wrap_up;

use super::customer::Customer;
use super::emit::Ears;
use super::feed::Feed;
use super::host::Host;
use super::memory::Memory;
use super::model::Model;
use super::options::Options;
use super::platform::{self, Listener, Timer};
use super::step::{Effect, Msg, Press, Reply, step};
use super::view;
use super::words;
use call_ribbon_shared::Millis;
use leptos::prelude::*;
use promises::Promises;
use server::Token;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

/// By how much the system's clock has to leave ours, in milliseconds, to be taken as set.
const CLOCK_WAS_SET_MS: Millis = 2_000;

/// How long the main button is deaf after it has changed its meaning. An agent needs about as
/// long to see that it has.
const SETTLE_MS: i32 = 700;

/// One ribbon on a page, from `init` to `destroy`.
pub(super) struct Ribbon {
    me: Weak<Ribbon>,
    pub(super) options: RefCell<Options>,
    /// What is remembered whoever the agent is.
    memory: Memory,
    /// What is remembered of the agent.
    of_agent: RefCell<Memory>,
    /// Counts the changes of the agent, so that what was begun for the last one is known by it.
    agents: Cell<u32>,
    /// The page was told that calls can be made.
    told_ready: Cell<bool>,
    /// What the tab remembers by now.
    shown: RefCell<String>,
    model: RwSignal<Model, LocalStorage>,
    /// Ticks once a second while a talk lasts, with the server's time.
    now: RwSignal<Millis>,
    owner: Owner,
    queue: RefCell<VecDeque<Msg>>,
    draining: Cell<bool>,
    promises: Promises,
    outbox: outbox::Outbox,
    tabs: tabs::Tabs,
    voice: voice::Voice,
    token: RefCell<Token>,
    attempts: Cell<usize>,
    feed: RefCell<Option<Feed>>,
    retry: RefCell<Option<Timer>>,
    ticker: RefCell<Option<Timer>>,
    /// Saves the notes after a pause.
    saver: RefCell<Option<Timer>>,
    /// What the tab remembers of the notes by now.
    paper: RefCell<String>,
    focuser: RefCell<Option<Timer>>,
    /// Ends the moment in which the main button is deaf.
    settler: RefCell<Option<Timer>>,
    /// The changes of its meaning so far.
    changes: Cell<u32>,
    /// Makes the next part of the interface.
    builder: RefCell<Option<Timer>>,
    ringing: RefCell<Option<ring::Ringing>>,
    host: RefCell<Option<Host>>,
    keys: RefCell<Option<keys::Keys>>,
    listeners: RefCell<Vec<Listener>>,
    /// Asks before the page is left.
    guard: RefCell<Option<Listener>>,
}

impl Ribbon {
    /// Puts a ribbon on the page and signs in.
    pub(super) fn start(options: Options, customer: Option<Customer>) -> Option<Rc<Self>> {
        let memory = Memory::of(&options.api_url, &options.api_key, None);
        let (agent, shown) = reload::begin(&options, &memory);
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
        let of_agent = Memory::of(&options.api_url, &options.api_key, Some(&agent.id));
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
            host: RefCell::default(),
            keys: RefCell::default(),
            listeners: RefCell::default(),
            guard: RefCell::default(),
        });
        ribbon.show()?;
        ribbon.listen();
        // The call that the notes are on is known by them.
        ribbon.recall_notes();
        ribbon.recall(shown);
        words::load::speak(&ribbon);
        ribbon.tell(Msg::MayAsk(ring::may_ask()));
        ribbon.tell(Msg::SignIn);
        let named = agent_id.is_some();
        ribbon.tell(Msg::Name { id: agent_id, name: agent_name });
        if let Some(mut customer) = customer {
            if named {
                // It was set before `init`, which named the agent last.
                (customer.agent_id, customer.agent_name) = (None, None);
            }
            ribbon.set_customer(customer);
        }
        Some(ribbon)
    }

    /// Puts the element on the page.
    fn show(self: &Rc<Self>) -> Option<()> {
        let me = self.me.clone();
        let revive = move || {
            let me = me.clone();
            // In a task of its own: the element that calls this goes.
            spawn_local(async move {
                if let Some(ribbon) = me.upgrade() {
                    ribbon.revive();
                }
            });
        };
        let handle = view::Handle::new(self, self.model, self.now);
        let options = self.options.borrow().clone();
        let host = Host::put(&self.owner, &options.theme, handle, revive)?;
        host.offset(options.offset);
        self.host.replace(Some(host));
        Some(())
    }

    /// Makes the interface and all listeners again after the page took them away. The model is
    /// what it was, and so is the call.
    fn revive(self: &Rc<Self>) {
        self.builder.replace(None);
        self.ringing.replace(None);
        self.guard.replace(None);
        self.host.replace(None);
        self.listeners.borrow_mut().clear();
        // A page without a root has nothing to show it in.
        let _ = self.show();
        self.listen();
        self.guard();
        self.keep_ringing();
    }

    /// Makes a part of the interface; what follows the model there ends with the element.
    pub(super) fn within_host(&self, make: impl FnOnce()) {
        if let Some(host) = &*self.host.borrow() {
            host.owner().with(make);
        }
    }

    /// Has the bar stand as far from the edges as the options say.
    pub(super) fn offset(&self) {
        if let Some(host) = &*self.host.borrow() {
            host.offset(self.options.borrow().offset);
        }
    }

    /// The room that the bar takes along an edge, in pixels.
    pub(super) fn height(&self) -> JsValue {
        self.host.borrow().as_ref().map_or(JsValue::UNDEFINED, Host::height)
    }

    /// The owner of the signals.
    pub(super) fn owner(&self) -> &Owner {
        &self.owner
    }

    /// Goes on with making the interface when the timer says so, unless the ribbon goes before.
    pub(super) fn build_on(&self, timer: Timer) {
        self.builder.replace(Some(timer));
    }

    /// Takes a message in. A callback of the page may call the API while a message is being
    /// worked on; such messages wait for their turn, so that none sees half a step.
    pub(super) fn tell(&self, msg: Msg) {
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
            self.keep_time();
            self.settle();
        }
        self.draining.set(false);
        self.guard();
        self.remember();
        self.remember_notes();
        self.keep_ringing();
        self.show_desk();
    }

    /// Reads the model; `None` after `destroy`.
    pub(super) fn read<T>(&self, read: impl FnOnce(&Model) -> T) -> Option<T> {
        self.model.try_with_untracked(read)
    }

    /// The server's time, as well as we know it.
    pub(super) fn server_now(&self) -> Millis {
        platform::now() + self.token.borrow().clock_offset
    }

    /// Shows a customer, and calls where that was asked for.
    pub(super) fn set_customer(&self, customer: Customer) {
        self.tell(Msg::SetCustomer { customer, key: platform::uuid(), now: self.server_now() });
    }

    /// Starts a call, for a click or for the page.
    pub(super) fn call(&self, to: Option<String>, reply: Option<Reply>) {
        self.tell(Msg::Call { to, key: platform::uuid(), now: self.server_now(), reply });
    }

    /// Passes on that the main button was pressed, or the one that calls the last number again.
    pub(super) fn press(&self, redial: bool) {
        let (key, now) = (platform::uuid(), self.server_now());
        let press = if redial { Press::Redial { key, now } } else { Press::Main { key, now } };
        self.tell(Msg::Press(press));
    }

    /// Says when the main button has meant the same for a moment, each time that it changes.
    fn settle(&self) {
        let changes = self.read(|model| model.changes).unwrap_or_default();
        if self.changes.replace(changes) == changes {
            return;
        }
        let me = self.me.clone();
        let timer = Timer::after(SETTLE_MS, move || {
            if let Some(ribbon) = me.upgrade() {
                ribbon.tell(Msg::Settled);
            }
        });
        self.settler.replace(Some(timer));
    }

    /// The callbacks, as they are now; a callback may change them while it runs.
    pub(super) fn ears(&self) -> Ears {
        self.options.borrow().ears.clone()
    }

    fn carry_out(&self, effect: Effect) {
        match effect {
            Effect::SignIn { again: false } => self.sign_in_soon(),
            Effect::SignIn { again: true } => self.sign_in_later(),
            Effect::ChangeAgent => self.change_agent(),
            Effect::Ready => self.tell_ready(),
            Effect::Report(trouble) => self.ears().report(&trouble),
            Effect::Start { key, to, customer, reply } => {
                self.start_call(key, &to, customer, reply);
            }
            Effect::Act { session_id, action, reply } => self.act(session_id, action, reply),
            Effect::Keep(entry) => self.keep(entry),
            Effect::Emit(event) => self.ears().emit(&event),
            Effect::Save { session_id, version } => self.save(session_id, version),
            Effect::SaveSoon => self.save_after(true),
            Effect::SaveLater => self.save_after(false),
            Effect::Focus(selector) => self.focus(selector),
            Effect::LoadNotes(session_id) => self.load_notes(session_id),
            Effect::Left(session_id) => self.tell_tabs(&["left ", &session_id].concat()),
            Effect::LoadHistory => self.load_history(),
            Effect::Resolve(reply) => self.resolve(Some(reply), &JsValue::UNDEFINED),
            Effect::Reject(reply, trouble) => self.reject(Some(reply), &trouble),
        }
    }

    /// Ticks while a talk lasts, and only then.
    fn keep_time(&self) {
        let talking = self.read(|model| model.talking_since().is_some()).unwrap_or(false);
        if talking == self.ticker.borrow().is_some() {
            return;
        }
        self.now.set(self.server_now());
        let me = self.me.clone();
        let mut skew = platform::skew();
        let ticker = talking.then(|| {
            Timer::every(1_000, move || {
                if let Some(ribbon) = me.upgrade() {
                    ribbon.now.set(ribbon.server_now());
                    // After a sleep only the server knows how late it is.
                    let now = platform::skew();
                    if (now - skew).abs() > CLOCK_WAS_SET_MS {
                        skew = now;
                        ribbon.sign_in();
                    }
                }
            })
        });
        self.ticker.replace(ticker);
    }

    /// Removes the ribbon from the page with everything it holds; promises that still wait
    /// are refused.
    pub(super) fn remove(&self) {
        self.forget();
        self.send_leaving();
        self.close_desk();
        self.leave_tabs();
        self.forget_notes();
        self.guard.replace(None);
        self.feed.replace(None);
        self.retry.replace(None);
        self.ticker.replace(None);
        self.saver.replace(None);
        self.focuser.replace(None);
        self.settler.replace(None);
        self.builder.replace(None);
        self.ringing.replace(None);
        self.listeners.borrow_mut().clear();
        self.keys.replace(None);
        self.host.replace(None);
        self.refuse_all();
        self.owner.cleanup();
    }
}
