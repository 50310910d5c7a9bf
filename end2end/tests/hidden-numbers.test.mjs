// An agent who may see no phone numbers: a whole shift, after which neither the traffic nor the page
// nor what the browser stored contains one.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

let browser, server, site, key;
before(async () => {
  [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]);
  key = (await server.admin('POST', '/clients/client-demo/keys', { numbers: 'masked' })).apiKey;
});
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

const CUSTOMER = '+919876500011';
const CALLER = '+919811122233';

/** What a masked key reads. */
const read = async (path) => (await fetch(server.url + path, { headers: { 'X-API-Key': key } })).json();

/** Fails if a text contains a number, however it is divided. */
function assertHidden(text, where) {
  const joined = text.replaceAll(/[\s().+%-]/g, '');
  for (const number of [CUSTOMER, CALLER]) {
    const at = joined.indexOf(number.slice(-10));
    assert.equal(at, -1, `${where}: …${joined.slice(Math.max(0, at - 80), at + 2)}…`);
  }
}

/** All that the browser stores for the page. */
const stored = (page) => page.evaluate(async () => {
  const all = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie];
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((resolve, reject) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    for (const store of database.objectStoreNames) {
      all.push(await new Promise((resolve, reject) => {
        const request = database.transaction(store).objectStore(store).getAll();
        request.onsuccess = () => resolve(JSON.stringify(request.result));
        request.onerror = () => reject(request.error);
      }));
    }
    database.close();
  }
  return all.join('\n');
});

test('a shift without numbers', async () => {
  // A colleague's call, from which the CRM's server reads the customer.
  const data = { phoneNumber: CUSTOMER, customerData: { customerId: 'M-1', name: 'Asha', phoneNumber: CUSTOMER } };
  await server.tell('connected', 'before', data);
  await server.tell('callEnded', 'before', data);
  const [{ phoneNumber, phoneNumberHandle: handle }] = (await read('/api/ribbon/call-logs')).logs.map((log) => log.data);
  assert.equal(phoneNumber, '+91 98••••0011');

  const { page, context, complaints } = await openPage(browser, 'about:blank');
  const traffic = [];
  page.on('request', (request) => { traffic.push([request.url(), request.postData() ?? '']); });
  page.on('response', async (response) => {
    const text = await response.text().catch(() => '');
    traffic.push([response.url(), text]);
  });
  page.on('console', (message) => { traffic.push(['console', message.text()]); });
  await page.goto(site.page('/hidden', crmPage(server, { options: { apiKey: key } })));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  const screens = [];
  const look = async () => {
    screens.push(await page.evaluate(() => document.documentElement.outerHTML
      + document.querySelector('call-ribbon').shadowRoot.innerHTML
      + document.title + JSON.stringify([heard, errors, ExotelCallRibbon.getState()])));
  };
  const forget = () => page.evaluate(() => { heard.length = 0; });
  /** The number that the server dialed last, as those see it who may. */
  const dialed = async () => (await server.get(`/api/ribbon/calls/${(await page.evaluate(() => ExotelCallRibbon.getState().call.sessionId))}`)).phoneNumber;

  // The customer is dialed by handle.
  await page.evaluate((phone) => ExotelCallRibbon.setCustomer({ customerId: 'M-1', name: 'Asha', phoneNumber: phone }), handle);
  await ribbon.settled();
  await look();
  await ribbon.main.click();
  const connected = await ribbon.hear('connected');
  assert.equal(connected.customerData.name, 'Asha');
  assert.equal(await dialed(), CUSTOMER);
  await look();
  await ribbon.call('hangup');
  await ribbon.hear('callEnded');
  await ribbon.host.locator('.wrap .notes').fill('Asked for 98765 43210');
  await look();
  await page.keyboard.press('Control+Enter');
  await forget();

  // Someone rings, and is called back.
  const agentId = await page.evaluate(() => agent);
  await server.post('/api/ribbon/simulator/incoming', { from: CALLER, agentId });
  await ribbon.reach('incoming');
  const incoming = await ribbon.hear('incoming');
  assert.equal(incoming.phoneNumber, '+91 98••••2233');
  assert.match(incoming.phoneNumberHandle, /^num_/);
  await look();
  await ribbon.act('decline').click();
  await ribbon.hear('callEnded');
  await forget();
  await ribbon.settled();
  await ribbon.act('history').click();
  const row = ribbon.host.locator('.past .row', { hasText: '98••••2233' });
  await row.waitFor();
  await look();
  await row.locator('[data-act="redial"]').click();
  await ribbon.hear('connected');
  assert.equal(await dialed(), CALLER);
  await look();
  await ribbon.call('hangup');
  await ribbon.hear('callEnded');
  await look();

  // What the page heard can be dialed as it is.
  await forget();
  await ribbon.call('makeCall', incoming.phoneNumberHandle);
  await ribbon.hear('connected');
  assert.equal(await dialed(), CALLER);
  // What is only shown cannot: it is another number.
  await ribbon.call('hangup');
  await ribbon.hear('callEnded');
  const { error } = await ribbon.call('makeCall', incoming.phoneNumber);
  assert.equal(error.code, 'invalid_phone_number');

  // The records have the numbers, not what stood for them.
  const log = JSON.stringify(await server.get('/api/ribbon/call-logs?event=all'));
  assert.ok(log.includes(CALLER) && log.includes(CUSTOMER) && !log.includes('••••') && !log.includes('num_'), log);

  assert.ok(traffic.some(([, text]) => text.includes('98••••2233')), 'the traffic was recorded');
  for (const [where, text] of traffic) assertHidden(text, where);
  for (const text of screens) assertHidden(text, 'the page');
  assertHidden(await stored(page), 'the storage');
  assert.deepEqual(complaints, []);
  await context.close();
});
