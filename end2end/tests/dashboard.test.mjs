// The dashboard: who gets in, and calls as they happen.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from '../support/browser.mjs';
import { signIn } from '../support/dashboard.mjs';
import { ADMIN_TOKEN, KEY, startServer } from '../support/server.mjs';

let browser, server;
before(async () => { [browser, server] = await Promise.all([startBrowser(), startServer()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop()]); });

test('a wrong key is refused in words, and a right one is remembered in all tabs until the user signs out', async () => {
  const { page, context } = await openPage(browser, `${server.url}/dashboard`);
  await signIn(page, { key: 'wrong' });
  await page.getByRole('alert').filter({ hasText: 'API key is not valid' }).waitFor();
  await signIn(page, { key: KEY });
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  const second = await context.newPage();
  await second.goto(`${server.url}/dashboard/calls`);
  await second.getByRole('heading', { name: 'Calls', exact: true }).waitFor();
  // No script can read the session.
  const readable = await page.evaluate(() => document.cookie + JSON.stringify([{ ...sessionStorage }, { ...localStorage }]));
  assert.ok(!readable.includes('session') && !readable.includes(KEY), readable);
  const [cookie] = (await context.cookies()).filter(({ name }) => name === 'call-ribbon-session');
  assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.path], [true, 'Strict', '/']);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  assert.deepEqual(await context.cookies(), []);
  // The other tab notices when the user returns to it.
  await second.evaluate(() => window.dispatchEvent(new Event('focus')));
  await second.getByText('You are signed out.').waitFor();
  await signIn(second, { token: ADMIN_TOKEN });
  await second.getByRole('heading', { name: 'Choose a client' }).waitFor();
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await page.getByRole('heading', { name: 'Choose a client' }).waitFor();
  await context.close();
});

test('a page of another origin cannot use the session', async () => {
  const { page, context } = await openPage(browser, `${server.url}/dashboard`);
  await signIn(page, { token: ADMIN_TOKEN });
  await page.getByRole('heading', { name: 'Choose a client' }).waitFor();
  const before = await server.admin('GET', '/clients/client-demo');
  // Another host of the same machine, and another port of the same host, which is the same site.
  for (const other of [server.url.replace('127.0.0.1', 'localhost'), server.url.replace(/\d+$/, '39999')]) {
    await context.route(`${other}/evil`, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>evil</title><h1>evil</h1>' }));
    const evil = await context.newPage();
    await evil.goto(`${other}/evil`);
    const seen = await evil.evaluate(async (target) => {
      const send = (path, options) => fetch(target + path, { credentials: 'include', ...options }).then(async (answer) => (answer.type === 'opaque' ? 'opaque' : answer.text()), () => 'failed');
      const client = '/api/admin/clients/client-demo';
      return Promise.all([
        send(client, {}),
        send(client, { mode: 'no-cors' }),
        send(client, { method: 'PATCH', headers: { 'X-Call-Ribbon': '1', 'content-type': 'application/json' }, body: '{"name":"Evil"}' }),
        send('/api/admin/session', { method: 'DELETE' }),
        send(`${client}/agents`, { method: 'POST', mode: 'no-cors', headers: { 'content-type': 'text/plain' }, body: '{"agentId":"evil","name":"Evil"}' }),
      ]);
    }, server.url);
    // Nothing can be read; what is below shows that nothing was changed.
    assert.ok(seen.every((what) => ['failed', 'opaque'].includes(what)), seen.join());
    await evil.close();
  }
  assert.deepEqual(await server.admin('GET', '/clients/client-demo'), before);
  await page.reload();
  await page.getByRole('heading', { name: 'Choose a client' }).waitFor();
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

test('a supervisor sees that the connection is lost, and what happened meanwhile once it is back', async () => {
  const own = await startServer();
  const { page, complaints, context } = await openPage(browser, `${own.url}/dashboard/live`);
  await signIn(page, { key: KEY });
  const state = page.getByRole('status');
  await state.filter({ hasText: /^Live$/ }).waitFor();
  const customerData = { phoneNumber: '+919876543210', name: 'Asha Rao' };
  const { body } = await own.post('/api/ribbon/calls', { to: '+919876543210', agentId: 'agent1', customerData });
  const row = page.getByRole('row').filter({ hasText: 'Asha Rao' });
  await row.filter({ hasText: 'In call' }).waitFor();
  // Who opens the page later sees the same.
  await own.post(`/api/ribbon/calls/${body.sessionId}/hold`, { agentId: 'agent1', onHold: true });
  await row.filter({ hasText: 'On hold' }).waitFor();
  await page.reload();
  await row.filter({ hasText: 'On hold' }).waitFor();

  await own.kill('SIGKILL');
  await state.filter({ hasText: /No contact since/ }).waitFor();
  await page.locator('.stale').waitFor();
  const shown = await row.textContent();
  const back = await startServer({ port: own.port, folder: own.folder });
  await state.filter({ hasText: /^Live$/ }).waitFor();
  assert.match(shown, /On hold/);
  await back.post(`/api/ribbon/calls/${body.sessionId}/hangup`, { agentId: 'agent1' });
  await row.filter({ hasText: 'Completed' }).waitFor();
  // An outcome that is written later appears.
  const saved = await fetch(`${back.url}/api/ribbon/calls/${body.sessionId}`, {
    method: 'PATCH', headers: { 'X-API-Key': KEY, 'content-type': 'application/json' }, body: JSON.stringify({ disposition: 'paid' }),
  });
  assert.equal(saved.status, 200);
  await row.filter({ hasText: 'Already paid' }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
  await back.stop();
});
