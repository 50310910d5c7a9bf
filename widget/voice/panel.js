/* The voice in the ribbon: a button in the bar, and the panel that it opens. */

import { CROSS, draw, make } from '../loader/help.js';

const STYLES = `
  .voice-line { position: relative; }
  .voice-line::after { content: ""; position: absolute; inset-inline-end: 6px; bottom: 6px; width: 8px; height: 8px; border-radius: 50%;
    background: var(--soft); box-shadow: 0 0 0 2px var(--surface); }
  .voice-line[data-line="on"]::after { background: var(--green); }
  .voice-line[data-line="asking"]::after { background: var(--amber); }
  .voice-line[data-line="on"][data-poor="true"]::after { background: var(--amber); }
  .voice-line[data-line="lost"]::after, .voice-line[data-line="failed"]::after { background: var(--red); }
  .voice-says { margin: 0 0 10px; }
  .voice-says[data-alert="true"] { color: var(--red); }
  .voice-choice { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 10px; margin: 8px 0; font-size: 13px; }
  .voice-choice span { flex: 0 0 110px; color: var(--soft); }
  .voice-choice select { flex: 1 1 200px; min-width: 0; height: 36px; padding: 0 8px; font: inherit; color: var(--text); background: var(--surface);
    border: 1px solid color-mix(in srgb, var(--text) 46%, var(--surface)); border-radius: calc(var(--radius) - 2px); }
  .voice-choice select:focus-visible { outline: 2px solid var(--accent); }
  .voice-choice meter { flex: 1 1 200px; height: 12px; }
  .place[data-minimized="true"] .voice-line { display: none; }
  @media (forced-colors: active) { .voice-line { border: 1px solid ButtonText; } .voice-line::after { forced-color-adjust: none; } }
`;
const HEADSET = 'M3 14h3a2 2 0 0 1 2 2v3a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-7a9 9 0 0 1 18 0v7a2 2 0 0 1-2 2h-1a2 2 0 0 1-2-2v-3a2 2 0 0 1 2-2h3';
/* The interval at which the level is read, in milliseconds. */
const READ = 100;

/**
 * Adds the voice to the ribbon. `does` has the functions of its controls: `online(on)`,
 * `microphone(id)`, `speaker(id)`, `devices()`, `level()`.
 */
export function panel(place, does) {
  const root = place.getRootNode();
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLES);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];

  const bar = place.querySelector('.do');
  const button = make(bar, 'button', { class: 'quiet voice-line', type: 'button', 'data-voice': 'open', 'aria-expanded': 'false' });
  bar.prepend(button);
  draw(button, HEADSET);

  const box = make(place, 'div', { class: 'panel voice', role: 'group' });
  box.hidden = true;
  const head = make(box, 'div', { class: 'head' });
  const title = make(head, 'b', { class: 'title' });
  const close = make(head, 'button', { class: 'quiet small', type: 'button', 'data-voice': 'close' });
  draw(close, CROSS);
  const says = make(box, 'p', { class: 'voice-says', role: 'status' });
  const choice = (name) => {
    const row = make(box, 'label', { class: 'voice-choice' });
    return { name: make(row, 'span'), field: make(row, 'select', { 'data-voice': name }) };
  };
  const microphone = choice('microphone');
  const speaker = choice('speaker');
  const row = make(box, 'label', { class: 'voice-choice' });
  const level = { name: make(row, 'span'), field: make(row, 'meter', { min: '0', max: '1', 'data-voice': 'level' }) };
  const foot = make(box, 'div', { class: 'chips' });
  const go = make(foot, 'button', { class: 'solid', type: 'button', 'data-voice': 'go' });

  let shown = { line: 'off' };
  let reading = null;

  const open = (on) => {
    box.hidden = !on;
    button.setAttribute('aria-expanded', String(on));
    clearInterval(reading);
    reading = on ? setInterval(() => { level.field.value = shown.line === 'on' ? does.level() : 0; }, READ) : null;
    if (on) list();
  };

  /* Fills the lists; names are available only once the microphone is allowed. */
  const list = async () => {
    const found = await does.devices();
    for (const [{ field }, all, chosen] of [[microphone, found.microphones, shown.microphone], [speaker, found.speakers, shown.speaker]]) {
      field.textContent = '';
      make(field, 'option', { value: '', text: shown.words('default') });
      for (const { id, name } of all) if (id !== 'default') make(field, 'option', { value: id, text: name });
      field.value = all.some(({ id }) => id === chosen) ? chosen : '';
      field.parentElement.hidden = all.length === 0;
    }
  };

  button.addEventListener('click', () => open(box.hidden));
  close.addEventListener('click', () => { open(false); button.focus(); });
  box.addEventListener('keydown', ({ key }) => { if (key === 'Escape') { open(false); button.focus(); } });
  go.addEventListener('click', () => does.online(shown.line === 'off' || shown.line === 'failed'));
  microphone.field.addEventListener('change', () => does.microphone(microphone.field.value));
  speaker.field.addEventListener('change', () => does.speaker(speaker.field.value));

  return {
    open,
    list: () => { if (!box.hidden) list(); },
    /** `{line, poor, says, alert, owns, words, microphone, speaker}`; `line` is `off`, `asking`, `on`, `lost` or `failed`. */
    show: (next) => {
      shown = next;
      const { words } = next;
      button.dataset.line = next.line;
      button.dataset.poor = String(next.poor);
      button.setAttribute('aria-label', `${words('title')}: ${next.says}`);
      box.setAttribute('aria-label', words('title'));
      title.textContent = words('title');
      close.setAttribute('aria-label', words('close'));
      microphone.name.textContent = words('microphone');
      speaker.name.textContent = words('speaker');
      level.name.textContent = words('level');
      if (says.textContent !== next.says) says.textContent = next.says;
      says.dataset.alert = String(next.alert);
      const off = next.line === 'off' || next.line === 'failed';
      go.textContent = words(off ? 'go-online' : 'go-offline');
      go.hidden = !next.owns;
      level.field.parentElement.hidden = next.line !== 'on';
    },
    remove: () => {
      open(false);
      button.remove();
      box.remove();
      root.adoptedStyleSheets = [...root.adoptedStyleSheets].filter((one) => one !== sheet);
    },
  };
}
