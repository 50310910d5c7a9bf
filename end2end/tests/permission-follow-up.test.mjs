// A customer who may not be called yet: one press makes a follow-up for the time when the call is permitted.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from '../support/browser.mjs';
import { openKind } from '../support/kinds.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { STILL, startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

/** A number on the client's list of those that must not be called. */
const LISTED = '+919876500199';

let browser, server, site;
before(async () => {
  [browser, server, site] = await Promise.all([startBrowser(), startServer({ simulator: STILL }), startSite()]);
  await server.admin('PUT', '/clients/client-demo/call-rules', { packs: ['us-fdcpa-regf'] });
  await server.admin('POST', '/clients/client-demo/suppressions', { phoneNumber: LISTED, source: 'customer' });
});
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

/** A zone in which it is three at night. */
const behind = new Date().getUTCHours() - 3;
const NIGHT = `Etc/GMT${behind < 0 ? behind : `+${behind > 12 ? behind - 24 : behind}`}`.replace('+-', '-');

const forbidden = { customerId: 'P-1', name: 'Ann', phoneNumber: '+919876500123', callType: 'recovery', context: { timeZone: NIGHT } };

const open = async (path, options = {}) => {
  const opened = await openPage(browser, site.page(path, crmPage(server, options)));
  const ribbon = ribbonOf(opened.page);
  await ribbon.ready();
  return { ...opened, ribbon, permission: () => opened.page.evaluate(() => ExotelCallRibbon.getState().permission) };
};

/** The open follow-ups of the page's agent, as customers and due times. */
const followUps = async (page) => {
  const agentId = await page.evaluate(() => ExotelCallRibbon.getState().agentId);
  const answer = await server.get(`/api/ribbon/follow-ups?agentId=${agentId}`);
  return answer.followUps.map(({ customerData, followUp }) => [customerData.customerId, Date.parse(followUp.at)]);
};

const parts = (ribbon) => ({ plan: ribbon.host.locator('[data-act=plan]'), planned: ribbon.host.locator('.plan .said'), undo: ribbon.host.locator('.plan [data-act=undo]:not([data-settling])') });

test('one press makes a follow-up for the time when the call is permitted, and another one undoes it', async () => {
  const { page, ribbon, permission, context, complaints } = await open('/follow-up');
  const { plan, planned, undo } = parts(ribbon);
  await ribbon.call('setCustomer', forbidden);
  await plan.filter({ hasText: /^Follow up (today|tomorrow) \d{1,2}:[03]0/ }).waitFor();
  const { nextAllowed } = await permission();
  // The button goes with the answer that it belongs to, and a number without a next time has none.
  await ribbon.call('setCustomer', { ...forbidden, customerId: 'P-5', phoneNumber: LISTED });
  await plan.waitFor({ state: 'detached' });
  await ribbon.advice.filter({ hasText: /do-not-call/ }).waitFor();
  assert.equal(await plan.count(), 0);
  await ribbon.call('setCustomer', forbidden);
  await plan.focus();
  await page.route('**/api/ribbon/follow-ups', (route) => route.abort('connectionrefused'), { times: 1 });
  await page.keyboard.press('Enter');
  await ribbon.says(planned, 'Not saved. Check the network connection and try again.');
  assert.deepEqual(await followUps(page), []);
  // The second of two quick presses undoes nothing.
  await page.evaluate(() => {
    const root = document.querySelector('call-ribbon').shadowRoot;
    new MutationObserver((_, watcher) => {
      const undo = root.querySelector('.plan [data-act=undo]');
      if (!undo) return;
      watcher.disconnect();
      undo.click();
    }).observe(root, { subtree: true, childList: true });
  });
  await page.keyboard.press('Enter');
  await planned.filter({ hasText: /^Follow-up: (today|tomorrow) \d{1,2}:[03]0/ }).waitFor();
  await undo.waitFor();
  assert.equal(await plan.count(), 0);
  assert.deepEqual(await followUps(page), [['P-1', nextAllowed]]);
  // Another tab of the agent shows it, too, and has no second one to offer.
  const next = await context.newPage();
  await next.goto(page.url());
  const other = ribbonOf(next);
  await other.ready();
  await other.call('setCustomer', forbidden);
  await parts(other).planned.filter({ hasText: /^Follow-up: / }).waitFor();
  assert.deepEqual([await parts(other).plan.count(), await parts(other).undo.count()], [0, 0]);
  await other.act('follow-ups').click();
  await other.host.locator('.companion .row', { hasText: 'Ann' }).locator('[data-act=done]').waitFor();
  await next.close();
  assert.equal((await permission()).followUp.at, new Date(nextAllowed).toISOString().replace('.000', ''));
  await undo.press('Enter');
  await plan.waitFor();
  assert.deepEqual(await followUps(page), []);
  assert.equal(await plan.evaluate((button) => button.getRootNode().activeElement === button), true);
  assert.deepEqual(complaints, []);
  await context.close();
  for (const [locale, letters] of [['hi', /[\u0900-\u097f]{2,} .*फ़ॉलो-अप करें$/], ['ur', /[\u0600-\u06ff]{2,} .*فالو اپ کریں$/]]) {
    const said = await open(`/follow-up-${locale}`, { options: { locale } });
    await said.ribbon.call('setCustomer', forbidden);
    await parts(said.ribbon).plan.filter({ hasText: letters }).waitFor();
    await said.context.close();
  }
});

test('a refused call shows the follow-up that is planned already, and offers no second one', async () => {
  const { page, ribbon, context } = await open('/follow-up-refused');
  const { plan, planned } = parts(ribbon);
  const agentId = await page.evaluate(() => ExotelCallRibbon.getState().agentId);
  const asked = { ...forbidden, customerId: 'P-9' };
  const { status } = await server.post('/api/ribbon/follow-ups', { to: asked.phoneNumber, agentId, customerData: asked, followUp: { at: new Date(Date.now() + 2 * 864e5).toISOString() } });
  assert.equal(status, 201);
  // The answer before the click does not arrive, so Call is on, and the server refuses the call.
  await page.route('**/api/ribbon/calls/check', (route) => route.abort());
  await ribbon.call('setCustomer', asked);
  assert.equal((await ribbon.call('makeCall')).error.code, 'call_not_permitted');
  await planned.filter({ hasText: /^Follow-up: / }).waitFor();
  assert.equal(await plan.count(), 0);
  await context.close();
});

test('it works in the frame of a strict page, too', async () => {
  const { page, ribbon, context } = await openKind('framed', { browser, server, site }, '/strict');
  await ribbon.call('setCustomer', { ...forbidden, customerId: 'P-6' });
  const { plan, undo } = parts(ribbon);
  await plan.click();
  await undo.waitFor();
  assert.deepEqual((await followUps(page)).map(([id]) => id), ['P-6']);
  await context.close();
});
