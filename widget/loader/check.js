/* Notices what is probably a mistake in the options of `init` and in a customer. The build puts this
 * function in front of the ribbon's glue. The sentences are in `advise.js`, which is loaded only
 * then: an agent's page does not pay for them. */
const CALL_RIBBON_NAMES = {
  init: 'apiKey apiUrl position offset onCallEvent onReady onError agentId agentName agentToken autoCall theme locale keys linkTel'.split(' '),
  setCustomer: 'phoneNumber phoneNumberHandle name customerId email context callType agentId agentName metadata autoCall facts script'.split(' '),
};
const callRibbonAdvised = new Set();

/**
 * Checks what the page gave to a method. `files` is where the ribbon's files are. Without an `init`
 * so far, `waits` is set: a customer is shown only once there is one. `busy` is whether a call is in
 * progress, `more` what follows the customer, and `why` says why its number cannot be dialed.
 */
const callRibbonCheck = (method, given, files, waits, busy, more, why) => {
  const advise = (problem, once) => {
    if (callRibbonAdvised.has(once)) return;
    callRibbonAdvised.add(once);
    callRibbonImport(files + '/' + callRibbonFiles.advise).then((script) => script.advise(problem, method, given, CALL_RIBBON_NAMES[method], why)).catch(() => {});
  };
  const names = Object.keys(given).filter((name) => !CALL_RIBBON_NAMES[method].includes(name));
  if (names.length) advise('names', method + names);
  if (method === 'init') {
    const { locale } = given;
    const tag = typeof locale === 'string' ? locale.toLowerCase().split(/[-_]/)[0] : '';
    if (tag && tag !== 'en' && !callRibbonFiles['words-' + tag]) advise('locale', 'locale' + tag);
    return;
  }
  const { name, context, metadata, autoCall } = given;
  const odd = (value) => value !== undefined && value !== null && (typeof value !== 'object' || Array.isArray(value));
  if ((name && typeof name === 'object') || odd(context) || odd(metadata)) advise('values', 'values');
  if (why) advise('number', 'number' + why);
  if (more !== undefined) advise('more', 'more');
  if (autoCall && busy) advise('busy', 'busy');
  if (waits) setTimeout(() => window.ExotelCallRibbon.getState().phase === 'signed-out' && advise('init', 'init'), 5000);
};
