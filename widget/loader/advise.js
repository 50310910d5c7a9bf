/* Tells the developer of a page, in the console, what is probably a mistake. Nothing of this reaches
 * an agent, and nothing is refused: the call matters more. */

/* Returns how many letters have to be changed, added, removed or swapped with their neighbour to turn
 * one word into the other (optimal string alignment). */
const distance = (one, other) => {
  let [before, last] = [[], Array.from({ length: other.length + 1 }, (_, place) => place)];
  for (let i = 1; i <= one.length; i++) {
    const line = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      line[j] = Math.min(last[j] + 1, line[j - 1] + 1, last[j - 1] + same);
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) line[j] = Math.min(line[j], before[j - 2] + 1);
    }
    [before, last] = [last, line];
  }
  return last[other.length];
};

/* Other words for a name, as CRMs and other products have them, in small letters. */
const SYNONYMS = {
  apiKey: 'key accesskey publickey clientkey publishablekey appkey',
  apiUrl: 'url server serverurl baseurl host endpoint apiendpoint backend domain',
  agentToken: 'token jwt accesstoken authtoken usertoken idtoken',
  agentId: 'agent user userid username useremail agentemail owner ownerid employeeid operatorid',
  agentName: 'userdisplayname agentfullname agentdisplayname',
  onCallEvent: 'callback onevent oncall oncallevents eventhandler handler listener',
  onReady: 'ready onload oninit onloaded',
  onError: 'error onfail onfailure errorhandler',
  position: 'placement dock location side',
  locale: 'lang language',
  theme: 'colorscheme mode darkmode',
  linkTel: 'tellinks linktels clicktocall clicktodial',
  autoCall: 'autodial dial callnow',
  phoneNumber: 'phone mobile mobilenumber tel telephone cell msisdn contactnumber number to',
  customerId: 'id uid customer contactid leadid crmid recordid externalid accountid',
  name: 'fullname customername contactname displayname firstname',
  email: 'mail emailaddress',
  callType: 'type purpose calltype category',
  context: 'data details fields customfields attributes properties',
  metadata: 'meta extra tags',
};

/** Returns the name that was probably meant; none if nothing is near. */
export const nearest = (name, names) => {
  const plain = (text) => text.slice(0, 40).toLowerCase().replace(/[_-]/g, '');
  const same = names.find((known) => SYNONYMS[known]?.split(' ').includes(plain(name)));
  if (same) return same;
  const [best] = names.map((known) => [distance(plain(name), plain(known)), known]).sort((one, other) => one[0] - other[0]);
  return best && best[0] <= Math.max(1, Math.floor(name.length / 3)) ? best[1] : '';
};

const quoted = (value) => (typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : String(value));

const SENTENCES = {
  names: (method, given, names) => Object.keys(given).slice(0, 50).filter((name) => !names.includes(name)).map((name) => {
    const meant = nearest(name, names);
    if (method === 'init') return `init: there is no option ${name}${meant ? `; did you mean ${meant}?` : `. The options are ${names.join(', ')}.`}`;
    // Any other field is the page's own, and comes back with each event.
    return meant && given[meant] === undefined && `setCustomer: there is no field ${name}; did you mean ${meant}? It is kept and returned with each event, and not used.`;
  }),
  locale: (method, { locale }) => [`init: there is no language ${quoted(locale)}, so the bar is in English.`],
  values: (method, { name, context, metadata }) => [
    name && typeof name === 'object' && `setCustomer: name must be a text; ${quoted(name)} is not shown.`,
    ...Object.entries({ context, metadata }).map(([field, value]) => value && (typeof value !== 'object' || Array.isArray(value)) && `setCustomer: ${field} must be an object such as {amountDue: 4500}; ${quoted(value)} is not shown.`),
  ],
  number: (method, { phoneNumber }, names, why) => [
    /\d/.test(phoneNumber) ? `setCustomer: phoneNumber cannot be called: ${why}.` : 'setCustomer: phoneNumber holds no digit, so it cannot be called. For a customer without a number, leave it out.',
  ],
  more: () => ['setCustomer takes one object; write autoCall and all else into it. What follows it is ignored.'],
  busy: () => ['setCustomer: autoCall does nothing during a call. The customer is the next one, and is called when the agent presses Call.'],
  init: () => ['setCustomer was called, and init was not: the ribbon appears once the page calls init with an apiKey.'],
};

/** Writes what is wrong to the console. */
export const advise = (problem, method, given, names, why) => {
  for (const sentence of SENTENCES[problem](method, given, names, why)) if (sentence) console.warn('Call ribbon: ' + sentence);
};
