// The rules of calling in the settings: packs, call types, and what a pack would have stopped.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { lookAtPage } from '../support/axe.mjs';
import { openPage, startBrowser } from '../support/browser.mjs';
import { asOperator, isThere, signIn } from '../support/dashboard.mjs';
import { startServer } from '../support/server.mjs';

const CLIENT = 'client-demo';
const VIEW = '/dashboard/settings?tab=rules';
const PASSWORD = 'correct horse battery';
let browser, server;

/** A moment on the third day of last month, in India. */
function lastMonth(clock) {
  const now = new Date(Date.now() + 5.5 * 3_600_000);
  const day = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 3));
  return `${day.toISOString().slice(0, 10)}T${clock}+05:30`;
}

before(async () => {
  [browser, server] = await Promise.all([startBrowser(), startServer()]);
  await server.admin('PATCH', `/clients/${CLIENT}`, { defaultCountry: 'IN', timeZone: 'Asia/Kolkata' });
  for (const [callSid, clock] of [['early', '07:00:00'], ['fine', '10:00:00'], ['late', '21:00:00']]) {
    const data = { callSid, phoneNumber: '+919876543210', customerData: { customerId: 'C1', callType: 'recovery' } };
    const { status } = await server.post('/api/ribbon/log-call', { event: 'initiated', timestamp: lastMonth(clock), data });
    assert.equal(status, 200);
  }
});
after(async () => { await Promise.all([browser?.close(), server?.stop()]); });

const trialOf = (page, title) => page.getByRole('region', { name: 'What would a pack have stopped?' }).getByRole('listitem').filter({ has: page.getByRole('heading', { name: title }) });

test('packs are proposed, tried on last month, switched on, and what changes is said', async () => {
  const { page, complaints, context, open } = await asOperator(browser, server);
  await open(CLIENT, VIEW);
  assert.equal(await page.getByLabel('Country that is called').inputValue(), 'IN');
  await page.getByLabel('What are the calls for?').selectOption('Lending and collections');
  await page.getByText('Proposed: “India: recovery of loans”').waitFor();
  const trial = trialOf(page, 'India: recovery of loans');
  await trial.getByText('3 calls judged: 2 would have been stopped, 0 would have been made with a warning.').waitFor();
  await trial.getByRole('row', { name: /08:00 to 19:00 .*Stops the call.* 2$/ }).waitFor();
  await trial.getByText('2 calls', { exact: true }).click();
  assert.equal(await trial.locator('[data-table=trial] tbody tr').count(), 2);
  assert.match(await trial.locator('[data-table=trial] .row-link').first().getAttribute('href'), /\/dashboard\/calls\/ses_/);
  const [file] = await Promise.all([page.waitForEvent('download'), trial.getByRole('button', { name: 'All calls as CSV' }).click()]);
  const lines = (await readFile(await file.path(), 'utf8')).trim().split('\n');
  assert.deepEqual([lines.length, lines.filter((line) => line.includes(',stopped,hours,')).length], [3, 2]);
  assert.deepEqual(await lookAtPage(page), []);

  // Another pack, on other days.
  await trialOf(page, 'India: promotional calls').getByRole('button', { name: /Try it/ }).click();
  await trialOf(page, 'India: promotional calls').getByText('3 calls judged: no rule objects.').waitFor();
  await page.getByRole('button', { name: /Last month/ }).click();
  await page.getByRole('button', { name: 'Today', exact: true }).click();
  await trial.getByText('No outbound calls in these days.').waitFor();

  // The rules in words, by keyboard.
  const pack = page.getByRole('region', { name: 'Which packs are on?' }).getByRole('listitem').filter({ has: page.getByRole('switch', { name: /India: recovery of loans/ }) });
  await pack.getByText('7 rules').press('Enter');
  await pack.getByText('Calls only every day 08:00–19:00, in the time zone Asia/Kolkata.').waitFor();
  await pack.getByText('At most 3 attempts on a day for each account.').waitFor();
  assert.deepEqual(await lookAtPage(page), []);
  await page.getByRole('switch', { name: /India: recovery of loans/ }).press('Space');
  await page.getByRole('button', { name: 'Add a type' }).click();
  await page.getByLabel('Type of call', { exact: true }).fill('EMI reminder');
  await page.getByRole('button', { name: 'Add a type' }).click();
  await page.getByLabel('Type of call', { exact: true }).nth(1).fill('emi reminder ');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').filter({ hasText: 'named twice' }).waitFor();
  await page.getByRole('button', { name: 'Remove this type' }).nth(1).click();
  await page.getByLabel('Line of business').fill('nbfc');
  await page.getByLabel('Account', { exact: true }).fill('');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').filter({ hasText: 'Account must be a path' }).waitFor();
  await page.getByLabel('Account', { exact: true }).fill('context.loan');
  const summary = page.getByRole('status').filter({ hasText: 'What changes when you save' });
  assert.deepEqual(await summary.getByRole('listitem').allTextContents(), [
    '“India: recovery of loans” is switched on.', 'Calls of the type “EMI reminder” count as Recovery of debts.',
    'The line of business is “nbfc”.', '“context.loan” says the account, no longer “context.accountId”.',
  ]);
  // Leaving asks first.
  await page.getByRole('link', { name: 'Plan' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved. Calls are judged by it from now on.').waitFor();
  await summary.waitFor({ state: 'detached' });
  const { settings } = await server.admin('GET', `/clients/${CLIENT}/call-rules`);
  assert.deepEqual(settings, {
    packs: ['in-rbi-recovery'], callTypes: { 'EMI reminder': 'recovery' }, sector: 'nbfc',
    accountField: 'context.loan', partyField: 'context.party', zoneField: 'context.timeZone',
  });
  await open(CLIENT, '/dashboard/settings?tab=audit');
  await page.getByText('Changed the rules of calling').waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a viewer and a masked viewer try packs and change nothing; a long trial goes on, stops and fails in words', async () => {
  for (const role of ['viewer', 'masked-viewer']) {
    const email = `${role}@example.com`;
    await server.admin('POST', `/clients/${CLIENT}/people`, { email, name: role, role, password: PASSWORD });
    const { page, complaints, context } = await openPage(browser, `${server.url}${VIEW}`, { locale: 'en-IN' });
    await signIn(page, { email, password: PASSWORD });
    await page.getByText('Only an admin of this client can change them.').waitFor();
    const trial = trialOf(page, 'India: recovery of loans');
    await trial.getByRole('button', { name: /Try it/ }).click();
    await trial.getByText('3 calls judged').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Save' }).count(), 0);
    assert.ok(await page.getByRole('switch').first().isDisabled());
    const content = await page.content();
    assert.equal(content.includes('9876543210'), role === 'viewer', role);

    // Each answer names the next one, until the page has asked for twenty.
    let asked = 0;
    await page.route('**/call-rules/trial?**', async (route) => {
      asked += 1;
      if (asked === 23) return route.fulfill({ status: 500, json: { type: 'about:blank', title: 'Internal Server Error', status: 500, error: 'It broke; try again.', code: 'internal', requestId: 'req_1' } });
      const rule = { rule: 'hours', effect: 'block', said: 'Too late.', calls: 10 };
      return route.fulfill({ json: { calls: 5000, stopped: 10, warned: 0, rules: [rule], found: [], nextCursor: asked === 25 ? null : `c${asked}` } });
    });
    await trial.getByRole('button', { name: /Try it again/ }).click();
    await trial.getByText(/^1,00,000 calls judged: 200 would have been stopped.* There are more calls in these days\.$/).waitFor();
    assert.equal(asked, 20);
    await trial.getByRole('button', { name: /Judge more calls/ }).click();
    await trial.getByText('It broke; try again.').waitFor();
    await trial.getByRole('button', { name: /Try again/ }).click();
    await trial.getByText(/^1,20,000 calls judged: 240 .*warning\.$/).waitFor();
    assert.deepEqual(complaints, [], role);
    await context.close();
  }
});

for (const colorScheme of ['light', 'dark']) {
  for (const width of [390, 1440]) {
    test(`the call rules fit ${width} px, ${colorScheme}`, async () => {
      const { page, complaints, context, open } = await asOperator(browser, server, { viewport: { width, height: 900 }, colorScheme });
      await open(CLIENT, VIEW);
      await page.getByLabel('What are the calls for?').selectOption('Lending and collections');
      const trial = trialOf(page, 'India: recovery of loans');
      await trial.getByText('3 calls judged').waitFor();
      await trial.getByText('2 calls', { exact: true }).click();
      for (const summary of await page.locator('.pack summary').filter({ hasText: 'rules' }).all()) await summary.click();
      await isThere(page);
      assert.deepEqual(await lookAtPage(page), []);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'the page is wider than the window');
      if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/call-rules-${width}-${colorScheme}.png`, fullPage: true });
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }
}
