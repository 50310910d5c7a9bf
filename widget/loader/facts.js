/* Formats what the bar shows of a customer, by the browser's `Intl` (ECMA-402): formatting in
 * WebAssembly would have to be downloaded.
 *
 * The build puts these functions in front of the ribbon's glue. None of them throws, whatever a
 * page passes. */

const CALL_RIBBON_MOST_FACTS = 12;
const CALL_RIBBON_KINDS = ['text', 'number', 'money', 'date', 'days'];
/* How pages name amounts of money, and numbers that count nothing. */
const CALL_RIBBON_MONEY = /amount|balance|outstanding|principal|premium|price|salary|income|(due|emi|fee|paid|cost|budget|value)$/i;
const CALL_RIBBON_NAME = /(id|no|number|code|pin|zip|year|account|ref|phone|mobile)$/i;
const CALL_RIBBON_ISO = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?$/;

/* The locale that the page requests. */
let callRibbonPage = '';

/** Sets the locale that `init` requests; an empty one means the page's. */
const callRibbonSpeak = (locale) => { callRibbonPage = locale; };

/* Returns the page's locale, or one for the language `wanted` if the page has another, with the
 * region of the browser and with Latin digits, like those of the timer. */
const callRibbonLocale = (wanted, currency) => {
  const page = (callRibbonPage || document.documentElement.lang || navigator.language || 'en').replace(/_/g, '-');
  let tag = !wanted || page.startsWith(wanted) ? page : wanted;
  if (!tag.includes('-')) tag = currency === 'INR' ? tag + '-IN' : navigator.languages.find((one) => one.startsWith(tag + '-')) || tag;
  try {
    return Intl.getCanonicalLocales(tag + '-u-nu-latn')[0];
  } catch {
    return 'en';
  }
};

const callRibbonCode = (currency) => (/^[A-Z]{3}$/.test(currency) ? currency : undefined);

/* Returns the days from today to a date. */
const callRibbonDays = (at) => Math.round((new Date(at).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 864e5);

/* Formats a day, with the year if it is another one. */
const callRibbonDate = (at, locale, time) => at.toLocaleString(locale, {
  day: 'numeric', month: 'short', year: at.getFullYear() === new Date().getFullYear() ? undefined : 'numeric', ...time,
});

/** Formats a time relative to today: "yesterday 16:20". */
const callRibbonWhen = (time, tag) => {
  const at = new Date(time);
  const locale = callRibbonLocale(tag);
  const days = callRibbonDays(at);
  if (!(Math.abs(days) < 7)) return isNaN(at) ? '' : callRibbonDate(at, locale);
  const day = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(days, 'day');
  // A time keeps its order between words of the other direction.
  return day + ' \u2066' + at.toLocaleTimeString(locale, { hour: 'numeric', minute: '2-digit' }) + '\u2069';
};

/* Formats a value of a kind. Returns nothing for a value that cannot be shown. */
const callRibbonValue = (value, kind, currency, label) => {
  const locale = callRibbonLocale('', currency);
  if (kind === 'date') {
    // A day has no time zone; midnight in UTC means a day.
    const day = typeof value === 'string' && /^(\d{4})-(\d\d)-(\d\d)(T00:00(:00(\.0+)?)?Z)?$/.exec(value);
    const at = day ? new Date(+day[1], day[2] - 1, +day[3]) : new Date(value);
    const time = !day && (at.getHours() || at.getMinutes()) && { hour: 'numeric', minute: '2-digit' };
    return isNaN(at) ? String(value) : callRibbonDate(at, locale, time);
  }
  if (/^language$/i.test(label) && /^[a-z]{2}(-[A-Z]{2})?$/.test(value)) return new Intl.DisplayNames(locale, { type: 'language' }).of(value);
  const number = typeof value === 'string' && value.trim() ? Number(value) : value;
  if (kind === 'text' || typeof number !== 'number' || !isFinite(number)) return String(value).trim();
  const cents = Number.isInteger(number) ? 0 : undefined;
  return new Intl.NumberFormat(locale, {
    ...(kind === 'money' && currency && { style: 'currency', currency, currencyDisplay: 'narrowSymbol', minimumFractionDigits: cents, maximumFractionDigits: cents }),
    ...(kind === 'money' && !currency && { minimumFractionDigits: cents ?? 2, maximumFractionDigits: 2 }),
    ...(kind === 'number' && (Math.abs(number) < 1 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 2 })),
    ...(kind === 'days' && !/days?\b/i.test(label) && { style: 'unit', unit: 'day', unitDisplay: 'long' }),
  }).format(number);
};

/* Returns the kind of a value in the context, by its name; nothing for what an agent does not read. */
const callRibbonKind = (name, value) => {
  const text = typeof value === 'string';
  if (text && (!value.trim() || /^https?:/.test(value))) return;
  if (value && value.getTime || text && CALL_RIBBON_ISO.test(value)) return 'date';
  if (!text && typeof value !== 'number' || value !== value) return;
  if (text && !/^-?\d+(\.\d+)?$/.test(value)) return 'text';
  if (/days/i.test(name)) return 'days';
  if (CALL_RIBBON_MONEY.test(name)) return 'money';
  return text || CALL_RIBBON_NAME.test(name) ? 'text' : 'number';
};

/* `loanAmount`, `loan_amount` and `loan-amount` become "Loan amount". */
const callRibbonLabel = (name) => {
  const words = name.replace(/[_-]+/g, ' ').trim().replace(/([a-z\d])([A-Z])(?=[a-z])/g, (_, before, after) => before + ' ' + after.toLowerCase());
  return (words.charAt(0).toUpperCase() + words.slice(1)).replace(/\b(id|url|emi)\b/gi, (word) => word.toUpperCase());
};

/* Returns the currency that an object, or a part of it, names. */
const callRibbonCurrency = (of) => [Object(of), ...Object.values(Object(of))].map((part) => callRibbonCode(part && part.currency)).find(Boolean);

/* Returns the facts of a customer as label, value and kind: the page's own `facts`, else the first
 * entries of the context. Amounts in the context are in its `currency`, also within a part of it. */
const callRibbonCustomerFacts = (data) => {
  try {
    // A page is told that anything but an object is not shown.
    const context = Array.isArray(data.context) || typeof data.context !== 'object' ? {} : Object(data.context);
    const common = callRibbonCurrency(context);
    const given = Array.isArray(data.facts) ? data.facts
      : Object.keys(context).slice(0, 50).filter((name) => name !== 'currency').map((name) => ({ label: callRibbonLabel(name), value: context[name], kind: callRibbonKind(name, context[name]) || 'none' }));
    const facts = [];
    for (const { label, value, kind, currency } of given) {
      const is = kind || (value && value.getTime || CALL_RIBBON_ISO.test(value) ? 'date' : typeof value === 'number' ? 'number' : 'text');
      const shown = is === 'none' || value === null || value === undefined ? '' : callRibbonValue(value, is, callRibbonCode(currency) || common, label);
      if (shown && facts.length < CALL_RIBBON_MOST_FACTS) facts.push([String(label), shown, is]);
    }
    return facts;
  } catch {
    return [];
  }
};

/** Returns a sentence about the first mistake in the `facts` of `setCustomer`. */
const callRibbonCheckFacts = (facts) => {
  if (facts === undefined || facts === null) return;
  if (!Array.isArray(facts) || facts.length > CALL_RIBBON_MOST_FACTS) return `facts must be a list of at most ${CALL_RIBBON_MOST_FACTS} facts such as {label: 'Amount due', value: 12450.5, kind: 'money', currency: 'INR'}`;
  for (const [place, fact] of facts.entries()) {
    let label, value, kind, currency;
    try {
      ({ label, value, kind, currency } = Object(fact));
    } catch {
      return `facts[${place}] cannot be read, because a getter throws`;
    }
    const at = `facts[${place}].`;
    if (typeof label !== 'string' || !label.trim() || label.length > 60) return at + 'label must be a text of 1 to 60 characters';
    if (kind !== undefined && kind !== null && !CALL_RIBBON_KINDS.includes(kind)) return at + 'kind must be one of ' + CALL_RIBBON_KINDS.join(', ');
    if (!(value === undefined || value === null || value.getTime || /^(string|number)$/.test(typeof value))) return at + 'value must be a text, a number or a Date';
    if (kind === 'date' && value && isNaN(new Date(value))) return at + 'value must be a date such as \'2026-12-01\'';
    if (/money|number|days/.test(kind) && value && isNaN(value)) return at + 'value must be a number';
    if (currency !== undefined && currency !== null && !callRibbonCode(currency)) return at + 'currency must be a code of three letters such as INR';
  }
};

/** Returns a customer's amounts and days, to show after the name: those that say what they are. */
const callRibbonBrief = (data) => callRibbonCustomerFacts(data).filter(([, value, kind]) => kind === 'days' || kind === 'money' && /[^-\d.,\s]/.test(value))
  // Without its label, a number of days needs its unit.
  .map(([, value, kind]) => (kind === 'days' ? callRibbonValue(value.replace(/\D/g, ''), kind, '', '') : value)).slice(0, 2).join(' · ');

/**
 * Draws a customer's facts behind the first child of an element, unless they are drawn already. The
 * style sheet shows those that fit; the tooltip has all.
 */
const callRibbonDrawFacts = (zone, data) => {
  const locale = callRibbonLocale();
  if (zone.drawn === data && zone.locale === locale) return;
  Object.assign(zone, { drawn: data, locale });
  while (zone.children[1]) zone.lastChild.remove();
  const facts = callRibbonCustomerFacts(Object(data));
  zone.title = facts.map(([label, value]) => label + ': ' + value).join('\n');
  for (const [label, value, kind] of facts) {
    const fact = zone.appendChild(document.createElement('span'));
    fact.className = 'fact';
    fact.dataset.kind = kind;
    for (const [name, text] of [['fact-name', label], ['value', value]]) {
      const part = fact.appendChild(document.createElement(name === 'value' ? 'b' : 'span'));
      part.className = name;
      part.dir = 'auto';
      part.textContent = text;
    }
  }
};

/**
 * Picks the last word from the newest calls of a customer: when the last call was, its status and
 * direction, its outcome, the outcome and the note of the last call that has a note, else an outcome,
 * and when a follow-up is due, if that is today or earlier. The last call's outcome is not repeated.
 */
const callRibbonLastWord = (calls, tag) => {
  const over = calls.filter((call) => call.status !== 'active');
  const [last] = over;
  if (!last) return [];
  let due = '';
  for (const { followUp, status } of over) {
    if (followUp && callRibbonDays(followUp.at) <= 0) due = new Intl.RelativeTimeFormat(callRibbonLocale(tag), { numeric: 'auto' }).format(callRibbonDays(followUp.at), 'day');
    // A later talk has done what was to be followed up before.
    if (followUp || status === 'completed') break;
  }
  const noted = over.find((call) => call.notes) || over.find((call) => call.disposition) || {};
  return [callRibbonWhen(last.startTime, tag), last.status, last.callDirection, last.disposition || '', noted === last ? '' : noted.disposition || '', (noted.notes || '').slice(0, 500), due];
};

/** Copies a text to the clipboard. An insecure page has no clipboard but the old command. */
const callRibbonCopy = (button, text) => {
  const done = () => {
    button.dataset.done = 'true';
    setTimeout(() => { button.dataset.done = 'false'; }, 1500);
  };
  const old = () => {
    const field = button.parentNode.appendChild(document.createElement('textarea'));
    field.value = text;
    field.select();
    if (document.execCommand('copy')) done();
    field.remove();
    button.focus();
  };
  if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, old);
  else old();
};
