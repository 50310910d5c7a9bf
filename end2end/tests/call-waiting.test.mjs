// A second call rings in while the agent is in one: it is shown and told, and never disturbs the first.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newProfile, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

const CALLER = '+919811122233';

// Callers are patient: they give up when a test says so.
let browser, patient, site;
before(async () => {
  [browser, patient, site] = await Promise.all([startBrowser(), startServer(), startSite()]);
  await patient.post('/api/ribbon/customer', { customerData: { customerId: 'CW-1', name: 'Asha Rao', phone: CALLER } });
});
after(async () => { await Promise.all([browser?.close(), patient?.stop(), site?.stop()]); });

// Writes down each sound by how loud it becomes.
const WATCH = `<script>
  window.sounds = []; window.silenced = 0;
  const Real = window.AudioContext;
  window.AudioContext = class extends Real {
    createGain() {
      const node = super.createGain();
      const { gain } = node;
      const ramp = gain.linearRampToValueAtTime.bind(gain);
      let loudest = 0;
      gain.linearRampToValueAtTime = (value, at) => { loudest = Math.max(loudest, value); return ramp(value, at); };
      const real = node.connect.bind(node);
      node.connect = (to) => { sounds.push(loudest); return real(to); };
      return node;
    }
    close() { silenced += 1; return super.close(); }
  };
</script>`;

/** A page whose agent talks. */
async function inCall(path, { server = patient, options = {} } = {}) {
  const context = await newProfile(browser);
  const page = await context.newPage();
  const address = site.page(path, crmPage(server, { options, head: WATCH }));
  await page.goto(address);
  const ribbon = strip(page);
  await ribbon.ready();
  await ribbon.call('makeCall', '+911234567890');
  await ribbon.reach('connected');
  await page.evaluate(() => { heard.length = 0; });
  const agentId = await page.evaluate(() => agent);
  const ring = async (from = CALLER) => (await server.post('/api/ribbon/simulator/incoming', { from, agentId })).body;
  return { context, page, ribbon, ring, address };
}

/** The ribbon, and the strip in it. */
function strip(page) {
  const ribbon = ribbonOf(page);
  return {
    ...ribbon,
    decline: ribbon.act('decline-waiting'),
    answer: ribbon.act('answer-waiting'),
    // The caller stands between two characters that keep the order of a number in any language.
    calling: (caller, rest = 'is calling') => ribbon.host.locator('.caller').filter({ hasText: `\u2068${caller}\u2069 ${rest}` }).waitFor(),
    gone: () => ribbon.act('decline-waiting').waitFor({ state: 'hidden' }),
  };
}

test('it says who is calling, politely and softly, and is declined without a word to the first call', async () => {
  const { page, ribbon, ring, context } = await inCall('/decline');
  const status = ribbon.host.locator('.said');
  assert.deepEqual([await status.getAttribute('role'), await status.textContent()], ['status', ''], 'the region is known before it speaks');
  const before = await ribbon.main.boundingBox();
  const { sessionId, callSid } = await ring();
  await ribbon.calling('Asha Rao');
  assert.equal(await ribbon.answer.textContent(), 'End and answer');
  assert.deepEqual(await ribbon.main.boundingBox(), before, 'nothing moves under the hand');
  const told = await ribbon.hear('incoming');
  assert.deepEqual([told.callSid, told.callDirection, told.customerData.name], [callSid, 'inbound', 'Asha Rao']);
  const state = await page.evaluate(() => ExotelCallRibbon.getState());
  assert.deepEqual([state.phase, state.call.phoneNumber, state.callWaiting.sessionId], ['connected', '+911234567890', sessionId]);
  await page.waitForFunction(() => sounds.length > 0);
  assert.ok(await page.evaluate(() => Math.max(...sounds) < 0.1), 'one can talk over it');
  assert.equal(await page.title(), 'CRM', 'the title is left alone');
  await ribbon.decline.click();
  await ribbon.gone();
  assert.equal((await ribbon.hear('callEnded')).callSid, callSid);
  await page.waitForFunction(() => silenced === 1);
  assert.deepEqual(await ribbon.heard(), ['incoming', 'missed', 'callEnded']);
  assert.equal((await page.evaluate(() => ExotelCallRibbon.getState())).phase, 'connected');
  assert.equal((await patient.get(`/api/ribbon/calls/${sessionId}`)).status, 'missed');
  await context.close();
});

test('it is the current call when the first one is over, and rings in full', async () => {
  const { page, ribbon, ring, context } = await inCall('/next');
  const { call: first } = await page.evaluate(() => ExotelCallRibbon.getState());
  await ring();
  await ribbon.calling('Asha Rao');
  await ribbon.main.click();
  await ribbon.reach('incoming');
  await ribbon.gone();
  assert.equal(await ribbon.name.textContent(), 'Asha Rao');
  await page.waitForFunction(() => sounds.some((loud) => loud > 0.1));
  assert.deepEqual(await ribbon.heard(), ['incoming', 'callEnded'], 'that it rings was told once');
  // The notes on the first call are open, and what is typed stays with that call.
  await ribbon.host.locator('.notes').fill('Wants a statement');
  const { sessionId } = first;
  for (let call; call?.notes !== 'Wants a statement';) call = await patient.get(`/api/ribbon/calls/${sessionId}`);
  assert.equal((await page.evaluate(() => ExotelCallRibbon.getState())).notes, '', 'nothing is written about the one who calls');
  await ribbon.main.click();
  await ribbon.reach('connected');
  assert.equal((await ribbon.hear('connected')).customerData.name, 'Asha Rao');
  await context.close();
});

test('one press, or the key for answering, ends the first call and answers the second', async () => {
  for (const press of [(page, ribbon) => ribbon.answer.click(), (page) => page.keyboard.press('Alt+Shift+A')]) {
    const { page, ribbon, ring, context } = await inCall('/end-and-answer');
    const { callSid } = await ring();
    await ribbon.calling('Asha Rao');
    await ribbon.settled();
    await press(page, ribbon);
    assert.equal((await ribbon.hear('connected')).callSid, callSid);
    assert.deepEqual(await ribbon.heard(), ['incoming', 'callEnded', 'connected']);
    assert.equal(await ribbon.name.textContent(), 'Asha Rao');
    await context.close();
  }
});

test('who gives up is told as missed, and the strip goes', async () => {
  const { page, ribbon, ring, context } = await inCall('/gives-up');
  const { callSid } = await ring();
  await ribbon.calling('Asha Rao');
  await patient.giveUp(callSid);
  await ribbon.gone();
  assert.equal((await ribbon.hear('missed')).callSid, callSid);
  assert.deepEqual(await ribbon.heard(), ['incoming', 'missed', 'callEnded']);
  assert.equal(await page.evaluate(() => ExotelCallRibbon.getState().callWaiting), null);
  await context.close();
});

test('it is there after a reload, in a second tab and for a listener that comes late', async () => {
  const { page, ribbon, ring, context, address } = await inCall('/reload');
  const { callSid } = await ring();
  await ribbon.calling('Asha Rao');
  // By what the tab remembers: the server does not answer.
  await page.route('**/api/ribbon/**', () => {});
  await page.reload({ waitUntil: 'commit' });
  await ribbon.calling('Asha Rao');
  await ribbon.reach('connected');
  await page.unroute('**/api/ribbon/**');
  // By what the server says.
  const second = await context.newPage();
  await second.goto(address);
  const there = strip(second);
  await there.calling('Asha Rao');
  const late = await second.evaluate(() => new Promise((resolve) => { ExotelCallRibbon.on('incoming', resolve); }));
  assert.deepEqual([late.callSid, late.replayed], [callSid, true]);
  await page.reload();
  await ribbon.calling('Asha Rao');
  await there.decline.click();
  await Promise.all([ribbon.gone(), there.gone()]);
  assert.equal((await ribbon.hear('callEnded')).callSid, callSid);
  await context.close();
});

test('of two that ring, either one can be answered; Alt+Shift+D declines what rings beside a call', async () => {
  const { page, ribbon, ring, context } = await inCall('/two');
  await ribbon.main.click();
  await ribbon.hear('callEnded');
  await ring('+911111111111');
  await ribbon.reach('incoming');
  const { callSid } = await ring();
  await ribbon.calling('Asha Rao');
  await ribbon.answer.click();
  await ribbon.reach('connected');
  assert.equal((await ribbon.hear('connected')).callSid, callSid);
  assert.equal(await ribbon.name.textContent(), 'Asha Rao');
  await ribbon.calling('+911111111111');
  await page.locator('h1').click();
  await page.keyboard.press('Alt+Shift+KeyD');
  await ribbon.gone();
  assert.equal((await ribbon.hear('missed')).phoneNumber, '+911111111111');
  assert.equal((await page.evaluate(() => ExotelCallRibbon.getState())).phase, 'connected');
  await context.close();
});

test('a folded ribbon opens for it, and says it in the agent\'s language', async () => {
  const { ribbon, ring, context } = await inCall('/folded', { options: { locale: 'hi', position: 'floating' } });
  await ribbon.call('setMinimized', true);
  await ring();
  await ribbon.calling('Asha Rao', 'की कॉल आ रही है');
  assert.equal(await ribbon.place.getAttribute('data-minimized'), 'false');
  await context.close();
});
