// The example applications of the npm package: built, opened, and used for calls.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from '../support/browser.mjs';
import { openWorkshop, recordInits } from '../support/npm/apps.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { startSite } from '../support/site.mjs';

let browser, server, site, workshop;
before(async () => { [browser, server, site, workshop] = await Promise.all([startBrowser(), startServer(), startSite(), openWorkshop()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop(), workshop?.close()]); });

/** Opens a built example; `inits` returns the options of each `init`. */
async function open(name, mode) {
  const address = await workshop.serveExample(name, server, site, mode);
  const { page, context, complaints } = await openPage(browser, 'about:blank');
  const inits = await recordInits(page);
  await page.goto(address);
  return { page, context, complaints, inits, ribbon: ribbonOf(page), says: (text) => page.getByText(text, { exact: true }).waitFor() };
}

/** The call that is in progress, as the server has it. */
async function activeCall() {
  const { activeCalls } = await server.get('/api/ribbon/active-calls');
  assert.equal(activeCalls.length, 1);
  return activeCalls[0];
}

test('the examples ask for the versions that these tests have', async () => {
  const read = async (path) => JSON.parse(await readFile(new URL(path, import.meta.url), 'utf8'));
  const ours = (await read('../package.json')).devDependencies;
  for (const name of ['react', 'vue', 'typescript']) {
    const { dependencies, devDependencies } = await read(`../../examples/${name}/package.json`);
    const { packages } = await read(`../../examples/${name}/package-lock.json`);
    for (const [wanted, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      if (wanted === 'call-ribbon') continue;
      assert.equal(version, ours[wanted], `${name}: ${wanted}`);
      assert.equal(packages[`node_modules/${wanted}`].version, version, `${name}: ${wanted} in package-lock.json`);
    }
  }
});

test('React: StrictMode opens one ribbon, and a call survives options, signing out and other customers', async () => {
  await workshop.copyExample('react');
  const { page, context, complaints, inits, ribbon, says } = await open('react', 'development');
  await page.getByRole('button', { name: 'Meera Nair' }).click();
  await says('Meera Nair · ready');
  assert.deepEqual((await inits()).map(({ agentId }) => agentId), ['AGT-7']);
  assert.equal(await ribbon.host.count(), 1);

  await page.getByRole('button', { name: /Asha Rao/ }).click();
  await ribbon.says(ribbon.name, 'Asha Rao');
  await page.getByRole('button', { name: 'Call Asha Rao' }).click();
  await says('Talking to Asha Rao');
  const call = await activeCall();
  assert.deepEqual([call.agentId, call.customerData.customerId, call.customerData.context.due], ['AGT-7', 'PAY-11', 12450.5]);

  // An option that changes moves the bar, and the next customer waits for the end of the call.
  await page.getByRole('button', { name: 'Move the bar' }).click();
  await page.waitForFunction(() => ExotelCallRibbon.getState().position === 'top');
  await page.getByRole('button', { name: /सुनीता/ }).first().click();
  await says('Talking to Asha Rao');

  // The component goes in the middle of the call: the ribbon goes with it, the call does not.
  await page.getByRole('button', { name: 'Sign out' }).click();
  await ribbon.host.waitFor({ state: 'detached' });
  assert.equal((await activeCall()).sessionId, call.sessionId);
  await page.getByRole('button', { name: 'Meera Nair' }).click();
  await ribbon.reach('connected');
  await says('Talking to Asha Rao');
  await ribbon.settled();
  await ribbon.main.click();
  await page.getByText(/^1\. Asha Rao: completed, \d+ s$/).waitFor();

  // A second call ends in the latest listener, which knows the first.
  await ribbon.reach('ended');
  await ribbon.settled();
  await ribbon.main.click();
  await page.getByRole('button', { name: /Imran/ }).first().click();
  await ribbon.says(ribbon.name, 'Imran Qureshi');
  await page.getByRole('button', { name: 'Call Imran Qureshi' }).click();
  await page.getByText(/^2\. Imran Qureshi: busy/).waitFor();
  assert.equal(await page.locator('ol li').count(), 2);
  assert.equal(await ribbon.host.count(), 1);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('Vue: the agent is named with the customer, and a kept view shows its customer again', async () => {
  await workshop.copyExample('vue');
  const { page, context, complaints, inits, ribbon, says } = await open('vue');
  await says('Nadia Khan · ready');
  await page.getByRole('button', { name: /Emily/ }).click();
  await ribbon.says(ribbon.name, 'Emily Carter');
  await page.getByRole('button', { name: 'Owners' }).click();
  await ribbon.says(ribbon.name, 'Hannah Cohen');
  await page.getByPlaceholder('Kept when').fill('asks for the keys');
  await page.getByRole('button', { name: 'Buyers' }).click();
  await ribbon.says(ribbon.name, 'Emily Carter');
  await page.getByRole('button', { name: 'Call Emily Carter' }).click();
  await says('Talking to Emily Carter');
  const call = await activeCall();
  assert.deepEqual([call.agentId, call.customerData.agentName, call.customerData.customerId], ['EST-1', 'Nadia Khan', 'BUY-1']);

  // The theme needs a new ribbon, which shows the call. A kept view hears its end.
  await page.getByRole('button', { name: 'Light or dark' }).click();
  await page.waitForFunction(() => document.querySelector('call-ribbon')?.shadowRoot.querySelector('[data-theme="dark"]'));
  await ribbon.reach('connected');
  await page.getByRole('button', { name: 'Owners' }).click();
  assert.equal(await page.getByPlaceholder('Kept when').inputValue(), 'asks for the keys');
  await ribbon.settled();
  await ribbon.main.click();
  await page.getByText(/^1\. Emily Carter: completed, \d+ s$/).waitFor();
  await page.getByRole('button', { name: 'Buyers' }).click();
  await says('No call');
  assert.equal(await ribbon.host.count(), 1);
  assert.deepEqual((await inits()).map(({ theme, agentId }) => [theme, agentId]), [['light', undefined], ['dark', undefined]]);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('TypeScript: a page reads calls through the typed client', async () => {
  await workshop.copyExample('typescript');
  const { page, context, complaints, ribbon, says } = await open('typescript');
  await says('ready');
  await page.getByRole('button', { name: /Lakshmi/ }).click();
  await says('Talking to Lakshmi Venkataraman');
  const call = await activeCall();
  assert.deepEqual([call.agentId, call.customerData.callType, call.customerData.context.floor], ['RIDER-4', 'delivery', 3]);
  await ribbon.settled();
  await ribbon.main.click();
  await page.locator('#calls li', { hasText: /^Lakshmi Venkataraman: completed, \d+ s$/ }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});
