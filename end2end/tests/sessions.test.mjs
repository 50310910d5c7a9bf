// A key that stands in a page and opens nothing but the ribbon: what the ribbon shows and does is its session's.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

let browser, server, site, apiKey;
before(async () => {
  [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]);
  ({ apiKey } = await server.admin('POST', '/clients/client-demo/keys', { scopes: ['ribbon'] }));
});
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

const CUSTOMER = { customerId: 'S-1', name: 'Asha Rao', phoneNumber: '+919876543210' };

/** Sends the next requests to this path with a session that the server does not accept any more. */
async function spoilSessions(page, path, times) {
  const seen = [];
  await page.route((url) => url.pathname.startsWith(path), async (route) => {
    // What the bar reads of the customer comes whenever it does.
    if (route.request().method() === 'GET') return route.continue();
    const { 'x-session-token': session, ...headers } = route.request().headers();
    seen.push(session);
    return route.continue({ headers: { ...headers, 'x-session-token': seen.length > times ? session : `${session}x` } });
  });
  return seen;
}

test('a key for pages is enough for calls, notes and recent calls', async () => {
  const { page, context, complaints } = await openPage(browser, site.page('/narrow', crmPage(server, { options: { apiKey } })));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  // A call with this customer by another agent.
  const past = { callSid: 'past', callDirection: 'outbound', phoneNumber: CUSTOMER.phoneNumber, customerData: { ...CUSTOMER, agentId: 'agent2' } };
  await server.post('/api/ribbon/log-call', { event: 'connected', timestamp: '2025-10-12T10:30:00Z', data: past });
  await server.post('/api/ribbon/log-call', { event: 'callEnded', timestamp: '2025-10-12T10:31:00Z', data: { ...past, duration: 60 } });
  await page.evaluate((customer) => ExotelCallRibbon.setCustomer(customer), CUSTOMER);
  await ribbon.main.click();
  await ribbon.hear('connected');
  assert.equal((await ribbon.call('setMuted', true)).error, undefined);
  assert.equal((await ribbon.call('hangup')).error, undefined);
  await ribbon.hear('callEnded');
  assert.equal((await ribbon.call('setNotes', 'will pay')).error, undefined);
  await ribbon.act('history').click();
  const rows = ribbon.host.locator('.past .row');
  await rows.nth(1).waitFor();
  assert.deepEqual(await ribbon.host.locator('.past .section').allTextContents(), ['This customer']);
  assert.equal(await rows.count(), 2);
  assert.deepEqual(await page.evaluate(() => errors), []);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a session that has expired is renewed, and what was asked for is done', async () => {
  const { page, context, complaints } = await openPage(browser, site.page('/expired', crmPage(server, { options: { apiKey } })));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  const seen = await spoilSessions(page, '/api/ribbon/calls', 1);
  const { value } = await ribbon.call('makeCall', CUSTOMER.phoneNumber);
  assert.ok(value?.sessionId);
  assert.equal(seen.length, 2);
  assert.notEqual(seen[0], seen[1]);
  await ribbon.hear('connected');
  assert.deepEqual(await page.evaluate(() => errors), []);
  assert.deepEqual(complaints.filter((line) => !line.includes('401')), []);
  await context.close();
});

test('notes of an agent that is named no longer are saved', async () => {
  const { page, context } = await openPage(browser, site.page('/next-agent', crmPage(server, { options: { apiKey } })));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  const { value: { sessionId } } = await ribbon.call('makeCall', CUSTOMER.phoneNumber);
  await ribbon.hear('connected');
  await ribbon.call('hangup');
  await ribbon.hear('callEnded');
  const next = { ...CUSTOMER, customerId: 'S-2', agentId: 'next-agent' };
  await page.evaluate((customer) => ExotelCallRibbon.setCustomer(customer), next);
  await page.waitForFunction(() => ExotelCallRibbon.getState().agentId === 'next-agent' && ready > 0 && ExotelCallRibbon.getState().phase !== 'signing-in');
  assert.equal((await ribbon.call('setNotes', 'late')).error, undefined);
  assert.equal((await server.get(`/api/ribbon/calls/${sessionId}`)).notes, 'late');
  assert.deepEqual(await page.evaluate(() => errors), []);
  await context.close();
});
