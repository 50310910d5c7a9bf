// Webhooks: an admin adds a receiver in the dashboard, and a real server gets what happens to calls.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { lookAtPage } from '../support/axe.mjs';
import { startBrowser } from '../support/browser.mjs';
import { asOperator } from '../support/dashboard.mjs';
import { startServer } from '../support/server.mjs';

const CLIENT = 'client-demo';
const KEY = 'demo-api-key-789';
let browser, server, crm, url;
let status = 200;
/** The messages that arrived. */
const received = [];

before(async () => {
  crm = createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => { body += piece; });
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.writeHead(status).end();
    });
  });
  await new Promise((resolve) => { crm.listen(0, '127.0.0.1', resolve); });
  url = `http://127.0.0.1:${crm.address().port}/hooks`;
  [browser, server] = await Promise.all([
    startBrowser(),
    startServer({ args: ['--allow-private-addresses', '127.0.0.0/8'] }),
  ]);
});
after(async () => {
  await Promise.all([browser?.close(), server?.stop(), new Promise((resolve) => { crm.close(resolve); crm.closeAllConnections(); })]);
});

async function logCall(callSid) {
  for (const event of ['initiated', 'connected', 'callEnded']) {
    const body = JSON.stringify({ apiKey: KEY, event, data: { callSid, phoneNumber: '+919876543210', callDirection: 'outbound' } });
    const answer = await fetch(`${server.url}/api/ribbon/log-call`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    assert.equal(answer.status, 200, await answer.text());
  }
}

test('a receiver is added, tested, fails, is looked at and gets everything again', async () => {
  const { page, complaints, context, open } = await asOperator(browser, server);
  await open(CLIENT, '/dashboard/settings?tab=webhooks');
  await page.getByText('No receivers yet').waitFor();
  await page.getByLabel('URL').fill('http://10.0.0.1/hooks');
  await page.getByRole('button', { name: 'Add the receiver' }).click();
  await page.getByRole('alert').filter({ hasText: 'must begin with https://' }).waitFor();
  await page.getByLabel('URL').fill(url);
  await page.getByLabel('Name').fill('Our CRM');
  await page.getByRole('checkbox', { name: /call\.callEnded/ }).check();
  await page.getByRole('checkbox', { name: /call\.connected/ }).check();
  await page.getByRole('button', { name: 'Add the receiver' }).click();
  await page.getByRole('heading', { name: 'Our CRM', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Send a test: Our CRM' }).click();
  await page.getByText('The test arrived.').waitFor();
  assert.equal(JSON.parse(received.shift().body).type, 'test');
  await page.getByRole('button', { name: 'Show the key of Our CRM' }).click();
  const key = await page.getByRole('textbox', { name: 'key' }).innerText();
  assert.deepEqual(await lookAtPage(page), []);

  status = 503;
  await logCall('one');
  await page.getByRole('button', { name: 'Messages: Our CRM' }).click();
  const rows = page.getByRole('row');
  const failed = rows.filter({ hasText: 'call.connected' }).filter({ hasText: '503' });
  // The server sends every second; the list is read again on request.
  for (let tries = 0; await failed.count() === 0; tries += 1) {
    assert.ok(tries < 60, 'the message was not tried');
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.waitForTimeout(250);
  }
  await page.getByRole('button', { name: /message$/ }).first().click();
  await page.getByText('"sessionId"').first().waitFor();
  assert.deepEqual(await lookAtPage(page), []);
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/webhooks.png`, fullPage: true });

  status = 204;
  await failed.getByRole('button', { name: 'Send again' }).click();
  await page.getByText('One message is sent again.').waitFor();
  for (let tries = 0; received.filter(({ body }) => body.includes('callEnded')).length === 0; tries += 1) {
    assert.ok(tries < 200, 'the last message did not arrive');
    await page.waitForTimeout(100);
  }
  const types = received.map(({ body }) => JSON.parse(body).type);
  assert.deepEqual([...new Set(types)], ['call.connected', 'call.callEnded']);
  for (const { headers, body } of received) {
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const right = createHmac('sha256', Buffer.from(key.replace('whsec_', ''), 'base64')).update(signed).digest('base64');
    assert.equal(headers['webhook-signature'], `v1,${right}`);
  }
  await page.setViewportSize({ width: 390, height: 800 });
  assert.deepEqual(await lookAtPage(page), []);
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/webhooks-phone.png`, fullPage: true });
  await page.getByRole('button', { name: 'Remove: Our CRM' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await page.getByText('No receivers yet').waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});
