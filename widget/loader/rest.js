/* Loads the second file of the ribbon's WebAssembly, and starts the ribbon again if it needed that
 * file too early.
 *
 * The first file holds what a page needs to show the ribbon; the second one is loaded as soon as the
 * page is idle. Until then the calls of the API that need it wait here, and so do the agent's
 * presses; no call starts. If the second file cannot be loaded, they are refused, the bar says that
 * it reconnects, and loading is repeated.
 *
 * Code of the second file may be needed earlier nevertheless, for odd data say. Its stand-in in the
 * first file then calls `callRibbonLack`, which ends this instance of the program: no code of it
 * runs any more. When the second file is there, a new instance repeats what the page has called. */

/* All times are in milliseconds. */
const CALL_RIBBON_REST_TIMEOUT = 1000;
const CALL_RIBBON_REST_PATIENCE = 15000;
/* Pauses between two attempts: each is twice as long as the one before. */
const CALL_RIBBON_REST_PAUSE = 500;
const CALL_RIBBON_REST_LONGEST_PAUSE = 15000;
/* The methods that the first file can run. */
const CALL_RIBBON_EARLY = ['init', 'on', 'off', 'setCustomer', 'setPosition', 'setVisible', 'destroy'];

/* Creates an instance of the glue, and the living one. */
let callRibbonMake;
let callRibbonCore;
let callRibbonBase;
/* The first file as a module, and what the second one imports. */
let callRibbonFirst;
let callRibbonImports;
let callRibbonWhole = !callRibbonFiles.rest;
let callRibbonDead = false;
/* The running attempt, the timer of the next one, and the pause before it. */
let callRibbonAttempt = null;
let callRibbonNext = 0;
let callRibbonPause = CALL_RIBBON_REST_PAUSE;
/* Calls and presses that wait for the second file, and the waiters for an attempt's outcome. */
let callRibbonWaiting = [];
let callRibbonNews = [];
/* The calls that a new instance repeats. */
let callRibbonLog = [];
/* The ribbon's element, and what `around.js` returned for it. */
let callRibbonHost;
let callRibbonKept;

const callRibbonKeep = (host, revive) => {
  callRibbonHost = host;
  return callRibbonKept = callRibbonAround(host, callRibbonShield, (alive) => !alive && (revive(), true));
};

/* Runs a call of the API in the first file. */
const callRibbonRun = ({ method, args, resolve, reject }) => {
  try {
    callRibbonCore.call(method, args).then(resolve, reject);
  } catch (error) {
    // A new instance will run it.
    if (!callRibbonDead) reject(error);
  }
};

const callRibbonRefuse = ({ method, reject }) => {
  const code = 'server_unreachable';
  const message = method + ': a part of the call ribbon could not be loaded, so calls cannot be made yet. ' +
    'Check the connection; if the calling server was updated, reload the page.';
  const init = callRibbonLog.findLast?.((one) => one.method === 'init');
  try {
    init?.args[0].onError?.({ code, message });
  } catch {
    // The page's own mistake.
  }
  reject(Object.assign(new Error(message), { code }));
};

/* Links the second file with the first. */
const callRibbonLink = async (module) => {
  if (callRibbonDead) {
    const fresh = callRibbonMake();
    await fresh({ module_or_path: callRibbonFirst });
    callRibbonCore = fresh;
  }
  await WebAssembly.instantiate(module, callRibbonImports);
  // A program of somebody else links as well if it imports nothing.
  if (!callRibbonImports.f.d.get(0)) throw new Error('it is another program');
};

/* Repeats on a new instance what the page has called. */
const callRibbonRevive = () => {
  callRibbonDead = false;
  callRibbonKept?.stop();
  callRibbonCore.home(callRibbonBase);
  for (const item of callRibbonLog) {
    // The page was told before that the ribbon is ready.
    if (item.method === 'init' && item.ready) item.args[0].onReady = undefined;
    callRibbonRun(item);
  }
};

const callRibbonLoad = async () => {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), CALL_RIBBON_REST_PATIENCE);
  try {
    const again = callRibbonPause > CALL_RIBBON_REST_PAUSE;
    const address = new URL('../' + callRibbonFiles.rest, callRibbonHere).href;
    // A wrong answer may be in the browser's cache.
    const response = await fetch(address, { credentials: 'omit', signal: abort.signal, cache: again ? 'reload' : 'default' });
    if (!response.ok) throw new Error('status ' + response.status);
    await callRibbonLink(await WebAssembly.compile(await response.arrayBuffer()));
    callRibbonWhole = true;
  } catch (error) {
    if (callRibbonPause === CALL_RIBBON_REST_PAUSE) console.warn('Call ribbon: a part of it could not be loaded; it is requested again.', error);
  }
  clearTimeout(timer);
};

const callRibbonSettle = () => {
  callRibbonAttempt = null;
  if (callRibbonWhole) {
    window.removeEventListener('online', callRibbonTry);
    if (callRibbonDead) callRibbonRevive();
    callRibbonLog = [];
    while (callRibbonWaiting.length) {
      const item = callRibbonWaiting.shift();
      if (item.press) item.press();
      else callRibbonRun(item);
    }
  } else {
    callRibbonNext = setTimeout(callRibbonTry, callRibbonPause);
    callRibbonPause = Math.min(callRibbonPause * 2, CALL_RIBBON_REST_LONGEST_PAUSE);
    const waiting = callRibbonWaiting;
    callRibbonWaiting = [];
    for (const item of waiting) {
      if (CALL_RIBBON_EARLY.includes(item.method)) callRibbonEarly(item);
      else if (!item.press) callRibbonRefuse(item);
    }
  }
  const news = callRibbonNews;
  callRibbonNews = [];
  for (const tell of news) tell(callRibbonWhole);
};

const callRibbonTry = () => {
  clearTimeout(callRibbonNext);
  if (!callRibbonWhole) callRibbonAttempt ??= callRibbonLoad().then(callRibbonSettle);
};

/* Resolves to whether the ribbon is whole: now, or after the next attempt. With `hurry`, that begins
 * at once. */
const callRibbonArrive = (hurry) => new Promise((resolve) => {
  if (callRibbonWhole) return resolve(true);
  callRibbonNews.push(resolve);
  if (hurry) callRibbonTry();
});

/* Lets something wait for the second file. Of several presses, the last one counts. */
const callRibbonHold = (item) => {
  if (item.press) callRibbonWaiting = callRibbonWaiting.filter((one) => !one.press);
  callRibbonWaiting.push(item);
  callRibbonTry();
};

/* Runs a call that the first file can run, and keeps it for a new instance. */
const callRibbonEarly = (item) => {
  // Of a setter's calls, the last one matters, and those whose promises are open.
  if (item.method[0] === 's') callRibbonLog = callRibbonLog.filter((one) => one.method !== item.method || !one.done);
  callRibbonLog.push(item);
  if (!callRibbonDead) callRibbonRun(item);
};

/* A press on the ribbon waits, and is repeated. */
callRibbonShield.holds = (type, inner) => {
  if (callRibbonWhole || type.startsWith('focus') || type === 'blur') return false;
  const button = type === 'click' && inner.closest('button,[role=button]');
  if (button) callRibbonHold({ press: () => button.click() });
  return true;
};

/* The first file has been instantiated. */
const callRibbonBegin = (first, imports, module) => {
  callRibbonFirst = module;
  callRibbonImports = { ...imports, f: first };
  if (callRibbonDead || callRibbonWhole) return;
  window.addEventListener('online', callRibbonTry);
  if (requestIdleCallback) requestIdleCallback(callRibbonTry, { timeout: CALL_RIBBON_REST_TIMEOUT });
  else callRibbonNext = setTimeout(callRibbonTry, CALL_RIBBON_REST_TIMEOUT);
};

/* The first file needs the second one, which is not there. */
const callRibbonLack = () => {
  callRibbonDead = true;
  const state = callRibbonHost?.shadowRoot.querySelector('.state');
  if (state) {
    state.closest('.bar').dataset.look = 'offline';
    state.textContent = state.dataset.offline;
  }
  callRibbonTry();
  throw new Error('too early');
};

/* What the glue's program is replaced by when it has ended: all its functions do nothing. */
const callRibbonNothing = new Proxy({}, { get: () => () => {} });

/* Runs the ribbon for the loader. `make` creates an instance of the glue. */
const callRibbonSupervise = (make) => {
  callRibbonMake = make;
  callRibbonCore = make();
  const call = (method, args) => {
    if (method === 'getState') return callRibbonDead ? { phase: 'offline' } : callRibbonCore.call(method, args);
    if (callRibbonWhole) return callRibbonCore.call(method, args);
    return new Promise((resolve, reject) => {
      const item = { method, args };
      item.resolve = (value) => {
        item.ready = item.done = true;
        resolve(value);
      };
      item.reject = (error) => {
        item.done = true;
        reject(error);
      };
      if (callRibbonWaiting.length || !CALL_RIBBON_EARLY.includes(method)) callRibbonHold(item);
      else callRibbonEarly(item);
    });
  };
  const home = (base) => callRibbonCore.home(callRibbonBase = base);
  return Object.assign((source) => callRibbonCore(source), { call, home });
};
