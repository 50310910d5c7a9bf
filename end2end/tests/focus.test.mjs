// An agent without a mouse never has to start again from the top of the page.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

let browser, server, site;
before(async () => { [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

test('the focus is never lost: after a panel, a call, the notes, and a button that goes', async () => {
  const { page, context, complaints } = await openPage(browser, site.page('/focus', crmPage(server, { body: '<input id="crm">' })));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await ribbon.call('setCustomer', { name: 'Asha Rao', phoneNumber: '+919876543210', customerId: 'F-1' });
  const press = (...keys) => keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve());
  const focused = (selector) => page.waitForFunction((wanted) => document.querySelector('call-ribbon').shadowRoot.activeElement?.matches(wanted), selector);
  const ring = async () => {
    await server.post('/api/ribbon/simulator/incoming', { from: '+919811122233', agentId: await page.evaluate(() => agent) });
    await ribbon.reach('incoming');
  };
  const over = async () => {
    await ribbon.hear('callEnded');
    await page.evaluate(() => { heard.length = 0; });
  };

  await ribbon.settled();
  await press('Alt+Shift+KeyR');
  await focused('.main');
  await press('Enter');
  await ribbon.hear('connected');
  await ribbon.settled();
  await press('Shift+Tab', 'Shift+Tab');
  await focused('[data-act="keypad"]');
  await press('Enter');
  await focused('.keypad');
  await press('Escape');
  await focused('[data-act="keypad"]');
  // The button under the focus goes with the call.
  await press('Alt+Shift+KeyH');
  await over();
  await focused('.notes');
  // The pill offers the notes, which are open.
  await ribbon.act('fold').focus();
  await press('Enter', 'Alt+Shift+KeyN');
  await focused('.notes');
  await press('Control+Enter');
  await focused('.main');

  // From a list: the panel goes with its row.
  await ribbon.settled();
  await ribbon.act('history').focus();
  await press('Enter');
  await ribbon.host.locator('.past [data-act="redial"]').first().focus();
  await press('Enter');
  await focused('.main[data-main="cancel"],.main[data-main="hangup"]');
  await ribbon.hear('connected');
  await press('Alt+Shift+KeyH');
  await over();
  await press('Escape');
  await focused('.main');

  // The cross that leaves a call goes itself.
  await ribbon.settled();
  await ribbon.act('dismiss').focus();
  await press('Enter');
  await focused('.main[data-main="call"]');

  // What is typed as somebody rings in answers nobody.
  await ribbon.settled();
  await ribbon.act('dial').focus();
  await press('Enter');
  await focused('.dialing input');
  await ring();
  await focused('[data-act="fold"]');
  await ribbon.settled();
  await press('Alt+Shift+KeyD');
  await over();

  // The page's own field keeps the focus, whatever goes.
  await ribbon.act('dismiss').focus();
  await page.locator('#crm').focus();
  await ribbon.settled();
  await ribbon.act('dismiss').evaluate((button) => button.click());
  await ribbon.reach('idle');
  await page.waitForFunction(() => document.activeElement.id === 'crm');
  assert.deepEqual(complaints, []);
  await context.close();
});
