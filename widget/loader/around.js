/* Keeps the ribbon's element usable on the page around it.
 *
 * The build puts this function in front of the ribbon's glue, and in front of the page's side of
 * the frame. It keeps the element in the document, moves it above full screen and into an open
 * modal dialog, hides its events from the page's own listeners, and publishes how much space the
 * bar takes.
 *
 * A modal dialog makes everything outside of itself inert (HTML, "modal dialogs and inert
 * subtrees"), even elements above it; in Chromium so does an element in full screen. So the
 * ribbon's element must become a part of that element. `moveBefore` moves it with its focus, its
 * frame and the typed text. In browsers without it, a frame would load again, so an element that
 * holds a frame is only raised. It is also only raised above a video in full screen, which shows
 * no children: the bar is visible, and only keys reach it. Above a popover it is only raised,
 * too. */

/**
 * Puts the element on the page. `shield` is the loader's. `lost(alive)` is called when the page has
 * removed the element from the document, with `alive` if its listeners still work; it returns true
 * to handle the element itself.
 */
const callRibbonAround = (host, shield, lost) => {
  /* Stronger than any rule of the page. The element spans the window, so that the bar can be
   * anywhere in it, and ignores clicks; its contents receive them. */
  const STYLE = {
    all: 'initial', display: 'block', position: 'fixed', inset: '0', width: 'auto', height: 'auto', 'pointer-events': 'none',
    contain: 'layout style size', direction: 'ltr', 'z-index': 'var(--cr-z, 2147483000)',
  };

  /* Events that the loader need not catch before the page does. */
  const STOPPED = ['beforeinput', 'input', 'paste', 'copy', 'cut', 'wheel', 'touchmove', 'dblclick', 'contextmenu', 'auxclick'];

  /* The interval at which the title changes, in milliseconds. */
  const BLINK = 1000;
  /* A page's count of unread messages before its title. */
  const COUNT = /^\s*[([]\d+\+?[)\]]\s*/;

  const shadow = host.shadowRoot;
  // Open modal dialogs; the last one was opened last.
  let modals = [];
  // Open popovers, likewise.
  let popovers = [];
  // The element that the ribbon was raised above.
  let under = [];
  // The element in the ribbon that lost the focus in this task.
  let left = null;
  const published = ['height', 'top', 'bottom'];
  let room = { height: 0, top: 0, bottom: 0 };
  let offset = { top: 0, bottom: 0 };
  // Another element takes over.
  let over = false;
  const watched = new Set();

  const isOpen = (selector) => (node) => {
    try {
      return node.isConnected && node.matches(selector);
    } catch {
      // A node without the method, or a browser that does not know the name.
      return false;
    }
  };
  const isModal = isOpen('dialog:modal');
  const isPopover = isOpen(':popover-open');

  /* Watches the dialogs of a document or a shadow root as they open and close. */
  const watch = (root) => {
    if (watched.has(root)) return;
    watched.add(root);
    opened.observe(root, { subtree: true, attributes: true, attributeFilter: ['open'] });
    root.addEventListener('toggle', toggled, true);
  };

  /* Returns the modal dialogs around an element, outermost first; also those in the shadow root
   * that shows the element. */
  const around = (node) => {
    const found = [];
    for (; node; node = node.assignedSlot || node.parentNode || node.host) if (isModal(node)) found.unshift(node);
    return found;
  };

  const focused = () => {
    let active = document.activeElement;
    while (active && active.shadowRoot && active.shadowRoot.activeElement) active = active.shadowRoot.activeElement;
    return active;
  };

  const move = (parent) => {
    const active = left || shadow.activeElement;
    try {
      parent.moveBefore(host, null);
    } catch {
      parent.append(host);
    }
    left = null;
    // A dialog that opens or closes takes the focus; typing must continue.
    if (active && active.matches('input,textarea')) active.focus();
  };

  /* Returns the element in full screen, also in a shadow root. */
  const fullscreen = () => {
    let full = document.fullscreenElement;
    while (full && full.shadowRoot && full.shadowRoot.fullscreenElement) full = full.shadowRoot.fullscreenElement;
    return full;
  };

  /* Moves the ribbon above everything that the browser shows on top. */
  const raise = (again, ...above) => {
    if (!again && above.every((one, place) => one === under[place])) return;
    under = above;
    host.removeAttribute('popover');
    if (!above.some(Boolean) || !host.showPopover) return;
    host.setAttribute('popover', 'manual');
    host.showPopover();
  };

  const settle = (records = []) => {
    const root = document.documentElement;
    if (!root || over) return;
    if (!host.isConnected) {
      const living = alive();
      if (!living) shield.listen();
      over = lost(living);
    }
    if (over) return;
    for (const { target } of records) {
      modals = modals.filter((one) => one !== target);
      if (isModal(target)) modals.push(target);
    }
    for (const one of around(focused())) if (!modals.includes(one)) modals.push(one);
    modals = modals.filter(isModal);
    const modal = modals[modals.length - 1];
    const full = fullscreen();
    const holds = full && !full.matches('video,audio,iframe,img,canvas,object,embed,svg,svg *');
    const parent = modal || (holds && (full.shadowRoot || full)) || root;
    const wrong = host.parentNode !== parent && !(host.isConnected && !parent.moveBefore && shadow.querySelector('iframe'));
    if (wrong) move(parent);
    popovers = popovers.filter(isPopover);
    raise(wrong, modal, full || undefined, popovers[popovers.length - 1]);
    mark();
    // Removing an element from the page may remove the ribbon's element with it.
    kept.disconnect();
    kept.observe(root, { childList: true, attributes: true, attributeFilter: ['style'] });
    kept.observe(document, { childList: true, subtree: parent !== root });
    for (let node = parent.getRootNode(); node.host; node = node.host.getRootNode()) {
      watch(node);
      kept.observe(node, { childList: true, subtree: true });
    }
  };

  /* `document.open()` removes all listeners of the document's elements and of the window. */
  const alive = () => {
    let heard = false;
    const hear = () => { heard = true; };
    probe = hear;
    host.dispatchEvent(new Event('callribbon:probe'));
    return heard;
  };
  let probe;
  host.addEventListener('callribbon:probe', () => probe());

  const again = () => settle();

  const toggled = ({ target }) => {
    if (target === host) return;
    popovers = popovers.filter((one) => one !== target).concat(isPopover(target) ? target : []);
    settle();
  };

  const mark = () => {
    const root = document.documentElement;
    for (const name of root ? published : []) {
      const value = room[name] + 'px';
      const { style } = root;
      if (style.getPropertyValue('--call-ribbon-' + name) !== value) style.setProperty('--call-ribbon-' + name, value);
    }
  };

  const publish = (next) => {
    if (next.height === room.height && next.top === room.top && next.bottom === room.bottom) return;
    room = next;
    mark();
    dispatchEvent(new CustomEvent('callribbon:resize', { detail: { ...room } }));
  };

  /* The space that the bar takes along an edge; a card or a pill takes none. */
  const measure = (entries) => {
    const place = shadow.querySelector('.place');
    if (!place || place.hasAttribute('data-building')) return;
    const { position, minimized } = place.dataset;
    const along = position !== 'floating' && minimized !== 'true';
    const height = along ? Math.ceil(entries[entries.length - 1].target.getBoundingClientRect().height) : 0;
    const edge = (name) => (height && position === name ? height + offset[name] : 0);
    publish({ height, top: edge('top'), bottom: edge('bottom') });
  };
  const sizes = new ResizeObserver(measure);
  /* An element that is observed again is measured with the next frame. */
  const remeasure = () => {
    sizes.disconnect();
    const bar = shadow.querySelector('.bar');
    if (bar) sizes.observe(bar);
  };
  const parts = new MutationObserver(remeasure);

  /* Hides the ribbon's events from the page: each is repeated within the shadow root as a copy,
   * and its default is prevented if a listener prevents the copy's. The browser's default action
   * is that of the original. */
  // A click on a tel: link, if the page wants those to be calls.
  shield.dial = (event, invoke) => {
    // A click with a modifier key or another button is meant for the browser.
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.composedPath().find((node) => node.protocol === 'tel:');
    if (!link) return;
    event.preventDefault();
    // The number's parser decodes it and separates an extension.
    invoke('makeCall', [link.href.slice(4)], true);
  };

  shield.hear = (event) => {
    const { type, target, relatedTarget } = event;
    if (target !== host) {
      // Focus that moves into the ribbon looks as if it left the window.
      if (relatedTarget === host) Object.defineProperty(event, 'relatedTarget', { value: null });
      if (type === 'focusin' || type === 'pointerdown' || type === 'keydown') {
        for (const node of event.composedPath()) if (node.host) watch(node);
        if (type === 'focusin') queueMicrotask(again);
      }
      return;
    }
    event.stopImmediatePropagation();
    const inner = event.composedPath()[0];
    if (shield.holds && shield.holds(type, inner)) return;
    if (type === 'focusout') {
      left = inner;
      queueMicrotask(() => { left = null; });
    }
    const init = {};
    for (const name in event) init[name] = event[name];
    init.composed = false;
    init.modifierAltGraph = event.getModifierState && event.getModifierState('AltGraph');
    const free = inner.dispatchEvent(new event.constructor(type, init));
    // Escape closes what is open in the ribbon, not the page's dialog.
    if (!free || (modals.length && event.key === 'Escape')) event.preventDefault();
  };

  /* Stops alternating the title. */
  let rest = () => {};

  /* Alternates a text with the window's title, until it is called without one. A title that the
   * page writes meanwhile is kept, even around the text: the page may read the title and put its
   * count of unread messages before it. */
  const blink = (ours) => {
    rest();
    rest = () => {};
    if (!ours) return;
    let [element, theirs, shown] = [null, '', false];
    const read = () => {
      const now = element.textContent;
      const [before, after] = now.split(ours);
      if (after === undefined) theirs = now;
      else theirs = before + (COUNT.test(before) ? theirs.replace(COUNT, '') : theirs) + after;
    };
    const restore = () => {
      if (element && element.textContent.includes(ours)) {
        read();
        element.textContent = theirs;
      }
    };
    const turn = () => {
      // An SVG may contain a title as well. A page without a title gets none.
      const found = document.querySelector('title:not(svg *)');
      if (found !== element) {
        restore();
        [element, shown] = [found, false];
      }
      if (!element) return;
      read();
      shown = !shown;
      element.textContent = shown ? ours : theirs;
    };
    turn();
    const timer = setInterval(turn, BLINK);
    rest = () => {
      clearInterval(timer);
      restore();
    };
  };

  const stop = (event) => event.stopPropagation();

  for (const name in STYLE) host.style.setProperty(name, STYLE[name], 'important');
  const opened = new MutationObserver(settle);
  const kept = new MutationObserver(again);
  for (const type of STOPPED) shadow.addEventListener(type, stop);
  document.addEventListener('fullscreenchange', again);
  document.documentElement.append(host);
  watch(document);
  for (const dialog of document.getElementsByTagName('dialog')) if (isModal(dialog)) modals.push(dialog);
  settle();
  parts.observe(shadow, { subtree: true, childList: true, attributes: true, attributeFilter: ['hidden', 'data-position', 'data-minimized', 'data-building'] });
  remeasure();

  return {
    publish,
    blink,
    get height() {
      return room.height;
    },
    /* Sets the bar's distance from the window's edges, in pixels. */
    offset: (top, bottom) => {
      offset = { top, bottom };
      for (const name of ['top', 'bottom']) shadow.firstElementChild.style.setProperty('--off-' + name, offset[name] + 'px');
      remeasure();
    },
    stop: () => {
      over = true;
      for (const observer of [opened, kept, parts, sizes]) observer.disconnect();
      document.removeEventListener('fullscreenchange', again);
      for (const root of watched) root.removeEventListener('toggle', toggled, true);
      shield.hear = null;
      shield.dial = null;
      rest();
      publish({ height: 0, top: 0, bottom: 0 });
      const root = document.documentElement;
      for (const name of root ? published : []) root.style.removeProperty('--call-ribbon-' + name);
      if (root && !root.getAttribute('style')) root.removeAttribute('style');
      host.remove();
    },
  };
};
