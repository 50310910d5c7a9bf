// Outcomes that ask for fields, and those below a heading: by keyboard alone, and from the page.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PATIENCE, openPage, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

let browser, server, site;
before(async () => {
  [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]);
  const dispositions = [
    {
      code: 'promise', label: 'Promise to pay', outcome: 'promise', requires: [
        { name: 'amount', label: 'Amount', kind: 'amount' },
        { name: 'date', label: 'Date', kind: 'date' },
        { name: 'way', label: 'Way', kind: 'choice', choices: ['UPI', 'Cash'] },
        { name: 'why', label: 'Why', kind: 'text', optional: true },
      ],
    },
    { code: 'refused', label: 'Refuses' },
    { code: 'no_money', label: 'No money', parent: 'refused' },
    { code: 'dispute', label: 'Disputes it', parent: 'refused' },
  ];
  await server.admin('PATCH', '/clients/client-demo', { dispositions });
});
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

/** A page whose agent has just talked to somebody. */
async function talked(path) {
  const opened = await openPage(browser, site.page(path, crmPage(server)));
  const ribbon = ribbonOf(opened.page);
  const { value } = await ribbon.call('makeCall', '+919876543210');
  await ribbon.hear('connected');
  await ribbon.call('hangup');
  await ribbon.hear('callEnded');
  return { ...opened, ribbon, panel: ribbon.host.locator('.wrap'), session: value.sessionId };
}

/** Waits until the server has this outcome of a call. */
async function kept(session, disposition, dispositionFields) {
  for (const until = Date.now() + PATIENCE; ;) {
    const call = await server.get(`/api/ribbon/calls/${session}`);
    try {
      assert.deepEqual([call.disposition, call.dispositionFields], [disposition, dispositionFields]);
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
    }
  }
}

/** Waits until the field with this name has the keyboard. */
const typing = (page, name) => page.waitForFunction((wanted) =>
  document.querySelector('call-ribbon').shadowRoot.activeElement?.dataset.name === wanted, name);

test('an outcome that asks for fields is filled in by keyboard, and not left before', async () => {
  const { page, panel, session, context, complaints } = await talked('/fields');
  await page.waitForFunction(() => document.querySelector('call-ribbon').shadowRoot.activeElement?.matches('.notes'));
  await page.keyboard.type('Salary is late');
  await page.keyboard.press('Alt+1');
  await typing(page, 'amount');
  await page.keyboard.press('Control+Enter');
  await panel.locator('.saved').filter({ hasText: 'Fill in Amount' }).waitFor();
  await page.keyboard.type('5k');
  await page.keyboard.press('Control+Enter');
  await panel.locator('.saved').filter({ hasText: 'Amount: write a number like 5000 or 1,500.50.' }).waitFor();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('₹ 1,23,456.50');
  await panel.locator('.saved').filter({ hasText: 'Fill in Date' }).waitFor();
  await page.keyboard.press('Control+Enter');
  await typing(page, 'date');
  await panel.locator('[data-name="date"]').fill('2026-12-01');
  await page.keyboard.press('Control+Enter');
  await typing(page, 'way');
  await page.keyboard.press('ArrowDown');
  await kept(session, 'promise', { amount: 123456.5, date: '2026-12-01', way: 'UPI' });
  await page.keyboard.press('Control+Enter');
  await panel.waitFor({ state: 'hidden' });
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a heading opens the outcomes below it', async () => {
  const { page, panel, session, context } = await talked('/levels');
  await panel.waitFor();
  const chips = async () => panel.locator('.chips .chip span').allTextContents();
  await panel.locator('.chip').first().focus();
  assert.deepEqual(await chips(), ['Promise to pay', 'Refuses']);
  await page.keyboard.press('2');
  await panel.locator('.chip').filter({ hasText: 'Disputes it' }).waitFor();
  assert.deepEqual(await chips(), ['Refuses', 'No money', 'Disputes it']);
  await page.keyboard.press('3');
  await kept(session, 'dispute', undefined);
  await panel.locator('.chip[aria-pressed="true"]').filter({ hasText: 'Refuses' }).waitFor();
  await context.close();
});

test('a page passes the fields, and do_not_call is taken although the list lacks it', async () => {
  const { ribbon, session, context } = await talked('/by-page');
  for (const [code, fields, sentence] of [
    ['promise', undefined, /fields\.amount \(Amount\) is missing or wrong/],
    ['promise', { amount: 5, date: '2026-12-01', way: 'Card' }, /dispositionFields\.way .*UPI, Cash/],
    ['promise', 'much', /fields must be an object/],
    ['refused', undefined, /code must be one of promise, no_money, dispute/],
  ]) {
    assert.match((await ribbon.call('setDisposition', code, fields)).error.message, sentence);
  }
  const fields = { amount: 0.1, date: '2026-12-01', way: 'Cash' };
  assert.equal((await ribbon.call('setDisposition', 'promise', fields)).error, undefined);
  await kept(session, 'promise', fields);
  assert.equal((await ribbon.call('setDisposition', 'do_not_call')).error, undefined);
  await kept(session, 'do_not_call', undefined);
  await context.close();
});
