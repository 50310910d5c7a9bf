// Whose ribbon it is: the agent whom the page named last, however and whenever it did.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newProfile, openPage, startBrowser } from '../support/browser.mjs';
import { cells } from '../support/matrix.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

/** Cells that are gone through at once, each worker in a profile of its own. */
const WORKERS = 6;
const SIMULATOR = { 'ring-after': 20, 'answer-after': 60, 'no-answer-after': 600_000 };

let browser, server, site;
before(async () => {
  [browser, server, site] = await Promise.all([startBrowser(), startServer({ simulator: SIMULATOR }), startSite()]);
});
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

/** A page that names nobody but whom it is told to. */
function pageOf(init, customer, more = {}) {
  const then = customer ? `ExotelCallRibbon.setCustomer(${JSON.stringify(customer)});` : '';
  return crmPage(server, { options: { agentId: undefined, ...init }, then, ...more });
}

/** Waits until the ribbon works for the agent, and returns the agent's id and name. */
async function works(page, agent) {
  const found = await page.waitForFunction((id) => {
    const { phase, agentId, agentName } = ExotelCallRibbon.getState();
    return agentId && !['loading', 'signing-in'].includes(phase) && (!id || agentId === id) && ready > 0 && { agentId, agentName };
  }, agent?.agentId);
  return found.jsonValue();
}

/** Waits until the page has heard of these, of this call, each once, with the customer; returns the last one's data. */
async function hears(page, events, customer, exact) {
  let last;
  for (const event of events) {
    const found = await page.waitForFunction(([name, id]) => {
      const all = heard.filter((one) => one.event === name && one.data.customerData.customerId === id);
      return all.length > 0 && all;
    }, [event, customer.customerId]);
    const all = await found.jsonValue();
    assert.equal(all.length, 1, `${event} is told once`);
    last = all[0].data;
    assert.equal(last.customerData.name, customer.name);
    if (exact) assert.deepEqual(last.customerData, customer);
  }
  return last;
}

/** One call in the ways of the cell, from its start to its record. */
async function oneCall(cell, { page, other }, place) {
  const ribbon = ribbonOf(page);
  const customer = { ...cell.customers[place], ...(cell.way === 'autoCall' ? { autoCall: true } : {}) };
  if (place > 0) {
    const set = (one) => one?.evaluate((given) => ExotelCallRibbon.setCustomer(given), one === page ? customer : cell.customers[place]);
    await Promise.all([set(page), set(other)]);
  }
  const incoming = cell.way === 'incoming';
  if (cell.way === 'makeCall()') await page.evaluate(() => { ExotelCallRibbon.makeCall(); });
  if (cell.way === 'click') {
    // While another agent signs in, nobody can call, and the button only saves.
    await works(page, cell.agents[place]);
    // After a call it saves first what was written about that, and calls the next customer then.
    await ribbon.host.locator(':is([data-main="call"], [data-main="save-call"])[aria-disabled="false"]').click();
  }
  const agent = await works(page, cell.agents[place]);
  if (cell.agents[place]) assert.deepEqual(agent, cell.agents[place]);
  if (other) await works(other, agent);
  if (incoming) {
    // With the notes of the last call open, the phase is `wrap-up` also while another agent signs in.
    for (const tab of other ? [page, other] : [page]) {
      await ribbonOf(tab).host.locator(':is([data-main="call"], [data-main="save-call"])').waitFor();
    }
    const { status } = await server.post('/api/ribbon/simulator/incoming', { from: customer.phoneNumber, agentId: agent.agentId });
    assert.equal(status, 202);
    await hears(page, ['incoming'], customer);
    await ribbon.reach('incoming');
    await ribbon.settled();
    await ribbon.main.click();
  }
  const tabs = other ? [page, other] : [page];
  for (const tab of tabs) await hears(tab, ['connected'], customer, !incoming && tab === page);
  const { sessionId } = await page.evaluate(() => ExotelCallRibbon.getState().call);
  if (cell.page === 'reload during the call' && place === cell.customers.length - 1) {
    await page.reload();
    await ribbon.reach('connected');
    await ribbon.ready();
    assert.equal(await page.evaluate(() => ExotelCallRibbon.getState().call.sessionId), sessionId);
  }
  const { error } = await ribbon.call('hangup');
  assert.equal(error, undefined);
  for (const tab of tabs) assert.equal((await hears(tab, ['callEnded'], customer, !incoming && tab === page)).status, 'completed');
  const call = await server.get(`/api/ribbon/calls/${sessionId}`);
  assert.deepEqual(
    [call.agentId, call.status, call.customerData.customerId],
    [agent.agentId, 'completed', customer.customerId],
  );
  if (agent.agentName) assert.equal(call.agentName, agent.agentName);
}

/** Goes through one cell, in a fresh tab of the profile. */
async function goThrough(cell, context) {
  const [path, calls] = [`/cell-${cell.n}`, cell.way === 'autoCall'];
  const [customer] = cell.customers;
  const address = site.page(path, pageOf(cell.init, calls ? { ...customer, autoCall: true } : customer));
  const complaints = [];
  const open = async (where) => {
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(where);
    return page;
  };
  if (cell.way === 'incoming') {
    for (const { customerId, name, phoneNumber } of cell.customers) {
      const { status } = await server.post('/api/ribbon/customer', { customerData: { customerId, name, phone: phoneNumber } });
      assert.equal(status, 200);
    }
  }
  let other;
  if (cell.page === 'second tab open') {
    // It has the stream, and the call is made in the one after it.
    other = await open(site.page(`${path}-other`, pageOf(cell.init, customer)));
    await works(other, cell.agents[0]);
  }
  const page = await open(address);
  for (const place of cell.customers.keys()) await oneCall(cell, { page, other }, place);
  for (const tab of [page, other]) assert.deepEqual(await tab?.evaluate(() => errors) ?? [], []);
  assert.deepEqual(complaints, []);
  // The next cell finds a browser that knows nobody.
  await page.evaluate(() => localStorage.clear());
  await Promise.all([page.close(), other?.close()]);
}

test('every way to name the agent, to have a call and to go on with the page', async (t) => {
  const all = cells();
  assert.equal(all.length, 72);
  const began = Date.now();
  const [waiting, failed] = [[...all], []];
  let passed = 0;
  const work = async () => {
    const context = await newProfile(browser, { viewport: { width: 1280, height: 720 } });
    for (let cell = waiting.shift(); cell; cell = waiting.shift()) {
      try {
        await goThrough(cell, context);
        passed += 1;
      } catch (error) {
        failed.push(`${cell.title}: ${error.message}`);
        // What it left behind is not the next cell's.
        await Promise.all(context.pages().map((page) => page.close()));
      }
    }
    await context.close();
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  t.diagnostic(`${passed} of ${all.length} cells passed in ${Math.round((Date.now() - began) / 1000)} s`);
  assert.deepEqual(failed, []);
  assert.equal(passed, 72);
});

/** A page that lets no WebAssembly run, so that the ribbon stands in a frame. */
const STRICT = { 'content-security-policy': "script-src 'unsafe-inline' http:" };

/** The ribbon of a page, wherever it runs. */
function ribbonIn(page, strict) {
  if (!strict) return ribbonOf(page);
  const frame = page.locator('call-ribbon iframe').contentFrame();
  return ribbonOf({
    locator: (selector) => frame.locator(selector),
    evaluate: (...args) => page.evaluate(...args),
    waitForFunction: (...args) => page.waitForFunction(...args),
  });
}

for (const strict of [false, true]) {
  test(`the agent is named with the customer, and the call is had and ended by the page${strict ? ', in a frame' : ''}`, async () => {
    const place = strict ? 'strict' : 'quick';
    const agent = { agentId: `${place}-1`, agentName: 'Suresh' };
    const customer = { customerId: `C-${place}`, name: 'Asha', phoneNumber: '+919876543210', ...agent };
    const { page, context, complaints } = await openPage(browser, site.page(`/${place}`, pageOf({}, customer), strict ? STRICT : {}));
    const ribbon = ribbonIn(page, strict);
    assert.deepEqual(await works(page, agent), agent);
    await ribbon.settled();
    await ribbon.main.click();
    await hears(page, ['dialing', 'connected'], customer, true);
    await ribbon.reach('connected');
    const { sessionId } = await page.evaluate(() => ExotelCallRibbon.getState().call);
    // Another agent is named during the call: the call stays this one's, and their calls ring afterwards.
    await ribbon.call('setCustomer', { ...customer, customerId: 'next', agentId: `${place}-2`, agentName: undefined });
    assert.equal((await page.evaluate(() => ExotelCallRibbon.getState())).agentId, agent.agentId);
    await ribbon.call('setMuted', true);
    await ribbon.hear('mutetoggle');
    assert.deepEqual(await ribbon.call('hangup'), { value: undefined });
    await hears(page, ['callEnded'], customer, true);
    const call = await server.get(`/api/ribbon/calls/${sessionId}`);
    assert.deepEqual([call.status, call.agentId, call.agentName], ['completed', agent.agentId, agent.agentName]);
    assert.deepEqual(await works(page, { agentId: `${place}-2` }), { agentId: `${place}-2`, agentName: null });
    await server.post('/api/ribbon/simulator/incoming', { from: '+919811122233', agentId: `${place}-2` });
    await ribbon.reach('incoming');
    await ribbon.settled();
    await ribbon.main.click();
    await page.waitForFunction(() => heard.filter((one) => one.event === 'connected').length === 2);
    await ribbon.call('hangup');
    await page.waitForFunction(() => heard.filter((one) => one.event === 'callEnded').length === 2);
    assert.deepEqual(await page.evaluate(() => [ready, errors]), [1, []]);
    assert.deepEqual(complaints, []);
    await context.close();
  });
}

test('the next page goes on with the agent who was named last, and whoever signs in between is somebody else', async () => {
  const link = (to) => `<a id="go" href="${to}">Go on</a>`;
  site.page('/list', pageOf({}, null, { body: link('/sign-in') }));
  site.page('/sign-in', `<!doctype html><html lang="en"><title>Sign in</title><body>${link('/list')}</body></html>`);
  const named = { phoneNumber: '+919876543210', customerId: 'C-before', name: 'Asha Rao', agentId: 'agent-before' };
  const { page, context } = await openPage(browser, site.page('/customer', pageOf({}, named, { body: link('/list') })));
  await works(page, { agentId: 'agent-before' });
  await page.locator('#go').click();
  await page.waitForURL('**/list');
  await works(page, { agentId: 'agent-before' });
  await page.reload();
  await works(page, { agentId: 'agent-before' });
  await page.locator('#go').click();
  await page.waitForURL('**/sign-in');
  await page.locator('#go').click();
  await page.waitForURL('**/list');
  assert.notEqual((await works(page)).agentId, 'agent-before');
  assert.equal(await page.evaluate(() => ExotelCallRibbon.getState().customerData), null);
  await context.close();
});

test('only another agent changes the agent; what is no id is refused, or not given', async () => {
  const { page, context } = await openPage(browser, 'about:blank');
  let entries = 0;
  page.on('request', (request) => { if (request.url().endsWith('/init')) entries += 1; });
  await page.goto(site.page('/values', pageOf({ agentId: 'first', agentName: 'Asha' })));
  const ribbon = ribbonOf(page);
  await works(page, { agentId: 'first' });
  const set = async (given) => {
    const source = `ExotelCallRibbon.setCustomer({ phoneNumber: '+919876543210', ${given} }).then(() => '', (error) => error.message)`;
    const refused = await page.evaluate(source);
    const { agentId, agentName } = await page.evaluate(() => ExotelCallRibbon.getState());
    return [agentId, agentName, refused];
  };
  for (const given of ['', 'agentId: undefined', 'agentId: null', 'agentId: ""', 'agentId: "  "', 'agentId: NaN', 'agentId: "first"', 'agentName: null', 'agentName: ""']) {
    assert.deepEqual(await set(given), ['first', 'Asha', ''], given);
  }
  for (const [given, field] of [['agentId: {}', 'agentId'], ['agentId: "a".repeat(201)', 'agentId'], ['agentName: ["x"]', 'agentName'], ['agentId: true', 'agentId']]) {
    const [agentId, agentName, refused] = await set(given);
    assert.deepEqual([agentId, agentName], ['first', 'Asha']);
    assert.match(refused, new RegExp(`^setCustomer: ${field} must `));
  }
  assert.deepEqual(await set('agentName: "Asha Rao"'), ['first', 'Asha Rao', '']);
  assert.equal(entries, 1, 'nobody else was signed in');
  assert.deepEqual((await set('agentId: 7, agentName: 8')).slice(0, 2), ['7', '8']);
  await works(page, { agentId: '7' });
  // A name goes with its id.
  assert.deepEqual((await set('agentId: "ß ∂"')).slice(0, 2), ['ß ∂', null]);
  await works(page, { agentId: 'ß ∂' });
  assert.equal(entries, 3);
  // `init` may name another one, too, and keeps a call.
  await ribbon.call('makeCall', '+919876543210');
  await ribbon.hear('connected');
  const before = await page.evaluate(() => ExotelCallRibbon.getState().call.sessionId);
  await page.evaluate(() => { ExotelCallRibbon.init({ apiKey: 'demo-api-key-789', agentId: 'last', onCallEvent: (event, data) => heard.push({ event, data }) }); });
  await ribbon.call('hangup');
  await ribbon.hear('callEnded');
  await works(page, { agentId: 'last' });
  assert.equal((await server.get(`/api/ribbon/calls/${before}`)).agentId, 'ß ∂');
  // It looks at the server as the agent of now.
  const asked = page.waitForRequest((request) => request.url().endsWith('/init'));
  await page.evaluate(() => { ExotelCallRibbon.diagnose(); });
  assert.equal((await asked).postDataJSON().agentId, 'last');
  await context.close();
});
