// What the browser shows above all else: modal dialogs, popovers and full screen. The bar works in all.
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

const BODY = `<main id="main"><h1>CRM</h1><p>A page.</p></main>
  <dialog id="one"><form method="dialog"><input id="field" aria-label="Field"></form>
    <dialog id="inner"><input aria-label="Inner"></dialog></dialog>
  <dialog id="two"><input aria-label="Two"></dialog>
  <div id="pop" popover style="inset:0;width:100%;height:100%;margin:0">A menu<div id="more" popover style="inset:0;width:100%;height:100%;margin:0">More</div></div>
  <div id="note" popover="manual" style="inset:0;width:100%;height:100%;margin:0">A note</div>
  <x-box id="box"><input id="slotted" aria-label="Slotted"></x-box>`;
const BOX = `
  customElements.define('x-box', class extends HTMLElement {
    constructor() {
      super();
      this.attachShadow({ mode: 'open' }).innerHTML = '<dialog><slot></slot></dialog><section>A player</section>';
    }
  });
  window.boxed = () => document.querySelector('#box').shadowRoot.querySelector('dialog');
  window.by = (id) => document.querySelector('#' + id);
  window.reloads = 0;`;

// How something comes to lie above the page, and how it goes again.
const LAYERS = {
  dialog: { open: () => by('one').showModal(), close: () => by('one').close() },
  'a dialog in a dialog': {
    open: () => { by('one').showModal(); by('inner').showModal(); },
    close: () => { by('inner').close(); by('one').close(); },
  },
  'a dialog over another, of which the later stands first': {
    open: () => { by('two').showModal(); by('one').showModal(); },
    close: () => { by('one').close(); by('two').close(); },
  },
  // A click outside closes it, as it does anywhere else on the page.
  'a popover': { open: () => by('pop').showPopover(), close: () => by('pop').matches(':popover-open') && by('pop').hidePopover() },
  'a popover in a popover': {
    open: () => { by('pop').showPopover(); by('more').showPopover(); },
    close: () => by('pop').matches(':popover-open') && by('pop').hidePopover(),
  },
  'a popover that stays': { open: () => by('note').showPopover(), close: () => by('note').hidePopover() },
  'a dialog, then a popover': {
    open: () => { by('one').showModal(); by('note').showPopover(); },
    close: () => { by('note').hidePopover(); by('one').close(); },
  },
  'a dialog in a shadow root': { open: () => boxed().showModal(), close: () => boxed().close() },
  'full screen': { open: () => by('main').requestFullscreen(), close: () => document.exitFullscreen() },
  'full screen in a shadow root': {
    open: () => boxed().nextElementSibling.requestFullscreen(),
    close: () => document.exitFullscreen(),
  },
  'full screen, then a dialog': {
    open: async () => { await document.documentElement.requestFullscreen(); by('one').showModal(); },
    close: async () => { by('one').close(); await document.exitFullscreen(); },
  },
  'a dialog, then full screen within it': {
    open: async () => { by('one').showModal(); await by('one').firstElementChild.requestFullscreen(); },
    close: async () => { await document.exitFullscreen(); by('one').close(); },
  },
};

/** Waits until the ribbon stands where it stands on a plain page. */
const back = (page) => page.waitForFunction(() => {
  const host = document.querySelector('call-ribbon');
  return host?.parentNode === document.documentElement && !host.hasAttribute('popover');
});

for (const kind of KINDS) {
  test(`Mute and Hang up work above whatever the page opens (${kind})`, async () => {
    const { page, ribbon, context, complaints } = await openKind(kind, all, '/above', { body: BODY, then: BOX });
    await ribbon.call('makeCall', '+919876543210');
    await ribbon.hear('connected');
    let muted = false;
    for (const [name, layer] of Object.entries(LAYERS)) {
      await page.evaluate(layer.open);
      await page.evaluate(() => { heard.length = 0; });
      await ribbon.act('mute').click();
      muted = !muted;
      assert.equal((await ribbon.hear('mutetoggle')).muted, muted, name);
      await page.evaluate(layer.close);
      await back(page);
      await page.evaluate(() => { heard.length = 0; });
      await ribbon.act('mute').click();
      muted = !muted;
      assert.equal((await ribbon.hear('mutetoggle')).muted, muted, `after ${name}`);
    }
    // A dialog that is taken out of the page takes nothing with it.
    await page.evaluate(() => { by('one').showModal(); });
    await ribbon.act('mute').click();
    await page.evaluate(() => { by('one').remove(); by('two').showModal(); });
    await ribbon.reach('connected');
    await ribbon.main.click();
    await ribbon.hear('callEnded');
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test(`a call that rings in is answered within a dialog that was there before the ribbon (${kind})`, async () => {
    const then = `${BOX} addEventListener('DOMContentLoaded', () => by('two').showModal());`;
    const { page, ribbon, context } = await openKind(kind, all, '/before', { body: BODY, then });
    const agentId = await page.evaluate(() => agent);
    await all.server.post('/api/ribbon/simulator/incoming', { from: '+919811122233', agentId });
    await ribbon.reach('incoming');
    await ribbon.main.click();
    await ribbon.hear('connected');
    // Declined in full screen, too.
    await ribbon.main.click();
    await ribbon.hear('callEnded');
    await page.evaluate(() => by('two').close());
    await back(page);
    await page.evaluate(() => by('main').requestFullscreen());
    await page.evaluate(() => { heard.length = 0; });
    await all.server.post('/api/ribbon/simulator/incoming', { from: '+919811122233', agentId });
    await ribbon.reach('incoming');
    await ribbon.act('decline').click();
    await ribbon.hear('missed');
    await ribbon.call('destroy');
    assert.equal(await page.locator('call-ribbon').count(), 0);
    await context.close();
  });

  test(`what is typed into the notes goes on through a dialog, and nothing is loaded again (${kind})`, async () => {
    const { page, ribbon, context } = await openKind(kind, all, '/typing', { body: BODY, then: BOX });
    await ribbon.call('makeCall', '+919876543210');
    await ribbon.hear('connected');
    await ribbon.act('notes').click();
    const notes = ribbon.host.locator('textarea');
    await notes.click();
    await page.keyboard.type('half a ');
    await page.evaluate(() => {
      window.frame = document.querySelector('call-ribbon').shadowRoot.querySelector('iframe');
      if (frame) frame.onload = () => { reloads += 1; };
    });
    await page.evaluate(() => by('one').showModal());
    await notes.click();
    await page.keyboard.type('sentence');
    // Escape in the ribbon is no answer to the page's dialog.
    await page.keyboard.press('Escape');
    assert.equal(await page.evaluate(() => by('one').open), true);
    await ribbon.act('notes').click();
    await notes.click();
    await page.evaluate(() => by('one').close());
    await back(page);
    await notes.click();
    await page.keyboard.press('End');
    await page.keyboard.type('.');
    assert.equal(await notes.inputValue(), 'half a sentence.');
    assert.equal(await page.evaluate(() => reloads), 0);
    await context.close();
  });
}
