// Several accounts can carry a call and none is the default: the agent says which.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { look } from '../support/axe.mjs';
import { openPage, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

const CLIENT = '/clients/client-demo';

let browser, site;
before(async () => { [browser, site] = await Promise.all([startBrowser(), startSite()]); });
after(async () => { await Promise.all([browser?.close(), site?.stop()]); });

/** A server whose client has these accounts, and their ids. */
async function withAccounts(...names) {
  const server = await startServer();
  const ids = [];
  for (const name of names) {
    const { accountId } = await server.admin('POST', `${CLIENT}/providers`, { provider: 'simulator', name, enabled: true, default: false, settings: {} });
    ids.push(accountId);
  }
  return { server, ids };
}

const choiceOf = (ribbon) => ribbon.host.locator('[data-voice="carrier"]');

async function called(server, ribbon, number) {
  const { value, error } = await ribbon.call('makeCall', number);
  if (error) return error;
  const call = await server.get(`/api/ribbon/calls/${value.sessionId}`);
  await ribbon.call('hangup');
  await ribbon.hear('callEnded');
  return call.accountId;
}

test('the agent is asked, the choice carries the call, and the next page knows it', async () => {
  const { server, ids } = await withAccounts('Mumbai', 'Delhi');
  const address = site.page('/carriers', crmPage(server));
  const { page, context, complaints } = await openPage(browser, address);
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  const choice = choiceOf(ribbon);
  await choice.waitFor();
  assert.deepEqual(await choice.locator('option').allTextContents(), ['Call through…', 'Mumbai', 'Delhi']);
  assert.equal(await choice.getAttribute('aria-label'), 'Call through');
  const seen = await look(page);
  assert.deepEqual(seen.faults, []);
  assert.ok(seen.measured > 0);
  // Not chosen yet: the agent reads what to do.
  const refused = await called(server, ribbon, '+919876543210');
  assert.equal(refused.code, 'invalid_request');
  await ribbon.advice.filter({ hasText: /Choose a provider.*Mumbai.*Delhi/ }).waitFor();
  await choice.selectOption({ label: 'Delhi' });
  assert.equal(await called(server, ribbon, '+919876543211'), ids[1]);
  await page.goto(address);
  await ribbon.ready();
  await choice.waitFor();
  await page.waitForFunction((id) => document.querySelector('call-ribbon').shadowRoot.querySelector('[data-voice="carrier"]')?.value === id, ids[1]);
  assert.deepEqual(complaints, []);
  await context.close();
  await server.stop();
});

test('in a call the choice rests; with a default, or one account, nobody is asked', async () => {
  const { server, ids } = await withAccounts('Mumbai', 'Delhi');
  const address = site.page('/carriers-default', crmPage(server));
  const { page, context } = await openPage(browser, address);
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await choiceOf(ribbon).selectOption({ label: 'Mumbai' });
  await ribbon.call('makeCall', '+919876543210');
  await ribbon.reach('connected');
  await ribbon.host.locator('[data-voice="carrier"]:disabled').waitFor();
  await ribbon.call('hangup');
  await ribbon.hear('callEnded');
  await ribbon.host.locator('[data-voice="carrier"]:enabled').waitFor();
  await server.admin('PATCH', `${CLIENT}/providers/${ids[1]}`, { default: true });
  await page.goto(address);
  await ribbon.ready();
  assert.equal(await called(server, ribbon, '+919876543211'), ids[1]);
  assert.equal(await choiceOf(ribbon).count(), 0);
  await context.close();
  await server.stop();
});
