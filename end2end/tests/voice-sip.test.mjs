// The ribbon of an agent whose voice is in the browser over SIP, at a real Asterisk.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { newProfile, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';
import { ANSWERS, BRIEF, ROOT, startAsterisk } from '../support/voice/asterisk.mjs';
import { ALLOWED, MEDIA } from '../support/voice/browser.mjs';
import { voiceOf } from '../support/voice/desk.mjs';

const APP = 'in-browser';
const options = { skip: ROOT ? false : 'this machine has no Asterisk' };

let browser, asterisk, server, site, ear;
before(async () => {
  if (!ROOT) return;
  [asterisk, server, site] = await Promise.all([startAsterisk(), startServer(), startSite()]);
  await server.admin('PATCH', '/clients/client-demo', { defaultCountry: 'IN' });
  const { accountId } = await server.admin('POST', '/clients/client-demo/providers', { provider: 'asterisk', enabled: true, default: true, settings: asterisk.settings(APP) });
  await ready(accountId);
  ear = await readFile(new URL('../support/voice/ear.js', import.meta.url), 'utf8');
  browser = await startBrowser([...MEDIA, ALLOWED]);
});
after(async () => { await Promise.all([browser?.close(), asterisk?.stop(), server?.stop(), site?.stop()]); });

/** Waits until this is so; returns it. */
async function until(look) {
  for (;;) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
}

/** Waits until the server hears the PBX's events. */
const ready = (account) => until(async () => {
  const { ok, message } = await server.admin('POST', `/clients/client-demo/providers/${account}/validate`, {});
  assert.ok(ok || /not connected|reached/.test(message), message);
  return ok;
});

let opened = 0;
const known = new Set();
/** A CRM page of an agent with this phone at the PBX. */
async function crm(phone) {
  const context = await newProfile(browser, { viewport: { width: 1280, height: 720 } });
  const page = await context.newPage();
  const said = [], asked = [], complaints = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('request', (request) => asked.push(request.url()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  opened += 1;
  const agent = `agent-${phone}`;
  const text = crmPage(server, { head: `<link rel="icon" href="data:,"><script>${ear}</script>` }).replace(/agent-of-page-\d+/g, agent);
  if (!known.has(agent)) await server.admin('POST', '/clients/client-demo/agents', { agentId: agent, providerUserId: phone });
  known.add(agent);
  await page.goto(site.page(`/sip-${opened}`, text));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  return {
    page, ribbon, said, asked, complaints, context, ...await voiceOf(page),
    dial: (number) => page.evaluate((to) => ExotelCallRibbon.setCustomer({ customerId: `C-${to}`, name: 'Asha Rao', phoneNumber: to, autoCall: true }), number),
  };
}

/** An agent who is online and talks with a customer, who sends back what they hear. */
async function talking(phone) {
  const one = await crm(phone);
  await one.online();
  await one.dial(ANSWERS);
  await one.ribbon.hear('connected');
  return one;
}

test('an agent goes online, calls, talks, is muted, holds, sends digits and hangs up', options, async () => {
  const one = await crm('2001');
  const loaded = () => one.asked.some((url) => /\/sip-[0-9a-f]+\.js$/.test(url));
  assert.ok(!loaded(), 'nothing of SIP before the agent goes online');
  await one.online();
  assert.ok(loaded());
  await one.dial(ANSWERS);
  await one.ribbon.hear('connected');
  // The customer sends back what the agent says, so sound here went both ways.
  await one.ear('loud');
  await one.ribbon.act('mute').click();
  assert.equal((await one.ribbon.hear('mutetoggle')).muted, true);
  await one.ear('quiet');
  await one.ribbon.call('setMuted', false);
  await one.ear('loud');
  await one.ribbon.call('setHold', true);
  await one.ribbon.reach('on-hold');
  await one.ear('quiet');
  await one.ribbon.call('setHold', false);
  await one.ribbon.reach('connected');
  await one.ear('loud');
  await one.ribbon.call('sendDtmf', '7');
  await until(async () => (await asterisk.messages()).includes('Signal=7'));

  await one.ribbon.main.click();
  const over = await one.ribbon.hear('callEnded');
  assert.equal(over.status, 'completed');
  await until(async () => (await asterisk.channels()).length === 0);
  // Each once, though page and PBX both told some of them.
  const wanted = ['mutetoggle', 'mutetoggle', 'holdtoggle', 'holdtoggle', 'dtmf', 'callEnded'];
  assert.deepEqual((await one.ribbon.heard()).filter((event) => wanted.includes(event)), wanted);
  assert.deepEqual(one.complaints, []);
  assert.deepEqual(one.said, []);
  await one.context.close();
});

test('the agent\'s password is in no address and no log, and only in the answer to the agent', options, async () => {
  const one = await crm('2001');
  const answer = () => one.page.waitForResponse((response) => response.url().endsWith('/api/ribbon/voice-line')).then((response) => response.json());
  const [line] = await Promise.all([answer(), one.online()]);
  assert.equal(line.user, '2001');
  assert.ok(line.password.length >= 32);
  const stored = await one.page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
  for (const place of [one.asked.join(), one.said.join(), stored, server.log(), await asterisk.log()]) assert.ok(!place.includes(line.password));
  // Offline, it is replaced.
  await one.act('open').click();
  const [next] = await Promise.all([answer(), one.act('go').click()]);
  assert.notEqual(next.password, line.password);
  await one.line('off');
  await one.context.close();
});

test('the customer hangs up: the line is free again', options, async () => {
  const one = await crm('2001');
  await one.online();
  await one.dial(BRIEF);
  assert.equal((await one.ribbon.hear('callEnded')).status, 'completed');
  await until(async () => (await asterisk.channels()).length === 0);
  await one.page.locator('call-ribbon').waitFor();
  await one.dial(ANSWERS);
  await one.count('connected', 2);
  await one.ear('loud');
  await one.ribbon.call('hangup');
  await one.count('callEnded', 2);
  await one.context.close();
});

test('callers ring the agent whom the dialplan names: one talks with the caller, another declines', options, async () => {
  const [one, two] = await Promise.all([crm('2001'), crm('2002')]);
  await Promise.all([one.online(), two.online()]);
  await asterisk.callIn(APP, '2001', '+919876500301');
  await one.ribbon.reach('incoming');
  await one.ribbon.main.click();
  await one.ribbon.hear('connected');
  await one.ear('loud');
  await one.ribbon.call('hangup');
  assert.equal((await one.ribbon.hear('callEnded')).status, 'completed');

  const caller = await asterisk.callIn(APP, '2002', '+919876500302');
  await two.ribbon.reach('incoming');
  await two.ribbon.act('decline').click();
  await two.ribbon.hear('callEnded');
  await until(async () => !(await asterisk.channels()).includes(caller));
  await Promise.all([one.context.close(), two.context.close()]);
});

test('a connection that breaks in a call comes back, and the call goes on', options, async () => {
  const one = await talking('2001');
  await one.ear('loud');
  asterisk.cut();
  await one.line('lost');
  await one.line('on');
  await one.ear('loud');
  // What the PBX sends to this browser arrives again.
  await one.ribbon.call('hangup');
  assert.equal((await one.ribbon.hear('callEnded')).status, 'completed');
  await until(async () => (await asterisk.channels()).length === 0);
  await one.context.close();
});

test('a PBX that was started again no longer has the password; the agent gets another and calls', options, async () => {
  const one = await crm('2001');
  await one.online();
  await asterisk.kill();
  await one.line('lost');
  await asterisk.revive();
  await one.line('on');
  const [{ accountId }] = (await server.admin('GET', '/clients/client-demo/providers')).providers;
  await ready(accountId);
  await one.dial(ANSWERS);
  await one.ribbon.hear('connected');
  await one.ear('loud');
  // The page is left, and with it the call.
  await one.page.goto('about:blank');
  await until(async () => (await asterisk.channels()).length === 0);
  await one.context.close();
});
