// Follow-ups and missed callers as a queue, and a supervisor who sees only a team.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { lookAtPage } from '../support/axe.mjs';
import { openPage, startBrowser } from '../support/browser.mjs';
import { asOperator, signIn } from '../support/dashboard.mjs';
import { startServer } from '../support/server.mjs';

const CLIENT = 'client-demo';
let browser, server;

/** A call of an agent in which both sides talked, with a follow-up. */
async function withFollowUp(name, agentId, dueIn) {
  const callSid = `due-${name}`;
  const data = { callSid, phoneNumber: '+919876500011', callDirection: 'outbound', agentId, agentName: `Agent ${agentId}`, customerData: { customerId: name, name, phoneNumber: '+919876500011' } };
  const at = new Date(Date.now() - 3_600_000).toISOString();
  for (const event of ['connected', 'callEnded']) {
    await server.post('/api/ribbon/log-call', { event, data: { ...data, ...(event === 'callEnded' && { duration: 60 }) }, timestamp: at });
  }
  const { calls } = await server.get(`/api/ribbon/calls?list=all&search=${callSid}`);
  const answer = await fetch(`${server.url}/api/ribbon/calls/${calls[0].sessionId}`, {
    method: 'PATCH', headers: { 'content-type': 'application/json', 'X-API-Key': 'demo-api-key-789' },
    body: JSON.stringify({ followUp: { at: new Date(Date.now() + dueIn).toISOString(), note: `About ${name}` } }),
  });
  assert.equal(answer.status, 200);
}

/** A call that nobody answered. */
async function missed(name, number, agentId) {
  const data = { callSid: `missed-${name}-${Math.random()}`, phoneNumber: number, callDirection: 'inbound', agentId, customerData: { customerId: name, name, phoneNumber: number } };
  for (const event of ['incoming', 'missed']) {
    await server.post('/api/ribbon/log-call', { event, data, timestamp: new Date(Date.now() - 1_800_000).toISOString() });
  }
}

before(async () => {
  [browser, server] = await Promise.all([startBrowser(), startServer()]);
  await withFollowUp('Asha', 'agent1', -7_200_000);
  await withFollowUp('Imran', 'agent2', 5 * 86_400_000);
  await missed('Meera', '+919876500021', 'agent1');
  await missed('Meera', '+919876500021', 'agent1');
  await missed('Ravi', '+919876500022', 'agent2');
});
after(async () => { await Promise.all([browser?.close(), server?.stop()]); });

test('follow-ups and missed callers are reassigned and marked as done', async () => {
  const { page, complaints, context, open } = await asOperator(browser, server);
  await open(CLIENT, '/dashboard/follow-ups');
  const due = page.getByRole('table', { name: 'Follow-ups' });
  const callers = page.getByRole('table', { name: 'Missed callers' });
  await due.getByRole('row', { name: /Asha/ }).filter({ hasText: 'Overdue' }).filter({ hasText: 'About Asha' }).waitFor();
  await due.getByRole('row', { name: /Imran/ }).filter({ hasText: 'Later' }).waitFor();
  await callers.getByRole('row', { name: /Meera/ }).filter({ hasText: '2 times' }).waitFor();
  assert.deepEqual(await lookAtPage(page), []);
  await page.getByRole('button', { name: /^Overdue 1/ }).click();
  await due.getByRole('row', { name: /Imran/ }).waitFor({ state: 'detached' });

  await due.getByLabel('Owner: Asha').selectOption('agent2');
  await page.getByText(/^Asha: .+ makes this call now\.$/).waitFor();
  await due.getByRole('button', { name: 'Done: Asha' }).click();
  await due.getByRole('row', { name: /Asha/ }).waitFor({ state: 'detached' });
  await callers.getByRole('button', { name: 'Done: Meera' }).click();
  await callers.getByRole('row', { name: /Meera/ }).waitFor({ state: 'detached' });

  // Those that are done are among all, and the filter by agent is in the address.
  await page.getByRole('button', { name: 'All of the last 7 days' }).click();
  await callers.getByRole('row', { name: /Meera/ }).filter({ hasText: 'Done: operator' }).waitFor();
  await page.getByLabel('Agent', { exact: true }).selectOption('agent1');
  await callers.getByRole('row', { name: /Ravi/ }).waitFor({ state: 'detached' });
  assert.equal(new URL(page.url()).searchParams.get('agentId'), 'agent1');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a supervisor sees a team alone, and the first view is that of its agents', async () => {
  const person = await server.admin('POST', `/clients/${CLIENT}/people`, { email: 'lead@example.com', name: 'Lead', role: 'supervisor', password: 'correct horse battery' });
  const admin = await asOperator(browser, server);
  await admin.open(CLIENT, '/dashboard/settings?tab=teams');
  await admin.page.getByLabel('Name').fill('Early reminders');
  await admin.page.getByLabel('Further agents').fill('agent2');
  await admin.page.getByRole('checkbox', { name: 'Lead' }).check();
  await admin.page.getByRole('button', { name: 'Create the team' }).click();
  await admin.page.getByText('Supervisors: Lead').waitFor();
  assert.deepEqual(await lookAtPage(admin.page), []);
  assert.deepEqual(admin.complaints, []);
  await admin.context.close();
  const { teams } = await server.admin('GET', `/clients/${CLIENT}/teams`);
  assert.deepEqual([teams[0].agentIds, teams[0].supervisorIds], [['agent2'], [person.personId]]);

  const { page, complaints, context } = await openPage(browser, `${server.url}/dashboard`, { locale: 'en-IN' });
  await signIn(page, { email: 'lead@example.com', password: 'correct horse battery' });
  await page.getByRole('heading', { level: 1, name: 'Agents', exact: true }).waitFor();
  await page.getByRole('table', { name: 'Agents', exact: true }).getByRole('link', { name: 'Agent Two' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Agent One' }).count(), 0);
  assert.deepEqual(await page.getByRole('navigation', { name: 'Views' }).getByRole('listitem').allInnerTexts(), ['Live', 'Calls', 'Follow-ups', 'Agents', 'Compliance']);
  await page.getByRole('link', { name: 'Follow-ups' }).click();
  await page.getByRole('table', { name: 'Missed callers' }).getByRole('row', { name: /Ravi/ }).waitFor();
  assert.equal(await page.getByText('Meera').count(), 0);
  await page.goto(`${server.url}/dashboard/ask`);
  await page.getByText('This sign-in has no access').first().waitFor();
  await page.goto(`${server.url}/dashboard/settings`);
  await page.getByText('Only an admin or a viewer of this client sees its settings.').waitFor();
  assert.deepEqual(complaints.filter((what) => !what.includes('403')), []);
  await context.close();
});
