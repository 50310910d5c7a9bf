// The second file of the ribbon's WebAssembly, which comes after the page can make calls.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newProfile, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer, STILL } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

const CUSTOMER = { customerId: 'C-1', name: 'Asha Rao', phoneNumber: '+91 98765 43210', callType: 'sales', context: { amountDue: 12.5, flags: [true, null] } };

let browser, server, site;
before(async () => {
  [browser, server, site] = await Promise.all([startBrowser(), startServer({ simulator: STILL }), startSite()]);
  const loader = await (await fetch(`${server.url}/call-ribbon.js`)).text();
  const glue = await (await fetch(`${server.url}/${loader.match(/assets\/ribbon-\w+\.js/)[0]}`)).text();
  assert.ok(glue.includes('assets/rest-'), 'a quick build has no second file; build the browser files with `cargo xtask test` or `cargo xtask sizes`');
});
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

/** Opens a page; `answer` decides about each request for the second file. `started` gathers the numbers of the calls that the page starts. */
async function openWith(name, answer, context, options) {
  const profile = context ?? await newProfile(browser);
  const page = await profile.newPage();
  await page.route(/\/assets\/rest-/, answer);
  const started = [];
  page.on('request', (request) => { if (request.method() === 'POST' && request.url().endsWith('/api/ribbon/calls')) started.push(request.postDataJSON().to); });
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(site.page(name, crmPage(server, { options })));
  return { page, context: profile, complaints, started, ribbon: ribbonOf(page) };
}

/** Keeps requests for the second file until `release`. */
function gate() {
  const held = [];
  let open = false;
  return {
    answer: (route) => (open ? route.continue() : held.push(route)),
    release: () => {
      open = true;
      return Promise.all(held.map((route) => route.continue()));
    },
  };
}

test('the ribbon is ready before the second file has come, and a press waits for it', async () => {
  const { answer, release } = gate();
  const { ribbon, page, context, complaints, started } = await openWith('/held', answer);
  await ribbon.ready();
  await ribbon.call('setCustomer', CUSTOMER);
  await ribbon.settled();
  await ribbon.main.click();
  // What the page calls after the press must not change whom it calls.
  const other = page.evaluate((customer) => ExotelCallRibbon.setCustomer(customer), { ...CUSTOMER, customerId: 'C-2', phoneNumber: '+919876500000' });
  assert.deepEqual(started, []);
  await release();
  await ribbon.reach('dialing');
  await other;
  await page.waitForFunction(() => ExotelCallRibbon.getState().call?.sessionId);
  assert.deepEqual(started, ['+919876543210']);
  await ribbon.call('hangup');
  await ribbon.hear('callEnded');
  assert.deepEqual(complaints, []);
  await context.close();
});

const NOTHING = Buffer.from('0061736d01000000', 'hex');
for (const [what, fail] of [
  ['no network', (route) => route.abort('internetdisconnected')],
  ['another name after an update', (route) => route.fulfill({ status: 404, body: 'not found' })],
  ['a failing server', (route) => route.fulfill({ status: 500, body: 'busy' })],
  ['a page of a proxy', (route) => route.fulfill({ status: 200, contentType: 'text/html', body: '<h1>Sign in</h1>' })],
  ['another program', (route) => route.fulfill({ status: 200, contentType: 'application/wasm', body: NOTHING })],
]) {
  test(`without the second file no call starts, and it is requested until it comes: ${what}`, async () => {
    let fails = true;
    const { ribbon, page, context, complaints, started } = await openWith('/without', (route) => (fails ? fail(route) : route.continue()));
    await ribbon.ready();
    await ribbon.reach('offline');
    const { error, isError } = await ribbon.call('makeCall', '+919876543211');
    assert.equal(error.code, 'server_unreachable');
    assert.match(error.message, /^makeCall: a part of the call ribbon could not be loaded/);
    assert.ok(isError);
    assert.deepEqual(await page.evaluate(() => errors.map((one) => one.code)), ['server_unreachable']);
    await ribbon.call('setCustomer', CUSTOMER);
    await ribbon.reach('offline');
    fails = false;
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await ribbon.reach('idle');
    await ribbon.settled();
    assert.deepEqual(started, []);
    await ribbon.main.click();
    await ribbon.reach('dialing');
    await page.waitForFunction(() => ExotelCallRibbon.getState().call?.sessionId);
    assert.deepEqual(started, ['+919876543210']);
    await ribbon.call('hangup');
    await ribbon.hear('callEnded');
    assert.deepEqual(complaints, []);
    await context.close();
  });
}

test('code that is needed before the second file has come makes the ribbon start again', async () => {
  const { answer, release } = gate();
  const { ribbon, page, context, complaints } = await openWith('/early', answer);
  await ribbon.ready();
  await ribbon.call('setCustomer', CUSTOMER);
  // Mistakes of the page are told by the second file.
  const mistake = ribbon.call('setPosition', 'in the middle');
  await ribbon.reach('offline');
  await ribbon.says(ribbon.state, 'Reconnecting…');
  assert.equal(await page.evaluate(() => ExotelCallRibbon.getState().phase), 'offline');
  const later = ribbon.call('setPosition', 'top');
  await release();
  await later;
  assert.equal((await mistake).error.code, 'invalid_argument');
  await ribbon.reach('idle');
  await ribbon.says(ribbon.name, CUSTOMER.name);
  assert.equal(await page.evaluate(() => ExotelCallRibbon.getState().position), 'top');
  await ribbon.settled();
  assert.equal(await ribbon.host.count(), 1);
  assert.equal(await page.evaluate(() => ready), 1);
  await ribbon.main.click();
  await ribbon.reach('dialing');
  await ribbon.call('hangup');
  await ribbon.hear('callEnded');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a page that is loaded again during a call shows it when the second file has come', async () => {
  const { answer, release } = gate();
  const first = await openWith('/again', (route) => route.continue());
  await first.ribbon.ready();
  await first.ribbon.call('makeCall', '+919876543212');
  await first.ribbon.reach('dialing');
  await first.page.route(/\/assets\/rest-/, answer);
  await first.page.reload();
  await first.page.waitForRequest(/\/assets\/rest-/);
  await release();
  await first.ribbon.reach('dialing');
  await first.ribbon.call('hangup');
  await first.ribbon.hear('callEnded');
  assert.deepEqual(first.complaints, []);
  await first.context.close();
});

test('a second tab whose second file comes late misses no call that rang meanwhile', async () => {
  const { answer, release } = gate();
  const agent = { agentId: 'agent-late' };
  const first = await openWith('/owner', (route) => route.continue(), undefined, agent);
  await first.ribbon.ready();
  // The first tab has the stream before the second one is there.
  await first.page.waitForFunction(async () => (await navigator.locks.query()).held.length > 0);
  const late = await openWith('/late', answer, first.context, agent);
  await late.ribbon.ready();
  const ring = async (from) => {
    const { status } = await server.post('/api/ribbon/simulator/incoming', { from, ...agent });
    assert.equal(status, 202);
    await first.ribbon.reach('incoming');
  };
  await ring('+919876543213');
  assert.deepEqual(await late.ribbon.heard(), []);
  await release();
  await late.ribbon.reach('incoming');
  await late.ribbon.settled();
  await late.ribbon.main.click();
  await Promise.all([first, late].map((tab) => tab.ribbon.hear('connected')));
  await late.ribbon.call('hangup');
  for (const tab of [first, late]) {
    await tab.ribbon.hear('callEnded');
    assert.deepEqual(await tab.ribbon.heard(), ['incoming', 'connected', 'callEnded']);
  }
  // What comes later is heard once, from the other tab.
  await late.page.waitForFunction(async () => (await navigator.locks.query()).pending.length === 1);
  assert.deepEqual([first.complaints, late.complaints], [[], []]);
  await first.context.close();
});
