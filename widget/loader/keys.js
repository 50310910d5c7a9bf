/* Decides whether a key is a command of the ribbon or typing, and what gets the keyboard focus.
 *
 * The build puts these functions in front of the ribbon's glue. The character of a key depends
 * on the layout, which a page cannot query: Option+2 is `@` on a Nordic Mac, and so is AltGr+2
 * in Spain. The event contains the character, though (UI Events, "key"), so a key that produces
 * a character in a place for typing is never a command. */

/* Elements that accept typing or, as far as can be known, may do so: the content of a frame is
 * not visible. */
const CALL_RIBBON_FIELDS = 'input:not([type=button],[type=checkbox],[type=color],[type=file],[type=image],[type=radio],[type=range],[type=reset],[type=submit]),' +
  'textarea,select,iframe,frame,object,embed,[role=textbox],[role=searchbox],[role=combobox],[role=spinbutton],[role=listbox],[role=gridcell],[role=application]';

const CALL_RIBBON_KEYS = {
  answer: 'Alt+Shift+A', decline: 'Alt+Shift+D', hangup: 'Alt+Shift+H', mute: 'Alt+Shift+M', call: 'Alt+Shift+C', notes: 'Alt+Shift+N', ribbon: 'Alt+Shift+R',
};

const CALL_RIBBON_MODIFIERS = { ctrl: 'Control', control: 'Control', alt: 'Alt', option: 'Alt', meta: 'Meta', cmd: 'Meta', command: 'Meta', shift: 'Shift' };

/* A chord in the syntax of `aria-keyshortcuts` (WAI-ARIA 1.2). */
const callRibbonChord = (held, key) => ['Control', 'Alt', 'Meta', 'Shift'].filter((one) => held.includes(one)).concat(key).join('+');

/** Returns the keys passed to `init`, by command, or a sentence about the first mistake. */
const callRibbonReadKeys = (given) => {
  if (given === false) return {};
  const keys = { ...CALL_RIBBON_KEYS };
  if (given === undefined || given === null || given === true) return keys;
  if (typeof given !== 'object' || Array.isArray(given)) return 'keys must be false, or an object such as {hangup: \'Alt+Shift+H\'}';
  const names = Object.keys(keys);
  for (const name of Object.keys(given)) {
    let chord;
    try {
      chord = given[name];
    } catch {
      return `keys.${name} cannot be read, because its getter throws`;
    }
    if (!names.includes(name)) return `keys.${name} is no command; the commands are ${names.join(', ')}`;
    if (chord === false) delete keys[name];
    if (chord === false || chord === undefined || chord === null) continue;
    const held = typeof chord === 'string' ? chord.split('+').map((part) => part.trim()) : [''];
    const key = held.pop().toUpperCase();
    const modifiers = held.map((part) => CALL_RIBBON_MODIFIERS[part.toLowerCase()]);
    const named = /^F([1-9]|1\d|2[0-4])$/.test(key);
    const enough = named || modifiers.some((one) => one !== 'Shift');
    if (!(named || /^[A-Z0-9]$/.test(key)) || !enough || modifiers.includes(undefined)) {
      return `keys.${name} must be false, a letter or a digit with Alt, Ctrl or Meta such as 'Alt+Shift+H', or a function key such as 'F8'`;
    }
    keys[name] = callRibbonChord(modifiers, key);
  }
  for (const name in keys) {
    const other = names.find((one) => one !== name && keys[one] === keys[name]);
    if (other) return `keys.${name} and keys.${other} are both ${keys[name]}; give each a key of its own`;
  }
  return keys;
};

const callRibbonIsField = (node) => document.designMode === 'on' || Boolean(node && node.matches && (node.isContentEditable || node.matches(CALL_RIBBON_FIELDS) ||
  // It may have a closed shadow root with a field in it.
  (node.localName.includes('-') && !node.shadowRoot)));

/* Reads a keyboard event. A browser that fills in a form sends one without a key. */
const callRibbonFacts = (event) => ({
  key: event.key || '',
  code: event.code || '',
  alt: event.altKey,
  control: event.ctrlKey,
  meta: event.metaKey,
  shift: event.shiftKey,
  altGraph: Boolean(event.getModifierState && event.getModifierState('AltGraph')),
  // Code 229 is a key that an input method has handled (UI Events, "keyCode").
  composing: event.isComposing || event.keyCode === 229,
  field: callRibbonIsField(event.composedPath()[0]),
  apple: /^(Mac|iP)/.test(navigator.platform),
});

/** Returns what a key means: `typing`, the name of a command, or nothing. */
const callRibbonMeans = ({ key, code, alt, control, meta, shift, altGraph, composing, field, apple }, keys) => {
  if (composing) return 'typing';
  // A key that produces no character has a name.
  const character = key === 'Dead' || (key !== '' && !/^[A-Z][A-Za-z0-9]/.test(key));
  const plain = /^[a-z0-9]$/i.test(key);
  const makes = () => {
    if (altGraph) return true;
    if (meta) return false;
    // Option produces characters, unless Control is held as well.
    if (apple) return !control;
    // Control and Alt together are AltGr on Windows.
    if (control) return alt && !plain;
    // Alt produces none, unless it is Option after all, or a character is typed by its number.
    // Letters of other scripts come from the key itself.
    return !alt || code.startsWith('Numpad') || !(plain || /[\u0400-\u1fff]/.test(key));
  };
  if (field && character && makes()) return 'typing';
  const named = plain || /^F\d/.test(key) ? key.toUpperCase() : (/^(?:Key|Digit)(.)$/.exec(code) || [])[1];
  const held = [control && 'Control', alt && 'Alt', meta && 'Meta', shift && 'Shift'];
  const chord = named && callRibbonChord(held, named);
  return Object.keys(keys).find((name) => keys[name] === chord) || '';
};

/** Returns the digit, star or hash of a key; nothing if the key is typing. */
const callRibbonDigit = (event) => {
  const facts = callRibbonFacts(event);
  const { key, code, control, meta, shift } = facts;
  if (control || meta || callRibbonMeans(facts, {}) === 'typing') return '';
  if (/^[0-9*#]$/.test(key)) return key;
  // Other scripts have digits of their own, and French keyboards need Shift. A named key moves the
  // cursor.
  const digit = !shift && !/^[A-Z][A-Za-z]/.test(key) && /^(?:Digit|Numpad)(\d)$/.exec(code);
  return digit ? digit[1] : '';
};

/* Returns the page's address as another page's referrer, and whether this page was reloaded or
 * opened from the page at an address. */
const callRibbonAddress = () => location.href.split('#')[0];
const callRibbonComesFrom = (address) => document.referrer === address || performance.getEntriesByType('navigation')[0]?.type === 'reload';

/* Returns the focused element, also within open shadow roots. */
const callRibbonActive = () => {
  let active = document.activeElement;
  while (active && active.shadowRoot && active.shadowRoot.activeElement) active = active.shadowRoot.activeElement;
  return active;
};

/**
 * Focuses a part of the ribbon, unless the focus is in the page or the agent types in the ribbon.
 */
const callRibbonFocus = (host, selector) => {
  const inside = host.shadowRoot.activeElement;
  const active = document.activeElement;
  const nowhere = !active || active === document.body || active === document.documentElement;
  // In a frame without the focus, the page around the frame has it.
  const free = inside ? !(inside.getClientRects().length && callRibbonIsField(inside)) : nowhere && (window.parent === window || document.hasFocus());
  const part = host.shadowRoot.querySelector(selector);
  // A field of the outcome that the agent has just chosen takes the focus from the notes.
  if (part && (free || (inside && part.matches('.asked')))) part.focus();
};

/**
 * Listens for the commands while the ribbon exists. `act(name)` runs one and returns whether it was
 * possible; `files` is the URL of the ribbon's files. The returned object has the `keys`, by
 * command, and `stop()`.
 */
const callRibbonHear = (host, act, files) => {
  const shadow = host.shadowRoot;
  // The focused element before the agent entered the bar.
  let back = null;
  const find = (selector) => [...shadow.querySelectorAll(selector)].find((part) => !part.hidden);
  const pressed = (button) => button && button.getAttribute('aria-pressed') === 'true';
  const leave = () => {
    const inside = shadow.activeElement;
    if (inside) inside.blur();
    if (back && back.isConnected) back.focus();
    back = null;
  };
  const moves = {
    ribbon: () => {
      if (shadow.activeElement) return leave();
      back = callRibbonActive();
      // Folded to a pill, it has no main button.
      for (const part of shadow.querySelectorAll('.main,[data-act=fold]')) if (!shadow.activeElement) part.focus();
    },
    notes: () => {
      const button = find('[data-act=notes]');
      const inside = shadow.activeElement;
      if (pressed(button) && inside && inside.closest('.wrap')) {
        button.click();
        return leave();
      }
      if (!inside) back = callRibbonActive();
      // Only with the focus in the ribbon do the notes receive it. The pill unfolds.
      find('[data-act=fold]').focus();
      if (pressed(button)) setTimeout(() => shadow.querySelector('.notes').focus());
      else button.click();
    },
  };
  const heard = { keys: {} };
  const hear = (event) => {
    // Events of the ribbon are received within its shadow root.
    if (event.target === host || event.defaultPrevented || !host.isConnected) return;
    const facts = callRibbonFacts(event);
    const name = callRibbonMeans(facts, heard.keys);
    const help = facts.key === '?' && !facts.field && shadow.activeElement && find('[data-act=help]');
    if (help) help.click();
    else if (!name || name === 'typing') return;
    else if (!callRibbonWhole) callRibbonHold({ press: moves[name] || (() => act(name)) });
    else if (moves[name] ? name === 'notes' && !find('[data-act=notes]') : !event.repeat && !act(name)) return;
    else if (moves[name] && !event.repeat) moves[name]();
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  const ask = (event) => {
    if (!event.target.closest('[data-act=help]')) return;
    callRibbonImport(files + '/' + callRibbonFiles.help).then((script) => script.toggle(shadow, heard.keys));
  };
  let tips = null;
  const hint = ({ target, pointerType }) => {
    callRibbonImport(files + '/' + callRibbonFiles.tips).then((script) => {
      tips = script;
      tips.hint(shadow, target, pointerType, { setTimeout, clearTimeout, CSSStyleSheet, MutationObserver });
      // Without tooltips, the ribbon works as well.
    }, () => {});
  };
  window.addEventListener('keydown', hear, true);
  shadow.addEventListener('keydown', hear, true);
  shadow.addEventListener('click', ask);
  shadow.addEventListener('pointerover', hint);
  shadow.addEventListener('focusin', hint);
  heard.stop = () => {
    window.removeEventListener('keydown', hear, true);
    if (tips) tips.hide();
  };
  return heard;
};
