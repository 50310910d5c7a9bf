// Whether a customer may be called: the agent sees it before the click, and the page can ask.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from '../support/browser.mjs';
import { framed } from '../support/kinds.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { STILL, startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

let browser, server, site;
before(async () => {
  [browser, server, site] = await Promise.all([startBrowser(), startServer({ simulator: STILL }), startSite()]);
  await server.admin('PUT', '/clients/client-demo/call-rules', { packs: ['us-fdcpa-regf'] });
  await server.admin('POST', '/clients/client-demo/suppressions', { phoneNumber: LISTED, source: 'customer' });
});
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

/** A zone in which it is three at night. */
const behind = new Date().getUTCHours() - 3;
const NIGHT = `Etc/GMT${behind < 0 ? behind : `+${behind > 12 ? behind - 24 : behind}`}`.replace('+-', '-');

const forbidden = { customerId: 'P-1', name: 'Ann', phoneNumber: '+919876500123', callType: 'recovery', context: { timeZone: NIGHT } };
const permitted = { customerId: 'P-2', name: 'Bea', phoneNumber: '+919876500124', callType: 'service' };

/** A number on the client's list of those that must not be called. */
const LISTED = '+919876500199';

const HOURS = /^Outside the permitted hours\. Not before (tomorrow )?\d{1,2}:[03]0/;

const open = async (path, options = {}, on = server) => {
  const opened = await openPage(browser, 'about:blank');
  const asked = [];
  opened.page.on('request', (request) => { if (request.url().endsWith('/calls/check')) asked.push(request.postDataJSON()); });
  await opened.page.goto(site.page(path, crmPage(on, options)));
  const ribbon = ribbonOf(opened.page);
  await ribbon.ready();
  return { ...opened, ribbon, asked, permission: () => opened.page.evaluate(() => ExotelCallRibbon.getState().permission) };
};

/** Waits until Call is off, and the agent reads why. */
const isOff = async (ribbon, sentence = HOURS) => {
  await ribbon.says(ribbon.state, 'Can’t call');
  await ribbon.advice.filter({ hasText: sentence }).waitFor();
  await ribbon.host.locator('[data-main="call"][aria-disabled="true"]').waitFor();
};

/** Waits until Call is on. */
const isOn = async (ribbon) => {
  await ribbon.state.filter({ hasText: /^Ready to call$/ }).waitFor({ state: 'attached' });
  await ribbon.settled();
};

test('a client without rules pays no request, and its page may ask all the same', async () => {
  const own = await startServer();
  const { ribbon, asked, permission, context, complaints } = await open('/free', {}, own);
  await ribbon.call('setCustomer', forbidden);
  await isOn(ribbon);
  const { value } = await ribbon.call('canCall');
  assert.deepEqual([value.allowed, value.because, value.said], [true, [], '']);
  assert.equal(asked.length, 1);
  assert.deepEqual(asked[0].calls.map(({ to, customerData }) => [to, customerData.customerId]), [['+919876500123', 'P-1']]);
  assert.equal(await permission(), null);
  assert.deepEqual(complaints, []);
  await context.close();
  await own.stop();
});

test('Call is off for a customer who may not be called, with a reason and the next time', async () => {
  // The customer is set before the sign-in.
  const { page, ribbon, permission, context, complaints } = await open('/seen', { then: `ExotelCallRibbon.setCustomer(${JSON.stringify(forbidden)});` });
  await isOff(ribbon);
  assert.equal(await ribbon.bar.getAttribute('data-look'), 'idle');
  const known = await permission();
  assert.deepEqual([known.allowed, known.because[0].rule, known.because[0].effect], [false, 'hours', 'block']);
  assert.ok(known.nextAllowed > Date.now());
  assert.match(known.said, HOURS);
  await ribbon.main.click({ force: true });
  await page.keyboard.press('Alt+Shift+C');
  assert.equal((await page.evaluate(() => ExotelCallRibbon.getState())).call, null);
  // The page asks about somebody else; what the bar shows stays.
  assert.equal((await ribbon.call('canCall', permitted)).value.allowed, true);
  assert.equal((await ribbon.call('canCall', LISTED)).value.allowed, false);
  assert.equal((await ribbon.call('canCall', { name: 'Nobody' })).error.code, 'invalid_argument');
  assert.equal((await ribbon.call('canCall', 'call me')).error.code, 'invalid_phone_number');
  await isOff(ribbon);
  await ribbon.call('setCustomer', permitted);
  await isOn(ribbon);
  await page.waitForFunction(() => ExotelCallRibbon.getState().permission?.allowed === true);
  await ribbon.call('setCustomer', { customerId: 'P-3', name: 'Cleo' });
  await ribbon.says(ribbon.state, 'No number');
  assert.equal(await permission(), null);
  assert.deepEqual(await ribbon.heard(), []);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the answer about one customer is never shown for the next', async () => {
  const { page, ribbon, permission, context } = await open('/quick');
  let late;
  await page.route('**/calls/check', async (route) => {
    if (route.request().postDataJSON().calls[0].customerData.customerId !== 'P-1') return route.continue();
    await new Promise((resolve) => { late = resolve; });
    return route.continue();
  });
  const first = page.waitForResponse((response) => response.url().endsWith('/calls/check') && response.request().postData().includes('P-1'));
  await page.evaluate(([one, other]) => {
    ExotelCallRibbon.setCustomer(one);
    ExotelCallRibbon.setCustomer(other);
  }, [forbidden, permitted]);
  await page.waitForFunction(() => ExotelCallRibbon.getState().permission?.allowed === true);
  late();
  await (await first).finished();
  // The next answer comes after the late one.
  assert.equal((await ribbon.call('canCall', permitted)).value.allowed, true);
  assert.equal((await permission()).allowed, true);
  await isOn(ribbon);
  await context.close();
});

test('without an answer Call stays on, and the server decides at the call', async () => {
  const { page, ribbon, permission, context } = await open('/away');
  const failed = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/calls/check'));
  await page.route('**/calls/check', (route) => route.abort('connectionrefused'));
  await ribbon.call('setCustomer', forbidden);
  await failed;
  await isOn(ribbon);
  assert.equal(await permission(), null);
  const asked = await ribbon.call('canCall');
  assert.equal(asked.error.code, 'server_unreachable');
  await ribbon.main.click();
  const told = await ribbon.hear('notPermitted');
  assert.deepEqual([told.callSid, told.phoneNumber, told.callDirection, told.decision.allowed], ['', forbidden.phoneNumber, 'outbound', false]);
  assert.deepEqual(told.customerData, forbidden);
  await isOff(ribbon);
  assert.equal((await permission()).allowed, false);
  await context.close();
});

test('a refused call is told to the page, however it was asked for', async () => {
  const body = `<a id="tel" href="tel:${LISTED}">call</a>`;
  const { page, ribbon, context, complaints } = await open('/told', { body, options: { linkTel: true } });
  await page.evaluate(() => {
    window.told = [];
    ExotelCallRibbon.on('notPermitted', ({ decision, customerData }) => told.push(['on', decision.allowed, customerData.name ?? customerData.phoneNumber]));
    addEventListener('callribbon:notPermitted', ({ detail }) => told.push(['dom', detail.decision.allowed, detail.customerData.name ?? detail.customerData.phoneNumber]));
  });
  const hears = async (who) => {
    await page.waitForFunction(() => told.length === 2 && heard.length === 1);
    assert.deepEqual(await page.evaluate(() => [told.splice(0), heard.splice(0).map(({ event, data }) => [event, data.decision.allowed])]), [
      [['on', false, who], ['dom', false, who]], [['notPermitted', false]],
    ]);
  };
  const refused = await ribbon.call('makeCall', LISTED);
  assert.equal(refused.error.code, 'call_not_permitted');
  await hears(LISTED);
  await ribbon.says(ribbon.state, 'Can’t call');
  await ribbon.advice.filter({ hasText: /^On the do-not-call list since \w/ }).waitFor();
  await page.locator('#tel').click();
  await hears(LISTED);
  // Dialed by hand.
  await ribbon.act('dial').click();
  await ribbon.host.locator('.companion input').fill(LISTED);
  await ribbon.act('dial-typed').click();
  await hears(LISTED);
  await ribbon.call('setCustomer', { ...forbidden, autoCall: true });
  await hears('Ann');
  await isOff(ribbon);
  // Whom one cannot call in the pill, one sees there.
  await ribbon.call('setMinimized', true);
  await ribbon.call('makeCall');
  await hears('Ann');
  assert.ok(await ribbon.state.isVisible());
  assert.equal(await ribbon.state.textContent(), 'Can’t call');
  await ribbon.call('setMinimized', false);
  await isOff(ribbon);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('Call is on again when the time has come, and when the tab is seen again', async () => {
  const { page, ribbon, asked, context } = await open('/time');
  let wait = 1500;
  await page.route('**/calls/check', async (route) => {
    const answer = await route.fetch();
    const { results } = await answer.json();
    const [{ decision }] = results;
    if (wait) decision.nextAllowed = Date.now() + wait;
    else Object.assign(decision, { allowed: true, because: [], nextAllowed: undefined });
    await route.fulfill({ response: answer, json: { results } });
  });
  await ribbon.call('setCustomer', forbidden);
  await isOff(ribbon, /Not before/);
  wait = 0;
  await isOn(ribbon);
  assert.equal(asked.length, 2);
  wait = 3_600_000;
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await isOff(ribbon, /Not before/);
  assert.equal(asked.length, 3);
  await context.close();
});

/** Lets the server's answers permit what an agent may override, and a warning pass. */
const soften = (page, change) => page.route('**/calls/check', async (route) => {
  const answer = await route.fetch();
  const { results } = await answer.json();
  change(results[0].decision);
  await route.fulfill({ response: answer, json: { results } });
});

test('a rule that an agent may override asks for the reason', async () => {
  const { page, ribbon, context, complaints } = await open('/reason');
  await soften(page, ({ because: [found] }) => { found.mayOverride = 'agent'; });
  const dialed = [];
  await page.route('**/api/ribbon/calls', async (route) => {
    dialed.push(route.request().postDataJSON());
    await route.fulfill({ status: 202, json: { sessionId: 's-1', callSid: 'c-1' } });
  });
  await ribbon.call('setCustomer', forbidden);
  await ribbon.advice.filter({ hasText: HOURS }).waitFor();
  await ribbon.settled();
  const field = ribbon.host.locator('.reason input');
  await ribbon.main.click();
  await field.waitFor();
  await page.keyboard.press('Escape');
  await field.waitFor({ state: 'detached' });
  await ribbon.main.press('Enter');
  await field.waitFor();
  await page.keyboard.press('Enter');
  assert.deepEqual(dialed, []);
  await page.keyboard.type('She asked me to');
  // A reason is for one customer.
  await ribbon.call('setCustomer', { ...forbidden, customerId: 'P-4' });
  await field.waitFor({ state: 'detached' });
  await ribbon.settled();
  await ribbon.main.click();
  await field.fill('She asked me to');
  await field.press('Enter');
  await ribbon.reach('dialing');
  assert.deepEqual(dialed.map(({ to, override, customerData }) => [to, override, customerData.customerId]), [[forbidden.phoneNumber, { reason: 'She asked me to' }, 'P-4']]);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a warning is shown and stops nothing', async () => {
  const { page, ribbon, context } = await open('/warned');
  await soften(page, (decision) => {
    Object.assign(decision, { allowed: true, nextAllowed: undefined });
    Object.assign(decision.because[0], { effect: 'warn', reason: { kind: 'attempts', made: 3, most: 3 } });
  });
  await page.route('**/api/ribbon/calls', (route) => route.fulfill({ status: 202, json: { sessionId: 's-1', callSid: 'c-1' } }));
  await ribbon.call('setCustomer', forbidden);
  await ribbon.says(ribbon.advice, '3 calls have been made, and 3 are permitted.');
  await ribbon.says(ribbon.state, 'Ready to call');
  await ribbon.settled();
  await ribbon.main.click();
  await ribbon.reach('dialing');
  await context.close();
});

test('each kind of reason has words in each language', async () => {
  const reasons = [
    { kind: 'hours', zone: 'Asia/Kolkata' }, { kind: 'attempts', made: 2, most: 3 }, { kind: 'after-talk', talkedAt: Date.now() - 864e5 }, { kind: 'party' },
    { kind: 'quiet-time' }, { kind: 'occasion' }, { kind: 'caller-series', prefix: '1600' }, { kind: 'caller-hidden' }, { kind: 'suppressed', at: Date.UTC(2025, 10, 12) },
    { kind: 'registered', registry: 'TPS' }, { kind: 'registry-old', registry: 'TPS' }, { kind: 'registry-old', registry: 'TPS', asOf: 1 },
  ];
  const said = {};
  for (const [locale, letters, time] of [['en-IN', /[a-z]/, /(India|IST|GMT)/], ['hi', /[\u0900-\u097f]/, /\d{1,2}:00/], ['ur', /[\u0600-\u06ff]/, /\d{1,2}:00/]]) {
    const { page, ribbon, context } = await open(`/words-${locale}`, { options: { locale } });
    let reason;
    let pack = 'own-list';
    await soften(page, (decision) => {
      Object.assign(decision, { zones: ['Asia/Kolkata'], nextAllowed: Date.UTC(2099, 0, 4, 2, 30) });
      Object.assign(decision.because[0], { pack, reason, said: 'The pack’s own words.' });
    });
    said[locale] = [];
    for (reason of reasons) {
      const { value } = await ribbon.call('canCall', forbidden);
      assert.match(value.said, letters, reason.kind);
      assert.match(value.said, /8:00/, reason.kind);
      assert.match(value.said, time);
      for (const wrong of [/\{\d\}/, /undefined/, /NaN/, /Invalid/, /The pack’s own words/]) assert.doesNotMatch(value.said, wrong);
      said[locale].push(value.said);
    }
    assert.equal(new Set(said[locale]).size, reasons.length);
    // What a client has written itself is in its agents' words already.
    [pack, reason] = ['own-lunch', reasons[0]];
    assert.match((await ribbon.call('canCall', forbidden)).value.said, /^The pack’s own words\. /);
    [pack, reason] = ['uk-sales', { kind: 'new-kind' }];
    assert.match((await ribbon.call('canCall', forbidden)).value.said, /^The pack’s own words\. /);
    await context.close();
  }
  assert.match(said['en-IN'][8], /^On the do-not-call list since 12 Nov 2025\. Not before /);
  assert.match(said.hi[0], /^इस समय कॉल की अनुमति नहीं है।/);
});

test('two tabs, an agent named with the customer, and the language of the page', async () => {
  const { page, context, ribbon } = await open('/tabs', { options: { locale: 'hi' } });
  const next = await context.newPage();
  await next.goto(page.url());
  const other = ribbonOf(next);
  await other.ready();
  await ribbon.call('setCustomer', { ...forbidden, agentId: 'permission-agent', agentName: 'Ravi' });
  await ribbon.advice.filter({ hasText: /^इस समय कॉल की अनुमति नहीं है। .*\d:[03]0.* से पहले नहीं।$/ }).waitFor();
  await page.waitForFunction(() => ExotelCallRibbon.getState().agentId === 'permission-agent');
  await ribbon.host.locator('[data-main="call"][aria-disabled="true"]').waitFor();
  await other.call('setCustomer', permitted);
  await next.waitForFunction(() => ExotelCallRibbon.getState().permission?.allowed === true);
  assert.equal(await page.evaluate(() => ExotelCallRibbon.getState().permission.allowed), false);
  await context.close();
});

test('a call in progress is left alone, and the next customer is judged after it', async () => {
  const { page, ribbon, asked, context } = await open('/during');
  await ribbon.call('setCustomer', permitted);
  await page.waitForFunction(() => ExotelCallRibbon.getState().permission);
  await ribbon.call('makeCall');
  await ribbon.reach('dialing');
  const before = asked.length;
  await ribbon.call('setCustomer', forbidden);
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  assert.equal(await ribbon.main.getAttribute('data-main'), 'cancel');
  await ribbon.call('hangup');
  await ribbon.hear('callEnded');
  await page.waitForFunction(() => ExotelCallRibbon.getState().permission);
  assert.ok(asked.length > before);
  assert.deepEqual(asked.slice(before).map(({ calls }) => calls[0].to), [permitted.phoneNumber]);
  await ribbon.host.locator('[data-main="next"]').click();
  await isOff(ribbon);
  await context.close();
});

test('an agent who may see no number, and a key that is revoked meanwhile', async () => {
  const { apiKey, keyId } = await server.admin('POST', '/clients/client-demo/keys', { numbers: 'masked' });
  await server.tell('callEnded', 'masked', { phoneNumber: forbidden.phoneNumber, customerData: forbidden });
  const logs = await (await fetch(`${server.url}/api/ribbon/call-logs`, { headers: { 'X-API-Key': apiKey } })).json();
  const { phoneNumber, phoneNumberHandle } = logs.logs[0].data;
  const { page, ribbon, asked, context } = await open('/masked', { options: { apiKey } });
  await ribbon.call('setCustomer', { ...forbidden, phoneNumber, phoneNumberHandle });
  await isOff(ribbon);
  assert.ok(!JSON.stringify(asked).includes(forbidden.phoneNumber.slice(-7)));
  await server.admin('DELETE', `/clients/client-demo/keys/${keyId}`);
  const refused = page.waitForResponse((response) => response.url().endsWith('/calls/check') && !response.ok());
  const { error } = await ribbon.call('canCall');
  await refused;
  assert.match(error.code, /key/);
  await context.close();
});

test('in the frame of a strict page, a refused call has its decision, too', async () => {
  const html = crmPage(server).replaceAll('<script>', '<script nonce="once">');
  const policy = `default-src 'none'; script-src ${server.url} 'nonce-once'; frame-src ${server.url}`;
  const { page, context } = await openPage(browser, site.page('/strict', html, { 'content-security-policy': policy }));
  await framed(page).ready();
  const found = await page.evaluate(async (number) => {
    const { allowed, because } = await ExotelCallRibbon.canCall(number);
    const error = await ExotelCallRibbon.makeCall(number).catch((refused) => refused);
    return [allowed, because[0].rule, error instanceof Error, error.code, error.decision.allowed, error.decision.because[0].rule];
  }, LISTED);
  assert.deepEqual(found, [false, found[1], true, 'call_not_permitted', false, found[1]]);
  await page.waitForFunction(() => heard.some(({ event }) => event === 'notPermitted'));
  await context.close();
});
