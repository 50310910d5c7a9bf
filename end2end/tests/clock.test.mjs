// The computer's clock is set while a call goes on: the call is as long as it is.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { openKind } from '../support/kinds.mjs';
import { startServer } from '../support/server.mjs';
import { startSite } from '../support/site.mjs';

const all = {};
before(async () => { [all.browser, all.server, all.site] = await Promise.all([startBrowser(), startServer(), startSite()]); });
after(async () => { await Promise.all([all.browser?.close(), all.server?.stop(), all.site?.stop()]); });

const HOUR = 3_600_000;
// The clock of the page, before the ribbon's script: `shift` sets it, `asleep` is how long the even
// clock has stood still.
const HEAD = `<script>
  window.shift = 0; window.asleep = 0;
  const wall = Date.now.bind(Date), even = performance.now.bind(performance);
  Date.now = () => wall() + shift;
  performance.now = () => even() - asleep;
</script>`;

// What happens to the clocks: before the ribbon's script, and during the call.
const CLOCKS = {
  'set an hour forward': ['', () => { shift = 3_600_000; }],
  'set an hour back': ['', () => { shift = -3_600_000; }],
  'wrong from the start, and then set right': ['<script>shift = 7_200_000;</script>', () => { shift = 0; }],
  'still in a sleep of the machine': ['', () => { asleep = 600_000; }],
  'another one altogether, put there by the page': ['', () => {
    const Real = Date;
    window.Date = class extends Real { constructor() { super(0); } static now() { return 0; } };
  }],
};

for (const [name, [before_, during]] of Object.entries(CLOCKS)) {
  test(`the clock is ${name}`, async () => {
    const { page, ribbon, context } = await openKind('plain', all, `/clock-${Object.keys(CLOCKS).indexOf(name)}`, { head: HEAD + before_ });
    const began = Date.now();
    await ribbon.call('makeCall', '+919876543210');
    await ribbon.hear('connected');
    await ribbon.host.locator('.timer', { hasText: /^0:0[1-9]$/ }).waitFor();
    await page.evaluate(during);
    // It goes on, neither standing still nor jumping.
    const shown = [];
    await page.exposeFunction('shows', (text) => shown.push(text));
    await page.evaluate(() => new Promise((resolve) => {
      const timer = document.querySelector('call-ribbon').shadowRoot.querySelector('.timer');
      let left = 3;
      new MutationObserver(() => {
        shows(timer.textContent);
        left -= 1;
        if (left === 0) resolve();
      }).observe(timer, { childList: true, characterData: true, subtree: true });
    }));
    const most = () => (Date.now() - began) / 1000 + 1;
    const { call } = await page.evaluate(() => ExotelCallRibbon.getState());
    assert.ok(call.duration >= 1 && call.duration <= most(), `${call.duration} of ${most()} seconds; shown ${shown}`);
    for (const text of shown) {
      const [minutes, seconds] = text.split(':').map(Number);
      assert.ok(minutes * 60 + seconds <= most(), `shown ${shown} after ${most()} seconds`);
    }
    await ribbon.call('hangup');
    const ended = await ribbon.hear('callEnded');
    assert.ok(ended.duration >= 1 && ended.duration <= most(), `${ended.duration}`);
    assert.ok(Math.abs(Date.parse(ended.timestamp) - Date.now()) < HOUR / 2, ended.timestamp);
    await context.close();
  });
}
