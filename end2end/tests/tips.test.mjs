// The tooltips of the buttons: by the mouse and by the keyboard, whole, and never in the way.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { openKind } from '../support/kinds.mjs';
import { startServer } from '../support/server.mjs';
import { startSite } from '../support/site.mjs';

let browser, server, site;
before(async () => { [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

async function open(kind, path, options = {}, context = {}) {
  const opened = await openKind(kind, { browser, server, site }, path, { options, body: '<input id="crm">' }, { viewport: { width: 1100, height: 500 }, ...context });
  await opened.ribbon.call('setCustomer', { name: 'Asha Rao', phoneNumber: '+919876543210' });
  await opened.ribbon.settled();
  return { ...opened, kind, tip: opened.ribbon.host.locator('.tip') };
}

/** Waits until the tooltip of this button is shown, and is whole in the window. */
async function shown({ page, kind, tip, ribbon }, button, text) {
  await ribbon.says(tip, text);
  const box = await tip.boundingBox();
  const over = await button.boundingBox();
  const { width, height } = page.viewportSize();
  assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height, `${text} is cut: ${JSON.stringify(box)}`);
  assert.ok(box.y + box.height <= over.y + 1 || box.y >= over.y + over.height - 1, `${text} lies on its button: ${JSON.stringify([box, over])}`);
  // A frame shows only a part of itself.
  if (kind === 'framed') await page.waitForFunction(([x, y]) => document.elementFromPoint(x, y)?.localName === 'call-ribbon', [box.x + box.width / 2, box.y + box.height / 2]);
}

for (const [kind, position, locale] of [['plain', 'bottom', 'en'], ['framed', 'top', 'ur'], ['plain', 'floating', 'hi']]) {
  test(`each button of the bar names itself and its key: ${kind}, ${position}, ${locale}`, async () => {
    const opened = await open(kind, `/names-${position}`, { position, locale, keys: { mute: 'Ctrl+Alt+X', call: 'F8' } });
    const { context, ribbon } = opened;
    const walk = async (wanted) => {
      for (const button of await ribbon.host.locator('.bar button:visible').all()) {
        const { name, chord, title } = await button.evaluate((one) => ({
          name: one.getAttribute('aria-label') ?? one.querySelector('span').textContent, chord: one.getAttribute('aria-keyshortcuts') ?? '', title: one.title,
        }));
        assert.ok(name);
        assert.equal(title, '', 'no native one beside it');
        await button.hover();
        await shown(opened, button, name + chord.replace('Control', 'Ctrl'));
        wanted.delete(chord);
      }
      assert.deepEqual([...wanted], []);
    };
    await walk(new Set(['F8']));
    await ribbon.main.click();
    await ribbon.reach('connected');
    await ribbon.settled();
    await walk(new Set(['Control+Alt+X', 'Alt+Shift+H', 'Alt+Shift+N']));
    await context.close();
  });
}

test('the keyboard shows it, Escape and a press take it away, and a panel\'s button has one', async () => {
  const opened = await open('plain', '/keyboard');
  const { page, context, ribbon, tip } = opened;
  await page.locator('#crm').focus();
  await page.keyboard.press('Alt+Shift+KeyR');
  await shown(opened, ribbon.main, 'CallAlt+Shift+C');
  await page.keyboard.press('Tab');
  await shown(opened, ribbon.act('fold'), 'Minimize');
  await page.keyboard.press('Escape');
  await tip.waitFor({ state: 'detached' });
  await page.keyboard.press('Shift+Tab');
  await shown(opened, ribbon.main, 'CallAlt+Shift+C');
  // What was pressed has another meaning now.
  await page.keyboard.press('Enter');
  await tip.waitFor({ state: 'detached' });
  await ribbon.reach('connected');
  await ribbon.settled();
  await ribbon.act('notes').hover();
  await shown(opened, ribbon.act('notes'), 'NotesAlt+Shift+N');
  await ribbon.act('notes').click();
  await tip.waitFor({ state: 'detached' });
  const close = ribbon.host.locator('.wrap [data-act="close"]');
  await close.hover();
  await shown(opened, close, 'Close');
  // What a tooltip covers stays within reach of the mouse.
  const { x, y, width, height } = await tip.boundingBox();
  assert.ok(await ribbon.host.evaluate(({ shadowRoot }, at) => !shadowRoot.elementFromPoint(...at)?.closest('.tip'), [x + width / 2, y + height / 2]));
  await ribbon.call('hangup');
  await ribbon.reach('ended');
  await ribbon.host.locator('.notes').press('Control+Enter');
  await tip.waitFor({ state: 'detached' });
  await context.close();
});

test('after a press there is none for two seconds, and none covers the state, the timer or a name', async () => {
  const opened = await open('plain', '/pressed', {}, { viewport: { width: 440, height: 600 } });
  const { page, context, ribbon, tip } = opened;
  // The first tooltip brings the script, which notices presses from then on.
  await ribbon.main.hover();
  await tip.waitFor();
  const pressed = Date.now();
  await ribbon.main.click();
  await ribbon.reach('connected');
  await ribbon.settled();
  await ribbon.act('mute').hover();
  await shown(opened, ribbon.act('mute'), 'MuteAlt+Shift+M');
  assert.ok(Date.now() - pressed >= 2_000);
  await server.post('/api/ribbon/simulator/incoming', { from: '+919811122233', agentId: await page.evaluate(() => agent) });
  await ribbon.host.locator('.waiting button').first().waitFor();
  // The bar is another one now.
  await tip.waitFor({ state: 'detached' });
  await page.mouse.move(5, 5);
  const covers = async () => {
    const box = await tip.locator('span').first().boundingBox();
    const parts = await ribbon.host.locator('.now:visible, .caller:visible, .name:visible').all();
    for (const part of parts) {
      const over = await part.boundingBox();
      const apart = box.x >= over.x + over.width || over.x >= box.x + box.width || box.y >= over.y + over.height || over.y >= box.y + box.height;
      assert.ok(apart, `${await tip.textContent()} covers ${await part.textContent()}: ${JSON.stringify([box, over])}`);
    }
  };
  for (const button of [ribbon.act('mute'), ribbon.main, ribbon.act('answer-waiting'), ribbon.act('hold')]) {
    await button.hover();
    await tip.waitFor();
    await covers();
    await page.mouse.move(5, 5);
    await tip.waitFor({ state: 'detached' });
  }
  await context.close();
});

test('a finger shows none, and neither does the focus that it sets', async () => {
  const { page, context, ribbon, tip } = await open('plain', '/finger', {}, { hasTouch: true });
  await page.evaluate(() => {
    window.tips = [];
    new MutationObserver((records) => {
      for (const { addedNodes } of records) for (const node of addedNodes) if (node.className === 'tip') tips.push(node.textContent);
    }).observe(document.querySelector('call-ribbon').shadowRoot, { subtree: true, childList: true });
  });
  await ribbon.main.tap();
  await ribbon.reach('connected');
  await ribbon.settled();
  await ribbon.act('mute').tap();
  await ribbon.hear('mutetoggle');
  await ribbon.act('hold').tap();
  await ribbon.hear('holdtoggle');
  // The pause of the ones before is over when this one is shown.
  await ribbon.act('keypad').hover();
  await ribbon.says(tip, 'Keypad');
  assert.deepEqual(await page.evaluate(() => tips), ['Keypad']);
  await context.close();
});

test('without its file, the ribbon works', async () => {
  const { page, context, ribbon, complaints } = await open('plain', '/no-file');
  await page.route('**/assets/tips-*.js', (route) => route.abort());
  await ribbon.act('fold').hover();
  await ribbon.main.click();
  await ribbon.reach('connected');
  assert.deepEqual(complaints, []);
  await context.close();
});
