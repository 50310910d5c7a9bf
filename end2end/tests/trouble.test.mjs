// What goes wrong: what the agent reads, and what the page is told.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { ADMIN_TOKEN, KEY, startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

let browser, server, site;
before(async () => { [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

test('a wrong key', async () => {
  const { page, complaints, context } = await openPage(browser, site.page('/key', crmPage(server, { options: { apiKey: 'wrong' } })));
  const ribbon = ribbonOf(page);
  await ribbon.reach('failed');
  assert.equal(await ribbon.state.textContent(), 'Sign-in refused');
  assert.match(await ribbon.advice.textContent(), /API key isn’t valid.*Ask your administrator/);
  assert.deepEqual(await page.evaluate(() => errors.map((error) => error.code)), ['invalid_api_key']);
  assert.equal(await page.evaluate(() => ready), 0);
  assert.equal((await ribbon.call('makeCall', '+919876543210')).error.code, 'invalid_api_key');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a server that is down, and comes back', async () => {
  const own = await startServer();
  const html = crmPage(own);
  const { page, complaints, context } = await openPage(browser, 'about:blank');
  // The script is in the browser's cache; the server is away when it signs in.
  await page.route(/\/(init|health)$/, (route) => route.abort('connectionrefused'));
  await page.goto(site.page('/down', html));
  const ribbon = ribbonOf(page);
  await ribbon.reach('offline');
  assert.equal(await ribbon.state.textContent(), 'Reconnecting…');
  assert.match(await ribbon.advice.textContent(), /^Can’t reach the server.*retrying/);
  assert.deepEqual(await page.evaluate(() => errors.map((error) => error.code)), ['server_unreachable']);
  await page.unroute(/\/(init|health)$/);
  await ribbon.reach('idle');
  assert.equal(await page.evaluate(() => ready), 1);

  await own.kill('SIGKILL');
  const refused = await ribbon.call('makeCall', '+919876543210');
  assert.equal(refused.error.code, 'server_unreachable');
  assert.match(refused.error.message, /no call was started/);
  assert.match(await ribbon.advice.textContent(), /^Can’t reach the server.*try again/);
  assert.deepEqual(await ribbon.heard(), []);
  assert.deepEqual(complaints, []);
  await context.close();
  await own.stop();
});

test('a page that the key is not for', async () => {
  const { page, context } = await openPage(browser, 'about:blank');
  const made = await fetch(`${server.url}/api/admin/clients`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Elsewhere', plan: 'trial', allowedDomains: ['crm.example.com'] }),
  });
  const { apiKey } = await made.json();
  await page.goto(site.page('/elsewhere', crmPage(server, { options: { apiKey } })));
  const ribbon = ribbonOf(page);
  await ribbon.reach('failed');
  assert.equal(await ribbon.state.textContent(), 'Sign-in refused');
  assert.match(await ribbon.advice.textContent(), /address isn’t allowed.*Ask your administrator/);
  assert.deepEqual(await page.evaluate(() => errors.map((error) => error.code)), ['domain_not_allowed']);
  await context.close();
});

test('a client that is suspended and resumed: the page signs in without a reload, and is told once', async () => {
  const { clientId, apiKey } = await server.admin('POST', '/clients', { name: 'Resumed', plan: 'trial' });
  await server.command('client', 'suspend', clientId);
  const { page, context } = await openPage(browser, 'about:blank');
  await page.clock.install();
  await page.goto(site.page('/suspended', crmPage(server, { options: { apiKey } })));
  const ribbon = ribbonOf(page);
  await ribbon.reach('failed');
  assert.equal(await ribbon.state.textContent(), 'Sign-in refused');
  // The pauses grow: 16 seconds, 32, 64.
  const refused = page.waitForResponse((response) => /\/init$/.test(response.url()) && response.status() === 403);
  await page.clock.fastForward(17_000);
  await refused;
  await server.command('client', 'resume', clientId);
  await page.clock.fastForward(70_000);
  await ribbon.reach('idle');
  assert.deepEqual(await page.evaluate(() => [ready, ...errors.map(({ code }) => code)]), [1, 'client_suspended']);
  await context.close();
});

test('a browser that goes offline says so at once, and is ready again when it is back', async () => {
  const { page, context } = await openPage(browser, site.page('/offline', crmPage(server)));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await ribbon.call('setCustomer', { name: 'Asha Rao', phoneNumber: '+919876543210' });
  await ribbon.reach('idle');
  // An open stream says nothing for a while: only the browser knows.
  const said = await page.evaluate(async () => {
    dispatchEvent(new Event('offline'));
    await new Promise((resolve) => { setTimeout(resolve); });
    const { shadowRoot } = document.querySelector('call-ribbon');
    return ['.state', '.advice'].map((part) => shadowRoot.querySelector(part).textContent);
  });
  assert.deepEqual(said, ['Reconnecting…', ''], 'said once');
  // The server can still be reached.
  await ribbon.reach('idle');
  await context.setOffline(true);
  await ribbon.reach('offline');
  await ribbon.advice.filter({ hasText: /^Can’t reach the server/ }).waitFor();
  await context.setOffline(false);
  await ribbon.reach('idle');
  await context.close();
});

test('a number that is no number', async () => {
  const { page, context } = await openPage(browser, site.page('/number', crmPage(server)));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  const refused = await ribbon.call('makeCall', '98x65');
  assert.equal(refused.error.code, 'invalid_phone_number');
  assert.match(refused.error.message, /makeCall: phoneNumber is not a number to dial/);
  assert.match(await ribbon.advice.textContent(), /^This isn’t a phone number\. Check it in the CRM\.$/);
  assert.equal(await ribbon.bar.getAttribute('data-look'), 'failed');
  await ribbon.act('dismiss').click();
  await ribbon.reach('idle');
  await context.close();
});

const MISTAKES = [
  ['init', [{ apiKey: 5 }], /init: apiKey must be a string/],
  ['init', [], /init: options must be an object/],
  ['init', [{ apiKey: 'k', position: 'left' }], /init: position must be/],
  ['setCustomer', ['Asha'], /setCustomer: customer must be an object/],
  ['setCustomer', [{ phoneNumber: {} }], /setCustomer: phoneNumber must be a string or a number/],
  ['setCustomer', [{ facts: 'due' }], /setCustomer: facts must be a list of at most 12 facts such as/],
  ['setCustomer', [{ facts: [{ value: 1 }] }], /setCustomer: facts\[0\]\.label must be a text/],
  ['setCustomer', [{ facts: [{ label: 'Due', kind: 'cash' }] }], /setCustomer: facts\[0\]\.kind must be one of text, number, money, date, days/],
  ['setCustomer', [{ facts: [{ label: 'Due', value: {} }] }], /setCustomer: facts\[0\]\.value must be a text, a number or a Date/],
  ['setCustomer', [{ facts: [{ label: 'Due', value: 'soon', kind: 'date' }] }], /setCustomer: facts\[0\]\.value must be a date/],
  ['setCustomer', [{ facts: [{ label: 'Due', value: 'much', kind: 'money' }] }], /setCustomer: facts\[0\]\.value must be a number/],
  ['setCustomer', [{ facts: [{ label: 'Due', value: 1, currency: 'rupees' }] }], /setCustomer: facts\[0\]\.currency must be a code of three letters/],
  ['setPosition', ['left'], /setPosition: position must be/],
  ['setVisible', ['yes'], /setVisible: visible must be true or false/],
  ['makeCall', [{}], /makeCall: phoneNumber must be a string or a number/],
  ['sendDtmf', ['55'], /sendDtmf: digit must be one of/],
  ['hangup', [], /no call in progress/],
];
test('wrong arguments are told in a sentence and never thrown', async () => {
  const { page, complaints, context } = await openPage(browser, site.page('/mistakes', crmPage(server)));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  for (const [method, args, sentence] of MISTAKES) {
    const { error } = await ribbon.call(method, ...args);
    assert.match(error?.message ?? 'no error', sentence, method);
    assert.equal(typeof error.code, 'string');
  }
  assert.equal(await page.evaluate(() => errors.length), MISTAKES.filter(([method]) => method !== 'init').length);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('no secret and no full number is in the server\'s log', async () => {
  await server.post('/api/ribbon/calls', { to: '+919876543210', agentId: 'agent1' });
  await server.post('/api/ribbon/log-call', { event: 'callEnded', data: { callSid: 'c', phoneNumber: '+919876543210', callDirection: 'sideways' } });
  const log = server.log();
  for (const secret of [KEY, ADMIN_TOKEN, '9876543210']) assert.ok(!log.includes(secret), `${secret.slice(0, 4)}… is in the log`);
});

test('a call that the rules forbid says why, and the page gets the whole decision', async () => {
  const own = await startServer();
  await own.admin('PUT', '/clients/client-demo/call-rules', { packs: ['us-fdcpa-regf'] });
  // A zone in which it is three at night.
  const behind = new Date().getUTCHours() - 3;
  const zone = `Etc/GMT${behind < 0 ? behind : `+${behind > 12 ? behind - 24 : behind}`}`.replace('+-', '-');
  const { page, complaints, context } = await openPage(browser, site.page('/forbidden', crmPage(own)));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  const refused = await page.evaluate(async (timeZone) => {
    await ExotelCallRibbon.setCustomer({
      customerId: 'C-9', name: 'Ann', phoneNumber: '+12125550123', callType: 'recovery', context: { timeZone },
    });
    return ExotelCallRibbon.makeCall().then(() => null, (error) => ({
      code: error.code, message: error.message, isError: error instanceof Error, decision: error.decision,
    }));
  }, zone);
  assert.deepEqual([refused.code, refused.isError], ['call_not_permitted', true], refused.message);
  const [found] = refused.decision.because;
  assert.deepEqual([refused.decision.allowed, found.rule, found.effect], [false, 'hours', 'block']);
  assert.ok(refused.decision.nextAllowed > Date.now());
  assert.ok(refused.message.includes(found.said), refused.message);
  await ribbon.advice.filter({ hasText: /^Outside the permitted hours\. Not before / }).waitFor();
  const told = await page.evaluate(() => errors.map((error) => [error.code, error.decision?.allowed]));
  assert.deepEqual(told, [['call_not_permitted', false]]);
  assert.deepEqual(await ribbon.heard(), ['notPermitted']);
  assert.deepEqual(complaints, []);
  await context.close();
  await own.stop();
});
