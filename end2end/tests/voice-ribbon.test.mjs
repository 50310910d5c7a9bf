// The ribbon of an agent whose voice is in the browser.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { look } from '../support/axe.mjs';
import { newProfile, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';
import { ALLOWED, MEDIA, startPages } from '../support/voice/browser.mjs';
import { voiceOf } from '../support/voice/desk.mjs';
import { AGENT, SECRET, startExotel } from '../support/voice/exotel.mjs';
import { farEnd as far } from '../support/voice/far-end.mjs';

const ASHA = { customerId: 'C-1', name: 'Asha Rao', phoneNumber: '+91 98765 43210' };

let browser, exotel, pages, server, site, ear;
before(async () => {
  [exotel, pages, server, site] = await Promise.all([startExotel(), startPages(), startServer(), startSite()]);
  await server.admin('PATCH', '/clients/client-demo', { defaultCountry: 'IN' });
  await server.admin('POST', '/clients/client-demo/providers', { provider: 'exotel', enabled: true, default: true, settings: exotel.account });
  ear = await readFile(new URL('../support/voice/ear.js', import.meta.url), 'utf8');
  browser = await startBrowser([...MEDIA, ALLOWED, ...exotel.args]);
});
after(async () => { await Promise.all([browser?.close(), exotel?.stop(), pages?.stop(), server?.stop(), site?.stop()]); });

const farEnd = () => far(browser, pages, exotel);

/** A profile in which agents of the client sign in. */
const profile = (within = browser, options = {}) => newProfile(within, { viewport: { width: 1280, height: 720 }, ...options });

let opened = 0;
const known = new Set();
/** A CRM page with the ribbon. */
async function crm(context, html) {
  const page = await context.newPage();
  const said = [], asked = [], complaints = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('request', (request) => asked.push(request.url()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  opened += 1;
  const text = html ?? crmPage(server, { head: `<link rel="icon" href="data:,"><script>${ear}</script>` });
  // Each page is of an agent of its own, and they share Exotel's one user.
  const [agent] = /agent-of-page-\d+/.exec(text);
  if (!known.has(agent)) await server.admin('POST', '/clients/client-demo/agents', { agentId: agent, providerUserId: AGENT });
  known.add(agent);
  await page.goto(site.page(`/voice-${opened}`, text));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  return {
    page, ribbon, said, asked, complaints, ...await voiceOf(page),
  };
}

/** An agent who is online and talks. */
async function talking() {
  const context = await profile();
  const [one, end] = await Promise.all([crm(context), farEnd()]);
  await one.online();
  await dial(one, end);
  return { context, one, end };
}

/** Calls Asha; Exotel rings the browser before the server has answered. */
async function dial(one, end) {
  exotel.state.dialed = async (order) => {
    assert.deepEqual(order, { customer_id: 'customer-1', app_id: 'app-1', to: '+919876543210', user_id: AGENT });
    await end.ring('exotel-call-1');
    await end.hear('confirmed');
  };
  await one.page.evaluate((customer) => ExotelCallRibbon.setCustomer({ ...customer, autoCall: true }), ASHA);
  await end.hear('confirmed');
  await one.ribbon.hear('connected');
}

/** Waits until the server has all of these on record of the call, and returns them in its order. */
async function recorded(one, wanted) {
  const { call } = await one.page.evaluate(() => ExotelCallRibbon.getState());
  for (;;) {
    const { logs } = await server.get('/api/ribbon/call-logs?event=all&pageSize=500');
    const names = logs.filter((log) => log.data.callSid === call.callSid).map((log) => log.event).reverse();
    const found = names.filter((name) => wanted.includes(name));
    if (found.length >= wanted.length) return found;
    await one.page.waitForTimeout(50);
  }
}

test('an agent goes online, calls, talks, is muted, holds, sends digits and hangs up', async () => {
  const context = await profile();
  const [one, end] = await Promise.all([crm(context), farEnd()]);
  const sdk = () => one.asked.some((url) => url.includes('exotel-sdk'));
  assert.ok(!sdk(), 'nothing of Exotel before the agent goes online');
  await one.online();
  assert.ok(sdk());
  await dial(one, end);
  await Promise.all([one.ear('loud'), end.ear('loud')]);

  await one.ribbon.act('mute').click();
  await end.ear('quiet');
  assert.equal((await one.ribbon.hear('mutetoggle')).muted, true);
  await one.ribbon.call('setMuted', false);
  await end.ear('loud');
  await one.ribbon.call('setHold', true);
  await one.ribbon.reach('on-hold');
  await end.hear('hold');
  await end.ear('quiet');
  await one.ribbon.call('setHold', false);
  await one.ribbon.reach('connected');
  await one.ribbon.call('sendDtmf', '7');
  await one.ribbon.call('sendDtmf', '#');
  assert.equal(await end.digits(2), '7#');

  await one.ribbon.main.click();
  await end.hear('ended');
  const over = await one.ribbon.hear('callEnded');
  assert.deepEqual([over.status, over.reason, over.customerData.customerId], ['completed', 'hangup', 'C-1']);
  // Each once, though the server tells them as well.
  const wanted = ['mutetoggle', 'mutetoggle', 'holdtoggle', 'holdtoggle', 'dtmf', 'dtmf', 'callEnded'];
  assert.deepEqual(await recorded(one, wanted), wanted);
  assert.deepEqual((await one.ribbon.heard()).filter((event) => wanted.includes(event)), wanted);
  assert.ok(!one.said.join().includes(SECRET));
  assert.deepEqual(one.complaints, []);
  await Promise.all([context.close(), end.close()]);
});

test('the other side hangs up: the call is over at once, and the server hears of it from here', async () => {
  const { context, one, end } = await talking();
  await end.hangUp();
  assert.equal((await one.ribbon.hear('callEnded')).status, 'completed');
  assert.deepEqual(await recorded(one, ['callEnded']), ['callEnded']);
  await Promise.all([context.close(), end.close()]);
});

test('while the server is away the agent is muted all the same, and it is told later', async () => {
  const { context, one, end } = await talking();
  await context.route('**/api/ribbon/**', (route) => route.abort());
  await one.ribbon.act('mute').click();
  await end.ear('quiet');
  assert.equal(await one.ribbon.act('mute').getAttribute('aria-pressed'), 'true');
  await one.ribbon.call('hangup');
  await one.ribbon.hear('callEnded');
  await end.hear('ended');
  await context.unroute('**/api/ribbon/**');
  await one.page.evaluate(() => window.dispatchEvent(new Event('online')));
  assert.deepEqual(await recorded(one, ['mutetoggle', 'callEnded']), ['mutetoggle', 'callEnded']);
  await Promise.all([context.close(), end.close()]);
});

test('a page with the sound in it asks before it is left, and only then', async () => {
  const { context, one, end } = await talking();
  const asks = () => one.page.evaluate(() => {
    const leaving = new Event('beforeunload', { cancelable: true });
    dispatchEvent(leaving);
    return leaving.defaultPrevented;
  });
  assert.equal(await asks(), true);
  await one.ribbon.call('hangup');
  await one.ribbon.hear('callEnded');
  assert.equal(await asks(), false);
  await Promise.all([context.close(), end.close()]);
});

test('of several tabs one has the line, and each can have a hand in the call', async () => {
  const { context, one, end } = await talking();
  const html = crmPage(server).replace(/agent-of-page-\d+/g, await one.page.evaluate(() => window.agent));
  const two = await crm(context, html);
  await two.ribbon.reach('connected');
  await two.act('open').click();
  assert.match(await two.says.textContent(), /another tab/);
  assert.ok(await two.act('go').isHidden());
  await two.ribbon.call('setMuted', true);
  await end.ear('quiet');
  assert.equal((await two.ribbon.hear('mutetoggle')).muted, true);
  await two.ribbon.call('hangup');
  await end.hear('ended');
  await one.ribbon.hear('callEnded');
  // The line goes to the next tab with the stream, which the agent left online.
  await one.page.close();
  await two.line('on');
  await Promise.all([context.close(), end.close()]);
});

test('a call that rings in is answered in the browser, and another one is declined', async () => {
  const context = await profile();
  const [one, end] = await Promise.all([crm(context), farEnd()]);
  await one.online();
  await end.ring('exotel-call-in-1');
  await one.ribbon.reach('incoming');
  assert.equal((await one.ribbon.hear('incoming')).callSid, 'exotel-call-in-1');
  await one.ribbon.main.click();
  await end.hear('confirmed');
  await one.ribbon.hear('connected');
  await Promise.all([one.ear('loud'), end.ear('loud')]);
  await end.hangUp();
  await one.ribbon.hear('callEnded');

  await end.ring('exotel-call-in-2');
  await one.ribbon.reach('incoming');
  await one.ribbon.act('decline').click();
  assert.equal((await end.hear('failed')).status, 486);
  await one.count('callEnded', 2);
  await Promise.all([context.close(), end.close()]);
});

test('a line that is lost is told with what to do, and in the agent\'s language', async () => {
  const context = await profile();
  const one = await crm(context, crmPage(server, { options: { locale: 'hi', theme: 'dark' } }));
  await one.online();
  await exotel.sip.stop();
  await one.line('lost');
  assert.match(await one.says.textContent(), /लाइन टूट गई/);
  assert.deepEqual((await look(one.page)).faults, []);
  await exotel.sip.start();
  await one.line('on');
  // The page is opened again: the agent is online as before.
  await one.page.reload();
  await one.line('on');
  await one.act('open').click();
  await one.act('go').click();
  await one.line('off');
  await context.close();
});

test('a refused microphone and a refused user are told with what to do', async () => {
  const strict = await startBrowser([...MEDIA, ...exotel.args]);
  const context = await profile(strict);
  const one = await crm(context);
  await one.act('open').click();
  await one.act('go').click();
  await one.line('failed');
  assert.match(await one.says.textContent(), /not allowed.*allow it/);
  assert.deepEqual((await look(one.page)).faults, []);
  await context.grantPermissions(['microphone']);
  exotel.state.password = 'not-this-one';
  await one.act('go').click();
  await one.page.locator('call-ribbon .voice-says', { hasText: 'Exotel refused the connection' }).waitFor();
  exotel.state.password = SECRET;
  await strict.close();
});
