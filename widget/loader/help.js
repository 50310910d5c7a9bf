/* The panel of keys, loaded on demand, with its own texts. The panel of the voice is made with
 * the same functions. */

const WORDS = {
  en: {
    title: 'Keyboard shortcuts', close: 'Close', answer: 'Answer', decline: 'Decline', hangup: 'Hang up', mute: 'Mute or unmute', call: 'Call', notes: 'Go to the notes and back',
    ribbon: 'Go to the ribbon and back', digits: 'Send digits while the keypad is open', escape: 'Close the open panel', outcome: 'Choose an outcome; with Alt while typing', save: 'Save the notes', saveCall: 'Save, and call the next customer',
  },
  hi: {
    title: 'कुंजियाँ', close: 'बंद करें', answer: 'उठाएँ', decline: 'अस्वीकार करें', hangup: 'कॉल काटें', mute: 'माइक बंद या चालू करें', call: 'कॉल करें', notes: 'नोट्स में जाएँ, और वापस',
    ribbon: 'कॉल पट्टी में जाएँ, और वापस', digits: 'अंक, जब कीपैड खुला हो', escape: 'जो खुला है उसे बंद करें', outcome: 'नतीजा; लिखते समय Alt के साथ', save: 'नोट्स सहेजें', saveCall: 'सहेजें, और अगले ग्राहक को कॉल करें',
  },
  ur: {
    title: 'کلیدیں', close: 'بند کریں', answer: 'اٹھائیں', decline: 'مسترد کریں', hangup: 'کال کاٹیں', mute: 'مائیک بند یا چالو کریں', call: 'کال کریں', notes: 'نوٹس میں جائیں، اور واپس',
    ribbon: 'کال کی پٹی میں جائیں، اور واپس', digits: 'ہندسے، جب کی پیڈ کھلا ہو', escape: 'جو کھلا ہے اسے بند کریں', outcome: 'نتیجہ؛ لکھتے وقت Alt کے ساتھ', save: 'نوٹس محفوظ کریں', saveCall: 'محفوظ کریں، اور اگلے گاہک کو کال کریں',
  },
};

const STYLES = `
  .help dl { display: grid; grid-template-columns: auto 1fr; gap: 6px 16px; margin: 0; align-items: baseline; }
  .help dt { direction: ltr; unicode-bidi: isolate; font-variant-numeric: tabular-nums; font-weight: 600; }
  .help dd { margin: 0; }
`;
export const CROSS = 'M18 6 6 18M6 6l12 12';
const SIGNS = { Control: '⌃', Alt: '⌥', Meta: '⌘', Shift: '⇧' };

/** Adds a child element, with attributes and a text. */
export const make = (parent, tag, given = {}) => {
  const { text, ...attributes } = given;
  const made = document.createElement(tag);
  for (const name in attributes) made.setAttribute(name, attributes[name]);
  if (text) made.textContent = text;
  parent.append(made);
  return made;
};

/** Draws an icon with this path on a button. */
export const draw = (button, outline) => {
  const svg = button.appendChild(document.createElementNS('http://www.w3.org/2000/svg', 'svg'));
  for (const [name, value] of [['class', 'icon'], ['viewBox', '0 0 24 24'], ['aria-hidden', 'true']]) svg.setAttribute(name, value);
  svg.appendChild(document.createElementNS('http://www.w3.org/2000/svg', 'path')).setAttribute('d', outline);
};

/* Formats a chord as it is written on keyboards of this system. */
const written = (chord) => (/^(Mac|iP)/.test(navigator.platform) ? chord.split('+').map((part) => SIGNS[part] ?? part).join(' ') : chord.replace('Control', 'Ctrl'));

let close = null;

/** Opens the panel in the ribbon, or closes it. `keys` are the chords by command. */
export const toggle = (shadow, keys) => {
  if (close) return close();
  const place = shadow.querySelector('.place');
  const button = shadow.querySelector('[data-act=help]');
  const words = WORDS[place.lang] ?? WORDS.en;
  for (const other of shadow.querySelectorAll('[data-act=notes]')) {
    if (other.getAttribute('aria-pressed') === 'true') other.click();
  }
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLES);
  shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet];
  const box = make(place, 'section', { class: 'panel help', part: 'help', 'aria-label': words.title });
  const head = make(box, 'div', { class: 'head' });
  make(head, 'b', { class: 'title', text: words.title });
  const cross = make(head, 'button', { class: 'quiet small', type: 'button', 'aria-label': words.close });
  draw(cross, CROSS);
  const list = make(box, 'dl');
  const row = (chord, says) => {
    make(list, 'dt', { text: chord });
    make(list, 'dd', { text: says });
  };
  for (const name in keys) row(written(keys[name]), words[name]);
  for (const [chord, name] of [['0–9 * #', 'digits'], ['1–9', 'outcome'], [written('Control+Enter'), 'save'], [written('Control+Shift+Enter'), 'saveCall'], ['Esc', 'escape']]) row(chord, words[name]);

  // A call that begins, or another panel, takes its place.
  const gone = new MutationObserver(() => {
    const other = [...shadow.querySelectorAll('.panel:not(.help)')].some((panel) => !panel.hidden);
    if (button.hidden || other || !box.isConnected) close();
  });
  close = () => {
    close = null;
    gone.disconnect();
    const inside = box.contains(shadow.activeElement);
    box.remove();
    shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets].filter((one) => one !== sheet);
    button.setAttribute('aria-expanded', 'false');
    if (inside) button.focus();
  };
  gone.observe(shadow, { subtree: true, childList: true, attributes: true, attributeFilter: ['hidden'] });
  box.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    close();
  });
  cross.addEventListener('click', () => close());
  button.setAttribute('aria-expanded', 'true');
  cross.focus();
};
