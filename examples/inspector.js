// The event inspector: buttons for all that can happen, and both sides of what did.

const heard = document.getElementById('heard');
const logged = document.getElementById('logged');
const KNOWN = { customerId: 'INSPECTOR-1', name: 'Asha Rao', phone: '+919900020001', company: 'Rao Traders' };
const SHOWN = { customerId: 'INSPECTOR-2', name: 'Peter D’Souza', phoneNumber: '+91 99000 10009', context: { plan: 'gold', open: 2 }, metadata: { from: 'the inspector' } };

let who = null;
let session = null;

/** Adds a line on top of what the page heard. */
function show(kind, name, data, open) {
  heard.querySelector('.quiet')?.remove();
  const line = document.createElement('li');
  line.dataset.kind = kind;
  line.append(Object.assign(document.createElement('b'), { textContent: name }));
  line.append(Object.assign(document.createElement('small'), { textContent: new Date().toLocaleTimeString() }));
  if (data !== undefined) {
    const details = line.appendChild(document.createElement('details'));
    details.open = Boolean(open);
    details.append(Object.assign(document.createElement('summary'), { textContent: kind === 'event' ? 'data' : 'result' }));
    details.append(Object.assign(document.createElement('pre'), { textContent: JSON.stringify(data, null, 2) }));
  }
  heard.prepend(line);
}

/** Asks the server, with the key that is signed in. */
async function ask(path, body) {
  const answer = await fetch('/api/ribbon' + path, body
    ? { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ apiKey: who.apiKey, ...body }) }
    : { headers: { 'X-API-Key': who.apiKey } });
  const said = await answer.json();
  if (!answer.ok) throw { code: said.code, message: said.error };
  return said;
}

/** Shows the history of the call that something was heard of last. */
async function look() {
  const { call } = ExotelCallRibbon.getState();
  if (call?.sessionId) session = call.sessionId;
  if (!session) return;
  const { timeline, status } = await ask('/calls/' + session);
  logged.replaceChildren(...timeline.map(({ event, source, timestamp }) => {
    const line = document.createElement('li');
    line.append(Object.assign(document.createElement('b'), { textContent: event }));
    line.append(Object.assign(document.createElement('small'), { textContent: `${source} · ${new Date(timestamp).toLocaleTimeString()}` }));
    return line;
  }));
  logged.append(Object.assign(document.createElement('li'), { className: 'quiet', textContent: `status ${status}` }));
}

/** Does something, and shows what comes of it. */
async function attempt(name, work) {
  try {
    show('method', name, await work(), name === 'diagnose()' || name === 'getState()');
  } catch ({ code, message }) {
    show('error', name, { code, message }, true);
  }
}

async function signIn() {
  who = Object.fromEntries(new FormData(document.getElementById('sign-in')));
  session = null;
  await ExotelCallRibbon.destroy();
  await attempt('init()', () => ExotelCallRibbon.init({
    ...who,
    onReady: () => show('event', 'onReady'),
    onError: (error) => show('error', 'onError', error, true),
    onCallEvent: (event, data) => {
      show('event', event, data);
      look().catch(({ message }) => show('error', 'The log could not be read', message, true));
    },
  }));
}

async function ring({ ring: from, known, everybody }) {
  if (known !== undefined) await ask('/customer', { customerData: KNOWN });
  return ask('/simulator/incoming', everybody === undefined ? { from, agentId: who.agentId } : { from });
}

document.getElementById('sign-in').addEventListener('submit', (event) => {
  event.preventDefault();
  signIn();
});
document.getElementById('clear').addEventListener('click', () => heard.replaceChildren());
document.querySelector('main').addEventListener('click', ({ target }) => {
  const { call, ring: from, do: method, with: given } = target.dataset;
  if (call) attempt(`makeCall('${call}')`, () => ExotelCallRibbon.makeCall(call));
  if (from) attempt(`a call from ${from}`, () => ring(target.dataset));
  if (method) {
    const args = method === 'setCustomer' ? [SHOWN] : given === undefined ? [] : [JSON.parse(given)];
    attempt(`${method}(${args.map((arg) => JSON.stringify(arg)).join()})`, () => ExotelCallRibbon[method](...args));
  }
});
signIn();
