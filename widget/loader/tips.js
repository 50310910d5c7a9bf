/* Tooltips of the buttons: the name and the key. Loaded with `focus.js` when a part of the ribbon is
 * hovered or focused first.
 *
 * A native tooltip is slow, is never shown for the keyboard focus, and cannot be dismissed. The name
 * and the key are also in `aria-label` and `aria-keyshortcuts`, so screen readers ignore the tooltip.
 *
 * The mouse passes through a tooltip, as through a native one: it may cover a button of the ribbon
 * or of the page, which must stay within reach. */

/* Pause before a tooltip is shown, and how soon after another one it needs none, in milliseconds. */
const PAUSE = 400;
const NEXT = 500;
/* How long none is shown after a press: the agent looks at what the press has changed. */
const AFTER_PRESS = 2000;

/* Least distance from the window's edges, in pixels, and the part of a tooltip above and below its text. */
const EDGE = 4;
const INSET = 6;

const STYLES = `
  .tip { position: absolute; z-index: 1; pointer-events: none; left: 0; top: 0; padding-block: 6px; max-width: min(320px, 100vw - 8px); }
  .tip > span { display: flex; flex-wrap: wrap; gap: 0 10px; padding: 4px 9px; border-radius: 6px; border: 1px solid transparent; background: var(--text); color: var(--surface); font-size: 12.5px; line-height: 17px; overflow-wrap: anywhere; }
  .tip kbd { direction: ltr; unicode-bidi: isolate; white-space: nowrap; opacity: 0.8; }
  @media (forced-colors: active) { .tip > span { background: Canvas; color: CanvasText; border-color: CanvasText; } }
`;

const SIGNS = { Control: '⌃', Alt: '⌥', Meta: '⌘', Shift: '⇧' };

/* Formats a chord as it is written on keyboards of this system. */
const written = (chord) => (/^(Mac|iP)/.test(navigator.platform) ? chord.split('+').map((part) => SIGNS[part] ?? part).join(' ') : chord.replace('Control', 'Ctrl'));

/* Functions of the browser, which the page may have replaced since the ribbon was loaded. */
let later, cancel, Observer, Sheet;
/* The button whose tooltip is shown, or is about to be. */
let button = null;
let tip = null;
let timer = 0;
let hidden = 0;
let pressed = -Infinity;
let watch = null;

/* Adds or removes the listeners. Events of the ribbon reach no listener of the window. */
const listen = (change, shadow) => {
  for (const target of [window, shadow]) for (const type of ['keydown', 'pointerdown', 'scroll', 'blur']) target[change](type, hide, true);
  for (const type of ['pointerout', 'focusout']) shadow[change](type, left);
};

/** Removes the tooltip. */
export const hide = () => {
  if (!button) return;
  cancel(timer);
  listen('removeEventListener', button.getRootNode());
  watch?.disconnect();
  if (tip) {
    tip.remove();
    hidden = performance.now();
  }
  button = tip = watch = null;
};

/* A press with the mouse, or with a key that presses the focused button. */
const press = ({ type, key }) => {
  if (type === 'pointerdown' || key === 'Enter' || key === ' ') pressed = performance.now();
};

/* The mouse and the focus may move within the button. */
const left = ({ relatedTarget }) => {
  if (!relatedTarget || !button.contains(relatedTarget)) hide();
};

const add = (parent, tag, text) => {
  const made = parent.appendChild(document.createElement(tag));
  if (text) made.textContent = text;
  return made;
};

const textsOf = (of) => [of.getAttribute('aria-label') ?? of.innerText, of.getAttribute('aria-keyshortcuts')];

const show = (shadow) => {
  const place = shadow.querySelector('.place');
  if (!place || !button.isConnected || !button.getClientRects().length) return hide();
  const sheets = shadow.adoptedStyleSheets;
  if (!sheets.some((sheet) => sheet.tips)) {
    const sheet = new Sheet();
    sheet.tips = true;
    sheet.replaceSync(STYLES);
    shadow.adoptedStyleSheets = [...sheets, sheet];
  }
  const [name, chord] = textsOf(button);
  tip = document.createElement('div');
  tip.className = 'tip';
  tip.setAttribute('role', 'tooltip');
  tip.setAttribute('aria-hidden', 'true');
  const line = add(tip, 'span');
  add(line, 'span', name).dir = 'auto';
  if (chord) add(line, 'kbd', written(chord));
  place.append(tip);
  const at = button.getBoundingClientRect();
  const from = place.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = tip;
  const x = Math.max(EDGE, Math.min(at.left + (at.width - width) / 2, innerWidth - EDGE - width));
  // Beside the button unless it would cover the state or a name, else beside the whole bar.
  const measure = () => shadow.querySelector('.bar').getBoundingClientRect();
  const bar = measure();
  const covered = [...shadow.querySelectorAll('.now,.advice,.name,.details,.caller')].map((part) => part.getBoundingClientRect());
  const isFree = (top) => top >= 0 && top + height <= innerHeight
    && !covered.some((part) => part.width && part.left < x + width && part.right > x && part.top < top + height - INSET && part.bottom > top + INSET);
  const places = [at.top - height, at.bottom, bar.top - height, bar.bottom];
  const y = places.find(isFree) ?? places.find((top) => top >= 0 && top + height <= innerHeight) ?? at.bottom;
  tip.style.translate = `${x - from.left}px ${y - from.top}px`;
  // What the button does may change, or the button may go, while the mouse rests on it; and another
  // call that rings makes the bar taller.
  const said = String([name, chord]);
  watch = new Observer(() => {
    if (!button.getClientRects().length || String(textsOf(button)) !== said || measure().height !== bar.height) hide();
  });
  watch.observe(shadow, { subtree: true, childList: true, attributes: true, attributeFilter: ['hidden', 'aria-label', 'aria-keyshortcuts', 'data-minimized', 'data-waiting'] });
};

/**
 * Shows the tooltip of what the mouse is on (`pointer` is its type), or what has got the focus.
 * `natives` are functions of the browser.
 */
export const hint = (shadow, target, pointer, natives) => {
  ({ setTimeout: later, clearTimeout: cancel, MutationObserver: Observer, CSSStyleSheet: Sheet } = natives);
  if (!pointer) keepFocus(shadow, target);
  // Again each time, as a page may have removed all listeners; the same one is added once.
  for (const type of ['pointerdown', 'keydown']) shadow.addEventListener(type, press, true);
  const next = target.closest('button:not(.chip,.key)');
  if (next === button) return;
  hide();
  // A finger hides what it is on, and a click sets the focus as well.
  if (!next?.isConnected || pointer === 'touch' || !pointer && !next.matches(':focus-visible')) return;
  const [, chord] = textsOf(next);
  if (!chord && !next.hasAttribute('aria-label')) return;
  button = next;
  listen('addEventListener', shadow);
  const now = performance.now();
  timer = later(show, Math.max(now - hidden < NEXT ? 0 : PAUSE, pressed + AFTER_PRESS - now), shadow);
};
