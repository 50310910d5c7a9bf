// The main button never does the opposite of what was meant, however often and late it is pressed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

// The moment after a change lasts 700 ms; here it lasts until the test says that it is over.
const HEAD = `<script>
  const real = window.setTimeout;
  let moment;
  window.setTimeout = (run, ms, ...more) => (ms === 700 ? ((moment = run), -1) : real(run, ms, ...more));
  window.settle = () => { const run = moment; moment = undefined; run?.(); };
</script>`;
const CUSTOMER = { phoneNumber: '+919876543210', name: 'Asha Rao', customerId: 'M-1' };

let browser, server, site;
before(async () => { [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

/** A page that shows a customer. `at` is where a hand finds a button; `settle` ends the moment. */
async function open(path, options = {}) {
  const { page, context, complaints } = await openPage(browser, site.page(path, crmPage(server, { head: HEAD, options })));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await ribbon.call('setCustomer', CUSTOMER);
  const settle = () => page.evaluate(() => settle());
  const at = async (part) => {
    await part.waitFor();
    const box = await part.boundingBox();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const click = async (part) => page.mouse.click(...await at(part));
  const ring = async () => {
    const { body } = await server.post('/api/ribbon/simulator/incoming', { from: '+919811122233', agentId: await page.evaluate(() => agent) });
    await ribbon.reach('incoming');
    return body.sessionId;
  };
  const talk = async () => {
    await settle();
    await click(ribbon.main);
    await ribbon.reach('connected');
    await settle();
  };
  await settle();
  return { page, context, complaints, ribbon, settle, at, click, ring, talk };
}

/** How many calls this page has begun. */
const dialed = async (ribbon) => (await ribbon.heard()).filter((name) => name === 'dialing').length;

test('a double click calls once, hangs up once, and saves once', async () => {
  const { page, context, complaints, ribbon, settle, at } = await open('/double');
  await page.mouse.dblclick(...await at(ribbon.main));
  await ribbon.reach('connected');
  await settle();
  await page.mouse.dblclick(...await at(ribbon.main));
  await ribbon.hear('callEnded');
  await ribbon.host.locator('.wrap').waitFor();
  await ribbon.says(ribbon.main, 'Save');
  await settle();
  await page.mouse.dblclick(...await at(ribbon.main));
  await ribbon.reach('idle');
  await ribbon.says(ribbon.main, 'Call');
  assert.deepEqual(await ribbon.heard(), ['dialing', 'ringing', 'connected', 'callEnded']);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('after a change the button shows that it is deaf, keeps the focus, and then hears again', async () => {
  const { page, context, ribbon, settle, click, ring } = await open('/deaf');
  await ribbon.main.focus();
  await ring();
  const looks = () => ribbon.main.evaluate((main) => ({
    disabled: main.disabled, aria: main.getAttribute('aria-disabled'), opacity: getComputedStyle(main).opacity,
    focused: main.getRootNode().activeElement === main,
  }));
  assert.deepEqual(await looks(), { disabled: false, aria: 'true', opacity: '0.6', focused: true });
  // An Enter and a click that were meant for what was there before.
  await page.keyboard.press('Enter');
  await click(ribbon.main);
  await click(ribbon.act('decline'));
  await ribbon.main.focus();
  await settle();
  assert.deepEqual(await looks(), { disabled: false, aria: 'false', opacity: '1', focused: true });
  assert.equal((await page.evaluate(() => ExotelCallRibbon.getState())).phase, 'incoming');
  // Answered, and pressed once more while one is already through.
  await click(ribbon.main);
  await ribbon.reach('connected');
  await click(ribbon.main);
  await page.keyboard.press('Enter');
  await settle();
  assert.equal((await page.evaluate(() => ExotelCallRibbon.getState())).phase, 'connected');
  assert.deepEqual(await ribbon.heard(), ['incoming', 'connected']);
  await click(ribbon.main);
  await ribbon.hear('callEnded');
  await context.close();
});

test('hang up pressed as they hang up calls nobody, and nothing else that is in its place does', async () => {
  const { page, context, ribbon, settle, at, click, talk } = await open('/crossed');
  await talk();
  const { call } = await page.evaluate(() => ExotelCallRibbon.getState());
  const places = await Promise.all(['mute', 'hold', 'keypad', 'notes'].map((name) => at(ribbon.act(name))));
  await server.post(`/api/ribbon/calls/${call.sessionId}/hangup`, {});
  await ribbon.reach('ended');
  await click(ribbon.main);
  for (const [x, y] of places) await page.mouse.click(x, y);
  await settle();
  assert.equal(await dialed(ribbon), 1);
  assert.equal(await page.evaluate(() => ExotelCallRibbon.getState().call.sessionId), call.sessionId);
  // Who wants to call again has a button for it. Notes and what the server says change it again.
  await page.evaluate(() => { window.settling = setInterval(settle, 50); });
  await ribbon.act('redial-last').click();
  await ribbon.reach('dialing');
  await page.evaluate(() => clearInterval(settling));
  assert.equal((await page.evaluate(() => ExotelCallRibbon.getState())).call.phoneNumber, CUSTOMER.phoneNumber);
  await context.close();
});

test('a key that is held presses once: Call, a digit, the main button\'s own digits', async () => {
  const { page, context, ribbon, settle, at } = await open('/held');
  await ribbon.main.focus();
  for (let pressed = 0; pressed < 8; pressed += 1) {
    await page.keyboard.down('Enter');
    await settle();
  }
  await page.keyboard.up('Enter');
  await ribbon.reach('connected');
  assert.equal(await dialed(ribbon), 1);
  const digits = () => page.evaluate(() => heard.filter((one) => one.event === 'dtmf').map((one) => one.data.digit).join(''));
  const sent = async (wanted) => page.waitForFunction((all) => heard.filter((one) => one.event === 'dtmf').map((one) => one.data.digit).join('') === all, wanted);
  await ribbon.act('keypad').click();
  // What is hidden takes no focus.
  await ribbon.digit('5').waitFor();
  await ribbon.digit('5').focus();
  for (let pressed = 0; pressed < 8; pressed += 1) await page.keyboard.down('5');
  await page.keyboard.up('5');
  for (let pressed = 0; pressed < 8; pressed += 1) await page.keyboard.down('Enter');
  await page.keyboard.up('Enter');
  // The same digit twice in a row is two digits.
  await page.mouse.dblclick(...await at(ribbon.digit('1')));
  await sent('5511');
  // A switch that is clicked twice has been thrown once.
  await page.mouse.dblclick(...await at(ribbon.act('mute')));
  await ribbon.hear('mutetoggle');
  await settle();
  await ribbon.main.click();
  await ribbon.hear('callEnded');
  assert.equal(await digits(), '5511');
  assert.equal((await ribbon.heard()).filter((name) => name === 'mutetoggle').length, 1);
  // Ctrl+Enter that is held in the notes saves, and does not call.
  await ribbon.host.locator('.notes').fill('pays on Friday');
  for (let pressed = 0; pressed < 8; pressed += 1) {
    await page.keyboard.down(pressed === 0 ? 'Control' : 'Enter');
    await settle();
  }
  await page.keyboard.up('Enter');
  await page.keyboard.up('Control');
  await ribbon.reach('idle');
  assert.equal(await dialed(ribbon), 1);
  await context.close();
});
