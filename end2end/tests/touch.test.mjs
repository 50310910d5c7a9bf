// On a phone, by touch alone: no mouse, no keyboard.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 3, hasTouch: true, isMobile: true };
const HEAD = '<meta name="viewport" content="width=device-width, initial-scale=1">';
const CUSTOMER = { phoneNumber: '+91 98765 43210', name: 'Asha Rao', context: { amountDue: 12450.5 } };

let browser, server, site;
before(async () => { [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

/** A page on a phone. `tap` touches the middle of a part, once it can be pressed. */
async function onPhone(path, options = {}) {
  const { page, context, complaints } = await openPage(browser, site.page(path, crmPage(server, { head: HEAD, options })), PHONE);
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await ribbon.call('setCustomer', CUSTOMER);
  const tap = async (part) => {
    await part.and(page.locator(':not([aria-disabled="true"])')).waitFor();
    const box = await part.boundingBox();
    await page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
  };
  return { page, context, complaints, ribbon, tap };
}

test('a whole call by touch: dialed, muted, a digit, hung up, written down', async () => {
  const { page, context, complaints, ribbon, tap } = await onPhone('/touch');
  assert.ok(await page.evaluate(() => matchMedia('(pointer: coarse)').matches), 'the browser is a phone');
  await tap(ribbon.main);
  await ribbon.reach('connected');
  await tap(ribbon.act('mute'));
  assert.equal((await ribbon.hear('mutetoggle')).muted, true);
  await tap(ribbon.act('keypad'));
  await tap(ribbon.digit('7'));
  assert.equal((await ribbon.hear('dtmf')).digit, '7');
  await tap(ribbon.act('keypad'));
  await ribbon.host.locator('.keypad').waitFor({ state: 'hidden' });
  await tap(ribbon.main);
  const { callSid } = await ribbon.hear('callEnded');
  // The notes cover no more than the phone, and can be used.
  await ribbon.host.locator('.wrap').waitFor();
  const panel = await ribbon.host.locator('.wrap').boundingBox();
  assert.ok(panel.x >= 0 && panel.y >= 0 && panel.x + panel.width <= PHONE.viewport.width, JSON.stringify(panel));
  await tap(ribbon.host.locator('.chip').first());
  await tap(ribbon.host.locator('[data-act="soon"]'));
  await tap(ribbon.host.locator('[data-act="done"]'));
  await ribbon.host.locator('.wrap').waitFor({ state: 'hidden' });
  await page.waitForFunction(() => ExotelCallRibbon.getState().phase === 'idle');
  assert.deepEqual(await ribbon.heard(), ['dialing', 'ringing', 'connected', 'mutetoggle', 'dtmf', 'callEnded']);
  const { logs } = await server.get('/api/ribbon/call-logs');
  assert.ok(logs.some((row) => row.data.callSid === callSid && row.call_status === 'completed'));
  assert.deepEqual(complaints, []);
  await context.close();
});

test('quick taps on two buttons are two; a double tap on one button is one', async () => {
  const { page, context, ribbon, tap } = await onPhone('/quick');
  await tap(ribbon.main);
  await ribbon.reach('connected');
  // Android counts taps up to 100 px apart as one double tap; Chromium on Linux does not, so its count is given here.
  await page.evaluate(() => {
    const { shadowRoot } = document.querySelector('call-ribbon');
    ['mute', 'hold', 'hold', 'keypad'].forEach((act, before) => {
      const button = shadowRoot.querySelector(`[data-act="${act}"]`);
      const { x, y } = button.getBoundingClientRect();
      button.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true, detail: before + 1, clientX: x + 9, clientY: y + 9 }));
    });
  });
  await ribbon.digit('7').waitFor();
  assert.equal((await ribbon.hear('mutetoggle')).muted, true);
  assert.equal((await ribbon.hear('holdtoggle')).onHold, true);
  await ribbon.digit('7').click();
  await ribbon.hear('dtmf');
  assert.deepEqual((await ribbon.heard()).filter((name) => name.endsWith('toggle')).sort(), ['holdtoggle', 'mutetoggle']);
  await context.close();
});

test('what a finger hits is large enough, and nothing leaves the phone', async () => {
  const { page, context, ribbon, tap } = await onPhone('/targets');
  await tap(ribbon.main);
  await ribbon.reach('connected');
  const boxes = await page.evaluate(() => [...document.querySelector('call-ribbon').shadowRoot.querySelectorAll('.bar button')]
    .map((button) => button.getBoundingClientRect()).filter((box) => box.width > 0).map(({ width, height, left, right }) => ({ width, height, left, right })));
  assert.ok(boxes.length >= 6, JSON.stringify(boxes));
  for (const box of boxes) assert.ok(box.width >= 24 && box.height >= 24 && box.left >= 0 && box.right <= PHONE.viewport.width, JSON.stringify(box));
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), PHONE.viewport.width, 'the page scrolls no further than before');
  await context.close();
});

test('the floating card follows a finger, stays where it was left, and the page does not scroll', async () => {
  const { page, context, ribbon, tap } = await onPhone('/drag', { position: 'floating' });
  await page.evaluate(() => { document.body.style.height = '3000px'; });
  const devtools = await context.newCDPSession(page);
  // A tenth of a second between two of them, and still at the end: a finger that flings has the
  // browser swallow the next tap.
  let at = Date.now() / 1000 - 3;
  const touch = (type, points) => devtools.send('Input.dispatchTouchEvent', { type, touchPoints: points, timestamp: at += 0.1 });
  const name = await ribbon.name.boundingBox();
  const before = await ribbon.bar.boundingBox();
  const [x, y] = [name.x + 10, name.y + 8];
  await touch('touchStart', [{ x, y }]);
  for (let step = 1; step <= 6; step += 1) await touch('touchMove', [{ x: x - step * 2, y: y - step * 70 }]);
  for (const wiggle of [1, 0, 1, 0]) await touch('touchMove', [{ x: x - 12, y: y - 420 + wiggle }]);
  await touch('touchEnd', []);
  const moved = (wanted) => page.waitForFunction(([left, top]) => {
    const box = document.querySelector('call-ribbon').shadowRoot.querySelector('.bar').getBoundingClientRect();
    return Math.abs(box.left - left) <= 2 && Math.abs(box.top - top) <= 2;
  }, wanted);
  const there = [before.x - 12, before.y - 420];
  await moved(there);
  assert.equal(await page.evaluate(() => scrollY), 0);
  // A button under a finger is pressed, not dragged.
  await tap(ribbon.main);
  await ribbon.reach('connected');
  await moved(there);
  await page.reload();
  await ribbon.reach('connected');
  await moved(there);
  await context.close();
});
