// The editor of dispositions: what an outcome asks for, the heading under which it is offered, and what it does.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { lookAtPage } from '../support/axe.mjs';
import { startBrowser } from '../support/browser.mjs';
import { asOperator, isThere } from '../support/dashboard.mjs';
import { startServer } from '../support/server.mjs';

const CLIENT = 'client-demo';
const VIEW = '/dashboard/settings?tab=dispositions';

let browser, server;
before(async () => { [browser, server] = await Promise.all([startBrowser(), startServer()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop()]); });

const stored = async () => (await server.admin('GET', `/clients/${CLIENT}`)).dispositions;
const box = (page, name) => page.getByRole('textbox', { name, exact: true });
const save = async (page) => {
  await page.getByRole('button', { name: 'Save', exact: true }).click();
};
const saved = (page) => page.getByRole('status').filter({ hasText: 'Saved. Ribbons' }).waitFor();

test('fields, a heading and effects are entered, saved and shown again', async () => {
  await server.admin('PATCH', `/clients/${CLIENT}`, { dispositions: [{ code: 'refused', label: 'Refuses' }, { code: 'promise', label: 'Promise' }, { code: 'never', label: 'Never again' }] });
  const { page, complaints, context, open } = await asOperator(browser, server);
  await open(CLIENT, VIEW);
  const line = (number) => page.locator('.outcomes > li').nth(number - 1);
  const unfold = (number) => line(number).locator('summary').click();

  // What the agent fills in.
  await unfold(2);
  const promise = line(2);
  for (let n = 1; n <= 2; n += 1) await promise.getByRole('button', { name: 'Ask for a field' }).click();
  await box(page, 'Label of field 1 of line 2').fill('Amount');
  await box(page, 'Name of field 1 of line 2').fill('amount');
  await page.getByLabel('Kind of field 1 of line 2').selectOption('Amount');
  await box(page, 'Label of field 2 of line 2').fill('Way');
  await box(page, 'Name of field 2 of line 2').fill('the way');
  await page.getByLabel('Kind of field 2 of line 2').selectOption('Choice');
  await page.getByRole('textbox', { name: 'Choices of field 2 of line 2' }).fill('UPI\nCash\n');
  // The fields of a line have numbers of their own, and the lines go on counting.
  const numbers = await page.evaluate(() => [...document.querySelectorAll('.outcomes > li > .line, .outcomes .field-line:not(.line-heads)')].map((element) => getComputedStyle(element, '::before').content));
  assert.equal(numbers.length, 5);
  assert.equal(new Set(numbers).size, 1, 'each is counted by the same rule');
  assert.deepEqual(await page.evaluate(() => [...document.querySelectorAll('.outcomes ol.numbered')].map((list) => getComputedStyle(list).counterReset)), ['line 0', 'line 0', 'line 0']);
  // How it is called by people, and not by programs.
  await save(page);
  await promise.getByRole('alert').filter({ hasText: /Name must be 1 to 64 letters/ }).waitFor();
  assert.ok(!(await page.getByRole('main').innerText()).includes('dispositions['));
  await box(page, 'Name of field 2 of line 2').fill('way');

  // What it does: one follow-up, of two kinds.
  const acts = page.getByRole('group', { name: 'What happens then, line 2' });
  await acts.getByLabel('The call gets a follow-up when').check();
  await acts.getByLabel('The call gets a follow-up', { exact: true }).check();
  assert.equal(await acts.getByLabel('The call gets a follow-up when').isChecked(), false);
  await save(page);
  await promise.getByRole('alert').filter({ hasText: /Follow-up after minutes is missing: a follow-up needs it/ }).waitFor();
  const minutes = box(page, 'Follow-up after minutes of line 2');
  await minutes.fill('soon');
  await save(page);
  await promise.getByRole('alert').filter({ hasText: /Follow-up after minutes must be a whole number/ }).waitFor();
  await minutes.fill('120');
  await page.getByLabel('How the call went, line 2').selectOption('Promise to pay');

  // One that stops all calls, under a heading.
  await unfold(3);
  await page.getByLabel('Heading of line 3').selectOption('Refuses');
  await page.getByRole('group', { name: 'What happens then, line 3' }).getByLabel('must not be called any more').check();
  await line(3).locator('summary').filter({ hasText: 'Asks for nothing, no more calls, under refused' }).waitFor();
  // A code that always does so.
  await page.getByRole('button', { name: 'Add a line' }).click();
  await box(page, 'Label 4').fill('Do not call');
  await unfold(4);
  const fixed = page.getByRole('group', { name: 'What happens then, line 4' }).getByLabel('the code always does this');
  assert.deepEqual([await fixed.isChecked(), await fixed.isDisabled()], [true, true]);
  assert.deepEqual(await lookAtPage(page), []);
  await save(page);
  await saved(page);
  const list = [
    { code: 'refused', label: 'Refuses' },
    {
      code: 'promise', label: 'Promise', does: ['follow_up'], outcome: 'promise', followUpAfterMinutes: 120,
      requires: [{ name: 'amount', label: 'Amount', kind: 'amount' }, { name: 'way', label: 'Way', kind: 'choice', choices: ['UPI', 'Cash'] }],
    },
    { code: 'never', label: 'Never again', does: ['suppress'], parent: 'refused' },
    { code: 'do_not_call', label: 'Do not call' },
  ];
  assert.deepEqual(await stored(), list);

  // Shown again, changed in one thing, and all else stays.
  await page.reload();
  await isThere(page);
  await unfold(2);
  assert.equal(await box(page, 'Follow-up after minutes of line 2').inputValue(), '120');
  await box(page, 'Label 2').fill('Promises');
  await save(page);
  await saved(page);
  list[1].label = 'Promises';
  assert.deepEqual(await stored(), list);
  assert.deepEqual(complaints, []);
  await context.close();
});

for (const width of [390, 800, 1280]) {
  test(`columns have titles, and boxes are wide enough, at ${width} px`, async () => {
    const { page, complaints, context, open } = await asOperator(browser, server, { viewport: { width, height: 900 } });
    await open(CLIENT, VIEW);
    await page.locator('.outcomes summary').first().click();
    await page.locator('.outcomes > li').first().getByRole('button', { name: 'Ask for a field' }).click();
    assert.deepEqual(await lookAtPage(page), []);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
    const widths = await page.locator('.outcomes > li > .line .input').evaluateAll((boxes) => boxes.map((one) => one.getBoundingClientRect().width));
    assert.ok(Math.min(...widths) >= 110, String(widths));
    const titles = page.locator('.outcome-line.line-heads');
    assert.equal(await titles.isVisible(), width === 1280);
    if (width === 1280) {
      // Each title stands above its boxes.
      const left = (locator) => locator.evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().left)));
      const above = await left(titles.locator('span'));
      const below = await left(page.locator('.outcomes > li').first().locator('> .line > .input'));
      assert.deepEqual(above, below);
    }
    if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/dispositions-${width}.png`, fullPage: true });
    assert.deepEqual(complaints, []);
    await context.close();
  });
}
