// The page around the ribbon: hostile, or wanting it gone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

let browser, server, site;
before(async () => { [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

// A page may hide everything it does not name; what it names, it shows by stronger rules.
const CSS = `<style>
  * { all: unset !important; display: none !important; }
  html:not(#a#b), body:not(#a#b), main:not(#a#b), h1:not(#a#b), p:not(#a#b) { display: block !important; }
</style><base href="https://elsewhere.invalid/deep/">`;

const GLOBALS = `<script>
  Array.prototype.toJSON = function () { return 'broken'; };
  Array.prototype.extra = function () {};
  Object.prototype.polluted = function () {};
  String.prototype.toJSON = function () { return 'broken'; };
</script>`;

const LATER = `
  for (const name of ['fetch', 'Promise', 'setTimeout', 'setInterval', 'clearInterval', 'EventSource', 'WebAssembly',
    'TextDecoder', 'TextEncoder', 'JSON', 'Reflect', 'Object', 'Array', 'Date', 'Uint8Array', 'CustomEvent', 'Map',
    'queueMicrotask', 'structuredClone', 'AbortController', 'FinalizationRegistry', 'CSSStyleSheet', 'Number', 'Error']) {
    window['real' + name] = window[name];
    window[name] = function () { throw new realError('the page replaced ' + name); };
  }
  window.event = 'mine'; window.name = 'mine'; window.status = 'mine'; window.wasm_bindgen = 'mine';`;

test('a hostile page and the ribbon leave each other alone', async () => {
  // The page's own part of the window; the ribbon has the rest.
  const clip = { x: 0, y: 0, width: 1280, height: 640 };
  const head = CSS + GLOBALS;
  const without = await openPage(browser, site.page('/without', crmPage(server, { head, tag: '<!-- none -->' })));
  const alone = await without.page.screenshot({ clip });
  await without.context.close();

  const customer = { phoneNumber: '+919876543210', name: 'Asha', context: { list: [1, [2, 'x']], text: 'y' } };
  const then = `ExotelCallRibbon.setCustomer(${JSON.stringify(customer)}); ExotelCallRibbon.makeCall();`;
  // Only what needs none of the page's own globals is used to look at this page.
  const { page, complaints, context } = await openPage(browser, site.page('/hostile', crmPage(server, { head, then: then + LATER })));
  const ribbon = ribbonOf(page);
  await ribbon.reach('connected');
  const box = await ribbon.bar.boundingBox();
  assert.deepEqual([box.x, box.width, Math.round(box.y + box.height)], [0, 1280, 720]);
  assert.ok(box.height >= 56 && box.height < 64, `height ${box.height}`);
  assert.ok(alone.equals(await page.screenshot({ clip })), 'the page looks different with the ribbon');
  await ribbon.act('mute').click();
  await ribbon.host.locator('.state', { hasText: 'Muted' }).waitFor();
  await ribbon.host.locator('.timer', { hasText: /0:0[1-9]/ }).waitFor();
  await ribbon.main.click();
  await ribbon.reach('ended');
  const [row] = (await server.get('/api/ribbon/call-logs')).logs;
  assert.deepEqual(row.data.customerData, customer);
  assert.equal(row.call_status, 'completed');
  assert.deepEqual(complaints, []);
  await context.close();
});

// Counts what the ribbon adds to the page's own objects and does not take away again. The
// browser's driver listens on the window too; the stack tells whose listener it is.
const COUNT = `
  window.open = { listeners: new Set(), timers: new Set(), streams: 0 };
  for (const target of [window, document, document.documentElement]) {
    const { addEventListener, removeEventListener } = target;
    target.addEventListener = function (name, listener, ...more) {
      if (new Error().stack.includes('/assets/ribbon-')) open.listeners.add(listener);
      return addEventListener.call(this, name, listener, ...more);
    };
    target.removeEventListener = function (name, listener, ...more) {
      open.listeners.delete(listener);
      return removeEventListener.call(this, name, listener, ...more);
    };
  }
  for (const kind of ['Timeout', 'Interval']) {
    const set = window['set' + kind], clear = window['clear' + kind];
    window['set' + kind] = (call, ms) => {
      const id = set(() => { if (kind === 'Timeout') open.timers.delete(id); call(); }, ms);
      open.timers.add(id);
      return id;
    };
    window['clear' + kind] = (id) => { open.timers.delete(id); clear(id); };
  }
  window.EventSource = class extends EventSource {
    constructor(...args) { super(...args); open.streams += 1; }
    close() { if (this.readyState !== 2) open.streams -= 1; super.close(); }
  };`;

test('destroy() leaves nothing behind, and init works again', async () => {
  const { page, context, complaints } = await openPage(browser, site.page('/destroy', crmPage(server, { head: `<script>${COUNT}</script>` })));
  const ribbon = ribbonOf(page);
  for (let round = 0; round < 3; round += 1) {
    await page.evaluate(() => { heard.length = 0; });
    await ribbon.call('makeCall', '+919876543210');
    await ribbon.hear('connected');
    const open = await page.evaluate(() => ({ streams: open.streams, listeners: open.listeners.size, timers: open.timers.size }));
    assert.equal(open.streams, 1);
    assert.ok(open.listeners > 0 && open.timers > 0, JSON.stringify(open));
    await ribbon.call('hangup');
    await ribbon.hear('callEnded');
    await ribbon.call('destroy');
    const left = await page.evaluate(() => ({
      nodes: document.querySelectorAll('call-ribbon').length,
      children: document.documentElement.children.length,
      streams: open.streams, listeners: open.listeners.size,
    }));
    assert.deepEqual(left, { nodes: 0, children: 2, streams: 0, listeners: 0 });
    // What is on its way to the server still arrives; each request has a timer until its answer.
    await page.waitForFunction(() => open.timers.size === 0);
    assert.deepEqual((await ribbon.call('makeCall', '1234')).error?.code, 'not_initialised');
    await page.evaluate(() => begin());
    await ribbon.reach('idle');
  }
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a look at what waits for the agent that fails after destroy() is not repeated', async () => {
  const { page, context } = await openPage(browser, site.page('/look', crmPage(server, { head: `<script>${COUNT}</script>` })));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  let hold;
  const held = new Promise((resolve) => { hold = resolve; });
  // The page asks the browser first whether it may send the request; that is let through.
  await page.route('**/api/ribbon/follow-ups?*', (route) => (route.request().method() === 'GET' ? hold(route) : route.continue()));
  await ribbon.act('history').click();
  const route = await held;
  await ribbon.call('destroy');
  await route.abort();
  await page.waitForFunction(() => open.timers.size === 0);
  await context.close();
});

test('positions, minimizing and hiding', async () => {
  const { page, context } = await openPage(browser, site.page('/place', crmPage(server, { options: { position: 'floating' } })));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  // Calls can be made before the last part of the bar is built.
  await ribbon.main.waitFor();
  const card = await ribbon.bar.boundingBox();
  assert.equal(card.width, 320);
  assert.ok(card.x + card.width <= 1280 && card.y + card.height <= 720);
  // Dragged, it stays where it was left, also after a reload.
  const who = await ribbon.host.locator('.name').boundingBox();
  await page.mouse.move(who.x + 20, who.y + 10);
  await page.mouse.down();
  await page.mouse.move(who.x - 300, who.y - 200, { steps: 4 });
  await page.mouse.up();
  const moved = await ribbon.bar.boundingBox();
  assert.ok(Math.abs(card.x - 320 - moved.x) <= 1 && Math.abs(card.y - 210 - moved.y) <= 1, JSON.stringify([card, moved]));
  await page.reload();
  await ribbon.ready();
  const found = await ribbon.bar.boundingBox();
  assert.deepEqual([found.x, found.y], [moved.x, moved.y]);

  await ribbon.call('setPosition', 'top');
  assert.deepEqual(await ribbon.bar.boundingBox().then(({ x, y, width }) => [x, y, width]), [0, 0, 1280]);
  await ribbon.call('setPosition', 'bottom');
  await ribbon.call('setMinimized', true);
  const pill = await ribbon.bar.boundingBox();
  assert.ok(pill.width < 320 && pill.height < 56, JSON.stringify(pill));
  await ribbon.act('fold').click();
  assert.equal((await ribbon.bar.boundingBox()).width, 1280);
  await ribbon.call('setVisible', false);
  await ribbon.bar.waitFor({ state: 'hidden' });
  await ribbon.call('setVisible', true);
  await ribbon.bar.waitFor();
  await context.close();
});
