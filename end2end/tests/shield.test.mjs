// What happens in the ribbon is the ribbon's alone: not a focus trap's, not a click outside of a
// form, not a shortcut. What happens on the page is the page's as ever.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { KINDS, openKind } from '../support/kinds.mjs';
import { startServer } from '../support/server.mjs';
import { startSite } from '../support/site.mjs';

const all = {};
const libraries = [];
before(async () => {
  [all.browser, all.server, all.site] = await Promise.all([startBrowser(), startServer(), startSite()]);
  for (const name of ['tabbable/dist/index.umd.min.js', 'focus-trap/dist/focus-trap.umd.min.js']) {
    const code = await readFile(new URL(`../node_modules/${name}`, import.meta.url), 'utf8');
    libraries.push(all.site.page(`/lib/${libraries.length}.js`, code, { 'content-type': 'text/javascript' }));
  }
});
after(async () => { await Promise.all([all.browser?.close(), all.server?.stop(), all.site?.stop()]); });

const BODY = `<main><h1>CRM</h1><button id="outside">Elsewhere</button></main>
  <div id="form" role="dialog" aria-modal="true" tabindex="-1"><input id="field" aria-label="Field"><button id="save">Save</button></div>`;
// `begins` opens the form and minds it; what it listens to ends with `signal`.
const PAGE = `
  window.by = (id) => document.querySelector('#' + id);
  window.begins = (mind) => {
    window.closings = 0; window.keys = ''; window.ending = new AbortController();
    by('field').value = '';
    by('field').focus();
    const inForm = (event) => by('form').contains(event.target);
    window.onEnd = mind({ signal: ending.signal, form: by('form'), field: by('field'), inForm, close: () => { closings += 1; } });
  };
  window.ends = () => { ending.abort(); if (window.onEnd) onEnd(); };`;

// How pages keep the focus in a form and close it by a click elsewhere. Those without a library of
// their own here do what the library's documentation says of it.
const MINDERS = {
  'focus-trap, which refuses clicks elsewhere': ({ form }) => {
    const trap = focusTrap.createFocusTrap(form, { escapeDeactivates: false }).activate();
    return () => trap.deactivate();
  },
  'focus-trap, which closes by them': ({ form, close }) => {
    const trap = focusTrap.createFocusTrap(form, { clickOutsideDeactivates: true, returnFocusOnDeactivate: false, onDeactivate: close }).activate();
    return () => trap.deactivate();
  },
  'a modal like Bootstrap\'s': ({ signal, form, inForm }) => {
    document.addEventListener('focusin', (event) => { if (!inForm(event)) form.focus(); }, { signal });
  },
  'a dialog like jQuery UI\'s': ({ signal, field, inForm }) => {
    document.addEventListener('focusin', (event) => { if (!inForm(event)) { event.preventDefault(); field.focus(); } }, { signal });
  },
  'a modal like MUI\'s': ({ signal, field, inForm, form, close }) => {
    document.addEventListener('focusin', (event) => { if (!inForm(event)) field.focus(); }, { signal });
    const timer = setInterval(() => { if (document.activeElement === document.body) form.focus(); }, 50);
    for (const name of ['click', 'touchend']) document.addEventListener(name, (event) => { if (!inForm(event)) close(); }, { signal });
    return () => clearInterval(timer);
  },
  'a layer like Radix\'s': ({ signal, field, form, inForm, close }) => {
    document.addEventListener('focusin', (event) => { if (!inForm(event)) { close(); field.focus(); } }, { signal });
    document.addEventListener('focusout', ({ relatedTarget }) => { if (relatedTarget && !form.contains(relatedTarget)) field.focus(); }, { signal });
    document.addEventListener('pointerdown', (event) => { if (!inForm(event)) close(); }, { signal });
  },
  'clicks that are caught first, on the window and on the document': ({ signal, inForm, close }) => {
    for (const target of [window, document]) {
      for (const name of ['pointerdown', 'pointerup', 'mousedown', 'mouseup', 'click', 'touchstart', 'focus', 'focusin']) {
        target.addEventListener(name, (event) => { if (event.target !== window && event.target !== document && !inForm(event)) close(); }, { signal, capture: true });
      }
    }
  },
  'shortcuts of one letter that are caught first': ({ signal }) => {
    for (const target of [window, document]) {
      for (const name of ['keydown', 'keypress', 'keyup']) {
        target.addEventListener(name, (event) => {
          if (!/^[a-z]$/.test(event.key) || event.target.matches('input')) return;
          keys += event.key;
          event.preventDefault();
          event.stopPropagation();
        }, { signal, capture: true });
      }
    }
  },
};

for (const kind of KINDS) {
  test(`no form of the page minds what happens in the ribbon (${kind})`, async () => {
    const head = libraries.map((address) => `<script src="${address}"></script>`).join('');
    const { page, ribbon, context, complaints } = await openKind(kind, all, '/minders', { body: BODY + head, then: PAGE });
    await ribbon.call('makeCall', '+919876543210');
    await ribbon.hear('connected');
    await ribbon.act('notes').click();
    const notes = ribbon.host.locator('textarea');
    let muted = false;
    for (const [name, mind] of Object.entries(MINDERS)) {
      await page.evaluate(`begins(${mind})`);
      await page.evaluate(() => { heard.length = 0; });
      await notes.click();
      await notes.fill('');
      await page.keyboard.type('jack');
      assert.equal(await notes.inputValue(), 'jack', name);
      await ribbon.act('mute').click();
      muted = !muted;
      assert.equal((await ribbon.hear('mutetoggle')).muted, muted, name);
      assert.deepEqual(await page.evaluate(() => [closings, by('field').value, keys]), [0, '', ''], name);
      await page.evaluate(() => ends());
    }
    assert.deepEqual(complaints, []);
    await context.close();
  });
}

test('what happens on the page itself reaches the page as ever', async () => {
  const then = `${PAGE}
    window.seen = [];
    for (const name of ['pointerdown', 'mousedown', 'click', 'keydown', 'focusin', 'focusout']) {
      for (const capture of [true, false]) {
        addEventListener(name, (event) => seen.push([name, event.isTrusted, event.target.id || event.target.nodeName].join(' ')), capture);
      }
    }`;
  const { page, ribbon, context } = await openKind('plain', all, '/as-ever', { body: BODY, then });
  await page.locator('#field').click();
  await page.keyboard.press('x');
  const wanted = (id, names) => names.flatMap((name) => [`${name} true ${id}`, `${name} true ${id}`]);
  assert.deepEqual(await page.evaluate(() => seen), wanted('field', ['pointerdown', 'mousedown', 'focusin', 'click', 'keydown']));
  // The focus goes into the ribbon: a field of the page hears that it lost it, and nothing else is heard.
  await page.evaluate(() => {
    seen.length = 0;
    by('field').addEventListener('focusout', (event) => seen.push(`to ${event.relatedTarget}`));
  });
  await ribbon.main.focus();
  await ribbon.main.press('Tab');
  await ribbon.bar.click({ position: { x: 300, y: 20 } });
  const left = await page.evaluate(() => seen);
  assert.deepEqual(left, ['focusout true field', 'to null', 'focusout true field']);
  // With the ribbon gone, nothing stands between.
  await ribbon.call('destroy');
  await page.evaluate(() => { seen.length = 0; });
  await page.locator('#outside').click();
  assert.deepEqual(await page.evaluate(() => seen), wanted('outside', ['pointerdown', 'mousedown', 'focusin', 'click']));
  await context.close();
});
