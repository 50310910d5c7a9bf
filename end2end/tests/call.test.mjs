// The main job: one script tag, one click, one call on record.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

const CUSTOMER = {
  customerId: 'CUST/ 1001 ü', name: 'Asha Rao', phoneNumber: '+91 98765 43210', callType: 'collections',
  context: { amountDue: 12450.5, daysOverdue: 34, flags: [true, null, 'x'], loan: { id: 'LN-1', rate: 0.1, parts: [{ n: 1 }] }, none: null },
  metadata: { campaign: 'november', tags: ['a', 'b'] },
};

let browser, server, site;
before(async () => { [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

test('a whole call, from the click to the record', async () => {
  const { page, complaints, context } = await openPage(browser, site.page('/call', crmPage(server)));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await page.evaluate((customer) => ExotelCallRibbon.setCustomer(customer), CUSTOMER);
  assert.equal(await ribbon.name.textContent(), 'Asha Rao');
  assert.match(await ribbon.host.locator('.facts').textContent(), /Amount due12,450\.50Days overdue34/);

  await ribbon.main.click();
  await ribbon.reach('connected');
  await ribbon.host.locator('.timer', { hasText: /0:0[2-9]/ }).waitFor();

  await ribbon.act('mute').click();
  await ribbon.hear('mutetoggle');
  assert.equal(await ribbon.act('mute').getAttribute('aria-pressed'), 'true');
  await ribbon.act('hold').click();
  await ribbon.reach('on-hold');
  await ribbon.act('hold').click();
  await ribbon.reach('connected');
  await ribbon.act('keypad').click();
  await ribbon.digit('5').click();
  await ribbon.hear('dtmf');
  assert.equal(await ribbon.host.locator('.digits').textContent(), '5');

  await ribbon.main.click();
  const end = await ribbon.hear('callEnded');
  await ribbon.reach('ended');

  const heard = await page.evaluate(() => heard);
  assert.deepEqual(heard.map((one) => one.event),
    ['dialing', 'ringing', 'connected', 'mutetoggle', 'holdtoggle', 'holdtoggle', 'dtmf', 'callEnded']);
  for (const { event, data } of heard) {
    assert.deepEqual(data.customerData, CUSTOMER, `customerData of ${event}`);
    assert.equal(data.callSid, end.callSid);
    assert.equal(data.phoneNumber, '+91 98765 43210');
    assert.equal(data.callDirection, 'outbound');
    assert.match(data.timestamp, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.equal(typeof data.duration, 'number');
  }
  const more = Object.fromEntries(heard.map(({ event, data }) => [event, data]));
  assert.equal(more.mutetoggle.muted, true);
  assert.deepEqual(heard.filter((one) => one.event === 'holdtoggle').map((one) => one.data.onHold), [true, false]);
  assert.equal(more.dtmf.digit, '5');
  assert.equal(end.status, 'completed');
  assert.ok(end.duration >= 2, `duration ${end.duration}`);

  const logs = await server.get('/api/ribbon/call-logs');
  assert.equal(logs.pagination.total, 1);
  const [row] = logs.logs;
  assert.deepEqual(row.data.customerData, CUSTOMER);
  assert.deepEqual(row.customer_context, CUSTOMER.context);
  assert.equal(row.customer_id_external, CUSTOMER.customerId);
  assert.equal(row.event, 'callEnded');
  assert.equal(row.call_status, 'completed');
  assert.equal(row.duration, end.duration);
  assert.equal(row.data.callSid, end.callSid);
  const all = await server.get('/api/ribbon/call-logs?event=all');
  assert.equal(all.pagination.total, 8, 'each event is on record once');
  assert.deepEqual(complaints, []);
  await context.close();
});

const OUTCOMES = [
  ['0001', ['dialing', 'failed', 'callEnded'], 'busy', 'Busy'],
  ['0002', ['dialing', 'ringing', 'callEnded'], 'no_answer', 'No answer'],
  ['0003', ['dialing', 'failed', 'callEnded'], 'failed', 'Call failed'],
  ['0004', ['dialing', 'ringing', 'connected', 'failed', 'callEnded'], 'failed', 'Call dropped'],
];
for (const [digits, events, status, words] of OUTCOMES) {
  test(`a number ending in ${digits}: ${status}`, async () => {
    const { page, context } = await openPage(browser, site.page(`/${digits}`, crmPage(server)));
    const ribbon = ribbonOf(page);
    const outcome = await ribbon.call('makeCall', `+91990001${digits}`);
    assert.ok(outcome.value.callSid && outcome.value.sessionId, JSON.stringify(outcome));
    const end = await ribbon.hear('callEnded');
    assert.equal(end.status, status);
    assert.equal(end.customerData.phoneNumber, `+91990001${digits}`);
    assert.deepEqual(await ribbon.heard(), events);
    assert.equal(await ribbon.state.textContent(), words);
    await context.close();
  });
}

test('cancelling before the answer', async () => {
  const slow = await startServer({ simulator: { 'answer-after': 600_000 } });
  const { page, context } = await openPage(browser, site.page('/cancel', crmPage(slow)));
  const ribbon = ribbonOf(page);
  await ribbon.call('makeCall', '+919876543210');
  assert.equal(await ribbon.main.textContent(), 'Cancel');
  await ribbon.main.click();
  const end = await ribbon.hear('callEnded');
  assert.deepEqual([end.status, end.duration], ['no_answer', 0]);
  assert.equal(await ribbon.state.textContent(), 'Cancelled');
  assert.ok(!(await ribbon.heard()).includes('connected'));
  await context.close();
  await slow.stop();
});

test('a call rings in, shows itself, is answered by keyboard, and another declined', async () => {
  const { page, context } = await openPage(browser, site.page('/incoming', crmPage(server, { options: { agentId: 'agent1' } })));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await ribbon.call('setVisible', false);
  await ribbon.bar.waitFor({ state: 'hidden' });
  await server.post('/api/ribbon/simulator/incoming', { from: '+919811122233', agentId: 'agent1' });
  const incoming = await ribbon.hear('incoming');
  assert.equal(incoming.callDirection, 'inbound');
  assert.equal(incoming.customerData.phoneNumber, '+919811122233');
  await ribbon.reach('incoming');
  await ribbon.settled();
  await ribbon.main.focus();
  await page.keyboard.press('Enter');
  await ribbon.hear('connected');
  await ribbon.main.click();
  assert.equal((await ribbon.hear('callEnded')).status, 'completed');

  await page.evaluate(() => { heard.length = 0; });
  await server.post('/api/ribbon/simulator/incoming', { from: '+919811122233', agentId: 'agent1' });
  await ribbon.reach('incoming');
  await ribbon.act('decline').click();
  assert.equal((await ribbon.hear('callEnded')).status, 'missed');
  assert.deepEqual(await ribbon.heard(), ['incoming', 'missed', 'callEnded']);
  await context.close();
});

test('a page that is reloaded in the middle of a call takes it up again', async () => {
  const { page, context } = await openPage(browser, site.page('/reload', crmPage(server)));
  const ribbon = ribbonOf(page);
  await page.evaluate((customer) => ExotelCallRibbon.setCustomer({ ...customer, autoCall: true }), CUSTOMER);
  await ribbon.hear('connected');
  await ribbon.call('setMuted', true);
  await ribbon.hear('mutetoggle');
  await page.reload();
  await ribbon.reach('connected');
  assert.equal(await ribbon.name.textContent(), 'Asha Rao');
  assert.equal(await ribbon.act('mute').getAttribute('aria-pressed'), 'true');
  assert.deepEqual(await ribbon.heard(), ['connected', 'mutetoggle'], 'the new page hears how the call stands');
  await ribbon.main.click();
  const end = await ribbon.hear('callEnded');
  assert.equal(end.customerData.name, 'Asha Rao');
  await context.close();
});

test('setCustomer during a call is the next customer', async () => {
  const { page, context } = await openPage(browser, site.page('/next', crmPage(server)));
  const ribbon = ribbonOf(page);
  await page.evaluate((customer) => ExotelCallRibbon.setCustomer({ ...customer, autoCall: true }), CUSTOMER);
  await ribbon.hear('connected');
  await page.evaluate(() => ExotelCallRibbon.setCustomer({ phoneNumber: '+911234567890', name: 'Ravi' }));
  assert.equal(await ribbon.name.textContent(), 'Asha Rao');
  assert.equal(await ribbon.advice.textContent(), 'Next: Ravi');
  await ribbon.call('hangup');
  const end = await ribbon.hear('callEnded');
  assert.equal(end.customerData.name, 'Asha Rao');
  assert.equal(await ribbon.name.textContent(), 'Asha Rao');
  await ribbon.main.click();
  await ribbon.host.locator('.name', { hasText: 'Ravi' }).waitFor();
  await context.close();
});

test('a call goes on while the server is restarted', async () => {
  const own = await startServer();
  const { page, context } = await openPage(browser, site.page('/restart', crmPage(own)));
  const ribbon = ribbonOf(page);
  await ribbon.call('makeCall', '+919876543210');
  await ribbon.hear('connected');
  await own.kill('SIGKILL');
  const again = await startServer({ port: own.port, folder: own.folder });
  await page.waitForFunction(() => ExotelCallRibbon.getState().phase === 'connected');
  // The stream is restored; then the agent can end the call.
  let ended;
  for (let attempt = 0; !ended && attempt < 50; attempt += 1) {
    ended = (await ribbon.call('hangup')).error === undefined;
  }
  const end = await ribbon.hear('callEnded');
  assert.equal(end.status, 'completed');
  assert.deepEqual(await ribbon.heard(), ['dialing', 'ringing', 'connected', 'callEnded']);
  assert.equal((await again.get('/api/ribbon/call-logs')).pagination.total, 1);
  await context.close();
  await again.stop();
});
