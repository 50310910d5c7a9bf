// Many tabs, one stream: each tab shows the same call, each page hears each event once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PATIENCE, openPage, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { ADMIN_TOKEN, KEY, startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

let browser, site;
before(async () => { [browser, site] = await Promise.all([startBrowser(), startSite()]); });
after(async () => { await Promise.all([browser?.close(), site?.stop()]); });

const A_CALL = ['dialing', 'ringing', 'connected', 'mutetoggle', 'callEnded'];

/** How many streams the server has open. */
async function streams(server) {
  const answer = await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });
  const found = (await answer.text()).match(/^\w*live_streams(?:{[^}]*})? (\d+)/m);
  assert.ok(found, 'the metrics count streams');
  return Number(found[1]);
}

/** Waits until the server has so many streams. */
async function streamsBecome(server, wanted) {
  const until = Date.now() + PATIENCE;
  for (let now = await streams(server); now !== wanted; now = await streams(server)) {
    assert.ok(Date.now() < until, `${now} streams, not ${wanted}`);
  }
}

/** Tabs of one browser with one agent, on a server of their own. */
async function tabs(path, count, options = {}) {
  const server = await startServer();
  const address = site.page(path, crmPage(server, options));
  const { context, page } = await openPage(browser, address);
  const pages = [page];
  await ribbonOf(page).ready();
  while (pages.length < count) {
    const next = await context.newPage();
    await next.goto(address);
    await ribbonOf(next).ready();
    pages.push(next);
  }
  return {
    server, context, pages, address,
    ribbons: pages.map(ribbonOf),
    stop: async () => { await context.close(); await server.stop(); },
  };
}

/** A stream of the page's own, whose number the page keeps: the owner has it. */
async function ownerOf(pages) {
  for (const page of pages) {
    const held = await page.evaluate(async () => (await navigator.locks.query()).held.map((lock) => [lock.name, lock.clientId]));
    const me = await page.evaluate(() => new Promise((resolve) => {
      navigator.locks.request(`who-${Math.random()}`, async (lock) => {
        resolve((await navigator.locks.query()).held.find((one) => one.name === lock.name).clientId);
      });
    }));
    if (held.some(([name, client]) => name.endsWith('.stream') && client === me)) return page;
  }
  return undefined;
}

/** Makes a call in one tab, mutes it in a second and ends it in a third. */
async function wholeCall(ribbons) {
  const [a, b, c] = [ribbons[0], ribbons[1 % ribbons.length], ribbons.at(-1)];
  await a.call('makeCall', '+919876543210');
  await Promise.all(ribbons.map((one) => one.hear('connected')));
  await b.act('mute').click();
  await Promise.all(ribbons.map((one) => one.hear('mutetoggle')));
  for (const one of ribbons) assert.equal(await one.act('mute').getAttribute('aria-pressed'), 'true');
  await c.main.click();
  await Promise.all(ribbons.map((one) => one.hear('callEnded')));
}

test('five tabs have one stream; each shows the same call and hears each event once', async () => {
  const { server, pages, ribbons, stop } = await tabs('/five', 5);
  await streamsBecome(server, 1);
  await wholeCall(ribbons);
  for (const one of ribbons) assert.deepEqual(await one.heard(), A_CALL);
  const ids = await Promise.all(pages.map((page) => page.evaluate(() => ExotelCallRibbon.getState().call.sessionId)));
  assert.equal(new Set(ids).size, 1);
  assert.equal((await server.get('/api/ribbon/call-logs?event=all')).pagination.total, 5, 'each event is on record once');
  assert.equal(await streams(server), 1);
  await stop();
});

test('a call that rings in all tabs is answered in one', async () => {
  const { server, pages, ribbons, stop } = await tabs('/rings', 3);
  const agentId = await pages[0].evaluate(() => agent);
  await server.post('/api/ribbon/simulator/incoming', { from: '+919811122233', agentId });
  await Promise.all(ribbons.map((one) => one.reach('incoming')));
  await ribbons[1].main.click();
  await Promise.all(ribbons.map((one) => one.reach('connected')));
  for (const one of ribbons) assert.deepEqual(await one.heard(), ['incoming', 'connected']);
  await stop();
});

for (const how of ['closed', 'crashed']) {
  test(`the tab with the stream is ${how} in the middle of a call: another takes over without a gap`, async () => {
    const { server, pages, stop } = await tabs(`/owner-${how}`, 3);
    const owner = await ownerOf(pages);
    assert.ok(owner, 'one of them has the stream');
    const rest = pages.filter((page) => page !== owner);
    await ribbonOf(rest[0]).call('makeCall', '+919876543210');
    await Promise.all(rest.map((page) => ribbonOf(page).hear('connected')));
    const { call } = await rest[0].evaluate(() => ExotelCallRibbon.getState());
    const gone = new Promise((resolve) => { owner.on(how === 'closed' ? 'close' : 'crash', resolve); });
    if (how === 'closed') owner.close(); else owner.goto('chrome://crash').catch(() => {});
    // This happens while nobody may be listening.
    for (const digit of '123') assert.equal((await server.post(`/api/ribbon/calls/${call.sessionId}/dtmf`, { digit })).status, 200);
    await gone;
    await rest[1].waitForFunction(() => heard.filter((one) => one.event === 'dtmf').length === 3);
    await ribbonOf(rest[1]).call('hangup');
    for (const page of rest) {
      await ribbonOf(page).hear('callEnded');
      assert.deepEqual(await ribbonOf(page).heard(), ['dialing', 'ringing', 'connected', 'dtmf', 'dtmf', 'dtmf', 'callEnded']);
      assert.deepEqual(await page.evaluate(() => heard.filter((one) => one.event === 'dtmf').map((one) => one.data.digit)), ['1', '2', '3']);
    }
    await streamsBecome(server, 1);
    assert.ok(rest.includes(await ownerOf(rest)));
    await stop();
  });
}

test('a tab that hangs loses the stream to another, and catches up when it is free again', async () => {
  const { server, context, pages, stop } = await tabs('/frozen', 2);
  const owner = await ownerOf(pages);
  const other = pages.find((page) => page !== owner);
  await ribbonOf(other).call('makeCall', '+919876543210');
  await Promise.all(pages.map((page) => ribbonOf(page).hear('connected')));
  // Its scripts stand still from the next event on.
  const devtools = await context.newCDPSession(owner);
  await devtools.send('Debugger.enable');
  const paused = new Promise((resolve) => { devtools.on('Debugger.paused', resolve); });
  await devtools.send('Debugger.pause');
  await ribbonOf(other).call('setMuted', true);
  await paused;
  await ribbonOf(other).hear('mutetoggle');
  await ribbonOf(other).call('hangup');
  await ribbonOf(other).hear('callEnded');
  await devtools.send('Debugger.disable');
  await ribbonOf(owner).hear('callEnded');
  for (const page of pages) assert.deepEqual(await ribbonOf(page).heard(), A_CALL);
  await streamsBecome(server, 1);
  await stop();
});

test('a tab that slept hears what happened meanwhile, in order, once', async () => {
  const { server, context, pages: [page], ribbons: [ribbon], stop } = await tabs('/slept', 1);
  await ribbon.call('makeCall', '+919876543210');
  await ribbon.hear('connected');
  const { call } = await page.evaluate(() => ExotelCallRibbon.getState());
  const devtools = await context.newCDPSession(page);
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
  await server.post(`/api/ribbon/calls/${call.sessionId}/mute`, { muted: true });
  await server.post(`/api/ribbon/calls/${call.sessionId}/hangup`, {});
  await devtools.send('Page.setWebLifecycleState', { state: 'active' });
  await ribbon.hear('callEnded');
  assert.deepEqual(await ribbon.heard(), A_CALL);
  await stop();
});

test('a tab that is reloaded while another has the stream hears what it missed', async () => {
  const { server, pages, stop } = await tabs('/missed', 2);
  const owner = await ownerOf(pages);
  const other = pages.find((page) => page !== owner);
  await ribbonOf(other).call('makeCall', '+919876543210');
  await ribbonOf(other).hear('connected');
  const { call } = await other.evaluate(() => ExotelCallRibbon.getState());
  const address = other.url();
  await other.goto(site.page('/nothing', '<!doctype html><title>No ribbon here</title>'));
  await server.post(`/api/ribbon/calls/${call.sessionId}/mute`, { muted: true });
  await server.post(`/api/ribbon/calls/${call.sessionId}/hangup`, {});
  await other.goto(address);
  await ribbonOf(other).hear('callEnded');
  assert.deepEqual(await ribbonOf(other).heard(), ['connected', 'mutetoggle', 'callEnded']);
  await streamsBecome(server, 1);
  await stop();
});

test('a hang-up while the server is away ends the call in all tabs', async () => {
  const { server, context, pages, ribbons, stop } = await tabs('/away', 2);
  await ribbons[0].call('makeCall', '+919876543210');
  await Promise.all(ribbons.map((one) => one.hear('connected')));
  await context.route(/\/hangup$/, (route) => route.abort('connectionrefused'));
  await ribbons[1].main.click();
  for (const page of pages) {
    assert.equal((await ribbonOf(page).hear('callEnded')).status, 'completed');
    await page.waitForFunction(() => ExotelCallRibbon.getState().waiting === 1);
  }
  await context.unroute(/\/hangup$/);
  for (const page of pages) await page.waitForFunction(() => ExotelCallRibbon.getState().waiting === 0);
  for (const one of ribbons) assert.deepEqual(await one.heard(), ['dialing', 'ringing', 'connected', 'callEnded']);
  assert.equal((await server.get('/api/ribbon/active-calls')).count, 0);
  await stop();
});

test('two agents in two tabs have nothing to do with each other', async () => {
  const { server, context, pages: [page], ribbons: [ribbon], stop } = await tabs('/one', 1);
  const second = await context.newPage();
  await second.goto(site.page('/other', crmPage(server)));
  await ribbonOf(second).ready();
  await streamsBecome(server, 2);
  await ribbon.call('makeCall', '+919876543210');
  await ribbon.hear('connected');
  assert.deepEqual(await ribbonOf(second).heard(), []);
  assert.equal(await page.evaluate(() => ExotelCallRibbon.getState().phase), 'connected');
  await stop();
});

const NO_LOCKS = `<script>Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });</script>`;
const REFUSED = `<script>LockManager.prototype.request = () => Promise.reject(new DOMException('no', 'SecurityError'));</script>`;
const NO_CHANNEL = '<script>delete window.BroadcastChannel;</script>';
for (const [what, head] of [['locks', NO_LOCKS], ['allowed locks', REFUSED], ['channels', NO_CHANNEL]]) {
  test(`in a browser without ${what} each tab has a stream of its own`, async () => {
    const { server, ribbons, stop } = await tabs(`/no-${what.replace(' ', '-')}`, 2, { head });
    await streamsBecome(server, 2);
    await wholeCall(ribbons);
    for (const one of ribbons) assert.deepEqual(await one.heard(), A_CALL);
    await stop();
  });
}

/** Waits until the notes in a tab are this. */
const noted = (page, text) => page.waitForFunction((wanted) => {
  const field = document.querySelector('call-ribbon').shadowRoot.querySelector('.wrap:not([hidden]) .notes');
  return field?.value === wanted;
}, text);

test('a second tab has the notes of the first, follows it, and nothing that either wrote is lost', async () => {
  const { server, pages, ribbons, address, stop } = await tabs('/notes', 2);
  const [a, b] = ribbons;
  await a.call('makeCall', '+919876543210');
  await Promise.all(ribbons.map((one) => one.hear('connected')));
  const { call } = await pages[0].evaluate(() => ExotelCallRibbon.getState());
  const notes = (one) => one.host.locator('.notes');
  await a.act('notes').click();
  await notes(a).fill('promised 5000 on Friday');
  await a.host.locator('.saved', { hasText: /^Saved$/ }).waitFor();
  // Opened later, it is not empty; and both go on, during the call.
  await b.act('notes').click();
  await noted(pages[1], 'promised 5000 on Friday');
  await notes(b).press('End');
  await notes(b).pressSequentially(', by cheque');
  await noted(pages[0], 'promised 5000 on Friday, by cheque');
  await b.host.locator('.chip').first().click();
  await a.host.locator('.chip[aria-pressed="true"]').waitFor();
  await a.host.locator('[data-act="soon"]').click();
  await b.host.locator('.about').waitFor();
  await a.main.click();
  await Promise.all(ribbons.map((one) => one.reach('ended')));
  await noted(pages[1], 'promised 5000 on Friday, by cheque');

  // Saved in one tab, they are done with in the other.
  await a.settled();
  await a.main.click();
  await Promise.all(ribbons.map((one) => one.reach('idle')));
  await b.host.locator('.wrap').waitFor({ state: 'hidden' });

  // The same agent in another browser, which has heard of nothing: the server joins what both wrote.
  const { page, context } = await openPage(browser, address);
  const far = ribbonOf(page);
  await far.ready();
  await far.call('makeCall', '+919876543211');
  await far.hear('connected');
  const other = (await page.evaluate(() => ExotelCallRibbon.getState())).call.sessionId;
  const written = async (session, body) => (await fetch(`${server.url}/api/ribbon/calls/${session}`, {
    method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ apiKey: KEY, ...body }),
  })).json();
  assert.equal((await written(other, { notes: 'from elsewhere', notesVersion: 0 })).notes, 'from elsewhere');
  await page.route(`**/api/ribbon/calls/${other}`, (route) => (route.request().method() === 'GET' ? route.abort() : route.continue()));
  await far.act('notes').click();
  await notes(far).fill('wants a receipt');
  await noted(page, 'from elsewhere\nwants a receipt');
  assert.equal((await server.get(`/api/ribbon/calls/${other}`)).notes, 'from elsewhere\nwants a receipt');
  const first = await server.get(`/api/ribbon/calls/${call.sessionId}`);
  assert.equal(first.notes, 'promised 5000 on Friday, by cheque');
  assert.ok(first.disposition && first.followUp);
  await context.close();
  await stop();
});
