/* Call ribbon: the one script of the one script tag.
 *
 * It makes the global object at once, keeps every call that comes before the WebAssembly has
 * arrived, and plays them in order, promises and all. It runs in other people's pages: it
 * never throws into them, adds one global and asks nothing of their prototypes.
 *
 * The build puts in the names of the files it loads and the list of browser functions that
 * are taken from the page now, before the page can replace them. */
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

  // Hears what happens in the ribbon before the page's listeners do: this script is the first that
  // runs. `hear` is there while a ribbon is.
  const catches = (event) => shield.hear && shield.hear(event);
  const shield = {
    hear: null,
    // Adding a listener again changes nothing where it is still there.
    listen() {
      for (const type of CAUGHT) page.addEventListener(type, catches, true);
      if (given && given.linkTel) link(true);
    },
  };
  natives.callRibbonShield = shield;

  // Where this script came from, wherever a <base> tag points.
  const script = document.currentScript;
  const home = script && script.src ? new URL('.', script.src).href : '';

  let core = null;
  let loading = false;
  // Has what is loaded not wait for the page any longer.
  let hurry = null;
  let queue = [];
  // What `init` was given last.
  let given = null;

  const copy = (value) => {
    try {
      return structuredClone(value);
    } catch {
      // It holds a function, say; then it is taken as it is.
      return value;
    }
  };

  // What the page changes after the call must not change the call.
  const keep = (method, args) => {
    const kept = [];
    for (let i = 0; i < args.length; i++) {
      kept[i] = method === 'setCustomer' ? copy(args[i])
        : method === 'init' && typeof args[i] === 'object' ? Object.assign({}, args[i]) : args[i];
    }
    return kept;
  };

  // A call that was going on when this tab's page was left is shown again before anything else.
  // The name is that of `memory::IN_CALL`.
  const inCall = () => {
    try {
      return page.sessionStorage.getItem('call-ribbon.in-call');
    } catch {
      // A page may be forbidden to store anything.
      return false;
    }
  };

  // The page comes first: the ribbon waits until that has shown what it has and has nothing to do,
  // unless nobody looks, or somebody waits for a call.
  const calm = () => new Promise((resolve) => {
    if (document.hidden || inCall()) return resolve();
    // A page that is never done, or that is left before it is painted.
    const late = setTimeout(resolve, 3000);
    hurry = () => {
      clearTimeout(late);
      resolve();
    };
    const shown = () => requestAnimationFrame(() => setTimeout(() => (requestIdleCallback ? requestIdleCallback(hurry, { timeout: 500 }) : hurry())));
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', shown, { once: true });
    else shown();
  });

  // Lets the page get on between two pieces of work; where nobody looks, timers are slow.
  const pause = () => new Promise((resolve) => {
    if (document.hidden) resolve();
    else setTimeout(resolve);
  });

  const load = async (base) => {
    await calm();
    // Where the page's policy lets no program run: the same ribbon, in a frame of its own origin.
    const framed = async () => (await import(new URL('__FRAME__', base).href)).default(base, shield);
    try {
      // The smallest program there is.
      new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
    } catch {
      return framed();
    }
    // Both at once: neither waits for the other.
    const wasm = fetch(new URL('__WASM__', base).href, { credentials: 'omit' });
    wasm.catch(() => {});
    const glue = await import(new URL('__GLUE__', base).href);
    const bindgen = glue.default(natives);
    try {
      await bindgen({ module_or_path: wasm });
    } catch (error) {
      // A WebKit lets the smallest pass, and refuses here.
      if (error.name === 'CompileError') return framed();
      throw error;
    }
    bindgen.home(base);
    await pause();
    return bindgen;
  };

  // Without an address of its own, an inlined script has its files where the server is.
  const address = () => home || (given && given.apiUrl ? new URL('.', given.apiUrl + '/').href : '');

  // What is wrong, in plain words; it comes when it is asked for.
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

  // With `linkTel`, a click on a tel: link calls through the ribbon.
  const dial = (event) => {
    // With a key held, or another button, the browser is meant.
    if (!core || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const path = event.composedPath();
    for (let i = 0; i < path.length; i++) {
      if (path[i].protocol === 'tel:') {
        event.preventDefault();
        // The number's reader decodes it and keeps an extension apart.
        invoke('makeCall', [path[i].href.slice(4)], true);
        return;
      }
    }
  };
  const link = (on) => document[on ? 'addEventListener' : 'removeEventListener']('click', dial, true);

  const play = (item) => {
    try {
      item.keep(core.call(item.method, item.args));
    } catch (error) {
      // A bug of ours, which must not become the page's.
      item.refuse({ code: 'internal_error', message: 'The call ribbon failed: ' + error });
    }
  };

  const failed = (error) => {
    const waiting = queue;
    queue = [];
    loading = false;
    const trouble = {
      code: 'ribbon_unavailable',
      message: 'The call ribbon could not be loaded, so calls cannot be made from this page. ' +
        'Check that the calling server is running and that the page\'s Content-Security-Policy allows it. (' + error + ')',
    };
    console.error('Call ribbon: ' + trouble.message);
    for (let i = 0; i < waiting.length; i++) {
      const { method, args, refuse } = waiting[i];
      refuse(trouble);
      const { onError } = method === 'init' && args[0] || {};
      try {
        if (onError) onError(trouble);
      } catch (thrown) {
        console.error('Call ribbon: the page\'s onError threw', thrown);
      }
    }
  };

  const begin = async () => {
    loading = true;
    try {
      core = await load(address());
    } catch (error) {
      return failed(error);
    }
    // A call may queue another one; they are played until none is left, and what comes meanwhile
    // waits for its turn.
    while (queue.length) {
      play(queue[0]);
      await pause();
      queue.shift();
    }
  };

  const invoke = (method, args, urgent) => {
    const kept = keep(method, args);
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
        // Listeners and customers can wait for the `init` that says where the server is.
        if (!loading && (method === 'init' || home)) begin();
        if (hurry && urgent) hurry();
      }
    });
    // Refusals were told to onError and the console; a page that does not look at the promise
    // is not bothered by an "unhandled rejection".
    promise.catch(() => {});
    return promise;
  };

  shield.listen();
  const api = { version: '__VERSION__' };
  ['init', 'setCustomer', 'setPosition', 'setVisible', 'setMinimized', 'destroy', 'on', 'off', 'makeCall', 'answer', 'hangup',
    'setMuted', 'setHold', 'sendDtmf', 'setNotes', 'setDisposition'].forEach((method, place) => {
    // From `makeCall` on they are about a call, which is not kept waiting.
    api[method] = (...args) => invoke(method, args, place > 7);
  });
  api.getState = () => (core ? core.call('getState', []) : { phase: loading ? 'loading' : 'signed-out' });
  api.diagnose = diagnose;
  page[NAME] = api;
})();
