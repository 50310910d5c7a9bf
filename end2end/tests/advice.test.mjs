// What the ribbon tells the developer of a page, and what it keeps from the agent.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { newProfile, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

let browser, server, site;
before(async () => { [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

/** Opens a page and gathers the warnings in its console. */
async function open(path, given) {
  const context = await newProfile(browser);
  const page = await context.newPage();
  const warnings = [];
  const waiting = [];
  page.on('console', (message) => {
    if (message.type() !== 'warning' || !message.text().startsWith('Call ribbon: ')) return;
    warnings.push(message.text().slice('Call ribbon: '.length));
    for (const look of waiting) look();
  });
  const loaded = [];
  page.on('request', (request) => loaded.push(request.url()));
  await page.goto(site.page(path, crmPage(server, given)));
  /** Waits for that many warnings. */
  const warned = (count) => new Promise((resolve) => {
    const look = () => { if (warnings.length >= count) resolve(warnings); };
    waiting.push(look);
    look();
  });
  return { page, context, warned, warnings, loaded, ribbon: ribbonOf(page) };
}

test('wrong names and values are warnings with the name that was meant, each once', async () => {
  const { page, context, warned, ribbon } = await open('/advice', { options: { postion: 'top', onCallEvents: 1, colour: 'red', locale: 'fr' } });
  await ribbon.ready();
  // Names are told in their order, and languages apart from them.
  const [locale, postion, events, colour] = [...await warned(4)].sort((one, other) => one.includes('option') - other.includes('option'));
  assert.equal(postion, 'init: there is no option postion; did you mean position?');
  assert.equal(events, 'init: there is no option onCallEvents; did you mean onCallEvent?');
  assert.match(colour, /^init: there is no option colour\. The options are apiKey, apiUrl, /);
  assert.equal(locale, 'init: there is no language "fr", so the bar is in English.');
  for (let time = 0; time < 2; time += 1) {
    await page.evaluate(() => ExotelCallRibbon.setCustomer({ phonenumber: '+919876543210', contxt: {}, ourOwnField: 1, phoneNumber: 'call me', context: 'x', name: { first: 'A' } }));
  }
  const found = (await warned(7)).slice(4);
  assert.deepEqual(found.map((text) => text.replace(/[;,.].*/s, '')).sort(), [
    'setCustomer: context must be an object such as {amountDue: 4500}', 'setCustomer: name must be a text', 'setCustomer: phoneNumber holds no digit',
  ]);
  await page.evaluate(() => ExotelCallRibbon.setCustomer({ customerid: 'C-1', ourOwnField: 1 }));
  assert.match((await warned(8))[7], /^setCustomer: there is no field customerid; did you mean customerId\? /);
  await context.close();
});

test('a context that is no object is no fact, nobody is the next customer, and a language has its name', async () => {
  const { page, context, ribbon } = await open('/odd-context', {});
  await ribbon.ready();
  await ribbon.call('setCustomer', { context: 'x' });
  const facts = ribbon.host.locator('.fact:not(.clock)');
  assert.equal(await facts.count(), 0);
  await ribbon.call('makeCall', '+919876543210');
  await ribbon.hear('connected');
  assert.equal(await ribbon.advice.textContent(), '');
  await ribbon.call('setCustomer', { name: 'Asha', context: ['x'] });
  await ribbon.says(ribbon.advice, 'Next: Asha');
  await ribbon.call('hangup');
  await ribbon.hear('callEnded');
  await ribbon.call('setCustomer', { name: 'Ravi', phoneNumber: 5550100, context: { language: 'hi', paymentUrl: 'pay.example', loanId: 'L-1' } });
  await ribbon.main.click();
  await ribbon.says(ribbon.name, 'Ravi');
  assert.deepEqual(await facts.allTextContents(), ['LanguageHindi', 'Payment URLpay.example', 'Loan IDL-1']);
  await page.close();
  await context.close();
});

test('other words for a name lead to it', async () => {
  const script = await readFile(new URL('../../widget/loader/advise.js', import.meta.url), 'utf8');
  const { nearest } = await import(`data:text/javascript,${encodeURIComponent(script)}`);
  const init = 'apiKey apiUrl position onCallEvent agentId agentName locale'.split(' ');
  const customer = 'phoneNumber name customerId email context callType metadata'.split(' ');
  for (const [names, given, meant] of [
    [init, 'key', 'apiKey'], [init, 'server', 'apiUrl'], [init, 'baseURL', 'apiUrl'], [init, 'user_id', 'agentId'], [init, 'lang', 'locale'],
    [init, 'callback', 'onCallEvent'], [init, 'onEvent', 'onCallEvent'], [init, 'agent', 'agentId'], [init, 'agentname', 'agentName'],
    [customer, 'phone', 'phoneNumber'], [customer, 'mobile', 'phoneNumber'], [customer, 'tel', 'phoneNumber'], [customer, 'id', 'customerId'],
    [customer, 'contact-id', 'customerId'], [customer, 'full_name', 'name'], [customer, 'type', 'callType'], [customer, 'meta', 'metadata'],
    [customer, 'ourOwnField', ''], [customer, 'constructor', ''], [customer, 'key', ''], [init, 'colour', ''],
  ]) assert.equal(nearest(given, names), meant, given);
});

test('a number that cannot be dialed is named when the customer is set, to the developer and the agent', async () => {
  const { page, context, warned, ribbon } = await open('/numbers', {});
  await ribbon.ready();
  const wrong = [
    ['98765 43210 / 99887 76655', /these are two phone numbers, …3210 and …6655/, 'These are two numbers. Dial one of them.'],
    ['98765 43210 -12', /it is not clear what the last digits are/, 'This isn’t a phone number.'],
    ['12', /this has 2/, 'This isn’t a phone number.'],
  ];
  for (const [place, [phoneNumber, sentence, advice]] of wrong.entries()) {
    assert.deepEqual(await ribbon.call('setCustomer', { name: 'Asha', phoneNumber }), { value: undefined });
    const warnings = await warned(place + 1);
    assert.match(warnings[place], /^setCustomer: phoneNumber cannot be called: /);
    assert.match(warnings[place], sentence);
    await ribbon.advice.filter({ hasText: advice }).waitFor();
    // A press says the same, and dials nothing.
    await ribbon.settled();
    await ribbon.main.click();
    await ribbon.bar.and(page.locator('[data-look="failed"]')).waitFor();
    await ribbon.advice.filter({ hasText: advice }).waitFor();
  }
  assert.deepEqual(await ribbon.heard(), []);
  await context.close();
});

test('autoCall in the wrong place, or during a call, is a warning, and the call goes on', async () => {
  const { page, context, warned, ribbon } = await open('/auto-call', {});
  await ribbon.ready();
  await page.evaluate(() => ExotelCallRibbon.setCustomer({ name: 'Asha', phoneNumber: '+919876543210' }, { autoCall: true }));
  assert.match((await warned(1))[0], /^setCustomer takes one object; write autoCall and all else into it\./);
  await ribbon.settled();
  await ribbon.main.click();
  await ribbon.hear('connected');
  await page.evaluate(() => ExotelCallRibbon.setCustomer({ name: 'Meera', phoneNumber: '+919876543211', autoCall: true }));
  assert.match((await warned(2))[1], /^setCustomer: autoCall does nothing during a call\. The customer is the next one/);
  await ribbon.name.filter({ hasText: 'Asha' }).waitFor();
  await ribbon.advice.filter({ hasText: 'Next: Meera' }).waitFor();
  await ribbon.call('hangup');
  await ribbon.hear('callEnded');
  await context.close();
});

test('what is right loads no advice', async () => {
  const { page, context, warnings, loaded, ribbon } = await open('/right', { options: { locale: 'en-IN', agentName: 'Ravi' } });
  await ribbon.ready();
  await page.evaluate(() => ExotelCallRibbon.setCustomer({ phoneNumber: '+919876543210', name: 'Asha', context: { a: 1 }, facts: [], script: 'Hello' }));
  await ribbon.main.click();
  await ribbon.hear('connected');
  await ribbon.call('hangup');
  assert.deepEqual([warnings, loaded.filter((url) => url.includes('advise'))], [[], []]);
  await context.close();
});

test('a customer without init is one warning after a while', async () => {
  const tag = `<script src="${server.url}/call-ribbon.js"></script>`;
  const then = 'ExotelCallRibbon.setCustomer({ name: "Asha" }); ExotelCallRibbon.setCustomer({ name: "Imran" });';
  const { context, warned } = await open('/no-init', { tag, then });
  assert.deepEqual(await warned(1), ['setCustomer was called, and init was not: the ribbon appears once the page calls init with an apiKey.']);
  await context.close();
});

test('a mistake of the program is an Error for the page, and nothing for the agent', async () => {
  const { page, context, ribbon } = await open('/program', {});
  await ribbon.ready();
  for (const [method, ...args] of [['setDisposition', 'nope'], ['makeCall'], ['setHold', true], ['setNotes', 'x'], ['sendDtmf', '1'], ['setPosition', 'middle']]) {
    const { error, isError } = await ribbon.call(method, ...args);
    assert.ok(error?.code && error.message, method);
    assert.equal(isError, true, method);
    assert.equal(await ribbon.bar.getAttribute('data-look'), 'idle', method);
  }
  const refused = await page.evaluate(() => ExotelCallRibbon.init({ apiKey: 'k', apiUrl: 'https://ribbon.test/api/ribbon/' }).catch(({ message }) => message));
  assert.equal(refused, "init: apiUrl must be the server's address only; leave /api/ribbon away.");
  await context.close();
});

test('after a reload, onCallEvent hears how the call stands', async () => {
  const { page, context, ribbon } = await open('/replayed', {});
  await ribbon.ready();
  await ribbon.call('makeCall', '+919876543210');
  await ribbon.hear('connected');
  await page.reload();
  const { replayed } = await ribbon.hear('connected');
  assert.equal(replayed, true);
  await ribbon.call('hangup');
  await ribbon.hear('callEnded');
  assert.deepEqual(await ribbon.heard(), ['connected', 'callEnded']);
  await context.close();
});

test('a broken connection and a revoked key are seen before a call is tried', async () => {
  const made = await server.admin('POST', '/clients/client-demo/keys', { scopes: ['ribbon'] });
  const { apiKey, keyId } = made;
  const { page, context, ribbon } = await open('/offline', { options: { apiKey } });
  await ribbon.ready();
  await page.evaluate(() => ExotelCallRibbon.setCustomer({ name: 'Asha', phoneNumber: '+919876543210' }));
  await ribbon.settled();
  await server.admin('DELETE', `/clients/client-demo/keys/${keyId}`);
  await ribbon.state.filter({ hasText: 'Sign-in refused' }).waitFor();
  assert.equal(await ribbon.main.getAttribute('aria-disabled'), 'true');
  await context.close();
});
