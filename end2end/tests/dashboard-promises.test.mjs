// Promises to pay: which were kept, in Results.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { lookAtPage } from '../support/axe.mjs';
import { startBrowser } from '../support/browser.mjs';
import { asOperator, isThere } from '../support/dashboard.mjs';
import { startServer } from '../support/server.mjs';

const CLIENT = 'client-demo';
const VIEW = '/dashboard/results?tab=promises&range=7d';
const DAY = 24 * 60 * 60 * 1000;
const ODD = '<b>Asha</b> "राव"';
let browser, server;

/** A call of two days ago in which a customer promised to pay until a day; returns its id. */
async function promise(customerId, name, amount, daysFromNow) {
  const at = Date.now() - 2 * DAY;
  const data = { callSid: `promised-${customerId}`, phoneNumber: '+919876500041', callDirection: 'outbound', agentId: 'agent1', customerData: { customerId, name } };
  for (const [event, after] of [['initiated', 0], ['connected', 5_000], ['callEnded', 65_000]]) {
    const { status } = await server.post('/api/ribbon/log-call', { event, data, timestamp: new Date(at + after).toISOString() });
    assert.equal(status, 200);
  }
  const { calls } = await server.get(`/api/ribbon/customer/${customerId}/calls`);
  const date = new Date(Date.now() + daysFromNow * DAY).toISOString().slice(0, 10);
  const saved = await fetch(`${server.url}/api/ribbon/calls/${calls[0].sessionId}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json', 'X-API-Key': 'demo-api-key-789' },
    body: JSON.stringify({ disposition: 'promise', dispositionFields: { amount, date } }),
  });
  assert.equal(saved.status, 200, await saved.text());
}

before(async () => {
  [browser, server] = await Promise.all([startBrowser(), startServer()]);
  const requires = [{ name: 'amount', label: 'Amount', kind: 'amount' }, { name: 'date', label: 'Date', kind: 'date' }];
  await server.admin('PATCH', `/clients/${CLIENT}`, { dispositions: [{ code: 'promise', label: 'Promise to pay', outcome: 'promise', requires }] });
  await promise('kept', ODD, 1500.5, 5);
  await promise('open', 'Bela', 2000, 5);
  const payment = { paymentId: 'PAY-1', amount: 1500.5, paidAt: new Date(Date.now() - DAY).toISOString() };
  assert.equal((await server.post('/api/ribbon/customer/kept/payments', payment)).status, 200);
});
after(async () => { await Promise.all([browser?.close(), server?.stop()]); });

test('each number of the promises leads to its promises, and those to their calls', async () => {
  const { page, complaints, context, open } = await asOperator(browser, server);
  await open(CLIENT, VIEW);
  const list = page.getByRole('table', { name: 'Promises', exact: true });
  await list.getByRole('row', { name: /राव/ }).filter({ hasText: /1,500\.5/ }).waitFor();
  await list.getByRole('row', { name: /Bela/ }).waitFor();
  await isThere(page);
  assert.deepEqual(await lookAtPage(page), []);
  // Days are written as people write them.
  assert.equal(await page.locator('td, th').filter({ hasText: /^\d{4}-\d\d-\d\d$/ }).count(), 0);
  const tile = (name) => page.locator('.figure').filter({ has: page.getByRole('link', { name, exact: true }) });
  for (const [name, count] of [['Promises', 2], ['Kept', 1], ['Broken', 0], ['Open', 1]]) {
    const text = count === 0 ? page.locator('.figure').filter({ hasText: name }) : tile(name);
    assert.match(await text.first().innerText(), new RegExp(`\\b${count}\\b`), name);
  }
  await page.getByRole('link', { name: 'Kept', exact: true }).press('Enter');
  await list.getByRole('row', { name: /Bela/ }).waitFor({ state: 'detached' });
  await list.getByRole('row', { name: /राव/ }).waitFor();
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/promises.png`, fullPage: true });
  await list.getByRole('row', { name: /राव/ }).getByRole('link').first().press('Enter');
  await page.waitForURL(/\/dashboard\/calls\/ses_/);
  assert.deepEqual(complaints, []);
  await context.close();
});

for (const [width, colorScheme] of [[390, 'light'], [1440, 'dark']]) {
  test(`promises fit ${width} px, ${colorScheme}`, async () => {
    const { page, complaints, context, open } = await asOperator(browser, server, { viewport: { width, height: 900 }, colorScheme });
    await open(CLIENT, VIEW);
    await page.getByRole('table', { name: 'Promises', exact: true }).waitFor();
    assert.deepEqual(await lookAtPage(page), []);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'the page is wider than the window');
    assert.deepEqual(complaints, []);
    await context.close();
  });
}
