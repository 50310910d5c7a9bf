// What the React hooks and the Vue composables share: one ribbon on the page.
//
// A component that wants the ribbon holds it. The options of the last holder apply, and the ribbon is removed
// when nobody holds it. Changes are applied in a microtask, so a component that is unmounted and
// mounted at once, as React's StrictMode and hot reloading do, leaves the ribbon as it is.

import { loadCallRibbon } from './index.js';

const METHODS = ['setCustomer', 'makeCall', 'canCall', 'setPosition', 'setVisible', 'setMinimized', 'answer', 'hangup', 'setMuted',
  'setHold', 'sendDtmf', 'setNotes', 'setDisposition', 'diagnose'];

/** Functions that return the holders' options, the last holder's at the end. */
const holders = [];
/** What `init` was called with, as a text; null if there is no ribbon. */
let shown = null;
let api = null;
let isOpen = false;
let settling = false;
/** Called whenever a ribbon was opened. */
const openers = new Set();
const watchers = new Set();
let opening = waitForOpening();

/** What a page sees of the ribbon; a new object after each change. */
let status;
/** The status before there is a ribbon, and on a server. */
export const CLOSED = { ready: false, error: null, ribbon: makeMethods() };
status = CLOSED;

export const readStatus = () => status;

/** Calls `watcher` after each change of the status, until the returned function is called. */
export function watchStatus(watcher) {
  watchers.add(watcher);
  return () => { watchers.delete(watcher); };
}

/**
 * Holds the ribbon until `release` is called. `readOptions` returns the latest options; call `settle`
 * when they have changed.
 */
export function holdRibbon(readOptions) {
  holders.push(readOptions);
  settle();
  return () => {
    const place = holders.indexOf(readOptions);
    if (place >= 0) holders.splice(place, 1);
    settle();
  };
}

/** Applies what the last holder wants, soon. */
export function settle() {
  if (settling) return;
  settling = true;
  queueMicrotask(() => { apply().catch((error) => console.error('Call ribbon:', error)); });
}

/** The options as a text, by which a change is seen. Of functions only their presence counts. */
export function describe(value) {
  return value == null ? null : JSON.stringify(value, (_, inner) => (typeof inner === 'function' ? 'function' : inner));
}

/** Calls `opened` now if there is a ribbon, and whenever another one is opened. */
export function whenOpened(opened) {
  openers.add(opened);
  if (isOpen) opened();
  return () => { openers.delete(opened); };
}

/** Listens to an event. `readListener` returns the listener, which is looked up for each event. */
export function listen(event, readListener) {
  let on = true;
  const heard = (data) => { if (on) readListener()?.(data); };
  let stop = () => { if (api) api.off(event, heard); };
  // A listener that is removed at once, as StrictMode does, is never added.
  queueMicrotask(() => {
    if (!on) return;
    const add = () => {
      forget();
      api.on(event, heard);
    };
    // The ribbon keeps a listener when it is removed and opened again.
    const forget = api ? () => {} : whenOpened(add);
    if (api) add();
    else stop = () => { forget(); api?.off(event, heard); };
  });
  return () => {
    on = false;
    stop();
  };
}

/** Shows a customer now and in each ribbon that is opened later, which makes no call again. */
export function showCustomer(customer) {
  let given = false;
  let on = true;
  const show = () => {
    api.setCustomer(given && customer.autoCall ? { ...customer, autoCall: false } : customer);
    given = true;
  };
  let stop = () => {};
  queueMicrotask(() => { if (on) stop = whenOpened(show); });
  return () => {
    on = false;
    stop();
  };
}

const wanted = () => holders.at(-1)?.() ?? null;

async function apply() {
  try {
    for (;;) {
      const options = wanted();
      const text = describe(options);
      if (text === shown) return;
      if (!options) close();
      else if (api || await load(options, text)) open(options, text);
    }
  } finally {
    settling = false;
  }
}

function close() {
  if (api) api.destroy();
  isOpen = false;
  shown = null;
  opening = waitForOpening();
  publish(false, null);
}

/** Loads the script. Returns false if that failed, or if something else is wanted by now. */
async function load({ apiUrl, integrity, nonce }, text) {
  try {
    api = await loadCallRibbon(apiUrl, { integrity, nonce });
    return describe(wanted()) === text;
  } catch (error) {
    shown = text;
    opening.reject(error);
    opening = waitForOpening();
    publish(false, error);
    report(error);
    return false;
  }
}

function open({ integrity, nonce, ...options }, text) {
  const before = isOpen ? JSON.parse(shown) : null;
  const differs = (name) => before?.[name] !== options[name];
  // A second `init` changes everything but the theme.
  if (before && differs('theme')) api.destroy();
  const isNew = !before || ['theme', 'apiKey', 'apiUrl'].some(differs);
  isOpen = true;
  shown = text;
  if (isNew) publish(false, null);
  if (typeof options.agentToken === 'function') options.agentToken = () => wanted().agentToken();
  const opened = api.init({
    ...options,
    onCallEvent: (...event) => wanted()?.onCallEvent?.(...event),
    onReady: () => wanted()?.onReady?.(),
    onError: report,
  });
  const isLatest = () => shown === text;
  opened.then(() => { if (isLatest()) publish(true, null); }, (error) => { if (isLatest()) publish(false, error); });
  opening.resolve(api);
  if (isNew) for (const opener of [...openers]) opener();
}

function report(error) {
  wanted()?.onError?.(error);
}

function publish(ready, error) {
  if (status.ready === ready && status.error === error) return;
  status = { ...CLOSED, ready, error };
  for (const watcher of [...watchers]) watcher();
}

function waitForOpening() {
  const waiting = {};
  waiting.promise = new Promise((resolve, reject) => Object.assign(waiting, { resolve, reject }));
  waiting.promise.catch(() => {});
  return waiting;
}

/** The ribbon's methods, which wait until it was opened. A page may ignore their promises. */
function makeMethods() {
  const methods = { getState: () => api?.getState() ?? { phase: 'signed-out' } };
  for (const method of METHODS) {
    methods[method] = (...args) => {
      const done = opening.promise.then((ribbon) => ribbon[method](...args));
      done.catch(() => {});
      return done;
    };
  }
  return Object.freeze(methods);
}
