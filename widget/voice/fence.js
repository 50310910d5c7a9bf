/* The objects that Exotel's SDK uses in place of the browser's.
 *
 * The SDK is used as published, but it was written for a page of its own: it prints the clear
 * SIP secret to the console, keeps its log (with the secret and telephone numbers in it) in
 * localStorage, replaces `window.onunload`, and leaves timers and listeners behind. The build
 * therefore binds these names, in the SDK's files only, to the exports of this file. So the
 * page's own console, storage and handlers are never touched, and nothing has to be restored.
 *
 * Names that are not exported here are the browser's own; docs/browser-calling.md says what
 * remains of them. */

const browser = globalThis;

/** Receives warnings and errors, and the outcome of microphone requests and connections. */
let heard = () => {};

/** Everything that the SDK has started and would leave behind. */
const timers = new Map();
const connections = new Set();
const sockets = new Set();
const unloads = new Set();
const sounds = new Set();

/** The microphone that the agent chose; empty is the browser's default. */
let microphone = '';
/** The speaker that the agent chose. */
let speaker = '';
/** The microphone's stream that the SDK received last. */
let stream = null;

const line = (level) => (text, ...more) => heard(level, String(text), more);

/* Nothing is printed: `voice.js` reads the relevant lines of the SDK, and never passes on what
 * may hold a secret. */
export const console = {
  log: () => {}, debug: () => {}, info: () => {}, trace: () => {}, warn: line('warn'), error: line('error'),
};

/* Deleted with the page. The SDK's own log is not kept at all: it would be read, extended and
 * written back as a whole with each line. */
const kept = new Map();
export const localStorage = {
  getItem: (name) => kept.get(String(name)) ?? null,
  setItem: (name, value) => { if (name !== 'webrtc_sdk_logs') kept.set(String(name), String(value)); },
  removeItem: (name) => { kept.delete(String(name)); },
};

/* `window.onunload`, and the listeners of each user agent that the SDK creates: one per attempt
 * to register, none of them ever removed. A listener for "unload" also keeps the whole page out
 * of the browser's back/forward cache. */
export const fencedWindow = {
  onunload: null,
  addEventListener: (name, listener) => { if (name === 'unload') unloads.add(listener); },
  removeEventListener: (name, listener) => { unloads.delete(listener); },
};

/* The SDK waits for a page that is loaded to the last picture, which some never are. */
export const document = {
  get readyState() { return browser.document.readyState === 'loading' ? 'loading' : 'complete'; },
  get hidden() { return browser.document.hidden; },
  createElement: (name) => {
    const made = browser.document.createElement(name);
    if (name === 'audio') {
      // None of them is ever added to the page. The tones are loaded when they are played.
      made.preload = 'none';
      // The ribbon rings, and a call that it dialed is answered without ringing.
      for (const method of ['load', 'play']) {
        const real = made[method].bind(made);
        made[method] = () => (made.src.includes('/ringtone-') ? Promise.resolve() : real());
      }
      sounds.add(made);
      if (speaker) sink(made);
    }
    return made;
  },
};

/** Returns the URL of a tone: beside this file. */
export const toneAddress = (name) => new URL(name, import.meta.url).href;

const sink = async (element) => {
  try {
    await element.setSinkId?.(speaker);
  } catch (error) {
    heard('speaker', error.name, []);
  }
};

const getUserMedia = async (constraints) => {
  const devices = browser.navigator.mediaDevices;
  try {
    stream = await devices.getUserMedia({ ...constraints, audio: microphone ? { deviceId: { exact: microphone } } : true });
  } catch (error) {
    // The chosen one was unplugged: a call with another one is better than none.
    if (!microphone || (error.name !== 'OverconstrainedError' && error.name !== 'NotFoundError')) {
      heard('microphone', error.name, []);
      throw error;
    }
    microphone = '';
    heard('microphone-gone', error.name, []);
    return getUserMedia(constraints);
  }
  heard('stream', '', []);
  return stream;
};

export const navigator = {
  get userAgent() { return browser.navigator.userAgent; },
  /* Missing on a page that is not secure, as in a browser. */
  get mediaDevices() {
    const devices = browser.navigator.mediaDevices;
    return devices && {
      getUserMedia,
      enumerateDevices: () => devices.enumerateDevices(),
      addEventListener: () => {},
    };
  },
};

/* Kept, because the SDK forgets its calls when the line is restored: see `voice.js`. */
export class RTCPeerConnection extends browser.RTCPeerConnection {
  constructor(...given) {
    super(...given);
    connections.add(this);
    this.addEventListener('connectionstatechange', () => heard('connection', this.connectionState, []));
  }

  close() {
    connections.delete(this);
    super.close();
  }
}

/* The SDK leaves a connection open that connects after it was stopped. */
export class WebSocket extends browser.WebSocket {
  constructor(...given) {
    super(...given);
    sockets.add(this);
    this.addEventListener('close', () => sockets.delete(this));
  }
}

/* A waiting retry must not register an agent who has gone offline meanwhile. */
const timed = (set, clear, once) => (run, after, ...args) => {
  const timer = set(() => {
    if (once) timers.delete(timer);
    run(...args);
  }, after);
  timers.set(timer, clear);
  return timer;
};
const cleared = (clear) => (timer) => {
  timers.delete(timer);
  clear(timer);
};
const stopTimeout = (timer) => browser.clearTimeout(timer);
const stopInterval = (timer) => browser.clearInterval(timer);
export const setTimeout = timed((run, after) => browser.setTimeout(run, after), stopTimeout, true);
export const setInterval = timed((run, after) => browser.setInterval(run, after), stopInterval, false);
export const clearTimeout = cleared(stopTimeout);
export const clearInterval = cleared(stopInterval);

/** The interface of the fence for `voice.js`. */
export const fence = {
  /**
   * `listener(kind, text, more)` receives warnings, errors, and the outcome of microphone requests
   * and connections.
   */
  begin: (listener) => { heard = listener; },
  getUserMedia,
  stream: () => stream,
  setMicrophone: (id) => { microphone = id; },
  setSpeaker: (id) => {
    speaker = id;
    return Promise.all([...sounds].map(sink));
  },
  /** Ends the audio if the SDK has lost its call. */
  cut: () => {
    for (const one of connections) one.close();
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
  },
  /** Does what the SDK does when a page is left: hangs up and unregisters. */
  leave: () => { for (const listener of unloads) listener(); },
  /** Ends everything that the SDK has left behind. */
  end: () => {
    for (const [timer, clear] of timers) clear(timer);
    timers.clear();
    fence.cut();
    for (const socket of sockets) socket.close();
    for (const sound of sounds) {
      sound.pause();
      sound.srcObject = null;
    }
    unloads.clear();
    kept.clear();
    fencedWindow.onunload = null;
    heard = () => {};
  },
};
