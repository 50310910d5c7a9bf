/* The ribbon in a frame of its own origin: the page's side.
 *
 * If a page's policy forbids WebAssembly, the loader loads this file instead. It accepts the
 * same calls, and passes each on to the frame, where the same ribbon runs. The frame spans the
 * window, as the ribbon's own element does elsewhere, and is clipped to what the ribbon shows:
 * the clipped part receives no clicks, so that the page beneath works as usual. */

/* The time limit for a frame to answer, in milliseconds; a policy that forbids it is reported
 * immediately. */
const PATIENCE = 20000;

/* The host spans the window and ignores clicks; see `around.js`. The frame in it receives those
 * on what it shows. */
const FRAME_STYLE = {
  all: 'initial', display: 'block', position: 'fixed', inset: '0', width: '100%', height: '100%', border: '0',
  'pointer-events': 'auto', 'clip-path': 'inset(50%)',
};

const CALLBACKS = ['onCallEvent', 'onReady', 'onError'];

const wrong = (code, message) => Object.assign(new Error(message), { code });

const forbidden = (origin) => new Error('WebAssembly is not allowed on this page, and neither is a frame of ' + origin +
  ': let its Content-Security-Policy have "script-src \'wasm-unsafe-eval\'" or "frame-src ' + origin + '"');

/** Replaces the WebAssembly: answers `call(method, args)` of the loader. */
export default async (base, shield) => {
  const address = new URL('embed', base);
  let live = null; // { around, frame, port } of the frame
  let state = { phase: 'signed-out' };
  let callbacks = {};
  let customer = null; // set before `init`
  let signedIn = null; // the options of the last `init`, with the agent named since
  let waiting = new Map();
  let asked = 0;
  const listeners = [];

  const report = (error) => {
    console.error('Call ribbon: ' + error.message, error.code);
    try {
      if (callbacks.onError) callbacks.onError({ code: error.code, message: error.message });
    } catch (thrown) {
      console.error('Call ribbon: the page\'s onError threw', thrown);
    }
  };

  const run = (callback, ...args) => {
    try {
      callback(...args);
    } catch (thrown) {
      console.error('Call ribbon: a callback of the page threw', thrown);
      report(wrong('callback_failed', 'A callback of the page threw an exception; the console has it.'));
    }
  };

  const heard = (event, data) => {
    // Each listener gets its own copy, so that none can change what the others receive.
    if (callbacks.onCallEvent) run(callbacks.onCallEvent, event, structuredClone(data));
    for (const [name, listener] of [...listeners]) {
      if (name === event) run(listener, structuredClone(data));
    }
    dispatchEvent(new CustomEvent('callribbon:' + event, { detail: data }));
  };

  const cut = ([top, right, bottom, left]) => {
    live?.frame.style.setProperty('clip-path', `inset(${top}px ${right}px ${bottom}px ${left}px)`, 'important');
  };

  const take = ({ data }) => {
    if (data.state) state = data.state;
    if (data.cut) cut(data.cut);
    if (data.room) live?.around.publish(data.room);
    // The frame's own title is not visible.
    if (data.title && state.phase === 'incoming') live?.around.blink(data.title);
    else if (state.phase !== 'incoming') live?.around.blink('');
    if (data.event) heard(data.event, data.data);
    else if (data.callback === 'onError') callbacks.onError && run(callbacks.onError, data.error);
    else if (data.callback) callbacks[data.callback] && run(callbacks[data.callback]);
    else if (data.answer) {
      const { resolve, reject } = waiting.get(data.answer);
      waiting.delete(data.answer);
      if (data.error) {
        const { message, ...more } = data.error;
        reject(Object.assign(new Error(message), more));
      } else resolve(data.value);
    }
  };

  /* Creates the frame, and waits until the ribbon in it answers. */
  const open = () => new Promise((resolve, reject) => {
    const host = document.createElement('call-ribbon');
    const frame = document.createElement('iframe');
    for (const name in FRAME_STYLE) frame.style.setProperty(name, FRAME_STYLE[name], 'important');
    frame.title = 'Call ribbon';
    frame.allow = 'microphone; autoplay';
    frame.src = address.href;
    // A call that is over is shown again by the page that showed it.
    frame.name = location.href.split('#')[0];
    const { port1, port2 } = new MessageChannel();
    const over = (outcome) => {
      clearTimeout(timer);
      document.removeEventListener('securitypolicyviolation', refused);
      if (outcome instanceof Error) {
        around.stop();
        port1.close();
        reject(outcome);
      } else {
        live = { around, frame, port: port1 };
        port1.onmessage = take;
        resolve();
      }
    };
    const refused = ({ blockedURI, disposition, effectiveDirective }) => {
      // Another frame of the page may be forbidden as well, and a page that only tries out a policy
      // still shows ours.
      const ours = (blockedURI + '/').startsWith(address.origin + '/');
      if (ours && disposition === 'enforce' && /^(frame|child)-src/.test(effectiveDirective)) over(forbidden(address.origin));
    };
    const timer = setTimeout(() => over(new Error(address.origin + ' did not answer in a frame')), PATIENCE);
    document.addEventListener('securitypolicyviolation', refused);
    port1.onmessage = ({ data }) => {
      ({ state } = data);
      over();
    };
    frame.onload = () => frame.contentWindow.postMessage('call-ribbon', address.origin, [port2]);
    host.attachShadow({ mode: 'open' }).append(frame);
    const around = callRibbonAround(host, shield, () => {
      const lost = Boolean(live);
      if (lost) again();
      return lost;
    });
  });

  /* A frame that is moved elsewhere starts again, so a new one is created; the server knows the
   * call, and the frame restores it. */
  const again = async () => {
    const options = signedIn;
    const { call, notes } = state;
    close();
    if (!options) return;
    signedIn = options;
    try {
      await enter();
      await ask('init', [{ ...options, onReady: undefined }]);
      // A browser may forbid a frame to store anything.
      if (notes && !state.notes && state.call?.sessionId === call.sessionId) await ask('setNotes', [notes]);
    } catch (error) {
      report(wrong(error.code ?? 'ribbon_unavailable', error.message));
    }
  };

  const close = () => {
    if (!live) return;
    live.port.close();
    live.around.stop();
    live = null;
    state = { phase: 'signed-out' };
    customer = null;
    signedIn = null;
    for (const { reject } of waiting.values()) reject(wrong('destroyed', 'The ribbon was destroyed.'));
    waiting = new Map();
  };

  const ask = (method, args) => new Promise((resolve, reject) => {
    asked += 1;
    waiting.set(asked, { resolve, reject });
    try {
      live.port.postMessage({ ask: asked, method, args });
    } catch (error) {
      // Values that cannot be sent to a frame hold functions or nodes.
      waiting.delete(asked);
      const trouble = wrong('invalid_argument', `${method}: what was given holds something other than plain data. (${error.message})`);
      report(trouble);
      reject(trouble);
    }
  });

  const refuse = (code, message) => {
    const trouble = wrong(code, message);
    report(trouble);
    return Promise.reject(trouble);
  };

  const listen = (method, event, listener) => {
    if (typeof event !== 'string') return refuse('invalid_argument', method + ': event must be a string.');
    if (typeof listener !== 'function') return refuse('invalid_argument', method + ': listener must be a function.');
    let known = false;
    for (let i = listeners.length - 1; i >= 0; i -= 1) {
      if (listeners[i][0] === event && listeners[i][1] === listener) known = Boolean(listeners.splice(i, 1));
    }
    if (method === 'on') listeners.push([event, listener]);
    return method === 'on' && live && !known ? replay(event, listener) : Promise.resolve();
  };

  /* Sends the state of the current call to a listener that is added late. */
  const replay = async (event, listener) => {
    const data = await ask('replay', [event]);
    if (data) run(listener, data);
  };

  /* Returns the options as they can be sent: for a callback, only that it exists. */
  const init = async (given) => {
    const options = given && typeof given === 'object' ? { ...given } : given;
    for (const name of CALLBACKS) {
      const isOne = options && typeof options[name] === 'function';
      callbacks[name] = isOne ? options[name] : undefined;
      if (isOne) options[name] = { callback: name };
    }
    await enter();
    if (customer) await ask('setCustomer', customer).catch(() => {});
    customer = null;
    const first = !signedIn;
    signedIn = options;
    await ask('init', [options]);
    // A reloaded page restores its call.
    if (first) for (const [event, listener] of listeners) await replay(event, listener);
  };

  const enter = async () => {
    if (live) return;
    opening ??= open().finally(() => { opening = null; });
    await opening;
  };

  // The first frame shows whether frames are allowed at all; if not, the loader notifies the page.
  let opening = open().finally(() => { opening = null; });
  await opening;

  return {
    framed: () => Boolean(live),
    call: (method, args) => {
      if (method === 'getState') return structuredClone(state);
      if (method === 'on' || method === 'off') return listen(method, args[0], args[1]);
      if (method === 'init') return init(args[0]);
      if (method === 'destroy') {
        close();
        return Promise.resolve();
      }
      const { agentId, agentName } = (method === 'setCustomer' && args[0]) || {};
      if (signedIn && agentId) signedIn = { ...signedIn, agentId, agentName };
      if (live) return ask(method, args);
      if (method !== 'setCustomer') return refuse('not_initialised', method + ': call init with an apiKey first.');
      customer = args;
      return Promise.resolve();
    },
  };
};
