// The example pages as small CRMs: calls, screen pops, notes and follow-ups that come back, and a server of one's own.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { lookAtPage } from '../support/axe.mjs';
import { openPage, startBrowser } from '../support/browser.mjs';
import { killAtExit } from '../support/ends.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { KEY, startServer } from '../support/server.mjs';

let browser, server;
before(async () => {
  // The collections page's own server is on this machine.
  [browser, server] = await Promise.all([startBrowser(), startServer({ args: ['--allow-private-addresses', '127.0.0.0/8'] })]);
});
after(async () => { await Promise.all([browser?.close(), server?.stop()]); });

async function open(name, options = {}) {
  const opened = await openPage(browser, `${server.url}/examples/${name}.html`, options);
  const ribbon = ribbonOf(opened.page);
  await ribbon.reach('idle');
  const { page } = opened;
  const answer = async () => {
    await ribbon.reach('incoming');
    await ribbon.call('answer');
    await ribbon.reach('connected');
  };
  /** Ends the call; then notes, outcome and follow-up are entered in the bar, and saved. */
  const wrapUp = async (notes) => {
    await ribbon.call('hangup');
    await ribbon.host.locator('.notes').fill(notes);
    await ribbon.host.locator('.chip').first().click();
    await ribbon.host.locator('[data-act="tomorrow"]').click();
    await ribbon.host.locator('[data-act="tomorrow"][aria-pressed="true"]').waitFor();
    // Saves and calls nobody, also if a next customer waits.
    await ribbon.host.locator('.notes').press('Control+Enter');
    await ribbon.host.locator('.wrap').waitFor({ state: 'hidden' });
  };
  return { ...opened, ribbon, answer, wrapUp, shows: (place, text) => page.locator(place, { hasText: text }).first().waitFor() };
}

/** On a phone nothing is wider than the window, and axe-core finds nothing on either. */
async function looksWell({ page }, name) {
  assert.deepEqual(await lookAtPage(page), [], name);
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/${name}.png` });
  await page.setViewportSize({ width: 390, height: 844 });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), name);
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/${name}-phone.png`, fullPage: true });
}

test('collections: an account calls, its notes and follow-up come back, and the follow-up opens it', async () => {
  const crm = await open('collections');
  const { page, ribbon, shows } = crm;
  await page.locator('#CUST-1005').click();
  await ribbon.says(ribbon.name, 'सुनीता शर्मा');
  await page.getByRole('button', { name: 'Asha Rao calls you' }).click();
  await shows('#now', 'Asha Rao is calling');
  await shows('#who', 'Asha Rao');
  await crm.answer();
  await shows('#now', 'talking to Asha Rao');
  await crm.wrapUp('Pays 5,000 on Friday');
  await shows('#CUST-1001 .result', 'promise to pay: Pays 5,000 on Friday');
  await page.locator('#CUST-1002').click();
  await shows('#who', 'Imran Qureshi');
  await page.locator('#follow-ups li', { hasText: 'Asha Rao' }).getByRole('button', { name: 'Open' }).click();
  await shows('#who', 'Asha Rao');
  await shows('#account li', 'Pays 5,000 on Friday');
  const { calls: [call] } = await server.get('/api/ribbon/calls?list=all&customerId=CUST-1001');
  assert.deepEqual([call.agentId, call.agentName, call.callDirection], ['AGT001', 'Suresh Kumar', 'inbound']);
  await looksWell(crm, 'collections');
  assert.deepEqual(crm.complaints, []);
  await crm.context.close();
});

test('collections: a server of one’s own is told of notes by webhook, and its page shows them', async () => {
  const receivers = (method, path, body) => server.admin(method, `/clients/client-demo/receivers${path}`, body);
  const { receiverId } = await receivers('POST', '', { url: 'http://127.0.0.1:9/hooks', types: ['notes.saved'] });
  const { secret: key } = await receivers('GET', `/${receiverId}/key`);
  const program = fileURLToPath(new URL('../../examples/receivers/collections.mjs', import.meta.url));
  const child = killAtExit(spawn(process.execPath, [program], { env: { PATH: process.env.PATH, RIBBON: server.url, WEBHOOK_KEY: key, PORT: '0' }, stdio: ['ignore', 'pipe', 'inherit'] }));
  const own = await new Promise((resolve) => { createInterface(child.stdout).on('line', (line) => resolve(line.replace('ready at ', ''))); });
  await receivers('PATCH', `/${receiverId}`, { url: `${own}/hooks` });
  const forged = await fetch(`${own}/hooks`, { method: 'POST', body: '{}', headers: { 'webhook-id': 'x', 'webhook-timestamp': String(Math.floor(Date.now() / 1000)), 'webhook-signature': 'v1,AAAA' } });
  assert.equal(forged.status, 401);

  const { page, context, complaints } = await openPage(browser, own);
  const ribbon = ribbonOf(page);
  await ribbon.reach('idle');
  await page.locator('#CUST-1004').click();
  await ribbon.says(ribbon.name, 'Peter D’Souza');
  assert.equal(await page.locator('#CUST-1004 .result').textContent(), '–');
  // A call that the page does not make: only the webhook can tell it.
  const { body: { sessionId } } = await server.post('/api/ribbon/calls', { to: '+919900010005', agentId: 'somebody', customerData: { customerId: 'CUST-1004', name: 'Peter D’Souza' } });
  await server.post(`/api/ribbon/calls/${sessionId}/hangup`, {});
  const saved = await fetch(`${server.url}/api/ribbon/calls/${sessionId}`, {
    method: 'PATCH', headers: { 'content-type': 'application/json', 'X-API-Key': KEY }, body: JSON.stringify({ notes: 'Has paid in cash', disposition: 'paid' }),
  });
  assert.equal(saved.status, 200);
  await page.locator('#CUST-1004 .result', { hasText: 'paid: Has paid in cash' }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
  child.kill();
});

test('sales: the page dials down its list, shows who calls, and calls a follow-up', async () => {
  const crm = await open('sales');
  const { page, ribbon, shows } = crm;
  const calls = (n) => shows('#calls', new RegExp(`^${n}$`));
  await page.locator('#next').click();
  await ribbon.reach('connected');
  await ribbon.main.click();
  await calls(1);
  // The second one is not answered, and the third is called by its own link.
  await page.locator('#next').click();
  await calls(2);
  await page.locator('#OPP-303 a').click();
  await ribbon.reach('connected');
  await ribbon.says(ribbon.name, 'Sofia Alvarez');
  await crm.wrapUp('Wants the contract by Monday');
  await calls(3);
  await shows('#lead li', 'interested: Wants the contract by Monday');
  const { logs } = await server.get('/api/ribbon/call-logs?customerId=OPP-303');
  assert.deepEqual([logs.length, logs[0].customer_context, logs[0].metadata, logs[0].agent_name], [1, { company: 'Alvarez & Daughters', stage: 'Negotiation', worth: 96000 }, { source: 'partner' }, 'Priya Menon']);
  await page.getByRole('button', { name: 'Marcus Reed calls you' }).click();
  await shows('#lead h3', 'Marcus Reed is calling');
  await crm.answer();
  await shows('#board section:nth-child(2)', 'Meridian Freight');
  await crm.wrapUp('Asks for a price');
  await calls(4);
  await page.locator('#follow-ups li', { hasText: 'Sofia Alvarez' }).getByRole('button', { name: 'Call' }).click();
  await ribbon.reach('connected');
  await shows('#lead h3', 'Sofia Alvarez is on the line');
  await looksWell(crm, 'sales');
  assert.deepEqual(crm.complaints, []);
  await crm.context.close();
});

test('support: the page brings up who is calling, and lists who has to be called back', async () => {
  const crm = await open('support');
  const { page, ribbon, shows } = crm;
  await page.getByRole('button', { name: 'Sunita calls' }).click();
  await shows('#card', 'सुनीता शर्मा is calling');
  assert.deepEqual(await page.locator('#card .stage').allTextContents(), ['T-2207', 'T-2214']);
  assert.equal(await page.locator('#rows [aria-current]').count(), 2);
  await crm.answer();
  await shows('#card', 'is connected');
  await crm.wrapUp('Address is right now');
  await shows('#card', /The call took \d+ seconds/);
  await shows('#thread li', 'resolved: Address is right now');
  await shows('#follow-ups li', 'सुनीता शर्मा');
  // A caller who gives up is called back.
  await page.getByRole('button', { name: 'Joseph calls' }).click();
  await shows('#card', 'Joseph Fernandes is calling');
  const { activeCalls: [ringing] } = await server.get('/api/ribbon/active-calls');
  await server.giveUp(ringing.callSid);
  await page.locator('#missed').getByRole('button', { name: 'Call Joseph Fernandes' }).click();
  await ribbon.reach('connected');
  await ribbon.says(ribbon.name, 'Joseph Fernandes');
  await crm.wrapUp('Printer works again');
  await page.getByRole('button', { name: 'An unknown number calls' }).click();
  await shows('#card', 'No customer has this number');
  await looksWell(crm, 'support');
  assert.deepEqual(crm.complaints, []);
  await crm.context.close();
});
