// Each view of the dashboard, opened on a year of calls: complete, accessible, and whole on a phone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { lookAtPage } from '../support/axe.mjs';
import { openPage, startBrowser } from '../support/browser.mjs';
import { asOperator, filledIn, isThere, signIn, startWithCalls, VIEWS } from '../support/dashboard.mjs';
import { KEY } from '../support/server.mjs';

let browser, server;
before(async () => { [browser, server] = await Promise.all([startBrowser(), startWithCalls()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop()]); });

const LOOKS = [
  { name: 'light', colorScheme: 'light' },
  { name: 'dark, on a phone', colorScheme: 'dark', viewport: { width: 390, height: 844 }, hasTouch: true },
  { name: 'light, at 320 px', colorScheme: 'light', viewport: { width: 320, height: 640 } },
];

for (const { name, ...options } of LOOKS) {
  test(`every view is complete and accessible: ${name}`, async () => {
    const { context, page, complaints, open } = await asOperator(browser, server, options);
    for (const [view, address] of Object.entries(VIEWS)) {
      await open('demo-in', await filledIn(server, 'demo-in', address));
      for (const trouble of ['This could not be loaded', 'Not found', 'This sign-in has no access']) {
        assert.equal(await page.getByText(trouble).count(), 0, `${view} is loaded`);
      }
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(wider <= 0, `${view} is ${wider} px wider than the page`);
      assert.deepEqual(await lookAtPage(page), [], view);
    }
    assert.deepEqual(complaints, []);
    await context.close();
  });
}

test('a number leads to the rows behind it, and the file holds just these', async () => {
  const { context, page, open } = await asOperator(browser, server);
  await open('demo-in', '/dashboard?range=30d');
  const missed = page.locator('.figure').filter({ has: page.getByRole('link', { name: 'Missed' }) });
  const count = Number(await missed.locator('.value').textContent());
  assert.ok(count > 0);
  await missed.getByRole('link').click();
  await page.getByRole('heading', { name: 'Calls', exact: true }).waitFor();
  await isThere(page);
  while (await page.getByRole('button', { name: 'Show more' }).isVisible()) {
    await page.getByRole('button', { name: 'Show more' }).click();
    await isThere(page);
  }
  assert.equal(await page.locator('tbody tr').count(), count);
  await page.getByRole('button', { name: 'Export' }).click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV for integrations' }).click()]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  const file = Buffer.concat(chunks);
  assert.deepEqual([...file.subarray(0, 3)], [0xef, 0xbb, 0xbf], 'Excel reads UTF-8 only after this mark');
  const lines = file.subarray(3).toString().trim().split('\r\n');
  assert.equal(lines[0], 'Session ID,Customer Name,Phone Number,Direction,Start Time,End Time,Duration (s),Customer ID');
  assert.equal(lines.length, count + 1);
  await context.close();
});

test('a view that is kept opens as it was, for somebody else too', async () => {
  const { context, page, open } = await asOperator(browser, server);
  await open('demo-us', '/dashboard/ask?by=context.stage&range=30d');
  const before = await page.locator('tbody').first().textContent();
  await page.getByRole('button', { name: 'Save view' }).click();
  await page.getByLabel('Name').fill('By stage');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved. Open it from Saved views.').waitFor();
  await context.close();

  const other = await asOperator(browser, server);
  await other.open('demo-us', '/dashboard/views');
  await other.page.getByRole('link', { name: 'By stage' }).click();
  await other.page.getByRole('heading', { name: 'Breakdown', exact: true }).waitFor();
  await isThere(other.page);
  assert.equal(await other.page.locator('tbody').first().textContent(), before);
  await other.context.close();
});

test('a search finds what it says, with the keyboard alone', async () => {
  const { context, page, open } = await asOperator(browser, server);
  await open('demo-in', '/dashboard/calls?range=30d');
  const name = (await page.locator('tbody td .name').first().textContent()).trim();
  await page.getByRole('searchbox').focus();
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
  await page.waitForURL(/search=/);
  await isThere(page);
  assert.ok(await page.locator('tbody tr').count() > 0);
  for (const row of await page.locator('tbody tr').all()) assert.match(await row.textContent(), new RegExp(name));
  await page.locator('tbody tr a').first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: `Call with ${name}` }).waitFor();
  await context.close();
});

test('a number of two fields leads to its calls, and the table can be taken along', async () => {
  const { context, page, open, complaints } = await asOperator(browser, server);
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
  await open('demo-in', '/dashboard/results?tab=matrix&range=30d');
  const title = 'Calls: agent by outcome';
  const table = page.getByRole('table', { name: title });
  const lines = () => table.evaluate((one) => [...one.rows].map((row) => [...row.cells].map((cell) => cell.innerText.trim())));
  const shown = await lines();
  // Every row adds up to its total, and the last column to that of all.
  const count = (text) => Number(text.replaceAll(',', '') || 0);
  for (const row of shown.slice(1)) {
    assert.equal(row.slice(1, -1).reduce((sum, text) => sum + count(text), 0), count(row.at(-1)), row.join(' '));
  }

  await page.getByRole('button', { name: `Copy, save or print: ${title}` }).click();
  await page.getByRole('button', { name: 'Copy as text' }).click();
  await page.getByText('Copied.').waitFor({ state: 'attached' });
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.deepEqual(copied.trimEnd().split('\n').map((line) => line.split('\t')), shown.map((row) => row.map((text) => text.replaceAll('\n', ' '))));

  await page.getByRole('button', { name: `Copy, save or print: ${title}` }).click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as CSV' }).click()]);
  assert.equal(download.suggestedFilename(), 'Calls agent by outcome.csv');
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  const file = Buffer.concat(chunks).toString();
  assert.equal(file.trimEnd().split('\r\n').length, shown.length);
  assert.ok(file.startsWith(`\ufeff"${shown[0][0]}","${shown[0][1]}"`), file.slice(0, 80));

  // Only that card is on the paper.
  const printed = page.evaluate(() => new Promise((resolve) => {
    window.print = () => resolve([...document.querySelectorAll('.printed-alone')].map((one) => one.getAttribute('aria-label')));
  }));
  await page.getByRole('button', { name: `Copy, save or print: ${title}` }).click();
  await page.getByRole('button', { name: 'Print', exact: true }).click();
  assert.deepEqual(await printed, [title]);

  const cell = table.locator('tbody tr').first().locator('td a').first();
  const calls = count(await cell.textContent());
  await cell.click();
  await page.getByRole('heading', { name: 'Calls', exact: true }).waitFor();
  await isThere(page);
  while (await page.getByRole('button', { name: 'Show more' }).isVisible()) {
    await page.getByRole('button', { name: 'Show more' }).click();
    await isThere(page);
  }
  assert.equal(await page.locator('tbody tr').count(), calls);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('two sides are compared, targets are set, and the client is switched in the same view', async () => {
  const { context, page, open, complaints } = await asOperator(browser, server);
  await open('demo-in', '/dashboard/results?tab=compare&range=30d');
  const row = page.getByRole('table', { name: 'Side by side' }).getByRole('row', { name: /^Connect rate/ });
  await row.getByText(/No clear difference|Clearly (higher|lower)/).waitFor();
  await page.getByRole('button', { name: 'Periods' }).click();
  await row.waitFor();

  await open('demo-in', '/dashboard/settings?tab=targets');
  await page.getByLabel('Calls', { exact: true }).fill('none');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('alert').filter({ hasText: 'whole number' }).waitFor();
  await page.getByLabel('Calls', { exact: true }).fill('90');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved.', { exact: true }).waitFor();
  const { targets } = await server.admin('GET', '/clients/demo-in');
  assert.deepEqual(targets, { everyAgent: { calls: 90 }, agents: {}, teams: {} });

  await open('demo-in', '/dashboard/results?tab=funnel&range=30d');
  await page.getByRole('button', { name: /Switch client/ }).click();
  await page.getByRole('searchbox', { name: 'Find a client' }).fill('demo-us');
  await page.locator('.switcher a.choice').click();
  await page.waitForURL(/client=demo-us/);
  const at = new URL(page.url()).searchParams;
  assert.deepEqual([at.get('tab'), at.get('range')], ['funnel', '30d']);
  await isThere(page);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('who has a key alone sees no settings, and is told what to do', async () => {
  const { page, complaints, context } = await openPage(browser, `${server.url}/dashboard/settings`);
  await signIn(page, { key: KEY });
  await page.getByText('This sign-in has no access').waitFor();
  await page.goto(`${server.url}/dashboard/clients`);
  await page.getByText('This sign-in has no access').waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a new client gets from nothing to its first figures by itself', async () => {
  const { page, complaints, context } = await openPage(browser, `${server.url}/dashboard`);
  await signIn(page, { key: KEY });
  await page.getByRole('button', { name: 'Make a test call' }).click();
  await page.getByText('The call is ringing').waitFor();
  // Without a reload.
  await page.locator('.figure').filter({ hasText: /^Calls/ }).locator('.value', { hasText: '1' }).first().waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the days and the direction stay from view to view, and every outcome can be chosen', async () => {
  const { context, page, open, complaints } = await asOperator(browser, server);
  await open('demo-in', '/dashboard?range=30d');
  await isThere(page);
  const calls = page.locator('.figure').filter({ has: page.getByRole('link', { name: 'Calls', exact: true }) });
  const both = await calls.locator('.value').textContent();
  await page.getByRole('button', { name: 'Outbound', exact: true }).click();
  await page.waitForURL(/callDirection=outbound/);
  await calls.locator('.value').filter({ hasNotText: both }).waitFor();
  const outbound = Number((await calls.locator('.value').textContent()).replaceAll(',', ''));
  await calls.getByRole('link').click();
  await page.getByRole('heading', { name: 'Calls', exact: true }).waitFor();
  await isThere(page);
  assert.equal(new URL(page.url()).searchParams.get('callDirection'), 'outbound');
  await page.getByRole('status').filter({ hasText: new RegExp(`(^| of )${outbound.toLocaleString('en-IN')} calls?$`) }).waitFor();
  // Each outcome finds as many calls as it says.
  const outcomes = await page.getByLabel('Outcome').locator('option').evaluateAll((all) => all.map(({ value, text }) => ({ value, count: Number(text.split(' · ')[1] ?? 0) })));
  const { value, count } = outcomes.filter((one) => one.value && one.value !== '-').sort((a, b) => b.count - a.count)[0];
  assert.ok(count > 0);
  await page.getByLabel('Outcome').selectOption(value);
  await page.getByRole('status').filter({ hasText: new RegExp(`(^| of )${count} calls?$`) }).waitFor();
  await page.getByLabel('Outcome').selectOption('-');
  await page.waitForURL(/missing=true/);
  await isThere(page);
  assert.deepEqual(await page.locator('tbody [data-key="disposition"]').evaluateAll((cells) => [...new Set(cells.map((cell) => cell.textContent.trim()))]), ['']);
  // The figure's link holds its days, and they stay.
  const days = (url) => ['from', 'to'].map((end) => url.searchParams.get(end)).join(' ');
  const before = days(new URL(page.url()));
  await page.getByRole('link', { name: 'Agents', exact: true }).click();
  await page.getByRole('heading', { name: 'Agents', exact: true }).waitFor();
  await page.waitForURL((url) => url.pathname.endsWith('/agents') && days(url) === before);
  assert.match(before, /^\d{4}-\d\d-\d\d \d{4}-\d\d-\d\d$/);
  assert.deepEqual(complaints, []);
  await context.close();
});

/** Presses Tab, or Shift+Tab, until an element has the focus. */
async function tabTo(page, target, key = 'Tab') {
  await target.waitFor();
  for (let presses = 0; presses < 80; presses += 1) {
    if (await target.evaluate((one) => one === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  assert.fail(`Tab does not reach ${target}`);
}

test('Results is used with the keyboard alone', async () => {
  const { context, page, open, complaints } = await asOperator(browser, server);
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
  await open('demo-in', '/dashboard/results?range=30d');
  const focused = (title) => page.waitForFunction((name) => document.activeElement?.getAttribute('aria-label') === name, `Copy, save or print: ${title}`);
  const menu = (title) => page.getByRole('button', { name: `Copy, save or print: ${title}` });
  for (const [tab, title] of [['Outcomes', 'Outcomes'], ['Two fields', 'Calls: agent by outcome'], ['Compare', 'Side by side'], ['Funnel', 'Which attempt at which hour?'], ['Today', 'Is today a usual day?']]) {
    if (tab !== 'Outcomes') {
      await tabTo(page, page.getByRole('tab', { selected: true }), 'Shift+Tab');
      await page.keyboard.press('ArrowRight');
    }
    if (tab === 'Two fields') {
      // Nobody of these clients promises to pay, so there is nothing to copy.
      await page.getByRole('tab', { name: 'Promises', selected: true }).waitFor();
      await isThere(page);
      await page.keyboard.press('ArrowRight');
    }
    await page.getByRole('tab', { name: tab, selected: true }).waitFor();
    await isThere(page);
    await tabTo(page, menu(title));
    // Escape and a choice both lead back to the button.
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Copy as text' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Copy as text' }).waitFor({ state: 'detached' });
    await focused(title);
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByRole('button', { name: 'Copy as text' }));
    await page.keyboard.press('Enter');
    await page.getByText('Copied.').waitFor({ state: 'attached' });
    await focused(title);
    assert.ok((await page.evaluate(() => navigator.clipboard.readText())).split('\n').length > 2, tab);
  }
  await open('demo-in', '/dashboard/results?tab=matrix&range=30d');
  await tabTo(page, page.getByRole('table').locator('tbody td a').first());
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Calls', exact: true }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('calls are found by two fields and by the time of day', async () => {
  const { context, page, open, complaints } = await asOperator(browser, server);
  const iso = (daysAgo) => new Date(Date.now() - daysAgo * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
  const [from, to] = [iso(90), iso(2)];
  await open('demo-in', `/dashboard/calls?range=custom&from=${from}&to=${to}`);
  const choose = async (field) => {
    await page.getByRole('button', { name: 'Filter by field' }).click();
    await page.getByLabel('Field', { exact: true }).selectOption(field);
    await page.locator('.choices .choice').first().click();
  };
  await choose('context.language');
  await page.waitForURL(/[?&]field=context.language/);
  await choose('metadata.campaign');
  await page.waitForURL(/andField=metadata.campaign/);
  await page.getByRole('button', { name: 'Time of day' }).click();
  await page.getByLabel('From', { exact: true }).selectOption('10');
  await page.waitForURL(/hour=10&hourTo=23/);
  await page.getByLabel('Until', { exact: true }).selectOption('14');
  await page.waitForURL(/hourTo=14/);
  await page.keyboard.press('Escape');
  const chips = page.locator('a.chip');
  await chips.filter({ hasText: /10 am – 3 pm/i }).waitFor();
  assert.equal(await chips.count(), 3);

  const { searchParams: at } = new URL(page.url());
  const { calls: all } = await server.admin('GET', `/clients/demo-in/ribbon/export/calls?format=json&startDate=${from}&endDate=${to}`);
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Kolkata', hour: '2-digit', hourCycle: 'h23' });
  const right = all.filter(({ customerData: { context: of, metadata }, startTime }) => of?.language === at.get('value') && metadata?.campaign === at.get('andValue')
    && [10, 11, 12, 13, 14].includes(Number(clock.format(new Date(startTime)))));
  assert.ok(right.length > 0, at.toString());
  // The address says it all.
  await open('demo-in', page.url());
  await page.waitForFunction((count) => {
    [...document.querySelectorAll('button')].find((one) => one.textContent.trim() === 'Show more' && one.offsetParent)?.click();
    return document.querySelectorAll('tbody tr').length === count;
  }, right.length);
  // One chip removes one filter.
  await chips.filter({ hasText: /10 am – 3 pm/i }).click();
  await page.waitForURL((url) => !url.search.includes('hour'));
  await chips.filter({ hasText: /10 am/i }).waitFor({ state: 'detached' });
  assert.equal(await chips.count(), 2);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('teams are compared as the sums of their agents, and the audit log names them', async () => {
  const { context, page, open, complaints } = await asOperator(browser, server);
  const { calls } = await server.admin('GET', '/clients/demo-in/ribbon/calls?list=all&limit=500');
  const agents = [...new Set(calls.map((call) => call.agentId).filter(Boolean))].sort();
  const teams = [agents.slice(0, 3), agents.slice(3, 5)];
  for (const [place, agentIds] of teams.entries()) await server.admin('POST', '/clients/demo-in/teams', { name: `Team ${place + 1}`, agentIds });
  const [from, to] = [300, 1].map((daysAgo) => new Date(Date.now() - daysAgo * 24 * 60 * 60 * 1000).toISOString().slice(0, 10));
  const { agents: figures } = await server.admin('GET', `/clients/demo-in/ribbon/analytics/agents?startDate=${from}&endDate=${to}`);
  const sum = (ids, of) => figures.filter((one) => ids.includes(one.agentId)).reduce((all, one) => all + one[of], 0);
  await open('demo-in', `/dashboard/results?tab=compare&range=custom&from=${from}&to=${to}`);
  await page.getByRole('button', { name: 'Teams' }).click();
  const row = page.getByRole('table', { name: 'Side by side' }).getByRole('row', { name: /^Calls / });
  await row.filter({ hasText: `${sum(teams[0], 'calls')}` }).filter({ hasText: `${sum(teams[1], 'calls')}` }).waitFor();
  await open('demo-in', '/dashboard/settings?tab=audit');
  await page.getByRole('row').filter({ hasText: 'Created a team' }).filter({ hasText: 'Team 2' }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});
