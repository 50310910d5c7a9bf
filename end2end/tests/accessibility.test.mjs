// WCAG 2.2 AA in every state, and what axe-core cannot see: keyboard, zoom, forced colours.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { look } from '../support/axe.mjs';
import { openPage, startBrowser } from '../support/browser.mjs';
import { lookAtWidths } from '../support/layout.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { STILL, startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';
import { CUSTOMER, visitStates } from '../support/states.mjs';

let browser, server, still, site;
before(async () => { [browser, server, still, site] = await Promise.all([startBrowser(), startServer(), startServer({ simulator: STILL }), startSite()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop(), still?.stop(), site?.stop()]); });

for (const [position, theme, locale] of [['bottom', 'light', 'en'], ['top', 'dark', 'hi'], ['floating', 'dark', 'en'], ['floating', 'light', 'ur'], ['phone', 'light', 'hi'], ['phone', 'dark', 'ur']]) {
  test(`axe finds nothing in any state: ${position}, ${theme}, ${locale}`, async () => {
    const seen = [];
    let contrasts = 0;
    await visitStates({
      browser, server: still, site, name: `axe-${position}-${theme}`, position, theme, locale,
      visit: async (state, page) => {
        seen.push(state);
        const { faults, measured } = await look(page);
        assert.deepEqual(faults, [], state);
        contrasts += measured;
        const small = await page.evaluate(() => [...document.querySelector('call-ribbon').shadowRoot.querySelectorAll('button, input, textarea')]
          .map((part) => [part.className, part.getBoundingClientRect()]).filter(([, box]) => box.width > 0 && (box.width < 24 || box.height < 24)).map(([name]) => name));
        assert.deepEqual(small, [], `${state}: too small to be hit`);
        const wide = await page.evaluate(() => {
          const parts = [...document.querySelector('call-ribbon').shadowRoot.querySelectorAll('.bar, .panel, .keypad, button, .notes')].map((part) => [part.className, part.getBoundingClientRect()]);
          return parts.filter(([, box]) => box.width > 0 && (box.left < 0 || box.right > innerWidth)).map(([name]) => name);
        });
        assert.deepEqual(wide, [], `${state}: out of the window`);
        // One position in each language.
        if (position === 'phone' || position === 'bottom') await lookAtWidths(state, page);
      },
    });
    assert.ok(seen.length >= 18, `${seen.length} states`);
    assert.ok(contrasts >= 60, `${contrasts} contrasts`);
  });
}

test('what is wrong is found: a button without a name, and grey on grey', async () => {
  const { page, context } = await openPage(browser, site.page('/faulty', crmPage(server)));
  await ribbonOf(page).ready();
  await ribbonOf(page).reach('idle');
  await page.evaluate(() => {
    const root = document.querySelector('call-ribbon').shadowRoot;
    // Nothing of the ribbon's own, which it might draw again.
    root.querySelector('.do').append(document.createElement('button'));
    root.querySelector('.state').style.color = '#ccc';
  });
  const { faults: found } = await look(page);
  assert.ok(found.some((fault) => fault.startsWith('button-name')) && found.some((fault) => fault.startsWith('color-contrast')), found.join('\n'));
  await context.close();
});

test('the keyboard goes through it in the order that is seen', async () => {
  const { page, context } = await openPage(browser, site.page('/order', crmPage(server, { body: '<button id="crm">CRM</button>' })));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await ribbon.call('setCustomer', CUSTOMER);
  await ribbon.main.click();
  await ribbon.reach('connected');
  await ribbon.act('notes').click();
  const focused = () => page.evaluate(() => {
    const at = document.querySelector('call-ribbon').shadowRoot.activeElement;
    return at && (at.dataset.main ?? at.dataset.act ?? at.className);
  });
  await ribbon.host.locator('.notes').waitFor();
  await page.locator('#crm').focus();
  const order = [];
  for (let i = 0; i < 10; i += 1) {
    await page.keyboard.press('Tab');
    order.push(await focused());
  }
  assert.deepEqual(order, ['name', 'copy', 'mute', 'hold', 'keypad', 'notes', 'hangup', 'fold', 'close', 'notes']);
  const outline = await ribbon.host.locator('.notes').evaluate((notes) => getComputedStyle(notes).outlineStyle);
  assert.equal(outline, 'solid', 'the focus is seen');
  await context.close();
});

test('a screen reader hears each change of state, once', async () => {
  const { page, context } = await openPage(browser, site.page('/heard', crmPage(server)));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await page.evaluate(() => {
    window.said = [];
    const state = document.querySelector('call-ribbon').shadowRoot.querySelector('.state');
    new MutationObserver(() => said.push(state.textContent)).observe(state, { childList: true, characterData: true, subtree: true });
  });
  assert.equal(await ribbon.state.getAttribute('role'), 'status');
  await ribbon.call('makeCall', '+919876543210');
  await ribbon.hear('connected');
  await ribbon.call('hangup');
  await ribbon.reach('ended');
  assert.deepEqual(await page.evaluate(() => said), ['Dialing', 'Ringing', 'In call', 'Call ended']);
  await context.close();
});

test('200 % zoom, forced colours and less motion', async () => {
  // Zoomed to 200 %, a window of 640 is 320 wide and half as high.
  const { page, context } = await openPage(browser, site.page('/zoom', crmPage(server)), { viewport: { width: 320, height: 360 }, deviceScaleFactor: 2, forcedColors: 'active', reducedMotion: 'reduce' });
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await ribbon.call('makeCall', '+919876543210');
  await ribbon.hear('connected');
  await ribbon.act('notes').click();
  const panel = ribbon.host.locator('.wrap');
  await panel.waitFor();
  const box = await panel.boundingBox();
  assert.ok(box.x >= 0 && box.width <= 320 && box.y >= 0, JSON.stringify(box));
  await panel.locator('[data-act="done"]').scrollIntoViewIfNeeded();
  await panel.locator('[data-act="done"]').waitFor();
  assert.equal(await panel.evaluate((one) => getComputedStyle(one).animationName), 'none');
  const border = await ribbon.main.evaluate((main) => getComputedStyle(main).borderTopStyle);
  assert.equal(border, 'solid', 'a button has an edge where colours are the reader\'s own');
  await context.close();
});

test('a page\'s own colours and rules for the parts reach the ribbon', async () => {
  const head = `<style>:root { --cr-accent: rgb(90, 20, 160); --cr-radius: 3px; --cr-font: monospace; --cr-green: rgb(0, 80, 60); }
    call-ribbon::part(bar) { letter-spacing: 1px; }</style>`;
  const { page, context } = await openPage(browser, site.page('/themed', crmPage(server, { head, options: { theme: 'light' } })), { reducedMotion: 'reduce' });
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await ribbon.call('setCustomer', CUSTOMER);
  const styled = (part, name) => part.evaluate((element, what) => getComputedStyle(element)[what], name);
  assert.equal(await styled(ribbon.main, 'backgroundColor'), 'rgb(90, 20, 160)');
  assert.equal(await styled(ribbon.main, 'borderTopLeftRadius'), '1px');
  assert.match(await styled(ribbon.name, 'fontFamily'), /monospace/);
  assert.equal(await styled(ribbon.bar, 'letterSpacing'), '1px');
  await ribbon.main.click();
  await ribbon.reach('connected');
  assert.equal(await styled(ribbon.host.locator('.dot'), 'backgroundColor'), 'rgb(0, 80, 60)');
  await context.close();
});
