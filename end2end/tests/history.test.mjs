// Recent calls: loaded when they are opened, called again by a click.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

let browser, server, site;
before(async () => { [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

const CUSTOMER = { customerId: 'H-1', name: 'Asha Rao', phoneNumber: '+919876543210' };

test('unanswered attempts do not hide the last note, and a talk of no second has a word', async () => {
  const { page, context } = await openPage(browser, site.page('/attempts', crmPage(server)));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  const customerData = { customerId: 'H-9', name: 'Ravi Patel', phoneNumber: '+919876500009' };
  // A colleague's: the ribbon would take up the agent's own.
  const agentId = 'colleague';
  const began = Date.now() - 36e5;
  const log = async (callSid, minute, event, more = {}) => {
    const data = { callSid, phoneNumber: customerData.phoneNumber, callDirection: 'outbound', agentId, customerData, ...more };
    const { status } = await server.post('/api/ribbon/log-call', { event, timestamp: new Date(began + minute * 6e4).toISOString(), data });
    assert.equal(status, 200);
  };
  await log('talk', 0, 'dialing');
  await log('talk', 0, 'connected');
  await log('talk', 0, 'callEnded', { status: 'completed' });
  const { calls: [{ sessionId }] } = await server.get('/api/ribbon/calls?list=all&customerId=H-9');
  await server.patch(`/api/ribbon/calls/${sessionId}`, { notes: 'pays on Friday', disposition: 'promise_to_pay' });
  for (let attempt = 1; attempt <= 6; attempt += 1) {
    await log(`attempt-${attempt}`, attempt, 'dialing');
    await log(`attempt-${attempt}`, attempt, 'callEnded', { status: 'no_answer', reason: 'nobody answered' });
  }
  await ribbon.call('setCustomer', customerData);
  await ribbon.host.locator('.when', { hasText: /No answer/ }).waitFor();
  await ribbon.says(ribbon.host.locator('.quote'), 'Promise to pay · “pays on Friday”');
  await ribbon.act('history').click();
  const rows = ribbon.host.locator('.past .row');
  await rows.nth(6).waitFor();
  assert.match(await rows.nth(6).locator('.name').textContent(), / · Answered$/);
  await context.close();
});

test('this customer\'s calls first, then the rest; redial by keyboard', async () => {
  const { page, context, complaints } = await openPage(browser, site.page('/history', crmPage(server)));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  const panel = ribbon.host.locator('.past');
  const asked = [];
  page.on('request', (request) => { if (request.method() === 'GET' && /calls\?limit=20/.test(request.url())) asked.push(request.url()); });
  const over = async () => {
    await ribbon.hear('callEnded');
    await page.evaluate(() => { heard.length = 0; });
  };
  await ribbon.call('makeCall', '+919900010001');
  await over();
  await page.evaluate((customer) => ExotelCallRibbon.setCustomer(customer), CUSTOMER);
  await ribbon.main.click();
  await ribbon.hear('connected');
  await ribbon.host.locator('.timer', { hasText: /0:0[1-9]/ }).waitFor();
  await ribbon.call('setDisposition', 'promise_to_pay');
  await ribbon.call('hangup');
  await over();
  await server.post('/api/ribbon/simulator/incoming', { from: '+919811122233', agentId: await page.evaluate(() => agent) });
  await ribbon.reach('incoming');
  await ribbon.act('decline').click();
  await over();
  assert.deepEqual(asked, [], 'nothing is loaded before it is opened');
  // From the call that was declined to the customer of the page.
  await ribbon.main.click();
  await ribbon.reach('idle');

  await ribbon.act('history').click();
  await panel.locator('.row').first().waitFor();
  assert.ok(asked.every((url) => !url.includes('demo-api-key')), 'the key is in no address');
  // What the agent declined was not missed.
  assert.deepEqual(await panel.locator('.section').allTextContents(), ['This customer', 'Recent']);
  const names = await panel.locator('.row .name').allTextContents();
  assert.match(names.shift(), /^Today .* · 0:0\d$/, 'the name is not repeated under the customer');
  assert.deepEqual(names, ['+919811122233', '+919900010001']);
  const details = await panel.locator('.row .details').allTextContents();
  assert.equal(details[0], 'Promise to pay');
  assert.match(details[1], /^Today .* · Declined$/);
  assert.match(details[2], /^Today .* · Busy$/);

  await page.waitForFunction(() => document.querySelector('call-ribbon').shadowRoot.activeElement?.matches('.past .small'));
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  assert.equal(await page.evaluate(() => document.querySelector('call-ribbon').shadowRoot.activeElement.getAttribute('aria-label')), 'Call Asha Rao');
  await page.keyboard.press('Enter');
  await panel.waitFor({ state: 'hidden' });
  await ribbon.hear('connected');
  assert.equal((await ribbon.heard())[0], 'dialing');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('empty, failed and tried again; Escape closes', async () => {
  const { page, context } = await openPage(browser, site.page('/none', crmPage(server, { options: { agentId: 'nobody-yet' } })));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  const panel = ribbon.host.locator('.past');
  await page.route('**/api/ribbon/calls?*', (route) => route.abort());
  await ribbon.act('history').click();
  await panel.locator('.note', { hasText: /could(n’t| not) be loaded/ }).waitFor();
  await page.unroute('**/api/ribbon/calls?*');
  await panel.locator('[data-act="again"]').click();
  await panel.locator('.note', { hasText: 'No calls yet' }).waitFor();
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'hidden' });
  await page.waitForFunction(() => document.querySelector('call-ribbon').shadowRoot.activeElement?.matches('[data-act="history"]'));
  await context.close();
});
