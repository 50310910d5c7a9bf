// Numbers that must not be called, files of them, and consents, in the dashboard.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { lookAtPage } from '../support/axe.mjs';
import { openPage, startBrowser } from '../support/browser.mjs';
import { asOperator, isThere, signIn } from '../support/dashboard.mjs';
import { KEY, startServer } from '../support/server.mjs';

const CLIENT = 'client-demo';
const VIEW = '/dashboard/do-not-call';
const ODD = '"<b>asked</b>", =1+1 हिन्दी '.repeat(6).trim();
const PASSWORD = 'correct horse battery';
let browser, server;

before(async () => {
  [browser, server] = await Promise.all([startBrowser(), startServer()]);
  await server.admin('PATCH', `/clients/${CLIENT}`, { defaultCountry: 'IN' });
});
after(async () => { await Promise.all([browser?.close(), server?.stop()]); });

const numbersTable = (page) => page.getByRole('table', { name: 'Numbers that must not be called' });
const importsTable = (page) => page.getByRole('table', { name: 'Imports' });

test('an admin adds a number, finds it, and removes it with a reason, by keyboard', async () => {
  const { page, complaints, context, open } = await asOperator(browser, server);
  await open(CLIENT, VIEW);
  await page.getByText('No number is on the list').waitFor();
  await page.getByRole('button', { name: 'Add a number' }).press('Enter');
  const form = page.getByRole('region', { name: 'Add a number' });
  const number = form.getByLabel('Phone number');
  await page.waitForFunction(() => document.activeElement.matches('#add-number input'));
  await number.press('Enter');
  await form.getByRole('alert').filter({ hasText: 'Phone number is missing.' }).waitFor();
  assert.equal(await number.getAttribute('aria-invalid'), 'true');
  assert.deepEqual(await lookAtPage(page), []);

  // Wrong, then about one purpose, then the same number for all calls.
  await number.fill('98765');
  await form.getByLabel('What is forbidden?').selectOption('Calls for one purpose');
  await form.getByLabel('Reason').fill(ODD);
  await form.getByLabel('Until').fill('2019-01-01');
  await number.press('Enter');
  await form.getByRole('alert').filter({ hasText: 'Phone number is not a valid number' }).waitFor();
  await number.fill('98765 43210');
  await number.press('Enter');
  await form.getByRole('alert').filter({ hasText: /Until / }).waitFor();
  await form.getByLabel('Until').fill('2099-01-01');
  await number.press('Enter');
  await form.getByRole('status').filter({ hasText: '+919876543210 is on the list.' }).waitFor();
  const row = numbersTable(page).getByRole('row').filter({ hasText: '+919876543210' });
  await row.filter({ hasText: 'Calls for sales' }).filter({ hasText: 'Customer’s request' }).filter({ hasText: '2099' }).waitFor();
  await form.getByLabel('What is forbidden?').selectOption('All calls');
  for (let again = 0; again < 2; again += 1) {
    await number.fill('+919876543210');
    await form.getByRole('button', { name: 'Add the number' }).click();
    await page.waitForFunction(() => !document.querySelector('#add-number input').value);
    await row.filter({ hasText: 'All calls' }).waitFor();
  }
  await isThere(page);
  assert.equal(await row.count(), 2);

  // Filters and the search are in the address.
  await page.getByLabel('Source').selectOption('Staff');
  await page.getByText('No such entries').waitFor();
  await page.getByLabel('Source').selectOption('All sources');
  await page.getByRole('searchbox', { name: 'Number' }).fill('98765');
  await page.waitForURL(/number=98765/);
  await row.filter({ hasText: 'All calls' }).waitFor();

  const remove = row.filter({ hasText: 'All calls' }).getByRole('button', { name: 'Remove +919876543210' });
  await remove.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Remove', exact: true }).press('Enter');
  await dialog.getByRole('alert').filter({ hasText: 'Say why' }).waitFor();
  assert.deepEqual(await lookAtPage(page), []);
  await dialog.getByLabel('Reason').fill('x'.repeat(501));
  await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
  await dialog.getByRole('alert').filter({ hasText: 'at most 500' }).waitFor();
  await dialog.getByLabel('Reason').fill('By mistake');
  await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
  // A search shows removed entries, too.
  await row.filter({ hasText: 'Removed' }).filter({ hasText: 'By mistake' }).waitFor();
  await page.getByRole('searchbox', { name: 'Number' }).fill('');
  await page.getByRole('button', { name: 'Removed', exact: true }).click();
  await row.filter({ hasText: 'By mistake' }).waitFor();
  assert.equal(await row.count(), 1);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a file is dropped, imported with a report, imported again, and replaced', async () => {
  const { page, complaints, context, open } = await asOperator(browser, server);
  await server.admin('PUT', `/clients/${CLIENT}/call-rules`, { packs: ['in-trai-promotional'] });
  await open(CLIENT, `${VIEW}?tab=files`);
  await page.getByText('No file of the register in-preference was imported.').waitFor();
  const send = page.getByRole('button', { name: 'Import the file' });
  await send.click();
  await page.getByRole('alert').filter({ hasText: 'Choose a file first.' }).waitFor();
  const drop = async (text) => {
    const data = await page.evaluateHandle((content) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content], 'ncpr <list>.csv', { type: 'text/csv' }));
      return transfer;
    }, text);
    await page.locator('.drop').dispatchEvent('drop', { dataTransfer: data });
    await page.getByText('ncpr <list>.csv').waitFor();
  };
  const good = Array.from({ length: 3000 }, (_, n) => `+9198700${String(n).padStart(5, '0')}`).join('\n');
  await drop(`number\n${good}\n12\n"9999"\n`);
  await page.getByLabel('What is it?').selectOption('Another register');
  await page.getByLabel('Name of the register').fill('not a name');
  await send.click();
  await page.getByRole('alert').filter({ hasText: 'Name of the register must be' }).waitFor();
  await page.getByLabel('What is it?').selectOption('registry:in-preference');
  await page.getByLabel('Date of the file').fill('2026-01-05');
  const [sent] = await Promise.all([page.waitForRequest(/suppressions\/import\?/), send.click()]);
  assert.match(sent.url(), /source=registry%3Ain-preference&asOf=2026-01-05$/);
  await page.getByText('The file was read, except for some lines.').waitFor();
  const facts = async () => (await page.locator('dl.facts').first().innerText()).split(/\n+/).map((text) => text.trim());
  assert.deepEqual(await facts(), ['Lines read', '3,002', 'Added to the list', '3,000', 'On the list before, or twice in the file', '0', 'Left out', '2']);
  const bad = page.getByRole('table', { name: 'Lines that were left out' });
  await bad.getByRole('row', { name: /^3,002 / }).waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: /Save bad lines/ }).first().click()]);
  assert.match(await readFile(await download.path(), 'utf8'), /"line","error"\r\n"3002","The number/);
  // The file is old, and the pack is on.
  await page.getByText(/The latest file of the register in-preference is more than \d+ days old\./).waitFor();
  assert.deepEqual(await lookAtPage(page), []);

  await drop(`${good}\n`);
  await page.getByLabel('Date of the file').fill(new Date().toISOString().slice(0, 10));
  await send.click();
  await page.getByText('The file was read.', { exact: true }).waitFor();
  assert.deepEqual((await facts()).slice(0, 6), ['Lines read', '3,000', 'Added to the list', '0', 'On the list before, or twice in the file', '3,000']);
  await page.getByText('more than').waitFor({ state: 'detached' });

  await page.getByLabel('Replace earlier files').check();
  await page.getByText('a part of one removes the rest').waitFor();
  await page.locator('input[type=file]').setInputFiles({ name: 'part.csv', mimeType: 'text/csv', buffer: Buffer.from('+919870000001\n') });
  await send.click();
  await page.locator('dl.facts').filter({ hasText: 'Removed, as this file lacks them' }).waitFor();
  assert.deepEqual((await facts()).slice(-2), ['Removed, as this file lacks them', '2,999']);
  // A spreadsheet, and a quote that is not closed.
  for (const [content, said] of [['PK\u0003\u0004', 'not text in UTF-8'], ['+919870000001\n"open\n+919870000002\n', 'Line 2 has a quote']]) {
    await page.locator('input[type=file]').setInputFiles({ name: 'x.csv', mimeType: 'text/csv', buffer: Buffer.from(content) });
    await send.click();
    await page.getByRole('alert').filter({ hasText: said }).waitFor();
  }
  await importsTable(page).getByRole('row').nth(5).waitFor();
  assert.equal(await importsTable(page).getByRole('row', { name: /Finished/ }).count(), 3);

  await page.getByRole('tab', { name: 'Numbers' }).click();
  const [exported] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export' }).click()]);
  assert.equal(exported.suggestedFilename(), 'do-not-call.csv');
  const lines = (await readFile(await exported.path(), 'utf8')).trim().split('\n');
  assert.ok(lines[0].startsWith('number,scope') && lines.some((line) => line.includes('919870000001')), lines.slice(0, 3).join());
  await page.getByText('The file is ready').waitFor();
  await page.getByLabel('Source').selectOption('Register in-preference');
  await numbersTable(page).getByRole('row').filter({ hasText: '+919870000001' }).waitFor();
  await isThere(page);
  assert.equal(await numbersTable(page).locator('tbody tr').count(), 1);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a consent is entered, found by customer and by number, and withdrawn', async () => {
  const { page, complaints, context, open } = await asOperator(browser, server);
  await open(CLIENT, `${VIEW}?tab=consents`);
  await page.getByRole('button', { name: 'Enter a consent' }).click();
  const form = page.getByRole('region', { name: 'Enter a consent' });
  await form.getByRole('button', { name: 'Enter the consent' }).click();
  await form.getByRole('alert').filter({ hasText: /\w/ }).waitFor();
  await form.getByLabel('Customer ID').fill('CUST <1>');
  await form.getByLabel('Purpose').selectOption('Sales');
  await form.getByLabel('Ends on').fill('2099-12-31');
  await form.getByLabel('Proof').fill(ODD);
  await form.getByRole('button', { name: 'Enter the consent' }).click();
  await form.getByText('The consent is entered.').waitFor();
  await form.getByLabel('Phone number').fill('9876500001');
  await form.getByRole('button', { name: 'Enter the consent' }).click();
  const table = page.getByRole('table', { name: 'Consents' });
  await table.getByRole('row').filter({ hasText: '+919876500001' }).waitFor();
  assert.deepEqual(await lookAtPage(page), []);
  await page.getByRole('searchbox', { name: 'Whole number' }).fill('09876500001');
  await table.getByRole('row').filter({ hasText: 'CUST <1>' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'By customer' }).click();
  await page.getByRole('searchbox', { name: 'Customer ID' }).fill('CUST <1>');
  await table.getByRole('row').filter({ hasText: '+919876500001' }).waitFor({ state: 'detached' });
  const row = table.getByRole('row').filter({ hasText: 'CUST <1>' });
  await row.filter({ hasText: 'Sales' }).filter({ hasText: 'In force' }).filter({ hasText: '<b>asked</b>' }).waitFor();
  await row.getByRole('button', { name: /Withdraw/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('Asked by phone');
  await dialog.getByRole('button', { name: 'Withdraw', exact: true }).click();
  await row.filter({ hasText: 'Withdrawn' }).filter({ hasText: 'Asked by phone' }).waitFor();
  assert.equal(await row.getByRole('button').count(), 0);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('each role sees and does what the server permits', async () => {
  await server.admin('POST', `/clients/${CLIENT}/suppressions`, { phoneNumber: '+919876511111', reason: 'For the roles' });
  const cases = [
    { role: 'admin', acts: true, number: true },
    { role: 'viewer', acts: false, number: true },
    { role: 'masked-viewer', acts: false, number: false },
    { role: 'supervisor', refused: /Only an admin or a viewer/ },
    { key: KEY, refused: /Sign in with an account/ },
  ];
  for (const { role, key, acts, number, refused } of cases) {
    const email = `${role}@example.com`;
    if (role) await server.admin('POST', `/clients/${CLIENT}/people`, { email, name: role, role, password: PASSWORD });
    const { page, complaints, context } = await openPage(browser, `${server.url}/dashboard`, { locale: 'en-IN' });
    await signIn(page, key ? { key } : { email, password: PASSWORD });
    await page.getByRole('navigation', { name: 'Views' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'Do not call' }).count(), role === 'supervisor' ? 0 : 1, role);
    await page.goto(server.url + VIEW);
    if (refused) {
      await page.getByText(refused).waitFor();
    } else {
      const row = numbersTable(page).getByRole('row').filter({ hasText: 'For the roles' });
      await row.waitFor();
      assert.equal(await row.filter({ hasText: '+919876511111' }).count(), number ? 1 : 0, role);
      assert.equal(await page.getByRole('button', { name: /^(Add a number|Export|Remove )/ }).count() > 0, acts, role);
      if (!number) {
        assert.ok(!(await page.content()).includes('98765111'), 'a number is shown');
        await page.getByRole('searchbox', { name: 'Number' }).fill('98765');
        await page.getByText('only a whole number is found').waitFor();
      }
      await page.getByRole('tab', { name: 'Files' }).click();
      await importsTable(page).waitFor();
      assert.equal(await page.getByRole('button', { name: 'Import the file' }).count(), acts ? 1 : 0, role);
      await page.getByRole('tab', { name: 'Consents' }).click();
      await page.getByRole('table', { name: 'Consents' }).waitFor();
      assert.equal(await page.getByRole('button', { name: 'Enter a consent' }).count(), acts ? 1 : 0, role);
    }
    assert.deepEqual(complaints, [], role);
    await context.close();
  }
});

test('the view says when the server fails, and tries again', async () => {
  const { page, context } = await asOperator(browser, server);
  await page.route('**/suppressions?**', (route) => route.abort());
  await page.goto(`${server.url}${VIEW}?client=${CLIENT}`);
  await page.getByText('This could not be loaded').waitFor();
  await page.unroute('**/suppressions?**');
  await page.getByRole('button', { name: 'Try again' }).click();
  await numbersTable(page).waitFor();
  await context.close();
});

test('at 1280 px no column is out of sight, and what can be done with a row stays in sight on a phone', async () => {
  await server.admin('PUT', `/clients/${CLIENT}/call-rules`, { packs: ['us-fdcpa-regf'] });
  const long = 'A reason that takes more than one line of the table, as people write it';
  await server.admin('POST', `/clients/${CLIENT}/suppressions`, { phoneNumber: '+919876522222', reason: long, scope: 'account', scopeValue: 'LOAN-2025-000000471', until: '2099-12-31' });
  await server.admin('POST', `/clients/${CLIENT}/consents`, { phoneNumber: '+919876522222', customerId: 'CUST-2025-000000471', kind: 'direct_prior', purpose: 'recovery', expiresAt: '2099-12-31', proof: { note: long } });
  const call = { to: '+919876522223', agentId: 'agent-of-a-long-name', customerData: { customerId: 'CUST-2025-000000471', callType: 'recovery', context: { timeZone: 'Etc/GMT-14' } } };
  for (const to of [call.to, '+919876522222']) await server.post('/api/ribbon/calls', { ...call, to });
  const cases = [
    [VIEW, 'Numbers that must not be called', 'Remove'], [`${VIEW}?tab=consents`, 'Consents', 'Withdraw'],
    [`${VIEW}?tab=files`, 'Imports'], ['/dashboard/compliance', 'Decisions'],
  ];
  for (const width of [1280, 390]) {
    const { page, complaints, context, open } = await asOperator(browser, server, { viewport: { width, height: 900 } });
    for (const [address, name, act] of cases) {
      await open(CLIENT, address);
      const table = page.getByRole('table', { name, exact: true });
      await table.waitFor();
      await isThere(page);
      if (width === 1280) assert.ok(await table.evaluate(({ parentElement: box }) => box.scrollWidth <= box.clientWidth), `${name} is wider than its place`);
      if (act) {
        const button = table.getByRole('button', { name: new RegExp(`^${act} `) }).first();
        await button.scrollIntoViewIfNeeded();
        const { left, right } = await button.evaluate((one) => one.getBoundingClientRect());
        assert.ok(left >= 0 && right <= width, `${name}: ${act} is out of sight at ${width} px`);
        assert.equal(await table.evaluate(({ parentElement: box }) => box.scrollLeft), 0);
      }
      if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/wide-${name.replaceAll(' ', '-')}-${width}.png`, fullPage: true });
    }
    assert.deepEqual(complaints, []);
    await context.close();
  }
});

for (const colorScheme of ['light', 'dark']) {
  for (const width of [390, 1440]) {
    test(`numbers, files and consents fit ${width} px, ${colorScheme}`, async () => {
      const { page, complaints, context, open } = await asOperator(browser, server, { viewport: { width, height: 900 }, colorScheme });
      for (const [tab, press] of [['', 'Add a number'], ['files', ''], ['consents', 'Enter a consent']]) {
        await open(CLIENT, `${VIEW}?tab=${tab}`);
        if (press) await page.getByRole('button', { name: press }).click();
        assert.deepEqual(await lookAtPage(page), [], tab);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${tab} is wider than the window`);
        if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/do-not-call-${tab || 'numbers'}-${width}-${colorScheme}.png`, fullPage: true });
      }
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }
}
