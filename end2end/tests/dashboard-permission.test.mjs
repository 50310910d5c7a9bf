// What was decided about calls: the compliance view.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { lookAtPage } from '../support/axe.mjs';
import { openPage, startBrowser } from '../support/browser.mjs';
import { asOperator, isThere, signIn } from '../support/dashboard.mjs';
import { startServer } from '../support/server.mjs';

const CLIENT = 'client-demo';
const KEY = 'demo-api-key-789';
const VIEW = '/dashboard/compliance?range=7d';
const ODD = '"<b>asked</b>", =1+1 हिन्दी';
let browser, server;

/** A zone in which it is the middle of the night now. */
function nightZone() {
  const ahead = (27 - new Date().getUTCHours()) % 24;
  return ahead <= 12 ? `Etc/GMT-${ahead}` : `Etc/GMT+${24 - ahead}`;
}

/** Asks for a call to a customer; returns the status. */
async function dial(customerId, to, { context = {}, override, agentId } = {}) {
  const answer = await fetch(`${server.url}/api/ribbon/calls`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'X-API-Key': KEY },
    body: JSON.stringify({ to, agentId, override, customerData: { customerId, name: `Name of ${customerId}`, callType: 'recovery', context } }),
  });
  return answer.status;
}

before(async () => {
  [browser, server] = await Promise.all([startBrowser(), startServer()]);
  await server.admin('PUT', `/clients/${CLIENT}/call-rules`, { packs: ['us-fdcpa-regf'] });
  const context = { timeZone: nightZone() };
  assert.equal(await dial('night', '+919876500031', { context, agentId: 'agent1' }), 403);
  assert.equal(await dial('night', '+919876500031', { context, agentId: 'agent2' }), 403);
  assert.equal(await dial('asked', '+919876500032', { context, override: { reason: ODD } }), 202);
});
after(async () => { await Promise.all([browser?.close(), server?.stop()]); });

test('each number of the compliance view leads to its rows', async () => {
  const { page, complaints, context, open } = await asOperator(browser, server);
  await open(CLIENT, VIEW);
  const rows = page.getByRole('table', { name: 'Decisions', exact: true });
  await rows.getByRole('row', { name: /night/ }).first().waitFor();
  assert.deepEqual(await lookAtPage(page), []);
  await page.getByRole('row', { name: /Overridden/ }).filter({ hasText: ODD }).waitFor();
  assert.equal(await rows.locator('tbody tr').count(), 3);

  const tile = page.locator('.figure').filter({ has: page.getByRole('link', { name: 'Refused', exact: true }) });
  assert.match(await tile.innerText(), /\b2\b/);
  await page.getByRole('link', { name: 'Refused', exact: true }).press('Enter');
  await rows.getByRole('row', { name: /asked/ }).waitFor({ state: 'detached' });
  await isThere(page);
  assert.equal(await rows.locator('tbody tr').count(), 2);
  assert.equal(new URL(page.url()).searchParams.get('outcome'), 'refused');

  // A rule, and a day.
  await page.getByRole('button', { name: 'All', exact: true }).first().click();
  await rows.getByRole('row', { name: /asked/ }).waitFor();
  await page.getByRole('link', { name: /us-fdcpa-regf · hours/ }).click();
  await page.getByRole('link', { name: 'Rule hours' }).waitFor();
  await page.getByRole('link', { name: 'Rule hours' }).click();
  await page.getByRole('link', { name: 'Rule hours' }).waitFor({ state: 'detached' });
  await page.getByRole('table', { name: 'Decisions by day' }).getByRole('link', { name: '1', exact: true }).click();
  await rows.getByRole('row', { name: /night/ }).first().waitFor({ state: 'detached' });
  await rows.getByRole('row', { name: /asked/ }).waitFor();

  // Attempts: the one call that was made.
  await page.getByRole('table', { name: 'Attempts by customer' }).getByRole('row', { name: /Name of asked/ }).filter({ hasText: '1 of 7' }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

for (const colorScheme of ['light', 'dark']) {
  for (const width of [390, 1440]) {
    test(`the compliance view fits ${width} px, ${colorScheme}`, async () => {
      const { page, complaints, context, open } = await asOperator(browser, server, { viewport: { width, height: 900 }, colorScheme });
      await open(CLIENT, VIEW);
      await page.getByRole('table', { name: 'Decisions', exact: true }).waitFor();
      assert.deepEqual(await lookAtPage(page), []);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'the page is wider than the window');
      if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/compliance-${width}-${colorScheme}.png`, fullPage: true });
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }
}

test('a supervisor sees the decisions of a team, and a masked viewer no number', async () => {
  const password = 'correct horse battery';
  const lead = await server.admin('POST', `/clients/${CLIENT}/people`, { email: 'lead@example.com', name: 'Lead', role: 'supervisor', password });
  await server.admin('POST', `/clients/${CLIENT}/people`, { email: 'masked@example.com', name: 'Masked', role: 'masked-viewer', password });
  await server.admin('POST', `/clients/${CLIENT}/teams`, { name: 'One', agentIds: ['agent1'], supervisorIds: [lead.personId] });
  for (const [email, count] of [['lead@example.com', 1], ['masked@example.com', 3]]) {
    const { page, complaints, context } = await openPage(browser, `${server.url}${VIEW}`, { locale: 'en-IN' });
    await signIn(page, { email, password });
    await page.getByRole('navigation', { name: 'Views' }).waitFor();
    await page.goto(`${server.url}${VIEW}`);
    const rows = page.getByRole('table', { name: 'Decisions', exact: true });
    await rows.getByRole('row', { name: /night/ }).first().waitFor();
    await isThere(page);
    assert.equal(await rows.locator('tbody tr').count(), count, email);
    const seesLimits = await page.getByText('Who is near a limit on attempts?').count();
    assert.equal(seesLimits > 0, email === 'masked@example.com');
    if (email === 'masked@example.com') assert.ok(!(await page.content()).includes('98765000'), 'a number is shown');
    assert.deepEqual(complaints, []);
    await context.close();
  }
});
