// The dashboard: who gets in, and calls as they happen.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from '../support/browser.mjs';
import { signIn } from '../support/dashboard.mjs';
import { ADMIN_TOKEN, KEY, startServer } from '../support/server.mjs';

let browser, server;
before(async () => { [browser, server] = await Promise.all([startBrowser(), startServer()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop()]); });

test('a wrong key is refused in words, and a right one is remembered until the tab closes', async () => {
  const { page, context } = await openPage(browser, `${server.url}/dashboard`);
  await signIn(page, { key: 'wrong' });
  await page.getByRole('alert').filter({ hasText: 'API key is not valid' }).waitFor();
  await signIn(page, { key: KEY });
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await context.close();
});

test('a call appears and changes without a reload, with a name that is no markup', async () => {
  const { page, complaints, context } = await openPage(browser, `${server.url}/dashboard/live`);
  await signIn(page, { key: KEY });
  await page.getByText('No calls in progress').waitFor();
  await page.getByText('Live', { exact: true }).nth(1).waitFor();
  const { body } = await server.post('/api/ribbon/calls', {
    to: '+919876543210', agentId: 'agent2', customerData: { phoneNumber: '+919876543210', name: '<b>Asha</b>' },
  });
  const row = page.getByRole('row').filter({ hasText: '<b>Asha</b>' });
  await row.filter({ hasText: 'In call' }).waitFor();
  await server.post(`/api/ribbon/calls/${body.sessionId}/hangup`, {});
  await page.getByText('No calls in progress').waitFor();
  await row.filter({ hasText: 'Completed' }).waitFor();
  assert.equal(await row.count(), 1);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the operator chooses a client, and an address names it', async () => {
  const { page, complaints, context } = await openPage(browser, `${server.url}/dashboard`);
  await signIn(page, { token: ADMIN_TOKEN });
  await page.getByRole('heading', { name: 'Choose a client' }).waitFor();
  await page.getByRole('link', { name: 'Demo Client' }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get('client'), 'client-demo');
  await page.getByRole('link', { name: 'Calls', exact: true }).first().click();
  await page.getByRole('heading', { name: 'Calls', exact: true }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get('client'), 'client-demo');
  assert.deepEqual(complaints, []);
  await context.close();
});
