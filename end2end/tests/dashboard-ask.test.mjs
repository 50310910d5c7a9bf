// What pages send is what can be asked: fields, their answers, and agents.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { lookAtPage } from '../support/axe.mjs';
import { openPage, startBrowser } from '../support/browser.mjs';
import { signIn } from '../support/dashboard.mjs';
import { KEY, startServer } from '../support/server.mjs';

const CALLS = [
  { agent: 'agent1', context: { daysOverdue: 5, loanAmount: 1000 } },
  { agent: 'agent1', context: { daysOverdue: 45, loanAmount: 2000 } },
  { agent: 'agent2', context: { daysOverdue: 50, loan_amount: 3000 } },
];

let browser, server;
before(async () => {
  [browser, server] = await Promise.all([startBrowser(), startServer()]);
  for (const [place, { agent, context }] of CALLS.entries()) {
    const to = `+91987654321${place}`;
    const { status, body } = await server.post('/api/ribbon/calls', {
      to, agentId: agent, customerData: { customerId: `C-${place}`, phoneNumber: to, name: `Customer ${place}`, context },
    });
    assert.equal(status, 202, JSON.stringify(body));
    await server.post(`/api/ribbon/calls/${body.sessionId}/hangup`, {});
  }
});
after(async () => { await Promise.all([browser?.close(), server?.stop()]); });

/** The first cells of a table's rows. */
const names = (page, caption) => page.getByRole('table', { name: caption, exact: true }).locator('tbody th').allInnerTexts();

test('a field is chosen, put between edges, and the address says all of it', async () => {
  const { page, complaints, context } = await openPage(browser, `${server.url}/dashboard/ask`, { locale: 'en-IN' });
  await signIn(page, { key: KEY });
  await page.getByRole('link', { name: 'Days overdue' }).click();
  await page.getByRole('heading', { name: 'How many calls are there, by days overdue?' }).waitFor();
  await page.getByLabel('Group boundaries').fill('many');
  await page.getByRole('button', { name: 'Use these' }).click();
  await page.getByRole('alert').filter({ hasText: '“many” is not a number' }).waitFor();
  await page.getByLabel('Group boundaries').fill('0, 100,200');
  await page.getByRole('button', { name: 'Use these' }).click();
  await page.getByRole('alert').filter({ hasText: 'may be one number or several' }).waitFor();
  await page.getByLabel('Group boundaries').fill('30, 0 60');
  await page.getByRole('button', { name: 'Use these' }).click();
  await page.getByRole('row', { name: /^30 – 60/ }).filter({ hasText: '66.7%' }).waitFor();
  const asked = new URL(page.url()).searchParams;
  assert.deepEqual([asked.get('by'), asked.get('edges')], ['context.daysOverdue', '0,30,60']);
  assert.deepEqual(await lookAtPage(page), []);

  // The chart says the same as a table, by a button and by a key.
  await page.getByRole('button', { name: 'Show as table' }).click();
  const numbers = page.getByRole('table', { name: 'How many calls are there, by days overdue?' });
  assert.match(await numbers.innerText(), /30 – 60\s+2/);
  await page.keyboard.press('t');
  await numbers.waitFor({ state: 'detached' });

  // A row leads to its calls, and the way back to the question.
  await page.getByRole('table', { name: 'Figures by the field' }).getByRole('link', { name: '30 – 60' }).click();
  await page.getByRole('heading', { name: 'Calls', exact: true }).waitFor();
  await page.getByRole('row').filter({ hasText: 'Customer 2' }).waitFor();
  assert.equal((await page.getByRole('table', { name: 'Calls' }).locator('tbody tr').count()), 2);
  await page.goBack();
  await page.getByRole('row', { name: /^30 – 60/ }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('other spellings of a field are pointed out', async () => {
  const { page, complaints, context } = await openPage(browser, `${server.url}/dashboard/ask?by=context.loanAmount`);
  await signIn(page, { key: KEY });
  const note = page.locator('.note').filter({ hasText: 'is sent under more than one name' });
  await note.getByRole('link', { name: 'context.loan_amount' }).click();
  await page.getByRole('heading', { name: 'How many calls are there, by loan amount?' }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get('by'), 'context.loan_amount');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('agents stand side by side, are sorted by a press, and each has a page', async () => {
  const { page, complaints, context } = await openPage(browser, `${server.url}/dashboard/agents`);
  await signIn(page, { key: KEY });
  const table = page.getByRole('table', { name: 'Agents', exact: true });
  await table.waitFor();
  const most = await names(page, 'Agents');
  assert.equal(most.length, 2);
  const calls = table.getByRole('columnheader', { name: 'Calls', exact: true });
  assert.equal(await calls.getAttribute('aria-sort'), 'descending');
  await calls.getByRole('button').click();
  await table.locator('th[aria-sort="ascending"]').waitFor();
  assert.deepEqual(await names(page, 'Agents'), most.toReversed());
  assert.equal(new URL(page.url()).searchParams.get('sort'), 'calls');
  assert.deepEqual(await lookAtPage(page), []);

  // The arrow keys go from row to row, and Enter opens one.
  await table.getByRole('link').first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: most[0] }).waitFor();
  await page.getByRole('table', { name: 'Calls of this agent' }).locator('tbody tr').nth(1).waitFor();
  assert.equal(await page.getByRole('table', { name: 'Calls of this agent' }).locator('tbody tr').count(), 2);
  assert.deepEqual(await lookAtPage(page), []);

  // A chart is walked along by the arrow keys, and Enter leads to the calls of that day.
  await page.getByRole('group', { name: /^Calls of this agent by day/ }).focus();
  await page.keyboard.press('End');
  await page.getByText(/\. Calls: 2, Connected: [012]\.$/).waitFor({ state: 'attached' });
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Calls', exact: true }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get('agentId'), 'agent1');

  // Columns that are hidden stay hidden.
  await page.goto(`${server.url}/dashboard/agents`);
  await page.locator('section', { has: table }).getByRole('button', { name: 'Columns' }).click();
  await page.getByLabel('Missed').uncheck();
  await page.reload();
  await table.waitFor();
  assert.equal(await table.getByRole('columnheader', { name: 'Missed' }).count(), 0);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a link with absent values asks nothing that is not there', async () => {
  const { page, complaints, context } = await openPage(browser, `${server.url}/dashboard/ask?by=undefined&edges=null&show=NaN&range=undefined`);
  await signIn(page, { key: KEY });
  // Without a field, all fields are offered.
  await page.getByRole('link', { name: 'Days overdue' }).waitFor();
  assert.equal(await page.getByRole('alert').count(), 0);
  assert.equal(await page.getByText('undefined').count(), 0);
  await page.getByRole('link', { name: 'Days overdue' }).click();
  await page.getByRole('heading', { name: 'How many calls are there, by days overdue?' }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});
