// The bar in little space, and on paper. accessibility.test.mjs looks at every state at every width.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from '../support/browser.mjs';
import { lookAtWidths, measure } from '../support/layout.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

let browser, server, site;
before(async () => { [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

const LONG = {
  name: 'Venkatanarasimharajuvaripeta Lakshminarayanan Subramaniam', phoneNumber: '+44 (0) 20 7946 0958',
  context: { amountDue: 12450.5, daysOverdue: 34, loanId: 'LN-20871-of-the-second-branch' },
};

test('a long name leaves its number whole, and so does no name; also in the card and at 200 % zoom', async () => {
  for (const [name, viewport, options] of [
    ['bottom', { width: 1440, height: 640 }, {}], ['card', { width: 320, height: 640 }, { position: 'floating' }], ['zoomed', { width: 720, height: 450 }, {}],
  ]) {
    const { page, context } = await openPage(browser, site.page(`/long-${name}`, crmPage(server, { options })), { viewport, deviceScaleFactor: name === 'zoomed' ? 2 : 1 });
    const ribbon = ribbonOf(page);
    await ribbon.ready();
    for (const customer of [LONG, { ...LONG, name: undefined }, { phoneNumber: '+44 (0) 20 7946 0958 ext. 123456' }]) {
      await ribbon.call('setCustomer', customer);
      const { faults } = await measure(page);
      assert.deepEqual(faults, [], `${name}: ${JSON.stringify(customer)}`);
      if (name === 'bottom') await lookAtWidths('idle', page);
    }
    const box = await ribbon.bar.boundingBox();
    if (name === 'card') assert.deepEqual([box.x, box.x + box.width], [16, 304], 'the same room on both sides');
    await context.close();
  }
});

test('a number field that holds a whole remark leaves the bar low, and the text in the tooltip', async () => {
  const { page, context } = await openPage(browser, site.page('/remark', crmPage(server)), { viewport: { width: 1280, height: 720 } });
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  for (const phoneNumber of ['9'.repeat(10_000), 'call the son first, then the office; '.repeat(60).trim()]) for (const name of ['Asha Rao', undefined]) {
    await ribbon.call('setCustomer', { name, phoneNumber, context: { remark: 'w'.repeat(5_000) } });
    for (const width of [1280, 720, 320]) {
      await page.setViewportSize({ width, height: 720 });
      const { height } = await ribbon.bar.boundingBox();
      assert.ok(height <= 190, `${width}, ${name}: ${height} px`);
      await page.waitForFunction((wanted) => document.documentElement.style.getPropertyValue('--call-ribbon-height') === `${wanted}px`, Math.ceil(height));
    }
    assert.ok((await ribbon.name.getAttribute('title')).includes(phoneNumber));
  }
  await context.close();
});

test('the main button\'s text keeps off its edges', async () => {
  const { page, context } = await openPage(browser, site.page('/edges', crmPage(server)), { viewport: { width: 1280, height: 720 } });
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await ribbon.call('makeCall', '+919876543210');
  await ribbon.reach('connected');
  await ribbon.call('setCustomer', { name: 'Rajesh Kumar Venkatanarasimharaju', phoneNumber: '+919876543219' });
  await ribbon.call('hangup');
  await ribbon.host.locator('[data-main="save-call"]').waitFor();
  for (const width of [1280, 720, 320]) {
    await page.setViewportSize({ width, height: 720 });
    const [button, text] = [await ribbon.main.boundingBox(), await ribbon.main.locator('span').boundingBox()];
    assert.ok(text.x - button.x >= 10 && button.x + button.width - text.x - text.width >= 10, `${width}: ${JSON.stringify([button, text])}`);
  }
  await context.close();
});

const FACTS = {
  customerId: 'FACTS-1', name: 'Asha Rao', phoneNumber: '+91 98765 43210', callType: 'collections',
  context: { amountDue: 12450.5, daysOverdue: 34, loanId: 'LN-20871', lastPayment: '2024-08-15', riskCategory: 'Medium', loan: { currency: 'INR' } },
};

test('facts and the last word fill a wide bar; facts stay where they are in a call', async () => {
  const { page, context } = await openPage(browser, site.page('/filled', crmPage(server)), { viewport: { width: 1440, height: 640 } });
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  const asked = [];
  page.on('request', (request) => { if (/customerId=FACTS-1/.test(request.url())) asked.push(request.url()); });
  await ribbon.call('setCustomer', FACTS);
  await ribbon.call('setCustomer', FACTS);
  const facts = () => page.evaluate(() => {
    const zone = document.querySelector('call-ribbon').shadowRoot.querySelector('.facts');
    const seen = [...zone.querySelectorAll('.fact')].filter((fact) => fact.getBoundingClientRect().width && fact.getBoundingClientRect().top < zone.getBoundingClientRect().bottom - 1);
    return seen.map((fact) => [fact.children[0].textContent, fact.children[1].textContent, Math.round(fact.getBoundingClientRect().left)]);
  });
  const shown = await facts();
  assert.deepEqual(shown.map(([label, value]) => [label, value]), [['Amount due', '₹12,450.50'], ['Days overdue', '34'], ['Loan ID', 'LN-20871'], ['Last payment', '15 Aug 2024'], ['Risk category', 'Medium']]);
  await ribbon.main.click();
  await ribbon.reach('connected');
  assert.deepEqual((await facts()).slice(0, 3), shown.slice(0, 3), 'the facts do not move');
  await ribbon.call('hangup');
  await ribbon.host.locator('.notes').fill('Will pay on Friday');
  await ribbon.host.locator('.chip').first().click();
  await ribbon.host.locator('.clock', { hasText: /Wrapping up0:\d\d/ }).waitFor();
  await ribbon.settled();
  await ribbon.main.click();
  await ribbon.host.locator('.last', { hasText: /Last call · today .* · Promise to pay“Will pay on Friday”/ }).waitFor();
  assert.equal(asked.length, 2, 'once for the customer, and once after the call');
  for (const position of ['bottom', 'floating']) {
    await ribbon.call('setPosition', position);
    if (position === 'bottom') await lookAtWidths('idle with a last word', page);
    assert.ok(await ribbon.host.locator('.last').isVisible());
  }
  await context.close();
});

test('the number is copied as clean digits', async () => {
  const { page, context } = await openPage(browser, site.page('/copied', crmPage(server)));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await page.evaluate(() => { navigator.clipboard.writeText = async (text) => { window.copied = text; }; });
  await ribbon.call('setCustomer', FACTS);
  await ribbon.act('copy').click();
  assert.equal(await (await page.waitForFunction(() => window.copied)).jsonValue(), '+919876543210');
  await ribbon.host.locator('.copy[data-done="true"]').waitFor();
  await context.close();
});

test('a phone\'s bar is low and has no empty line', async () => {
  const { page, context } = await openPage(browser, site.page('/low', crmPage(server)), { viewport: { width: 320, height: 568 } });
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await ribbon.call('setCustomer', { name: 'Asha Rao', phoneNumber: '+91 98765 43210' });
  await ribbon.main.click();
  await ribbon.reach('connected');
  const { height } = await ribbon.bar.boundingBox();
  assert.ok(height <= 104, `${height} px`);
  const [name, timer] = [await ribbon.name.boundingBox(), await ribbon.timer.boundingBox()];
  assert.ok(Math.abs(name.y + name.height / 2 - timer.y - timer.height / 2) < 4, 'name and time share a line');
  await context.close();
});

test('printing leaves the bar out, and no rule of the page takes it off the screen', async () => {
  const { page, context } = await openPage(browser, site.page('/print', crmPage(server)));
  await ribbonOf(page).reach('idle');
  const shown = () => page.evaluate(() => getComputedStyle(document.querySelector('call-ribbon')).display);
  assert.equal(await shown(), 'block');
  await page.emulateMedia({ media: 'print' });
  assert.equal(await shown(), 'none');
  await page.addStyleTag({ content: '@media print { call-ribbon { display: none } } @media screen { * { display: none !important } }' });
  assert.equal(await shown(), 'none');
  await page.emulateMedia({ media: 'screen' });
  assert.equal(await shown(), 'block', 'what a page says about all its elements does not reach the bar');
  await context.close();
});
