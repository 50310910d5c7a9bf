/* Call ribbon: the only script of the script tag.
 *
 * It creates the global object immediately, queues every call that arrives before the
 * WebAssembly is loaded, and runs them in order, with their promises. It runs in customers'
 * pages: it never throws into them, adds one global and does not rely on their prototypes.
 *
 * The build inserts the names of the files to load and the list of browser functions that are
 * read from the page now, before the page can replace them. */
(() => {
  const NAME = 'ExotelCallRibbon';
  const CAUGHT = 'keydown keypress keyup pointerdown pointerup mousedown mouseup touchstart touchend click focusin focusout focus blur'.split(' ');
  const page = window;
  // The script may be on the page twice, or the page may have queued calls of its own.
  if (page[NAME] && page[NAME].init) return;

  const natives = {};
  const names = __GLOBALS__;
  for (let i = 0; i < names.length; i++) natives[names[i]] = page[names[i]];
  const { Promise, URL, WebAssembly, Uint8Array, fetch, structuredClone, console, Object, setTimeout, clearTimeout, requestAnimationFrame, requestIdleCallback } = page;

  // Receives the ribbon's events before the page's listeners do: this script is the first that
  // runs. `hear` is set while a ribbon exists.
  const catches = (event) => shield.hear && shield.hear(event);
  const shield = {
    hear: null,
    // Adding a listener again has no effect if it still exists.
    listen() {
      for (const type of CAUGHT) page.addEventListener(type, catches, true);
      if (given && given.linkTel) link(true);
    },
  };
  natives.callRibbonShield = shield;

  // The URL of this script, regardless of a <base> tag.
  const script = document.currentScript;
  const home = script && script.src ? new URL('.', script.src).href : '';

  let core = null;
  let loading = false;
  // Stops waiting for the page before loading.
  let hurry = null;
  let queue = [];
  // The last argument of `init`.
  let given = null;

  // Reads each field once: a getter that throws must not throw into the page.
  const read = (method, value) => {
    if (!value || typeof value !== 'object') return value;
    const copy = {};
    let name = '';
    try {
      if (Array.isArray(value)) return value;
      const names = Object.keys(value);
      for (let i = 0; i < names.length; i++) copy[name = names[i]] = value[name];
    } catch {
      throw wrong('invalid_argument', method + ': ' + (name || 'the object') + ' cannot be read, because its getter throws.');
    }
    return copy;
  };

  const copy = (method, value) => {
    try {
      return structuredClone(value);
    } catch {
      // It holds a function, say; then its fields are used as they are.
      return read(method, value);
    }
  };

  // Changes that the page makes after the call must not affect the call.
  const keep = (method, args) => {
    const kept = [];
    for (let i = 0; i < args.length; i++) {
      kept[i] = (method === 'init' ? read : copy)(method, args[i]);
    }
    return kept;
  };

  // If a call was in progress when this tab's page was left, it is shown again before anything
  // else. The name is that of `memory::IN_CALL`.
  const inCall = () => {
    try {
      return page.sessionStorage.getItem('call-ribbon.in-call');
    } catch {
      // A page may be forbidden to store anything.
      return false;
    }
  };

  // The page comes first: the ribbon waits until the page is drawn and idle, unless the page is not
  // visible or a call is waiting.
  const calm = () => new Promise((resolve) => {
    if (document.hidden || inCall()) return resolve();
    // In case the page never becomes idle, or is left before it is painted.
    const late = setTimeout(resolve, 3000);
    hurry = () => {
      clearTimeout(late);
      resolve();
    };
    const shown = () => requestAnimationFrame(() => setTimeout(() => (requestIdleCallback ? requestIdleCallback(hurry, { timeout: 500 }) : hurry())));
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', shown, { once: true });
    else shown();
  });

  // Lets the page run between two pieces of work; in a hidden page timers are slow.
  const pause = () => new Promise((resolve) => {
    if (document.hidden) resolve();
    else setTimeout(resolve);
  });

  const load = async (base) => {
    await calm();
    // If the page's policy forbids WebAssembly: the same ribbon, in a frame of its own origin.
    const framed = async () => (await import(new URL('__FRAME__', base).href)).default(base, shield);
    try {
      // The smallest possible program.
      new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
    } catch {
      return framed();
    }
    // Load both at once: neither waits for the other.
    const wasm = fetch(new URL('__WASM__', base).href, { credentials: 'omit' });
    wasm.catch(() => {});
    const glue = await import(new URL('__GLUE__', base).href);
    const bindgen = glue.default(natives);
    try {
      await bindgen({ module_or_path: wasm });
    } catch (error) {
      // WebKit may accept the smallest program, and refuse here.
      if (error.name === 'CompileError') return framed();
      throw error;
    }
    bindgen.home(base);
    await pause();
    return bindgen;
  };

  // An inlined script has no address of its own: its files are on the server.
  const address = () => home || (given && given.apiUrl ? new URL('.', given.apiUrl + '/').href : '');

  // Reports what is wrong, in plain words; loaded on demand.
  const diagnose = async () => {
    const base = address();
    try {
      return await (await import(new URL('__DIAGNOSE__', base).href)).default({ base, options: given, core });
    } catch (error) {
      const message = 'Nothing can be loaded from ' + (base || 'the server, as no address is known: call init with an apiUrl') +
        '. Check that the server is running and that the page\'s Content-Security-Policy allows it. (' + error + ')';
      return { ok: false, checks: [{ name: 'server', ok: false, message }] };
    }
  };

  // With `linkTel`, a click on a tel: link calls through the ribbon (around.js).
  const dial = (event) => shield.dial && shield.dial(event, invoke);
  const link = (on) => document[on ? 'addEventListener' : 'removeEventListener']('click', dial, true);

  const wrong = (code, message) => Object.assign(new Error(message), { code });

  const tell = (options, error) => {
    try {
      if (options && options.onError) options.onError(error);
    } catch (thrown) {
      console.error('Call ribbon: the page\'s onError threw', thrown);
    }
  };

  const play = (item) => {
    try {
      item.keep(core.call(item.method, item.args));
    } catch (error) {
      // A bug in the ribbon, which must not become the page's.
      item.refuse(wrong('internal_error', 'The call ribbon failed: ' + error));
    }
  };

  const failed = (error) => {
    const waiting = queue;
    queue = [];
    loading = false;
    const code = 'ribbon_unavailable';
    const message = 'The call ribbon could not be loaded, so calls cannot be made from this page. ' +
      'Check that the calling server is running and that the page\'s Content-Security-Policy allows it. (' + error + ')';
    console.error('Call ribbon: ' + message);
    for (let i = 0; i < waiting.length; i++) {
      const { method, args, refuse } = waiting[i];
      refuse(wrong(code, message));
      if (method === 'init') tell(args[0], { code, message });
    }
  };

  const begin = async () => {
    loading = true;
    try {
      core = await load(address());
    } catch (error) {
      return failed(error);
    }
    // A call may queue another one; they run until none is left, and calls that arrive meanwhile
    // wait for their turn.
    while (queue.length) {
      play(queue[0]);
      await pause();
      queue.shift();
    }
  };

  const invoke = (method, args, urgent) => {
    let kept;
    try {
      kept = keep(method, args);
    } catch (error) {
      console.error('Call ribbon: ' + error.message);
      tell(method === 'init' ? args[0] : given, error);
      const refused = Promise.reject(error);
      refused.catch(() => {});
      return refused;
    }
    if (method === 'init') {
      given = kept[0];
      link(given && given.linkTel);
    }
    if (method === 'destroy') link(false);
    const promise = new Promise((resolve, reject) => {
      const item = { method, args: kept, keep: resolve, refuse: reject };
      if (core && !queue.length) play(item);
      else {
        queue.push(item);
        // Listeners and customers can wait for the `init` that names the server.
        if (!loading && (method === 'init' || home)) begin();
        if (hurry && urgent) hurry();
      }
    });
    // Errors were reported to onError and the console; a page that ignores the promise gets no
    // "unhandled rejection".
    promise.catch(() => {});
    return promise;
  };

  shield.listen();
  const api = { version: '__VERSION__' };
  ['init', 'setCustomer', 'setPosition', 'setVisible', 'setMinimized', 'destroy', 'on', 'off', 'makeCall', 'answer', 'hangup',
    'setMuted', 'setHold', 'sendDtmf', 'setNotes', 'setDisposition', 'canCall'].forEach((method, place) => {
    // From `makeCall` on, methods are about a call, which must not wait.
    api[method] = (...args) => invoke(method, args, place > 7);
  });
  api.getState = () => (core ? core.call('getState', []) : { phase: loading ? 'loading' : 'signed-out' });
  api.diagnose = diagnose;
  page[NAME] = api;
})();
