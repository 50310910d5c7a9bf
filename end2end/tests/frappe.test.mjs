// The Frappe app: its Python on a stand-in for Frappe, its pages in Chromium, and its webhooks from a real server.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PATIENCE, openPage, startBrowser } from '../support/browser.mjs';
import { killAtExit } from '../support/ends.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { KEY, startServer } from '../support/server.mjs';

const tests = fileURLToPath(new URL('../../integrations/frappe/tests', import.meta.url));
const env = { PATH: process.env.PATH, PYTHONDONTWRITEBYTECODE: '1' };
const SETTINGS = '/api/resource/Call Ribbon Settings/Call Ribbon Settings';

let browser, server, child, site, secret;
before(async () => {
  [browser, server] = await Promise.all([startBrowser(), startServer({ args: ['--allow-private-addresses', '127.0.0.0/8'] })]);
  child = killAtExit(spawn('python3', ['site.py'], { cwd: tests, env, stdio: ['ignore', 'pipe', 'inherit'] }));
  site = await new Promise((resolve, reject) => {
    child.on('exit', () => reject(new Error('the site did not start')));
    createInterface(child.stdout).on('line', (line) => resolve(line.replace('ready at ', '')));
  });
  const receivers = (method, path, body) => server.admin(method, `/clients/client-demo/receivers${path}`, body);
  const types = ['call.dialing', 'call.initiated', 'call.ringing', 'call.incoming', 'call.connected', 'call.callEnded', 'notes.saved'];
  const { receiverId } = await receivers('POST', '', { url: `${site}/api/method/call_ribbon.api.webhook`, types });
  ({ secret } = await receivers('GET', `/${receiverId}/key`));
});
after(async () => {
  child?.kill();
  await Promise.all([browser?.close(), server?.stop()]);
});

const read = async (path) => (await (await fetch(site + encodeURI(path))).json()).data;
const save = (values) => fetch(site + encodeURI(SETTINGS), { method: 'PUT', body: JSON.stringify(values) });
const right = () => ({ enabled: 1, server_url: `${server.url}/`, api_key: KEY, webhook_key: secret, position: 'Bottom', roles: 'Sales User' });

/** Waits until the site has a document as it is expected. */
async function waitFor(path, isRight) {
  for (const until = Date.now() + PATIENCE; ;) {
    const found = await read(path);
    if (isRight(found)) return found;
    if (Date.now() > until) throw new Error(`${path}: ${JSON.stringify(found)}`);
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
}

test('the Python of the app passes its own tests', async () => {
  await promisify(execFile)('python3', ['-m', 'unittest', 'test_app'], { cwd: tests, env });
});

test('the settings are checked, and without them no page has a ribbon', async () => {
  const { page, context, complaints } = await openPage(browser, `${site}/crm/leads/CRM-LEAD-2026-00001`);
  await page.waitForLoadState('networkidle');
  assert.equal(await page.locator('call-ribbon').count(), 0);
  for (const [wrong, sentence] of [[{ server_url: 'ribbon' }, 'Server URL must begin with https://'], [{ api_key: ' ' }, 'API key is missing'], [{ webhook_key: 'whsec_x' }, 'Webhook key must be']]) {
    const answer = await save({ ...right(), ...wrong });
    assert.deepEqual([answer.status, (await answer.json()).exception.startsWith(sentence)], [417, true]);
  }
  assert.equal((await save({ ...right(), roles: 'Sales Manager' })).status, 200);
  await page.reload({ waitUntil: 'networkidle' });
  assert.equal(await page.locator('call-ribbon').count(), 0);
  assert.equal((await save(right())).status, 200);
  // Guests see no settings and no records, and an unsigned webhook is refused.
  for (const path of ['get_page_settings', 'get_customer?doctype=CRM Lead&name=CRM-LEAD-2026-00001']) {
    assert.equal((await fetch(`${site}/api/method/call_ribbon.api.${path}`)).status, 403);
  }
  const forged = await fetch(`${site}/api/method/call_ribbon.api.webhook`, { method: 'POST', body: '{"type": "call.dialing", "data": {"sessionId": "ses_x"}}' });
  assert.deepEqual([forged.status, await read('/api/resource/CRM Call Log')], [401, []]);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a lead is called by the button beside its number, and the call with its notes is on the lead', async () => {
  const { page, context, complaints } = await openPage(browser, `${site}/crm/leads/CRM-LEAD-2026-00001`);
  const ribbon = ribbonOf(page);
  await ribbon.says(ribbon.name, 'Asha Rao');
  await page.getByRole('button', { name: 'Make call' }).click();
  await ribbon.reach('connected');
  const { activeCalls: [call] } = await server.get('/api/ribbon/active-calls');
  assert.deepEqual([call.agentId, call.agentName, call.customerData.customerId], ['meera@example.com', 'Meera Nair', 'CRM Lead:CRM-LEAD-2026-00001']);
  const path = `/api/resource/CRM Call Log/${call.sessionId}`;
  await ribbon.call('hangup');
  await ribbon.host.locator('.notes').fill('Wants a demo');
  await ribbon.settled();
  await ribbon.main.click();
  const log = await waitFor(path, (found) => found?.status === 'Completed' && found.note);
  assert.deepEqual([log.type, log.to, log.caller, log.reference_doctype, log.reference_docname, log.telephony_medium], ['Outgoing', call.phoneNumber, 'meera@example.com', 'CRM Lead', 'CRM-LEAD-2026-00001', 'Manual']);
  const note = await waitFor(`/api/resource/FCRM Note/${log.note}`, (found) => found?.content.includes('Wants a demo'));
  assert.deepEqual([note.reference_doctype, note.reference_docname], ['CRM Lead', 'CRM-LEAD-2026-00001']);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the desk has the same, and a call that comes in opens its lead', async () => {
  const { page, context, complaints } = await openPage(browser, `${site}/app/contact/Emily%20Carter`);
  const ribbon = ribbonOf(page);
  await ribbon.says(ribbon.name, 'Emily Carter');
  await page.locator('[data-fieldname="mobile_no"]').getByRole('button', { name: 'Make call' }).waitFor();
  await server.post('/api/ribbon/simulator/incoming', { from: '+919900097011', agentId: 'meera@example.com' });
  await ribbon.reach('incoming');
  await ribbon.call('answer');
  await page.waitForURL('**/app/crm-lead/CRM-LEAD-2026-00001');
  await ribbon.reach('connected');
  const { activeCalls: [call] } = await server.get('/api/ribbon/active-calls');
  await ribbon.call('hangup');
  const log = await waitFor(`/api/resource/CRM Call Log/${call.sessionId}`, (found) => found?.status === 'Completed');
  assert.deepEqual([log.type, log.receiver, log.reference_docname], ['Incoming', 'meera@example.com', 'CRM-LEAD-2026-00001']);
  assert.deepEqual(complaints, []);
  await context.close();
});
