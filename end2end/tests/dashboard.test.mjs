// The dashboard shows the latest calls as they happen.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from '../support/browser.mjs';
import { KEY, startServer } from '../support/server.mjs';

let browser, server;
before(async () => { [browser, server] = await Promise.all([startBrowser(), startServer()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop()]); });

test('a call appears and changes without a reload', async () => {
  const { page, complaints, context } = await openPage(browser, `${server.url}/dashboard`);
  await page.getByLabel('API key').fill('wrong');
  await page.getByRole('button', { name: 'Show the calls' }).click();
  await page.getByRole('alert').filter({ hasText: 'API key is not valid' }).waitFor();
  await page.getByLabel('API key').fill(KEY);
  await page.getByRole('button', { name: 'Show the calls' }).click();
  await page.getByText('No calls yet.').waitFor();
  const { body } = await server.post('/api/ribbon/calls', {
    to: '+919876543210', agentId: 'agent2', customerData: { phoneNumber: '+919876543210', name: '<b>Asha</b>' },
  });
  const row = page.locator('tbody tr');
  await row.filter({ hasText: 'connected' }).waitFor();
  assert.match(await row.textContent(), /<b>Asha<\/b>/);
  await server.post(`/api/ribbon/calls/${body.sessionId}/hangup`, {});
  await row.filter({ hasText: 'completed' }).waitFor();
  assert.equal(await row.count(), 1);
  await page.reload();
  await row.filter({ hasText: 'completed' }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});
