// A page that goes and comes back: reloaded, left for the next one, crashed, opened again.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openKept, openPage, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

const ASHA = { customerId: 'C-1', name: 'Asha Rao', phoneNumber: '+91 98765 43210', context: { amountDue: 12450.5, loan: { id: 'LN-1', none: null } } };

let browser, server, site;
before(async () => { [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

/** A page in the middle of a call: muted, on hold, two digits sent. */
async function inCall(page) {
  const ribbon = ribbonOf(page);
  await page.evaluate((customer) => ExotelCallRibbon.setCustomer({ ...customer, autoCall: true }), ASHA);
  await ribbon.hear('connected');
  await ribbon.call('setMuted', true);
  await ribbon.call('sendDtmf', '4');
  await ribbon.call('setHold', true);
  await ribbon.hear('holdtoggle');
  return ribbon;
}

/** What the agent sees of the call. */
async function seen(page) {
  const ribbon = ribbonOf(page);
  return {
    name: await ribbon.name.textContent(),
    muted: await ribbon.act('mute').getAttribute('aria-pressed'),
    held: await ribbon.act('hold').getAttribute('aria-pressed'),
    state: await page.evaluate(() => ExotelCallRibbon.getState()),
  };
}

function sameCall(now, before) {
  assert.equal(now.name, 'Asha Rao');
  assert.deepEqual([now.muted, now.held], ['true', 'true']);
  for (const part of ['callSid', 'sessionId', 'muted', 'onHold', 'status']) assert.equal(now.state.call[part], before.state.call[part], part);
  assert.ok(now.state.call.duration >= before.state.call.duration, 'the timer goes on');
  assert.deepEqual(now.state.customerData.context, ASHA.context);
}

test('reloaded in the middle of a call: the same call at once, though the server does not answer', async () => {
  const { page, context, complaints } = await openPage(browser, site.page('/reload', crmPage(server)));
  const ribbon = await inCall(page);
  await ribbon.call('setPosition', 'top');
  await ribbon.call('setMinimized', true);
  const before = await seen(page);
  // Nothing of the API answers: what is shown can only be what the tab remembers.
  await page.route('**/api/ribbon/**', () => {});
  await page.reload({ waitUntil: 'commit' });
  await ribbon.reach('on-hold');
  const now = await seen(page);
  sameCall(now, before);
  assert.deepEqual([now.state.position, now.state.minimized, now.state.visible], ['top', true, true]);
  assert.deepEqual(await ribbon.heard(), ['connected', 'mutetoggle', 'holdtoggle'], 'the page hears how its call stands');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('what happened while the page was loaded is told to it, once', async () => {
  const { page, context } = await openPage(browser, site.page('/between', crmPage(server)));
  const ribbon = await inCall(page);
  const { call } = await page.evaluate(() => ExotelCallRibbon.getState());
  const html = crmPage(server);
  await page.goto(site.page('/elsewhere', '<!doctype html><title>No ribbon here</title>'));
  const { status } = await server.post(`/api/ribbon/calls/${call.sessionId}/hangup`, {});
  assert.equal(status, 200);
  const agent = /agent-of-page-\d+/.exec(html)[0];
  await page.goto(site.page('/next-page', html.replaceAll(agent, await agentOf(site, '/between'))));
  const end = await ribbon.hear('callEnded');
  assert.deepEqual([end.status, end.customerData.name], ['completed', 'Asha Rao']);
  assert.deepEqual(await ribbon.heard(), ['connected', 'mutetoggle', 'holdtoggle', 'callEnded']);
  assert.deepEqual(await page.evaluate(() => heard.map((one) => one.data.replayed ?? false)), [true, true, true, false]);
  await page.reload();
  await ribbon.reach('ended');
  await ribbon.ready();
  assert.deepEqual(await ribbon.heard(), [], 'and not once more after the next reload');
  await context.close();
});

/** The agent of a page of the site. */
async function agentOf({ origin }, path) {
  return /agent-of-page-\d+/.exec(await (await fetch(origin + path)).text())[0];
}

test('a page that says its customer again, to be called at once, does not disturb the call', async () => {
  const then = `ExotelCallRibbon.setCustomer(${JSON.stringify({ ...ASHA, autoCall: true })});`;
  const { page, context } = await openPage(browser, site.page('/again', crmPage(server, { then })));
  const ribbon = ribbonOf(page);
  await ribbon.hear('connected');
  const { call } = await page.evaluate(() => ExotelCallRibbon.getState());
  // Also where the tab remembers nothing, and only the server knows of the call.
  for (const clear of [false, true]) {
    if (clear) await page.evaluate(() => addEventListener('pagehide', () => sessionStorage.clear()));
    await page.reload();
    await ribbon.ready();
    await ribbon.reach('connected');
    assert.equal(await page.evaluate(() => ExotelCallRibbon.getState().call.sessionId), call.sessionId);
    assert.deepEqual(await page.evaluate(() => errors), []);
  }
  const { activeCalls } = await server.get('/api/ribbon/active-calls');
  assert.equal(activeCalls.filter((one) => one.phoneNumber === call.phoneNumber.replaceAll(' ', '')
    && one.customerData.customerId === 'C-1' && one.sessionId === call.sessionId).length, 1);
  await ribbon.call('hangup');
  await ribbon.hear('callEnded');
  await context.close();
});

test('a tab that crashed', async () => {
  const address = site.page('/crash', crmPage(server));
  const { page, context } = await openPage(browser, address);
  await inCall(page);
  const before = await seen(page);
  const crashed = new Promise((resolve) => { page.on('crash', resolve); });
  page.goto('chrome://crash').catch(() => {});
  await crashed;
  const again = await context.newPage();
  await again.goto(address);
  await ribbonOf(again).reach('on-hold');
  sameCall(await seen(again), before);
  await context.close();
});

test('a browser that was closed, and opened again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'call-ribbon-profile-'));
  // No agent is named: the browser is the same one all the same.
  const html = crmPage(server).replace(/"agentId":"[^"]*",?/, '');
  const address = site.page('/closed', html.replace(',}', '}'));
  const first = await openKept(folder, address);
  await inCall(first.page);
  const before = await seen(first.page);
  await first.context.close();
  const second = await openKept(folder, address);
  await ribbonOf(second.page).reach('on-hold');
  sameCall(await seen(second.page), before);
  await second.context.close();
  await rm(folder, { recursive: true, force: true });
});

const REFUSES = `<script>
  for (const name of ['getItem', 'setItem', 'removeItem']) Storage.prototype[name] = () => { throw new DOMException('no', 'QuotaExceededError'); };
</script>`;

test('where nothing can be stored, the server still knows the call', async () => {
  const { page, context, complaints } = await openPage(browser, site.page('/refused', crmPage(server, { head: REFUSES })));
  await inCall(page);
  const before = await seen(page);
  await page.reload();
  await ribbonOf(page).reach('on-hold');
  sameCall(await seen(page), before);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('it asks before the page is left only while the sound is in the page', async () => {
  const address = site.page('/leave', crmPage(server));
  for (const voice of ['simulated', 'exotel-browser']) {
    const { page, context } = await openPage(browser, 'about:blank');
    // What a voice in the browser would be told; the rest of the answer is the server's.
    await page.route('**/api/ribbon/init', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...await response.json(), voice } });
    });
    await page.goto(address);
    const ribbon = ribbonOf(page);
    await ribbon.ready();
    let asked = 0;
    page.on('dialog', (dialog) => { asked += 1; dialog.accept(); });
    // A browser only asks on a page that was touched.
    await page.mouse.click(300, 300);
    await page.reload();
    await ribbon.ready();
    assert.equal(asked, 0, 'nobody talks');
    await page.mouse.click(300, 300);
    await ribbon.call('makeCall', '+919876543210');
    await ribbon.hear('connected');
    await page.reload();
    await ribbon.ready();
    assert.equal(asked, voice === 'exotel-browser' ? 1 : 0, voice);
    // Where the sound went with the page, the call did too.
    if (voice === 'simulated') await ribbon.call('hangup');
    await ribbon.hear('callEnded');
    await context.close();
  }
});

test('another page begins without the call that is over, and with notes that are not saved', async () => {
  const html = crmPage(server);
  const { page, context } = await openPage(browser, site.page('/over', html));
  const next = site.page('/after-it', html);
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  const panel = ribbon.host.locator('.wrap');
  await server.post('/api/ribbon/simulator/incoming', { from: '+919811122233', agentId: await page.evaluate(() => agent) });
  await ribbon.reach('incoming');
  await ribbon.act('decline').click();
  await ribbon.says(ribbon.state, 'Declined');
  await page.reload();
  await ribbon.ready();
  await ribbon.says(ribbon.state, 'Declined');
  await page.goto(next);
  await ribbon.ready();
  await ribbon.says(ribbon.name, 'No customer');

  const talk = async () => {
    await ribbon.call('makeCall', '+919876543210');
    await ribbon.hear('connected');
    await ribbon.call('hangup');
    await panel.waitFor();
  };
  await talk();
  await page.goto(site.page('/over', html));
  await ribbon.ready();
  await panel.waitFor({ state: 'hidden' });
  await ribbon.says(ribbon.name, 'No customer');

  await talk();
  await page.route('**/api/ribbon/calls/*', (route) => (route.request().method() === 'PATCH' ? route.abort() : route.continue()));
  await panel.locator('.notes').fill('pays on Friday');
  await panel.locator('.saved', { hasText: 'Not saved yet' }).waitFor();
  await page.goto(next);
  await ribbon.ready();
  await panel.waitFor();
  assert.equal(await panel.locator('.notes').inputValue(), 'pays on Friday');
  await context.close();
});

test('a reloaded page keeps its customer, another page begins without one', async () => {
  const { page, context } = await openPage(browser, site.page('/of-asha', crmPage(server)));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await ribbon.call('setCustomer', ASHA);
  await ribbon.says(ribbon.name, 'Asha Rao');
  await page.reload();
  await ribbon.ready();
  await ribbon.says(ribbon.name, 'Asha Rao');
  await page.goto(site.page('/of-nobody', crmPage(server)));
  await ribbon.ready();
  await ribbon.says(ribbon.name, 'No customer');
  assert.equal(await page.evaluate(() => ExotelCallRibbon.getState().customerData), null);
  await context.close();
});

test('destroy() has the tab forget', async () => {
  const { page, context } = await openPage(browser, site.page('/forget', crmPage(server)));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await ribbon.call('setCustomer', ASHA);
  await ribbon.call('setMinimized', true);
  assert.equal(await page.evaluate(() => sessionStorage.length), 2);
  await ribbon.call('destroy');
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  await page.evaluate(() => begin());
  await ribbon.reach('idle');
  assert.deepEqual(await page.evaluate(() => ExotelCallRibbon.getState()).then((state) => [state.customerData, state.minimized]), [null, false]);
  await context.close();
});
