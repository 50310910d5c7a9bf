// What a page pays for the ribbon, as far as it can be counted: its layout, its memory.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

let browser, server, site;
before(async () => { [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

test('nothing moves when the ribbon comes, calls and goes', async () => {
  const head = `<script>
    window.shifts = [];
    // What moved within a shadow root has no node here.
    const seen = (one) => ({ value: one.value, ofPage: one.sources.some((source) => source.node && source.node.nodeName !== 'CALL-RIBBON') });
    new PerformanceObserver((list) => shifts.push(...list.getEntries().map(seen))).observe({ type: 'layout-shift', buffered: true });
  </script>`;
  const body = '<main><h1>CRM</h1>' + '<p>A line of a customer page.</p>'.repeat(60) + '</main>';
  const { page, context } = await openPage(browser, site.page('/shifts', crmPage(server, { head, body })));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await ribbon.call('setCustomer', { phoneNumber: '+919876543210', name: 'Asha' });
  await ribbon.call('makeCall');
  await ribbon.hear('connected');
  const moved = () => page.evaluate(() => shifts.reduce((sum, one) => sum + one.value, 0));
  // The words in a button and a state of another length, and nothing else: a tenth of what is called
  // good. How many of the states of a call are drawn depends on the machine.
  assert.ok(await moved() < 0.01, `moved ${await moved()}`);
  await ribbon.call('setPosition', 'floating');
  await ribbon.call('setMinimized', true);
  await ribbon.call('hangup');
  await ribbon.hear('callEnded');
  await ribbon.call('destroy');
  assert.deepEqual(await page.evaluate(() => shifts.filter((one) => one.ofPage)), []);
  // The counting itself works: a page that moves its own text is seen.
  await page.evaluate(() => { document.querySelector('h1').style.marginTop = '80px'; });
  await page.waitForFunction(() => shifts.some((one) => one.ofPage));
  await context.close();
});

test('a hundred rounds of init and destroy leave no memory behind', async () => {
  const head = `<script>
    // Every memory that a WebAssembly program gets. The ribbon's second file uses that of the first.
    window.memories = [];
    for (const name of ['instantiate', 'instantiateStreaming']) {
      const real = WebAssembly[name];
      WebAssembly[name] = async (...args) => {
        const made = await real.apply(WebAssembly, args);
        const { memory } = (made.instance ?? made).exports;
        if (memory) memories.push(memory);
        return made;
      };
    }
  </script>`;
  const { page, context, complaints } = await openPage(browser, site.page('/rounds', crmPage(server, { head })));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  const devtools = await context.newCDPSession(page);
  const used = async () => {
    await devtools.send('HeapProfiler.collectGarbage');
    const { usedSize } = await devtools.send('Runtime.getHeapUsage');
    const { nodes, jsEventListeners } = await devtools.send('Memory.getDOMCounters');
    const wasm = await page.evaluate(() => memories.map((memory) => memory.buffer.byteLength));
    return { heap: usedSize, nodes, listeners: jsEventListeners, wasm };
  };
  const rounds = (count) => page.evaluate(async (left) => {
    for (; left > 0; left -= 1) {
      await ExotelCallRibbon.destroy();
      await begin();
      await ExotelCallRibbon.setCustomer({ phoneNumber: '+919876543210', name: 'Asha ' + left, context: { list: new Array(100).fill('x') } });
    }
  }, count);
  await rounds(20);
  const early = await used();
  await rounds(100);
  let late = await used();
  // What the last round has still to clear away is no leak.
  for (let tries = 0; tries < 20 && late.listeners > early.listeners + 5; tries += 1) late = await used();
  const said = JSON.stringify({ early, late });
  assert.equal(late.wasm.length, 1, said);
  assert.deepEqual(late.wasm, early.wasm, said);
  assert.ok(late.heap - early.heap < 200_000, said);
  assert.ok(late.nodes <= early.nodes + 20 && late.listeners <= early.listeners + 5, said);
  assert.deepEqual(complaints, []);
  await context.close();
});
