// The page that shows the API: an integrator asks the server from it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from '../support/browser.mjs';
import { KEY, startServer } from '../support/server.mjs';

let browser, server;
before(async () => { [browser, server] = await Promise.all([startBrowser(), startServer()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop()]); });

test('an operation is tried out with a key', async () => {
  const { page, complaints, context } = await openPage(browser, 'about:blank');
  const hosts = new Set();
  page.on('request', (request) => { if (request.url().startsWith('http')) hosts.add(new URL(request.url()).origin); });
  // What the page's policy forbids is an error on the console.
  page.on('console', (said) => { if (said.type() === 'error') complaints.push(said.text()); });
  await page.goto(`${server.url}/docs/#/Sessions/config`);
  await page.locator('.btn.authorize').click();
  const key = page.locator('.auth-container', { hasText: 'apiKey (apiKey)' }).first();
  await key.locator('input').fill(KEY);
  await key.getByRole('button', { name: /apply|authorize/i }).click();
  await page.locator('.btn-done').first().click();
  const operation = page.locator('#operations-Sessions-config');
  await operation.getByRole('button', { name: /try it out/i }).click();
  await operation.getByRole('button', { name: /^execute$/i }).click();
  const answer = operation.locator('.live-responses-table tbody tr').first();
  assert.equal((await answer.locator('.response-col_status').textContent()).trim().slice(0, 3), '200');
  assert.match(await answer.textContent(), /callsThisMonth/);
  assert.deepEqual([...hosts], [server.url]);
  assert.deepEqual(complaints, []);
  await context.close();
});
