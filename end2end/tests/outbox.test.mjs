// What the server has to be told gets there: once, in order, whatever happens in between.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

let browser, server, site;
before(async () => { [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

const HANGUP = /\/hangup$/;
const API = /\/api\/ribbon\//;

/** Counts the hang-ups that leave the pages of a context, and those that were answered. */
function count(context) {
  const counts = { sent: 0, answered: 0 };
  context.on('request', (request) => { if (HANGUP.test(request.url()) && request.method() === 'POST') counts.sent += 1; });
  context.on('response', (response) => { if (HANGUP.test(response.url()) && response.request().method() === 'POST') counts.answered += 1; });
  return counts;
}

/** The events of a call on record, oldest first. */
async function onRecord(from, sessionId) {
  const { timeline } = await from.get(`/api/ribbon/calls/${sessionId}`);
  return timeline.map((one) => one.event);
}

/** Waits until the record holds the end of a call. */
async function ended(from, sessionId) {
  for (;;) {
    const call = await from.get(`/api/ribbon/calls/${sessionId}`);
    if (call.status !== 'active') return call;
    await new Promise((resolve) => { setImmediate(resolve); });
  }
}

const waiting = (page) => page.evaluate(() => ExotelCallRibbon.getState().waiting);
const allSent = (page) => page.waitForFunction(() => ExotelCallRibbon.getState().waiting === 0);

/** A page in a call, and the call. */
async function talk(page, number = '+919876543210') {
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await page.evaluate(() => { heard.length = 0; });
  const { value } = await ribbon.call('makeCall', number);
  await ribbon.hear('connected');
  return { ribbon, sessionId: value.sessionId };
}

/** Hangs up while the server cannot hear it. */
async function hangUpUnheard(page, ribbon) {
  await ribbon.main.click();
  await ribbon.hear('callEnded');
  await page.waitForFunction(() => ExotelCallRibbon.getState().waiting > 0);
}

test('a hang-up while the server is down is kept, shown, and done once when it is back', async () => {
  const own = await startServer();
  const { page, context, complaints } = await openPage(browser, site.page('/down', crmPage(own)));
  const { ribbon, sessionId } = await talk(page);
  await own.kill('SIGKILL');
  await ribbon.main.click();
  const end = await ribbon.hear('callEnded');
  assert.deepEqual([end.status, end.reason], ['completed', 'hangup']);
  await ribbon.host.locator('.advice', { hasText: '1 call waiting to be sent' }).waitFor();
  assert.equal(await waiting(page), 1);
  assert.deepEqual(await page.evaluate(() => errors.filter((error) => error.code !== 'server_unreachable')), []);

  const again = await startServer({ port: own.port, folder: own.folder });
  await allSent(page);
  assert.ok(!(await ribbon.advice.textContent()).includes('waiting'));
  assert.equal((await ended(again, sessionId)).status, 'completed');
  assert.deepEqual(await onRecord(again, sessionId), ['initiated', 'ringing', 'connected', 'callEnded']);
  // The next call goes on top of the same stream, so all before it was heard.
  await ribbon.call('makeCall', '+919876543211');
  await page.waitForFunction(() => heard.filter((one) => one.event === 'connected').length === 2);
  assert.deepEqual(await ribbon.heard(), ['dialing', 'ringing', 'connected', 'callEnded', 'dialing', 'ringing', 'connected']);
  assert.deepEqual(complaints, []);
  await context.close();
  await again.stop();
});

test('offline: the hang-up goes out as soon as the browser is back online', async () => {
  const { page, context } = await openPage(browser, site.page('/offline', crmPage(server)));
  const { ribbon, sessionId } = await talk(page);
  await context.setOffline(true);
  await hangUpUnheard(page, ribbon);
  await context.setOffline(false);
  await allSent(page);
  await ended(server, sessionId);
  assert.deepEqual((await onRecord(server, sessionId)).filter((event) => event === 'callEnded'), ['callEnded']);
  await context.close();
});

test('two calls wait, over a reload and a crash, and go out in order, once each', async () => {
  const address = site.page('/two', crmPage(server));
  const { page, context } = await openPage(browser, address);
  await page.route(HANGUP, (route) => route.abort('connectionrefused'));
  const first = await talk(page);
  await hangUpUnheard(page, first.ribbon);
  // To the server the agent is still in the first call, so the second is one that rings in.
  await page.evaluate(() => { heard.length = 0; });
  const agentId = await page.evaluate(() => agent);
  const { body: second } = await server.post('/api/ribbon/simulator/incoming', { from: '+919811122233', agentId });
  await first.ribbon.reach('incoming');
  await first.ribbon.main.click();
  await first.ribbon.hear('connected');
  await hangUpUnheard(page, first.ribbon);
  await page.waitForFunction(() => ExotelCallRibbon.getState().waiting === 2);
  await first.ribbon.host.locator('.advice', { hasText: '2 calls waiting to be sent' }).waitFor();
  await page.reload();
  await page.waitForFunction(() => ExotelCallRibbon.getState().waiting === 2);
  assert.deepEqual(await ribbonOf(page).heard(), [], 'the page before was told');
  // A tab that is closed would send them on its way out.
  const crashed = new Promise((resolve) => { page.on('crash', resolve); });
  page.goto('chrome://crash').catch(() => {});
  await crashed;

  const order = [];
  const counts = count(context);
  context.on('request', (request) => { if (HANGUP.test(request.url())) order.push(request.url().split('/').at(-2)); });
  const next = await context.newPage();
  await next.goto(address);
  await Promise.all([ended(server, first.sessionId), ended(server, second.sessionId)]);
  await allSent(next);
  assert.deepEqual(order, [first.sessionId, second.sessionId]);
  assert.deepEqual(counts, { sent: 2, answered: 2 });
  for (const { sessionId } of [first, second]) {
    assert.equal((await onRecord(server, sessionId)).filter((event) => event === 'callEnded').length, 1);
  }
  // Nothing is left: another page sends nothing.
  await next.reload();
  await ribbonOf(next).ready();
  const stored = await next.evaluate(async () => {
    const names = (await indexedDB.databases()).map((one) => one.name);
    return Promise.all(names.map((name) => new Promise((resolve) => {
      indexedDB.open(name).onsuccess = ({ target: { result } }) => {
        result.transaction('outbox').objectStore('outbox').count().onsuccess = (event) => { result.close(); resolve(event.target.result); };
      };
    })));
  });
  assert.deepEqual(stored, [0]);
  assert.equal(counts.sent, 2);
  await context.close();
});

test('closing the tab sends what still waits', async () => {
  const { page, context } = await openPage(browser, site.page('/leaving', crmPage(server)));
  // Long pauses between attempts would otherwise decide when it is sent.
  const { ribbon, sessionId } = await talk(page);
  let refused = 0;
  await page.route(HANGUP, (route) => { refused += 1; return route.abort('connectionrefused'); });
  await hangUpUnheard(page, ribbon);
  // The attempts are four seconds apart by now.
  while (refused < 4) await page.waitForEvent('requestfailed');
  await page.unroute(HANGUP);
  await page.close();
  assert.equal((await ended(server, sessionId)).status, 'completed');
  await context.close();
});

test('several tabs do not send it several times', async () => {
  const address = site.page('/tabs', crmPage(server));
  const { page, context } = await openPage(browser, address);
  await context.route(HANGUP, (route) => route.abort('connectionrefused'));
  const { ribbon, sessionId } = await talk(page);
  await hangUpUnheard(page, ribbon);
  const others = await Promise.all([1, 2, 3].map(async () => {
    const other = await context.newPage();
    await other.goto(address);
    await other.waitForFunction(() => ExotelCallRibbon.getState().waiting === 1);
    return other;
  }));
  const counts = count(context);
  await context.unroute(HANGUP);
  // All of them try at once.
  await Promise.all([page, ...others].map((one) => one.evaluate(() => { dispatchEvent(new Event('online')); })));
  await Promise.all([page, ...others].map(allSent));
  await ended(server, sessionId);
  assert.deepEqual(counts, { sent: 1, answered: 1 });
  await context.close();
});

const NO_DATABASE = `<script>indexedDB.constructor.prototype.open = () => { throw new DOMException('no', 'SecurityError'); };</script>`;
const NO_STORAGE = `<script>for (const name of ['getItem', 'setItem', 'removeItem', 'key']) Storage.prototype[name] = () => { throw new DOMException('full', 'QuotaExceededError'); };</script>`;

test('without IndexedDB it is kept in localStorage', async () => {
  const address = site.page('/no-database', crmPage(server, { head: NO_DATABASE }));
  const { page, context, complaints } = await openPage(browser, address);
  await context.route(API, (route) => (HANGUP.test(route.request().url()) ? route.abort('connectionrefused') : route.continue()));
  const { ribbon, sessionId } = await talk(page);
  await hangUpUnheard(page, ribbon);
  await page.close();
  await context.unroute(API);
  const next = await context.newPage();
  await next.goto(address);
  assert.equal((await ended(server, sessionId)).status, 'completed');
  await allSent(next);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('without any storage it is kept in the page', async () => {
  const { page, context, complaints } = await openPage(browser, site.page('/no-storage', crmPage(server, { head: NO_DATABASE + NO_STORAGE })));
  await page.route(HANGUP, (route) => route.abort('connectionrefused'));
  const { ribbon, sessionId } = await talk(page);
  await hangUpUnheard(page, ribbon);
  await page.unroute(HANGUP);
  await allSent(page);
  assert.equal((await ended(server, sessionId)).status, 'completed');
  assert.deepEqual(await ribbon.heard(), ['dialing', 'ringing', 'connected', 'callEnded']);
  assert.deepEqual(complaints, []);
  await context.close();
});
