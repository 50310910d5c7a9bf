/* What an agent reads about a call that rules forbid or warn of, the field for the reason to call all
 * the same, and the button that makes a follow-up for the time when the call is permitted.
 *
 * The ribbon loads this script with the first answer about a customer (runtime/permission.rs). Words
 * are here and not in `words/`, since most pages never need them. */

/* A timer cannot wait longer, in milliseconds. */
const LONGEST_WAIT = 2 ** 31 - 1;

/* How long a button that took another one's place ignores presses, as the main button does: the second of
 * two quick presses was meant for the other one. In milliseconds. */
const SETTLE = 700;

/* In characters. */
const LONGEST_REASON = 500;

const WORDS = {
  en: {
    hours: 'Outside the permitted hours.', attempts: '{0} calls have been made, and {1} are permitted.', 'after-talk': 'Too soon after the conversation on {0}.', party: 'This person may not be called about this.',
    'quiet-time': 'The customer does not want to be called at this time.', occasion: 'The customer is not to be disturbed now.', 'caller-series': 'The number shown to the customer must begin with {0}.',
    'caller-hidden': 'The customer would see no number.', suppressed: 'On the do-not-call list since {0}.', registered: 'In the register {0}.', 'registry-old': 'The copy of the register {0} is too old.',
    'registry-none': 'There is no copy of the register {0}.', next: 'Not before {0}.', why: 'Reason to call all the same', call: 'Call',
    plan: 'Follow up {0}', planned: 'Follow-up: {0}', undo: 'Undo', failed: 'Not saved. Check the network connection and try again.',
  },
  hi: {
    hours: 'इस समय कॉल की अनुमति नहीं है।', attempts: '{0} कॉलें हो चुकी हैं, {1} की अनुमति है।', 'after-talk': '{0} की बातचीत के बाद इतनी जल्दी कॉल नहीं की जा सकती।', party: 'इस बारे में इस व्यक्ति को कॉल नहीं की जा सकती।',
    'quiet-time': 'ग्राहक इस समय कॉल नहीं चाहते।', occasion: 'ग्राहक को अभी परेशान नहीं करना है।', 'caller-series': 'ग्राहक को दिखने वाला नंबर {0} से शुरू होना चाहिए।',
    'caller-hidden': 'ग्राहक को कोई नंबर नहीं दिखेगा।', suppressed: '{0} से “कॉल न करें” सूची में है।', registered: 'रजिस्टर {0} में है।', 'registry-old': 'रजिस्टर {0} की प्रति बहुत पुरानी है।',
    'registry-none': 'रजिस्टर {0} की कोई प्रति नहीं है।', next: '{0} से पहले नहीं।', why: 'फिर भी कॉल करने का कारण', call: 'कॉल करें',
    plan: '{0} फ़ॉलो-अप करें', planned: 'फ़ॉलो-अप: {0}', undo: 'वापस लें', failed: 'सहेजा नहीं गया। नेटवर्क जाँचें और फिर कोशिश करें।',
  },
  ur: {
    hours: 'اس وقت کال کی اجازت نہیں ہے۔', attempts: '{0} کالیں ہو چکی ہیں، {1} کی اجازت ہے۔', 'after-talk': '{0} کی گفتگو کے بعد اتنی جلدی کال نہیں کی جا سکتی۔', party: 'اس بارے میں اس شخص کو کال نہیں کی جا سکتی۔',
    'quiet-time': 'گاہک اس وقت کال نہیں چاہتے۔', occasion: 'گاہک کو ابھی پریشان نہیں کرنا ہے۔', 'caller-series': 'گاہک کو دکھنے والا نمبر {0} سے شروع ہونا چاہیے۔',
    'caller-hidden': 'گاہک کو کوئی نمبر نظر نہیں آئے گا۔', suppressed: '{0} سے “کال نہ کریں” فہرست میں ہے۔', registered: 'رجسٹر {0} میں ہے۔', 'registry-old': 'رجسٹر {0} کی نقل بہت پرانی ہے۔',
    'registry-none': 'رجسٹر {0} کی کوئی نقل نہیں ہے۔', next: '{0} سے پہلے نہیں۔', why: 'پھر بھی کال کرنے کی وجہ', call: 'کال کریں',
    plan: '{0} فالو اپ کریں', planned: 'فالو اپ: {0}', undo: 'واپس لیں', failed: 'محفوظ نہیں ہوا۔ نیٹ ورک دیکھیں اور دوبارہ کوشش کریں۔',
  },
};

const STYLES = `
  .reason, .plan { grid-column: 1 / -1; order: -1; margin-bottom: 4px; display: flex; flex-wrap: wrap; align-items: center; gap: 6px 8px; min-width: 0; width: 100%; }
  .bar:not([data-look=idle], [data-look=failed], [data-look=ended]) .reason, .place[data-minimized=true] .reason { display: none; }
  .bar:not([data-look=idle], [data-look=failed]) .plan, .place[data-minimized=true] .plan { display: none; }
  .plan .said:empty { display: none; }
  .reason input { flex: 1 1 200px; min-width: 0; }
`;

const wordsOf = (tag) => WORDS[tag] ?? WORDS.en;

/* Fills in values. A value keeps its order between words of the other direction. */
const fill = (words, key, ...values) => words[key].replace(/\{(\d)\}/g, (_, place) => (words === WORDS.ur ? '\u2068' + values[place] + '\u2069' : values[place]));

/* Returns the day in a zone as a number that counts days. */
const dayIn = (at, timeZone) => {
  const part = Object.fromEntries(new Intl.DateTimeFormat('en', { timeZone, year: 'numeric', month: 'numeric', day: 'numeric' }).formatToParts(at).map(({ type, value }) => [type, value]));
  return Date.UTC(part.year, part.month - 1, part.day) / 864e5;
};

/* Formats a time as clocks in the zone show it, never early: "tomorrow 08:00, India Time". */
const timeIn = (at, timeZone, locale, now) => {
  const minute = new Date(Math.ceil(at / 6e4) * 6e4);
  const clock = minute.toLocaleTimeString(locale, { timeZone, hour: 'numeric', minute: '2-digit', timeZoneName: 'shortGeneric' });
  const days = dayIn(minute, timeZone) - dayIn(now, timeZone);
  if (!days) return clock;
  const day = days === 1 ? new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(1, 'day')
    : minute.toLocaleDateString(locale, { timeZone, weekday: 'short', day: 'numeric', month: 'short' });
  return day + ' ' + clock;
};

/* Returns whether the agent's clock shows this time as clocks in the zone do. */
const isOwnTime = (at, timeZone) => new Date(at).toLocaleString('en', { timeZone }) === new Date(at).toLocaleString('en');

/* Formats the day and the time of a follow-up: "tomorrow 08:00", with the zone if it is not the agent's. */
const dueIn = (at, timeZone, locale, now) => {
  const minute = new Date(Math.ceil(at / 6e4) * 6e4);
  const days = dayIn(minute, timeZone) - dayIn(now, timeZone);
  const day = days >= 0 && days < 2 ? new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(days, 'day')
    : minute.toLocaleDateString(locale, { timeZone, ...(days > 1 && days < 7 ? { weekday: 'long' } : { weekday: 'short', day: 'numeric', month: 'short' }) });
  return day + ' ' + minute.toLocaleTimeString(locale, { timeZone, hour: 'numeric', minute: '2-digit', timeZoneName: isOwnTime(minute, timeZone) ? undefined : 'shortGeneric' });
};

const dayOf = (at, timeZone, locale) => {
  const date = new Date(at);
  const same = date.getFullYear() === new Date().getFullYear();
  return date.toLocaleDateString(locale, { timeZone, day: 'numeric', month: 'short', year: same ? undefined : 'numeric' });
};

/* A pack that the client has written, in the words of its agents; `own-list` is not one. */
const OWN_PACK = /^own-(?!list$)/;

/* Returns the sentence about one rule; the pack's own about a kind that is not known here, and of a pack that the client has written. */
const sentence = ({ pack, reason, said }, words, timeZone, locale) => {
  if (OWN_PACK.test(pack)) return said;
  const { kind, made, most, talkedAt, at, prefix, registry, asOf } = Object(reason);
  const values = { attempts: [made, most], 'after-talk': [talkedAt && dayOf(talkedAt, timeZone, locale)], 'caller-series': [prefix], suppressed: [at && dayOf(at, timeZone, locale)], registered: [registry], 'registry-old': [registry] }[kind] || [];
  const key = kind === 'registry-old' && !asOf ? 'registry-none' : kind;
  return Object.hasOwn(words, key) ? fill(words, key, ...values) : said;
};

/**
 * Puts a decision into words: why the call is not permitted and when it is, or what to mind. `asks`
 * says whether the agent may call all the same, with a reason.
 */
const explain = ({ allowed, because, zones, nextAllowed, notBefore }, tag, locale, now) => {
  const words = wordsOf(tag);
  const stops = because.filter(({ effect, overridden }) => effect === 'block' && !overridden);
  const [timeZone] = zones;
  const sentences = (allowed ? because : stops).map((one) => sentence(one, words, timeZone, locale));
  const next = nextAllowed ?? notBefore;
  if (!allowed && next) sentences.push(fill(words, 'next', timeIn(next, timeZone, locale, now)));
  return {
    said: [...new Set(sentences)].join(' '),
    asks: !allowed && stops.every(({ mayOverride }) => mayOverride === 'agent'),
  };
};

const add = (parent, tag, attributes, text = '') => {
  const element = parent.appendChild(document.createElement(tag));
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  element.textContent = text;
  return element;
};

/**
 * Starts on the ribbon's element. `ask` asks the ribbon; `localeOf` is how the bar formats; `refresh` says
 * that the follow-ups have changed.
 */
export const start = (host, ask, localeOf, refresh) => {
  const shadow = host.shadowRoot;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLES);
  shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet];
  let form = null;
  let plan = null;
  let pressed = false;
  let timer = 0;
  /* The follow-up that was made here last, and for whom: it can be undone. */
  let made = {};

  /* Whom the bar shows: a reason is for one customer. */
  const about = () => {
    const { phone, customer, live } = ask('state') || {};
    return JSON.stringify([phone, customer, live]);
  };

  const close = () => {
    if (!form) return;
    const inside = form.contains(shadow.activeElement);
    form.remove();
    form = null;
    if (inside) shadow.querySelector('.main').focus();
  };

  /* Whom the answer that forbids the call is about; empty if the call is not forbidden. */
  const refused = () => (ask('state') || {}).refused || '';

  const hidePlan = () => {
    watcher.disconnect();
    if (plan) plan.remove();
    plan = null;
  };

  // The offer goes with the answer that it belongs to.
  const watcher = new MutationObserver(() => {
    if (plan && plan.about !== refused()) hidePlan();
  });

  /* Offers a follow-up for the time when the call is permitted, or shows the one that is planned. */
  const showPlan = ({ allowed, nextAllowed, followUp, zones }) => {
    const whom = refused();
    const key = JSON.stringify([whom, nextAllowed, followUp, shadow.querySelector('.place').lang]);
    if (plan && plan.isConnected && plan.key === key) return;
    const inside = plan && plan.contains(shadow.activeElement);
    const settles = pressed;
    pressed = false;
    hidePlan();
    const bar = shadow.querySelector('.bar');
    if (allowed || !nextAllowed || !whom || !bar) return;
    const { lang } = shadow.querySelector('.place');
    const words = wordsOf(lang);
    const say = (word, at) => fill(words, word, dueIn(at, zones[0], localeOf(lang), ask('state').now));
    plan = add(bar, 'div', { class: 'plan', part: 'follow-up' });
    Object.assign(plan, { key, about: whom });
    const said = add(plan, 'span', { class: 'said', role: 'status', dir: 'auto' });
    let busy = false;
    const offer = (act, text, send) => {
      const button = add(plan, 'button', { type: 'button', class: 'act', 'data-act': act }, text);
      if (settles) {
        for (const name of ['data-settling', 'aria-disabled']) button.setAttribute(name, 'true');
        setTimeout(() => { for (const name of ['data-settling', 'aria-disabled']) button.removeAttribute(name); }, SETTLE);
      }
      if (inside) button.focus();
      button.addEventListener('click', async () => {
        if (busy || button.dataset.settling || plan.about !== refused()) return;
        busy = true;
        try {
          await send();
          pressed = true;
          refresh();
          ask('judge');
        } catch (error) {
          said.textContent = typeof error === 'string' ? error : words.failed;
        }
        busy = false;
      });
    };
    if (!followUp) {
      offer('plan', say('plan', nextAllowed), async () => {
        const { sessionId, callSid } = await ask('follow-up', new Date(nextAllowed).toISOString());
        // A call's own follow-up is changed with its notes.
        made = callSid ? {} : { whom, sessionId };
      });
      return;
    }
    // A screen reader announces a change of a region, and not a new region.
    requestAnimationFrame(() => { said.textContent = say('planned', Date.parse(followUp.at)); });
    if (made.whom === whom) offer('undo', words.undo, () => ask('patch', '/api/ribbon/follow-ups/' + made.sessionId, '"followUp":null'));
    else if (inside) shadow.querySelector('.main').focus();
  };

  const again = () => {
    if (!document.hidden) ask('judge');
  };
  document.addEventListener('visibilitychange', again);

  return {
    explain: (decision, tag) => explain(decision, tag, localeOf(tag), (ask('state') || {}).now),
    /* Asks again when the call is permitted, after so many milliseconds. */
    follow: (wait, asks, decision) => {
      clearTimeout(timer);
      if (wait !== undefined) timer = setTimeout(() => ask('judge'), Math.min(Math.max(wait, 0) + 500, LONGEST_WAIT));
      if (form && (!asks || form.about !== about())) close();
      showPlan(decision ? JSON.parse(decision) : { allowed: true });
      if (plan) watcher.observe(shadow, { subtree: true, attributes: true, attributeFilter: ['title', 'data-look', 'lang'] });
    },
    /* Lets the agent write why to call all the same. */
    ask: () => {
      const bar = shadow.querySelector('.bar');
      if (!bar || form && form.isConnected) return form && form.firstChild.focus();
      const words = wordsOf(shadow.querySelector('.place').lang);
      form = add(bar, 'form', { class: 'reason', part: 'reason' });
      form.about = about();
      const field = add(form, 'input', { class: 'about', 'aria-label': words.why, placeholder: words.why, maxlength: LONGEST_REASON, required: '', autocomplete: 'off', enterkeyhint: 'go', dir: 'auto' });
      add(form, 'button', { class: 'act', 'data-act': 'call-because' }, words.call);
      form.noValidate = true;
      form.addEventListener('submit', (event) => {
        event.preventDefault();
        const reason = field.value.trim();
        if (form.about !== about()) close();
        else if (reason) {
          close();
          ask('call-because', reason);
        } else field.focus();
      });
      // Pressing in the field does not drag the card.
      form.addEventListener('pointerdown', (event) => event.stopPropagation());
      form.addEventListener('keydown', (event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        close();
      });
      field.focus();
    },
    stop: () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', again);
      close();
      hidePlan();
      shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets].filter((one) => one !== sheet);
    },
  };
};
