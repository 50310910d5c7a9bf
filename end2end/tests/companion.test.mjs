// What waits for an agent: follow-ups, missed calls, notes; dialing by hand; the customer's data.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { look } from '../support/axe.mjs';
import { newProfile, openPage, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

const MINUTE = 60_000;
const CUSTOMER = { customerId: 'K-1', name: 'Asha Rao', phoneNumber: '+919876543210' };

let browser, server, site;
before(async () => { [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

const iso = (time) => new Date(time).toISOString();

let calls = 0;

/** Logs a call of an agent that is over, and returns its id at the server. */
async function past(agentId, { at = Date.now() - 10 * MINUTE, status, ...data } = {}) {
  calls += 1;
  const given = { callSid: `past-${calls}`, callDirection: 'outbound', phoneNumber: CUSTOMER.phoneNumber, ...data };
  given.customerData = { ...CUSTOMER, phoneNumber: given.phoneNumber, ...data.customerData, agentId };
  const inbound = given.callDirection === 'inbound';
  const log = async (event, time, more) => {
    const { status: code, body } = await server.post('/api/ribbon/log-call', { event, timestamp: iso(time), data: { ...given, ...more } });
    assert.equal(code, 200, JSON.stringify(body));
  };
  await log(inbound ? 'incoming' : 'initiated', at, {});
  if (status) await log('missed', at + 1000, {});
  else await log('callEnded', at + MINUTE, { duration: 60 });
  const { calls: all } = await server.get('/api/ribbon/calls?list=all&limit=500');
  return all.find(({ callSid }) => callSid === given.callSid).sessionId;
}

async function patch(sessionId, change) {
  const answer = await fetch(`${server.url}/api/ribbon/calls/${sessionId}`, {
    method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ apiKey: 'demo-api-key-789', ...change }),
  });
  assert.equal(answer.status, 200);
}

const counts = (ribbon, act, count) => ribbon.host.locator(`[data-act="${act}"][data-count="${count}"]`).waitFor();

test('a follow-up that is due is counted, announced in one tab, put off, done and called', async () => {
  const agentId = 'with-follow-ups';
  const late = await past(agentId);
  await patch(late, { notes: 'Wants a statement', followUp: { at: iso(Date.now() - MINUTE), note: 'Send the statement' } });
  const later = await past(agentId, { phoneNumber: '+919811100001', customerData: { customerId: 'K-2', name: 'Imran Qureshi' } });
  await patch(later, { followUp: { at: iso(Date.now() + 120 * MINUTE) } });
  const context = await newProfile(browser);
  const open = async () => {
    const page = await context.newPage();
    await page.goto(site.page('/follow-ups', crmPage(server, { options: { agentId }, body: '<input id="crm">' })));
    await page.locator('#crm').focus();
    const ribbon = ribbonOf(page);
    await ribbon.ready();
    return { page, ribbon, reminder: ribbon.host.locator('.remind') };
  };
  const first = await open();
  await counts(first.ribbon, 'follow-ups', 1);
  assert.equal(await first.ribbon.act('follow-ups').getAttribute('aria-label'), 'Follow-ups (1)');
  await first.reminder.filter({ hasText: 'Follow-up due: Asha Rao · Send the statement' }).waitFor();
  assert.equal(await first.page.evaluate(() => document.activeElement.id), 'crm', 'the focus stays where the agent types');
  await first.page.reload();
  await first.ribbon.ready();
  await first.reminder.waitFor();
  // The tab that was opened last reminds, and only that.
  const second = await open();
  await second.reminder.waitFor();
  await first.reminder.waitFor({ state: 'detached' });
  assert.deepEqual((await look(second.page)).faults, []);

  await second.ribbon.act('follow-ups').click();
  const panel = second.ribbon.host.locator('.due');
  await panel.locator('.row').nth(1).waitFor();
  assert.deepEqual(await panel.locator('.row .name').allTextContents(), ['Asha Rao', 'Imran Qureshi']);
  assert.equal((await panel.locator('.section').allTextContents()).at(-1), 'Later');
  assert.match(await panel.locator('.row').first().textContent(), /Send the statement.*Wants a statement/);
  assert.deepEqual((await look(second.page)).faults, []);
  await panel.locator('[data-act="done"]').nth(1).click();
  await panel.locator('[data-done="true"]').waitFor();
  assert.equal((await server.get(`/api/ribbon/calls/${later}`)).followUp, undefined);
  await panel.locator('[data-act="undo"]').click();
  await panel.locator('[data-done="false"]').waitFor();
  assert.ok((await server.get(`/api/ribbon/calls/${later}`)).followUp.at);
  await panel.locator('[data-act="close"]').click();
  await second.ribbon.act('remind-hour').click();
  await second.reminder.waitFor({ state: 'detached' });
  const moved = (await server.get(`/api/ribbon/calls/${late}`)).followUp;
  assert.ok(Date.parse(moved.at) > Date.now() + 55 * MINUTE);
  assert.equal(moved.note, 'Send the statement');
  await second.ribbon.host.locator('[data-act="follow-ups"]:not([data-count])').waitFor();

  await second.ribbon.act('follow-ups').click();
  await panel.locator('[data-act="redial"]').first().click();
  await second.ribbon.hear('dialing');
  assert.equal((await second.ribbon.hear('dialing')).customerData.customerId, 'K-1');
  await panel.waitFor({ state: 'detached' });
  await second.ribbon.call('hangup');
  await context.close();
});

test('a reminder comes when the time has come, and stays dismissed', async () => {
  const agentId = 'soon-due';
  const call = await past(agentId);
  const { page, context, complaints } = await openPage(browser, site.page('/soon', crmPage(server, { options: { agentId } })));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  const due = Date.now() + 4000;
  await patch(call, { followUp: { at: iso(due) } });
  await page.reload();
  await ribbon.ready();
  await ribbon.host.locator('.remind').waitFor();
  // A busy machine may have taken longer than that to load the page.
  assert.ok(Date.now() >= due, 'no sooner');
  await ribbon.act('remind-dismiss').click();
  await ribbon.host.locator('.remind').waitFor({ state: 'detached' });
  await page.reload();
  await ribbon.ready();
  await counts(ribbon, 'follow-ups', 1);
  assert.equal(await ribbon.host.locator('.remind').count(), 0);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('missed calls are grouped, and go when somebody has spoken with the caller', async () => {
  const agentId = 'with-missed-calls';
  const caller = { callDirection: 'inbound', phoneNumber: '+919811122233', customerData: { customerId: 'K-3', name: 'Meera Iyer' }, status: 'missed' };
  await past(agentId, { ...caller, at: Date.now() - 9 * MINUTE });
  await past(agentId, { ...caller, at: Date.now() - 8 * MINUTE });
  const { page, context } = await openPage(browser, site.page('/missed', crmPage(server, { options: { agentId } })));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await counts(ribbon, 'history', 1);
  await ribbon.act('history').click();
  const panel = ribbon.host.locator('.past');
  await panel.locator('.row').first().waitFor();
  assert.deepEqual(await panel.locator('.section').allTextContents(), ['Missed']);
  assert.deepEqual(await panel.locator('.row .name').allTextContents(), ['Meera Iyer (2)']);
  await panel.locator('[data-act="redial"]').click();
  await ribbon.hear('connected');
  await ribbon.call('hangup');
  await ribbon.hear('callEnded');
  await ribbon.host.locator('[data-act="history"]:not([data-count])').waitFor({ state: 'attached' });
  await context.close();
});

test('notes are in the history, are edited there, and two authors lose nothing', async () => {
  const agentId = 'with-notes';
  const call = await past(agentId);
  await patch(call, { notes: 'Pays on Friday' });
  const foreign = await past('somebody-else');
  await patch(foreign, { notes: 'Asked for a plan' });
  const { page, context, complaints } = await openPage(browser, site.page('/notes', crmPage(server, { options: { agentId } })));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await page.evaluate((customer) => ExotelCallRibbon.setCustomer(customer), CUSTOMER);
  await ribbon.act('history').click();
  const row = (text) => ribbon.host.locator('.past .row', { hasText: text });
  await row('Pays on Friday').waitFor();
  assert.equal(await row('Asked for a plan').locator('[data-act="edit"]:visible').count(), 0, 'only one\'s own notes');
  const read = () => page.waitForResponse((response) => response.url().endsWith(call) && response.request().method() === 'GET');
  const first = read();
  await row('Pays on Friday').locator('[data-act="edit"]').click();
  await first;
  const field = ribbon.host.locator('.past textarea');
  await field.fill('Pays on Monday');
  // Half filled, and back again.
  await page.keyboard.press('Escape');
  await field.waitFor({ state: 'detached' });
  await ribbon.host.locator('.past [data-act="close"]').click();
  await ribbon.act('history').click();
  await field.waitFor();
  assert.equal(await field.inputValue(), 'Pays on Monday');
  // Another author saves between the last look at the notes and the request that saves these.
  let others = 0;
  await page.route(`**/api/ribbon/calls/${call}`, async (route) => {
    if (route.request().method() === 'PATCH' && !others++) await patch(call, { notes: 'Spoke with the husband' });
    await route.continue();
  });
  await field.focus();
  await page.keyboard.press('Control+Enter');
  await ribbon.host.locator('.past .saved', { hasText: 'Both texts are kept' }).waitFor();
  const { notes } = await server.get(`/api/ribbon/calls/${call}`);
  assert.match(notes, /Spoke with the husband/);
  assert.match(notes, /Pays on Monday/);
  await page.keyboard.press('Control+Enter');
  await field.waitFor({ state: 'detached' });
  await row('Pays on Monday').waitFor();
  assert.equal((await server.get(`/api/ribbon/calls/${call}`)).notes, notes);
  assert.deepEqual((await look(page)).faults, []);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a number is dialed by hand, and a customer is found by name and called', async () => {
  await server.post('/api/ribbon/customer', { customerData: { customerId: 'K-9', name: 'Zubin Mehta', phone: '+919811100099' } });
  const { page, context } = await openPage(browser, site.page('/dial', crmPage(server)));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  const panel = ribbon.host.locator('.dialing');
  const field = panel.locator('input');
  // With nobody chosen, the name opens it, too.
  await ribbon.host.locator('.who .name').press('Enter');
  await field.waitFor();
  assert.equal(await field.getAttribute('placeholder'), 'Name or number');
  assert.deepEqual((await look(page)).faults, []);
  await field.fill('12 monkeys');
  await page.keyboard.press('Enter');
  await panel.locator('.note', { hasText: 'This isn’t a phone number' }).waitFor();
  await field.fill('zubin');
  await panel.locator('.row', { hasText: 'Zubin Mehta' }).waitFor();
  await page.keyboard.press('Enter');
  assert.equal((await ribbon.hear('dialing')).customerData.customerId, 'K-9');
  await panel.waitFor({ state: 'detached' });
  await ribbon.call('hangup');
  await ribbon.hear('callEnded');
  await page.evaluate(() => { heard.length = 0; });
  await ribbon.settled();
  await ribbon.act('dial').click();
  await field.fill('+91 98111 00077');
  await page.keyboard.press('Enter');
  assert.match((await ribbon.hear('dialing')).phoneNumber, /98111 ?00077/);
  await ribbon.call('hangup');
  await context.close();
});

test('a page\'s key alone finds nobody by name', async () => {
  const made = await server.admin('POST', '/clients/client-demo/keys', { scopes: ['ribbon'] });
  const { page, context } = await openPage(browser, site.page('/numbers-only', crmPage(server, { options: { apiKey: made.apiKey } })));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await ribbon.act('dial').click();
  const field = ribbon.host.locator('.dialing input');
  await field.waitFor();
  assert.equal(await field.getAttribute('placeholder'), 'Number');
  await field.fill('zubin');
  await page.keyboard.press('Enter');
  await ribbon.host.locator('.dialing .note', { hasText: 'Only numbers' }).waitFor();
  await context.close();
});

test('the card has everything about the customer, formatted as in the bar; a script is a line in the bar', async () => {
  const { page, context, complaints } = await openPage(browser, site.page('/card', crmPage(server)));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await page.evaluate((customer) => ExotelCallRibbon.setCustomer({
    ...customer, script: 'Namaste, this is Ravi of Acme.', email: 'asha@example.com', callType: 'collections',
    context: { amountDue: 12450.5, daysOverdue: 34, dueDate: '2031-12-01', loan: { id: 'LN-1', emis: [1, 2], emi: 500, currency: 'INR' }, empty: null }, metadata: { campaign: 'november' },
    facts: [{ label: 'Score', value: 7 }, { label: 'Days overdue', value: 34, kind: 'days' }],
  }), CUSTOMER);
  await ribbon.host.locator('.script', { hasText: 'Namaste, this is Ravi of Acme.' }).waitFor();
  await ribbon.host.locator('.who .name').click();
  const card = ribbon.host.locator('.card');
  await card.locator('dt').first().waitFor();
  const texts = (tag) => card.locator(tag).allTextContents();
  assert.deepEqual(await texts('dt'), ['Score', 'Days overdue', 'Customer ID', 'E-mail', 'Call type', 'Amount due', 'Due date', 'Loan · ID', 'Loan · Emis', 'Loan · EMI', 'Campaign']);
  assert.deepEqual(await texts('dd'), ['7', '34', 'K-1', 'asha@example.com', 'Collections', '₹12,450.50', '1 Dec 2031', 'LN-1', '1, 2', '₹500', 'november']);
  assert.deepEqual((await look(page)).faults, []);
  // Another customer's data are not shown under the old heading.
  await page.evaluate(() => ExotelCallRibbon.setCustomer({ name: 'Imran', phoneNumber: '+919811100001' }));
  await card.waitFor({ state: 'detached' });
  await ribbon.host.locator('.script').waitFor({ state: 'hidden' });
  assert.deepEqual(complaints, []);
  await context.close();
});
