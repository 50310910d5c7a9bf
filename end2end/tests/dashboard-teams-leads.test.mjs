// A team in every view, leads that are given to another agent, and how fast incoming calls are answered.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { lookAtPage } from '../support/axe.mjs';
import { startBrowser } from '../support/browser.mjs';
import { asOperator } from '../support/dashboard.mjs';
import { startServer } from '../support/server.mjs';

const CLIENT = 'client-demo';
let browser, server;

const minutesAgo = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();

/** A call that began some minutes ago, and was answered after so many seconds, or never. */
async function call(sid, { agentId, direction = 'inbound', minutes = 60, wait = 5, answered = true, customerId = sid }) {
  const data = { callSid: sid, phoneNumber: '+919876500031', callDirection: direction, agentId, customerData: { customerId, name: `Name ${customerId}`, phoneNumber: '+919876500031' } };
  const log = (event, at, more = {}) => server.post('/api/ribbon/log-call', { event, data: { ...data, ...more }, timestamp: at });
  await log(direction === 'inbound' ? 'incoming' : 'initiated', minutesAgo(minutes));
  const then = minutesAgo(minutes - wait / 60);
  if (!answered) return log(direction === 'inbound' ? 'missed' : 'failed', then);
  await log('connected', then);
  return log('callEnded', minutesAgo(minutes - wait / 60 - 1), { duration: 60 });
}

before(async () => {
  [browser, server] = await Promise.all([startBrowser(), startServer()]);
  const { dialerKey } = await server.admin('POST', `/clients/${CLIENT}/dialer-keys`, { name: 'Vicidial' });
  for (const n of [1, 2, 3]) {
    const answer = await fetch(`${server.url}/api/leads/from-dialer/${dialerKey}`, {
      method: 'POST', headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: 'agent1', lead_id: n, full_name: `Lead ${n} <b>`, phone: `+9198765000${n}1`, campaign: n === 3 ? 'gold' : 'silver' }),
    });
    assert.equal(answer.status, 201);
  }
  await server.admin('POST', `/clients/${CLIENT}/teams`, { name: 'Early <reminders>', agentIds: ['agent1'] });
  await call('a1', { agentId: 'agent1', wait: 4 });
  await call('a2', { agentId: 'agent1', wait: 50 });
  await call('a3', { agentId: 'agent1', wait: 30, answered: false });
  await call('b1', { agentId: 'agent2', direction: 'outbound' });
  await call('b2', { agentId: 'agent2', direction: 'outbound', answered: false });
});
after(async () => { await Promise.all([browser?.close(), server?.stop()]); });

const noted = async (page, title, view) => assert.deepEqual(await lookAtPage(page), [], `${title} of ${view}`);
const figure = (page, label) => page.locator('.figure').filter({ has: page.locator('.label', { hasText: label }) }).locator('.value');

test('a team is chosen in a view and stays chosen in the others', async () => {
  const { page, complaints, context, open } = await asOperator(browser, server);
  await open(CLIENT, '/dashboard?range=7d');
  await figure(page, 'Calls').filter({ hasText: /^5$/ }).waitFor();
  await page.getByLabel('Team').selectOption({ label: 'Early <reminders>' });
  await figure(page, 'Calls').filter({ hasText: /^3$/ }).waitFor();
  await page.getByText('Counts all teams and directions.').first().waitFor();
  await noted(page, 'axe', 'Overview');
  const rail = page.getByRole('navigation', { name: 'Views' });
  await rail.getByRole('link', { name: 'Calls', exact: true }).click();
  const calls = page.getByRole('table', { name: 'Calls' });
  await calls.getByRole('row', { name: /a1/ }).waitFor();
  assert.equal(await calls.locator('tbody tr').count(), 3);
  for (const view of ['Agents', 'Breakdown', 'Follow-ups', 'Results']) {
    await rail.getByRole('link', { name: view, exact: true }).click();
    await page.getByRole('heading', { level: 1, name: view }).waitFor();
    await page.getByLabel('Team').filter({ hasText: 'Early <reminders>' }).waitFor();
    assert.match(await page.getByLabel('Team').inputValue(), /^team_/, view);
  }
  await page.getByLabel('Team').selectOption({ label: 'All teams' });
  await rail.getByRole('link', { name: 'Agents', exact: true }).click();
  await page.getByRole('table', { name: 'Agents' }).getByRole('row', { name: /agent2|Agent Two/ }).first().waitFor();
  // A team that was removed in the meantime is told, and can be left.
  await open(CLIENT, '/dashboard/agents?range=7d&teamId=team_gone');
  await page.getByText(/Team ID must be a team/).first().waitFor();
  await page.getByLabel('Team').selectOption({ label: 'All teams' });
  await page.getByRole('table', { name: 'Agents' }).first().waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('answered calls are measured by their wait', async () => {
  const { page, complaints, context, open } = await asOperator(browser, server);
  await open(CLIENT, '/dashboard/results?tab=answering&range=7d');
  await figure(page, 'Incoming calls').filter({ hasText: /^3$/ }).waitFor();
  assert.equal(await figure(page, 'Answered within 20 s').textContent(), '33.3%');
  assert.equal(await figure(page, 'Average wait').textContent(), '0:27');
  await page.getByText('1 of 3 calls were answered within 20 seconds.').waitFor();
  await page.getByText('1 call got no answer; these callers waited 0:30 on average.').waitFor();
  await page.getByRole('button', { name: '60 s' }).click();
  await figure(page, 'Answered within 60 s').filter({ hasText: '66.7%' }).waitFor();
  await noted(page, 'axe', 'Answering');
  await page.getByRole('link', { name: 'Not answered' }).click();
  await page.getByRole('table', { name: 'Calls' }).getByRole('row', { name: /a3/ }).waitFor();
  assert.equal(await page.getByRole('table', { name: 'Calls' }).locator('tbody tr').count(), 1);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('leads are filtered, chosen and given to another agent', async () => {
  const { page, complaints, context, open } = await asOperator(browser, server);
  await open(CLIENT, '/dashboard/leads');
  const leads = page.getByRole('table', { name: 'Leads' });
  await leads.getByRole('row', { name: /Lead 3/ }).filter({ hasText: 'Not called yet' }).waitFor();
  assert.equal(await page.getByRole('group', { name: 'Chosen leads' }).isVisible(), false);
  await page.getByLabel('Campaign').selectOption('silver');
  await leads.getByRole('row', { name: /Lead 3/ }).waitFor({ state: 'detached' });
  await leads.getByRole('checkbox', { name: 'Choose Lead 1 <b>' }).check();
  const chosen = page.getByRole('group', { name: 'Chosen leads' });
  await chosen.getByText('1 lead chosen').waitFor();
  await chosen.getByRole('button', { name: 'Give to this agent' }).click();
  await page.getByText('Choose the agent who gets these leads.').waitFor();
  await chosen.getByRole('button', { name: 'Choose all shown' }).click();
  await chosen.getByText('2 leads chosen').waitFor();
  await noted(page, 'axe', 'Leads');
  await chosen.getByLabel('Give to').selectOption({ label: 'Agent Two' });
  await chosen.getByRole('button', { name: 'Give to this agent' }).click();
  await page.getByText('Agent Two has 2 leads more now.').waitFor();
  await leads.getByRole('row', { name: /Lead 1/ }).filter({ hasText: 'Agent Two' }).waitFor();
  assert.equal(await chosen.isVisible(), false);
  await page.getByLabel('Campaign').selectOption('');
  await page.getByLabel('Agent', { exact: true }).selectOption({ label: 'Agent Two' });
  await leads.getByRole('row', { name: /Lead 3/ }).waitFor({ state: 'detached' });
  await leads.getByRole('row', { name: /Lead 2/ }).waitFor();
  await call('lead-call', { agentId: 'agent2', direction: 'outbound', minutes: 0, customerId: 'lead-1' });
  await page.getByLabel('Status').selectOption({ label: 'Reached' });
  await leads.getByRole('row', { name: /Lead 1/ }).filter({ hasText: 'Reached' }).waitFor();
  await leads.getByRole('row', { name: /Lead 2/ }).waitFor({ state: 'detached' });
  await page.getByLabel('Received', { exact: true }).selectOption({ label: 'More than 7 days old' });
  await page.getByText('No matching leads').waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('customers are sorted, and a number under several IDs is told', async () => {
  const { page, complaints, context, open } = await asOperator(browser, server);
  for (const customerId of ['same-1', 'same-2']) {
    await call(`of-${customerId}`, { agentId: 'agent2', direction: 'outbound', customerId });
  }
  await open(CLIENT, '/dashboard/customers');
  const customers = page.getByRole('table', { name: 'Customers' });
  await customers.getByRole('row', { name: /same-1/ }).waitFor();
  await customers.getByRole('button', { name: 'Talk time' }).click();
  await page.waitForFunction(() => new URL(location.href).searchParams.get('sort') === '-duration');
  const talk = () => customers.locator('tbody td[data-key="duration"]').allTextContents();
  await page.waitForFunction(() => document.querySelectorAll('[data-table="customers"] tbody tr').length > 2);
  const times = (await talk()).map((text) => text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0));
  assert.deepEqual(times, [...times].sort((one, two) => two - one));
  await page.getByLabel('Only numbers under several IDs').check();
  await customers.getByRole('row').filter({ hasText: 'Lead 2' }).waitFor({ state: 'detached' });
  await noted(page, 'axe', 'Customers');
  assert.deepEqual(complaints, []);
  await context.close();
});
