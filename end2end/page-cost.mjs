// What a page pays for the ribbon on a slow processor: `cargo xtask page-cost`. A measurement, no
// test: figures differ from machine to machine, so a page with the ribbon and the same page
// without it are loaded in turn, in the same run.
import { openPage, startBrowser } from './support/browser.mjs';
import { startServer } from './support/server.mjs';
import { crmPage, startSite } from './support/site.mjs';

const ROUNDS = 9;
const SLOWED = 6;

const OBSERVE = `<script>
  window.seen = { longTasks: [], largest: 0, shift: 0 };
  new PerformanceObserver((list) => { for (const one of list.getEntries()) seen.longTasks.push(one.duration); }).observe({ type: 'longtask', buffered: true });
  new PerformanceObserver((list) => { for (const one of list.getEntries()) seen.largest = one.startTime; }).observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => { for (const one of list.getEntries()) seen.shift += one.value; }).observe({ type: 'layout-shift', buffered: true });
</script>`;
const BODY = `<main><h1>Customer</h1>${'<p>A line of a customer page, as a CRM has many of them.</p>'.repeat(120)}</main>`;

const [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]);
const page = (name, options) => site.page(`/${name}`, crmPage(server, { head: OBSERVE, body: BODY, ...options }));
const then = 'window.readyAt = 0; const look = () => { if (ready) readyAt = performance.now(); else requestAnimationFrame(look); }; look();';
const addresses = {
  'without the ribbon': page('without', { tag: '<!-- none -->', then: 'ready = 1;' }),
  'with the ribbon': page('with', { then }),
  // A plain tag has the page wait for the loader itself, an async one does not.
  'with the ribbon, async': page('async', { tag: `<script async src="${server.url}/call-ribbon.js" onload="begin()"></script>`, then }),
};
const rows = Object.fromEntries(Object.keys(addresses).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, address] of Object.entries(addresses)) {
    // A context of its own each time: nothing is kept from the load before.
    const { page: tab, context } = await openPage(browser, 'about:blank');
    const devtools = await context.newCDPSession(tab);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWED });
    await tab.goto(address);
    await tab.waitForFunction(() => ready > 0);
    // The live stream never ends, so the network is never idle; the page is.
    await tab.evaluate(() => new Promise((resolve) => { requestIdleCallback(resolve, { timeout: 5000 }); }));
    rows[name].push(await tab.evaluate(() => ({ ...seen, readyAt: window.readyAt ?? 0 })));
    await context.close();
  }
}
/* How soon a page that is reloaded in a call shows the call again, on the processor as it is: from
 * the navigation until the bar is there to be seen. */
const SHOWN = `<script>
  window.shownAt = 0;
  const look = () => {
    const bar = document.querySelector('call-ribbon')?.shadowRoot.querySelector('.bar[data-look="connected"]');
    if (bar?.checkVisibility({ visibilityProperty: true })) shownAt = performance.now();
    else requestAnimationFrame(look);
  };
  look();
</script>`;
const reloads = [];
{
  const { page: tab, context } = await openPage(browser, page('reloaded', { head: OBSERVE + SHOWN }));
  await tab.evaluate(() => ExotelCallRibbon.makeCall('+919876543210'));
  await tab.waitForFunction(() => shownAt > 0);
  for (let round = 0; round < ROUNDS; round += 1) {
    await tab.reload();
    await tab.waitForFunction(() => shownAt > 0);
    reloads.push(await tab.evaluate(() => shownAt));
  }
  await context.close();
}
await Promise.all([browser.close(), server.stop(), site.stop()]);

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
console.log(`median of ${ROUNDS} cold loads each, in turn, processor slowed ${SLOWED} times`);
for (const [name, seen] of Object.entries(rows)) {
  const of = (read) => median(seen.map(read)).toFixed(1);
  console.log(`${name}: largest paint ${of((one) => one.largest)} ms, tasks over 50 ms ${of((one) => one.longTasks.length)}` +
    ` (longest ${of((one) => Math.max(0, ...one.longTasks))} ms), layout shift ${median(seen.map((one) => one.shift)).toFixed(4)}, ready ${of((one) => one.readyAt)} ms`);
}
console.log(`reloaded in a call: shown after ${median(reloads).toFixed(1)} ms (median of ${ROUNDS}, processor as it is)`);
