/* Elements, icons, times and names that the panels share. */

const ICONS = {
  close: 'M18 6 6 18M6 6l12 12',
  call: 'M22 16.92v3a2 2 0 0 1-2.18 2 19.79 19.79 0 0 1-8.63-3.07 19.5 19.5 0 0 1-6-6 19.79 19.79 0 0 1-3.07-8.67A2 2 0 0 1 4.11 2h3a2 2 0 0 1 2 1.72c.13.96.36 1.9.7 2.81a2 2 0 0 1-.45 2.11L8.09 9.91a16 16 0 0 0 6 6l1.27-1.27a2 2 0 0 1 2.11-.45c.91.34 1.85.57 2.81.7A2 2 0 0 1 22 16.92z',
  in: 'M16 2v6h6M22 2l-6 6',
  out: 'M22 8V2h-6M16 8l6-6',
  missed: 'M22 2l-6 6M16 2l6 6',
  edit: 'M12 20h9M16.5 3.5a2.1 2.1 0 0 1 3 3L7 19l-4 1 1-4z',
  copy: 'M9 9h12v12H9zM5 15H3V3h12v2',
};

/* Adds a child element, with attributes and a text. */
const add = (parent, tag, attributes = {}, text = '') => {
  const made = document.createElement(tag);
  for (const name in attributes) made.setAttribute(name, attributes[name]);
  if (text) made.textContent = text;
  parent.append(made);
  return made;
};

const drawIcon = (parent, outline) => {
  const space = 'http://www.w3.org/2000/svg';
  const svg = parent.appendChild(document.createElementNS(space, 'svg'));
  for (const [name, value] of [['class', 'icon'], ['viewBox', '0 0 24 24'], ['aria-hidden', 'true']]) svg.setAttribute(name, value);
  svg.appendChild(document.createElementNS(space, 'path')).setAttribute('d', outline);
};

/* Adds a button that shows an icon; `loader/tips.js` shows its name in a tooltip. */
const iconButton = (parent, icon, act, name) => {
  const button = add(parent, 'button', { type: 'button', class: 'quiet small', 'data-act': act, 'aria-label': name });
  drawIcon(button, ICONS[icon]);
  return button;
};

const chip = (parent, act, text) => add(parent, 'button', { type: 'button', class: 'chip', 'data-act': act }, text);

const DAY = 24 * 60 * 60 * 1000;

const midnight = (time) => new Date(time).setHours(0, 0, 0, 0);

/* Returns the beginning of the last working day before the one of this time. */
const lastWorkingDay = (now) => {
  const day = new Date(midnight(now));
  do day.setDate(day.getDate() - 1); while (day.getDay() % 6 === 0);
  return day.getTime();
};

/* Returns 10:00 on the next day. */
const tomorrowAtTen = (now) => {
  const day = new Date(midnight(now));
  day.setDate(day.getDate() + 1);
  return day.setHours(10);
};

/* Formats a time relative to today, with Latin digits as everywhere in the bar. */
const when = (ribbon, time, now) => {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return '';
  const tag = ribbon.place().lang + '-u-nu-latn';
  const days = Math.round((midnight(time) - midnight(now)) / DAY);
  const hours = date.toLocaleTimeString(tag, { hour: 'numeric', minute: '2-digit' });
  // A time keeps its order between words of the other direction.
  const clock = ribbon.place().dir === 'rtl' ? '\u2066' + hours + '\u2069' : hours;
  const near = { '0': 'today', '-1': 'yesterday', '1': 'nextDay' }[days];
  if (near) return say(ribbon, near, clock);
  const year = date.getFullYear() === new Date(now).getFullYear() ? undefined : 'numeric';
  return date.toLocaleString(tag, { day: 'numeric', month: 'short', year, hour: 'numeric', minute: '2-digit' });
};

const duration = (seconds) => {
  const two = (n) => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? hours + ':' + two(minutes) + ':' + two(seconds % 60) : minutes + ':' + two(seconds % 60);
};

/* Returns the number to dial: the handle, if the agent may not see the number. */
const dialable = (call) => call.phoneNumberHandle || call.phoneNumber || '';

const nameOf = (call) => String((call.customerData || {}).name || '').trim();

/* Returns whom the call was with, as the agent reads it. */
const whoOf = (ribbon, call) => nameOf(call) || call.phoneNumber || ribbon.ask('say', 'withheld');

/* Returns the customer of a call for the next call. */
const customerOf = (call) => ({ ...call.customerData, phoneNumber: call.phoneNumber, ...(call.phoneNumberHandle && { phoneNumberHandle: call.phoneNumberHandle }) });

/* Adds the line with a name; a number keeps its direction. */
const nameLine = (parent, text, isNumber) => add(parent, 'b', { class: 'name', dir: isNumber ? 'ltr' : 'auto', 'data-number': String(isNumber), title: text }, text);

/* Adds the line under it: parts of text, of which numbers keep their direction. */
const detailLine = (parent, parts) => {
  const line = add(parent, 'span', { class: 'details' });
  parts.filter(([text]) => text).forEach(([text, kind], place) => {
    if (place) add(line, 'span', { class: 'between' }, ' · ');
    add(line, 'span', kind === 'number' ? { class: 'number', dir: 'ltr' } : { class: 'part', dir: 'auto' }, text);
  });
  return line;
};

/* Handles arrows: moves the focus between the buttons that call. */
const moveFocus = (panel, event) => {
  if (event.target.closest('textarea,input') || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp')) return;
  const buttons = [...panel.querySelectorAll('[data-act=redial]')];
  const place = buttons.indexOf(event.target);
  const next = event.key === 'ArrowDown' ? place + 1 : Math.max(place - 1, 0);
  if (!buttons[next]) return;
  event.preventDefault();
  buttons[next].focus();
};
