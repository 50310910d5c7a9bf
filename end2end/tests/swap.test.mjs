// A page that swaps what it shows, down to the document itself, keeps the ribbon and its call.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { KINDS, openKind } from '../support/kinds.mjs';
import { startServer } from '../support/server.mjs';
import { startSite } from '../support/site.mjs';

const all = {};
before(async () => {
  [all.browser, all.server, all.site] = await Promise.all([startBrowser(), startServer({ simulator: { 'no-answer-after': 60_000 } }), startSite()]);
});
after(async () => { await Promise.all([all.browser?.close(), all.server?.stop(), all.site?.stop()]); });

const SWAPS = {
  'document.open, write and close': () => {
    document.open();
    document.write('<!doctype html><html lang="en"><head><title>Next</title></head><body><p>The next page</p></body></html>');
    document.close();
  },
  'document.write into a page that is done': () => { document.write('<title>Next</title><p>The next page</p>'); document.close(); },
  'document.open, written to later': () => new Promise((resolve) => {
    document.open();
    setTimeout(() => { document.write('<title>Later</title><p>A slow page</p>'); document.close(); resolve(); });
  }),
  'an empty body': () => { document.body.innerHTML = ''; },
  'a body without children': () => document.body.replaceChildren(),
  'another body': () => { document.body = document.createElement('body'); },
  'a body in the other\'s place, as Turbo does': () => document.body.replaceWith(document.createElement('body')),
  'all that is in the root': () => { document.documentElement.innerHTML = '<head><title>New</title></head><body><p>New</p></body>'; },
  'another root': () => {
    const root = document.createElement('html');
    root.append(document.createElement('head'), document.createElement('body'));
    document.documentElement.replaceWith(root);
  },
  'no root for a while': () => new Promise((resolve) => {
    document.replaceChildren();
    setTimeout(() => { document.append(document.createElement('html')); resolve(); });
  }),
};

for (const kind of KINDS) {
  test(`the call goes on and the buttons work, whatever is swapped (${kind})`, async () => {
    const { page, ribbon, context, complaints } = await openKind(kind, all, '/swaps');
    const agentId = await page.evaluate(() => agent);
    const { value: call } = await ribbon.call('makeCall', '+919876543210');
    await ribbon.hear('connected');
    await ribbon.act('notes').click();
    await ribbon.host.locator('textarea').fill('half a sentence');
    const noted = () => page.waitForFunction(() => ExotelCallRibbon.getState().notes === 'half a sentence');
    await noted();
    let muted = false;
    for (const [name, swap] of Object.entries(SWAPS)) {
      await page.evaluate(swap);
      await ribbon.reach('connected');
      await page.evaluate(() => { heard.length = 0; });
      await ribbon.act('mute').click();
      muted = !muted;
      assert.equal((await ribbon.hear('mutetoggle')).muted, muted, name);
      assert.equal(await page.locator('call-ribbon').count(), 1, name);
      assert.equal((await page.evaluate(() => ExotelCallRibbon.getState())).call.sessionId, call.sessionId, name);
    }
    await noted();
    const notes = ribbon.host.locator('textarea');
    if (await notes.isHidden()) await ribbon.act('notes').click();
    assert.equal(await notes.inputValue(), 'half a sentence');
    await ribbon.main.click();
    await ribbon.hear('callEnded');

    // A call that rings in after that is answered, and stops ringing.
    await page.evaluate(SWAPS['document.open, write and close']);
    await all.server.post('/api/ribbon/simulator/incoming', { from: '+919811122233', agentId });
    await ribbon.reach('incoming');
    await page.evaluate(SWAPS['document.open, write and close']);
    await ribbon.reach('incoming');
    await page.evaluate(() => { heard.length = 0; });
    await ribbon.main.click();
    await ribbon.hear('connected');
    await page.waitForFunction(() => document.title === 'Next');
    await ribbon.call('destroy');
    await page.evaluate(SWAPS['another body']);
    assert.equal(await page.locator('call-ribbon').count(), 0);
    assert.deepEqual(complaints, []);
    await context.close();
  });
}
