// Name, number and state on the bar are always of one person.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

const ASHA = { phoneNumber: '+91 98765-43210', name: 'Asha Rao', customerId: 'W-1', context: { amountDue: 500, plan: { parts: [1, 2] } } };
const IMRAN = { phoneNumber: '+919811100042', name: 'Imran Qureshi', customerId: 'W-2' };

let browser, server, site;
before(async () => { [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

async function open(path, options = {}) {
  const { page, context, complaints } = await openPage(browser, site.page(path, crmPage(server, { options })));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  const ring = async (from) => {
    await page.evaluate(() => { heard.length = 0; });
    await server.post('/api/ribbon/simulator/incoming', { from, agentId: await page.evaluate(() => agent) });
    await ribbon.reach('incoming');
  };
  const state = () => page.evaluate(() => ExotelCallRibbon.getState());
  return { page, context, complaints, ribbon, ring, state };
}

test('a customer set during a call is next, by name, until the notes on the call are saved', async () => {
  const { context, ribbon, state } = await open('/next');
  await ribbon.call('setCustomer', ASHA);
  await ribbon.main.click();
  await ribbon.hear('connected');
  await ribbon.call('setCustomer', IMRAN);
  await ribbon.main.click();
  await ribbon.host.locator('.wrap').waitFor();
  await ribbon.says(ribbon.name, 'Asha Rao');
  await ribbon.says(ribbon.state, 'Call ended');
  await ribbon.says(ribbon.advice, 'Next: Imran Qureshi');
  await ribbon.says(ribbon.main, 'Save and call Imran');
  assert.equal((await state()).customerData.customerId, 'W-1');
  await ribbon.host.locator('.notes').fill('about Asha');
  await ribbon.settled();
  await ribbon.main.click();
  await ribbon.reach('dialing');
  await ribbon.says(ribbon.name, 'Imran Qureshi');
  const talked = await state();
  assert.deepEqual([talked.call.phoneNumber, talked.notes, talked.disposition, talked.followUp], [IMRAN.phoneNumber, '', null, null]);
  await context.close();
});

test('a stranger who was declined is nobody else, and calls by the button go to whom it names', async () => {
  const { context, ribbon, ring, state } = await open('/declined');
  await ribbon.call('setCustomer', ASHA);
  await ring('+911112223334');
  await ribbon.act('decline').click();
  await ribbon.hear('callEnded');
  await ribbon.says(ribbon.name, '+911112223334');
  await ribbon.says(ribbon.state, 'Declined');
  await ribbon.says(ribbon.advice, 'Next: Asha Rao');
  await ribbon.says(ribbon.main, 'Next');
  await ribbon.main.click();
  await ribbon.reach('idle');
  await ribbon.says(ribbon.name, 'Asha Rao');
  await ribbon.main.click();
  await ribbon.reach('dialing');
  assert.equal((await state()).call.phoneNumber, ASHA.phoneNumber);
  await context.close();
});

test('a stranger who rings during the notes and is declined leaves the bar to the call that they are on', async () => {
  const { page, context, ribbon, ring, state } = await open('/between');
  await ribbon.call('setCustomer', ASHA);
  await ribbon.main.click();
  await ribbon.hear('connected');
  await ribbon.settled();
  await ribbon.main.click();
  await ribbon.reach('ended');
  const notes = ribbon.host.locator('.notes');
  await notes.fill('about Asha');
  for (const reload of [false, true]) {
    await ring('+911112223334');
    await ribbon.host.locator('.name', { hasText: '+911112223334' }).waitFor();
    if (reload) {
      await page.reload();
      await ribbon.ready();
      await ribbon.reach('incoming');
    }
    await ribbon.act('decline').click();
    await ribbon.reach('ended');
    await ribbon.says(ribbon.name, 'Asha Rao');
    await ribbon.says(ribbon.state, 'Call ended');
    assert.equal(await notes.inputValue(), 'about Asha');
    await page.waitForFunction(() => {
      const { phase, notes: written, call } = ExotelCallRibbon.getState();
      return phase === 'wrap-up' && written === 'about Asha' && call.phoneNumber.endsWith('43210');
    });
  }
  await ribbon.settled();
  await ribbon.main.click();
  await ribbon.reach('idle');
  await ribbon.says(ribbon.name, 'Asha Rao');
  await context.close();
});

for (const [what, given] of [['null', { phoneNumber: null }], ['missing', {}], ['empty', { phoneNumber: '' }], ['blank', { phoneNumber: '  ' }], ['NaN', { phoneNumber: Number.NaN }]]) {
  test(`a customer whose number is ${what} is shown and cannot be called`, async () => {
    const { context, complaints, ribbon, state } = await open(`/number-${what}`);
    await ribbon.call('setCustomer', ASHA);
    assert.equal((await ribbon.call('setCustomer', { name: 'Ravi', customerId: 'W-3', ...given })).error, undefined);
    await ribbon.says(ribbon.name, 'Ravi');
    await ribbon.says(ribbon.host.locator('.bar .number'), '');
    await ribbon.says(ribbon.state, 'No number');
    await ribbon.main.and(ribbon.host.locator('[aria-disabled="true"]')).waitFor();
    await ribbon.main.click({ force: true });
    const { error } = await ribbon.call('makeCall');
    assert.equal(error.message, 'makeCall: the customer has no phoneNumber; give makeCall a number, or setCustomer one.');
    assert.equal((await state()).call, null);
    // A number is a call to that number, and says nothing of the customer.
    assert.equal((await ribbon.call('makeCall', '+919811100077')).error, undefined);
    await ribbon.says(ribbon.name, '+919811100077');
    assert.equal((await ribbon.hear('connected')).customerData.customerId, undefined);
    assert.deepEqual(complaints, []);
    await context.close();
  });
}

test('the customer on screen who calls in is shown with her facts, and her data come with each event', async () => {
  const { context, ribbon, ring } = await open('/herself');
  await ribbon.call('setCustomer', ASHA);
  await ring('+919876543210');
  await ribbon.says(ribbon.name, 'Asha Rao');
  await ribbon.says(ribbon.advice, '');
  await ribbon.host.locator('.facts', { hasText: /Amount due500/ }).waitFor();
  assert.deepEqual((await ribbon.hear('incoming')).customerData, ASHA);
  await ribbon.main.click();
  assert.deepEqual((await ribbon.hear('connected')).customerData, ASHA);
  await ribbon.says(ribbon.advice, '');
  // A page that looks her up once more does not make her the next one.
  await ribbon.call('setCustomer', { ...ASHA, context: { amountDue: 400 } });
  await ribbon.says(ribbon.advice, '');
  await ribbon.main.click();
  await ribbon.hear('callEnded');
  await ribbon.says(ribbon.main, 'Save');
  await context.close();
});
