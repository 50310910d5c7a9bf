/* The ribbon in a frame of its own origin: the frame's side, on the page `/embed`.
 *
 * It waits until the page around it introduces itself, passes the page's calls to the ribbon,
 * and sends back its events and the part of the window that the ribbon fills. The browser
 * reports that page's origin, so that the server can check whether the key may be used there:
 * this frame's own requests come from the server's own origin. */
(() => {
  /* Margin around what is shown, in pixels, for its shadow. It receives clicks. Along an edge,
   * where the page has its own elements next to the bar, there is only a margin for the bar's
   * line. */
  const MARGIN = 24;
  const LINE = 1;

  const browsersFetch = window.fetch;
  const ribbon = () => document.querySelector('call-ribbon');

  /* Tells the pages around this frame apart: the frame gets an address for each, without what is in the
   * page's own. */
  const tellApart = () => {
    let hash = 0;
    for (const letter of window.name) hash = Math.imul(hash, 31) + letter.codePointAt(0) | 0;
    try {
      history.replaceState(null, '', '?' + (hash >>> 0));
    } catch {
      // A frame without an origin keeps its address, and stores nothing either.
    }
  };

  const begin = (port, page) => {
    tellApart();
    // Before the ribbon's script, which keeps the `fetch` that it finds.
    window.fetch = (address, options = {}) => {
      const own = new URL(address, location.href).origin === location.origin;
      return browsersFetch.call(window, address, own ? { ...options, headers: { ...options.headers, 'X-Page-Origin': page } } : options);
    };
    const script = document.createElement('script');
    script.src = 'call-ribbon.js';
    script.onload = () => serve(port);
    document.head.append(script);
  };

  const serve = (port) => {
    const api = window.ExotelCallRibbon;
    const tell = (message) => port.postMessage({ ...message, state: api.getState() });
    const callbacks = {
      onCallEvent: (event, data) => tell({ event, data }),
      onReady: () => tell({ callback: 'onReady' }),
      onError: (error) => tell({ callback: 'onError', error }),
    };

    /* The state of the current call, for a listener that is added late. It is sent within `on`. */
    const replay = async (event) => {
      let told;
      const listener = (data) => { told = data; };
      await api.on(event, listener);
      await api.off(event, listener);
      return told;
    };

    port.onmessage = async ({ data: { ask, method, args } }) => {
      const options = method === 'init' && args[0];
      for (const name in callbacks) {
        if (options && options[name] && options[name].callback === name) options[name] = callbacks[name];
      }
      let outcome;
      try {
        // Only the ribbon's own methods: `constructor` and the like are every object's.
        const call = method === 'replay' ? replay : Object.hasOwn(api, method) && api[method];
        if (typeof call !== 'function') throw { code: 'unknown_method', message: 'The ribbon has no method ' + method + '.' };
        outcome = { value: await call(...args) };
      } catch (error) {
        // A copy of an `Error` would lose what it has besides its message: its code, and a decision.
        outcome = { error: { ...error, message: error.message } };
      }
      watch();
      tell({ answer: ask, ...outcome, cut: shown() });
    };

    /* The distances of what is shown from the window's four sides. */
    const shown = () => {
      const parts = ribbon()?.shadowRoot.querySelectorAll('.place, .place *') ?? [];
      const { position, minimized } = parts[0]?.dataset ?? {};
      const along = position !== 'floating' && minimized !== 'true';
      let [top, right, bottom, left] = [Infinity, -Infinity, -Infinity, Infinity];
      for (const part of parts) {
        const box = part.getBoundingClientRect();
        const room = along && !part.closest('.panel, .keypad') ? LINE : MARGIN;
        if (box.width && box.height) {
          top = Math.min(top, box.top - room);
          right = Math.max(right, box.right + room);
          bottom = Math.max(bottom, box.bottom + room);
          left = Math.min(left, box.left - room);
        }
      }
      if (top === Infinity) return [innerHeight, 0, 0, 0];
      return [top, innerWidth - right, innerHeight - bottom, left].map((side) => Math.max(0, Math.floor(side)));
    };

    let watched = null;
    let last = '';
    let due = false;
    const look = () => {
      due = false;
      const cut = shown();
      const now = JSON.stringify([cut, api.getState()]);
      if (now !== last) tell({ cut });
      last = now;
    };
    const soon = () => {
      if (!due) requestAnimationFrame(look);
      due = true;
    };
    /* Everything that the ribbon shows is in its shadow root, so every change there is reported. */
    const watch = () => {
      const root = ribbon()?.shadowRoot;
      if (!root || root === watched) return;
      watched = root;
      new MutationObserver(soon).observe(root, { subtree: true, childList: true, characterData: true, attributes: true });
      root.addEventListener('transitionend', soon);
    };
    addEventListener('resize', soon);
    const plain = document.title;
    const title = () => { if (document.title !== plain) tell({ title: document.title }); };
    new MutationObserver(title).observe(document.querySelector('title'), { childList: true });
    addEventListener('callribbon:resize', ({ detail }) => tell({ room: detail }));
    new MutationObserver(() => {
      watch();
      soon();
    }).observe(document.documentElement, { childList: true });
    tell({});
  };

  const introduced = ({ data, source, origin, ports }) => {
    if (data !== 'call-ribbon' || source !== window.parent || !ports[0]) return;
    removeEventListener('message', introduced);
    begin(ports[0], origin);
  };
  addEventListener('message', introduced);
})();
