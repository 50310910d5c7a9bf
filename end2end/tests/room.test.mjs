// The bar lies over the page: it says how much room it takes, and stands off the edge where asked.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { KINDS, openKind } from '../support/kinds.mjs';
import { startServer } from '../support/server.mjs';
import { startSite } from '../support/site.mjs';

const all = {};
before(async () => { [all.browser, all.server, all.site] = await Promise.all([startBrowser(), startServer(), startSite()]); });
after(async () => { await Promise.all([all.browser?.close(), all.server?.stop(), all.site?.stop()]); });

const HEAD = `<style>
  body { margin: 0; padding-bottom: var(--call-ribbon-bottom, 0px); padding-top: var(--call-ribbon-top, 0px); }
  footer { position: fixed; bottom: var(--call-ribbon-bottom, 0px); left: 0; height: 40px; width: 300px; }
  p { margin: 0; height: 30px; }
</style>`;
const BODY = `<main>${'<p>A line.</p>'.repeat(60)}<p id="last">The last line.</p></main><footer><button id="save">Save record</button></footer>`;
const THEN = `window.rooms = []; addEventListener('callribbon:resize', ({ detail }) => rooms.push(detail));
  window.published = () => ['height', 'top', 'bottom'].map((name) => getComputedStyle(document.documentElement).getPropertyValue('--call-ribbon-' + name));`;

// Each step, and whether the bar lies along an edge after it.
const STEPS = [
  ['as it comes', [], 'bottom'],
  ['at the top', ['setPosition', 'top'], 'top'],
  ['as a card', ['setPosition', 'floating'], ''],
  ['at the bottom again', ['setPosition', 'bottom'], 'bottom'],
  ['folded', ['setMinimized', true], ''],
  ['unfolded', ['setMinimized', false], 'bottom'],
  ['hidden', ['setVisible', false], ''],
  ['shown', ['setVisible', true], 'bottom'],
];

for (const kind of KINDS) {
  test(`the room that the bar takes is published (${kind})`, async () => {
    const offset = { top: 48, bottom: 60 };
    const { page, ribbon, context, complaints } = await openKind(kind, all, '/room', { head: HEAD, body: BODY, then: THEN, options: { offset } });
    for (const [name, [method, value], edge] of STEPS) {
      if (method) await ribbon.call(method, value);
      await page.waitForFunction((wanted) => {
        const { height = 0, top, bottom } = rooms.at(-1) ?? {};
        return wanted ? height > 0 && { top, bottom }[wanted] > 0 : height === 0;
      }, edge);
      const { height, top, bottom } = await page.evaluate(() => rooms.at(-1));
      assert.deepEqual(await page.evaluate(() => published()), [height, top, bottom].map((pixels) => `${pixels}px`), name);
      await page.waitForFunction((wanted) => ExotelCallRibbon.getState().height === wanted, height);
      assert.deepEqual([top, bottom], [edge === 'top' ? height + 48 : 0, edge === 'bottom' ? height + 60 : 0], name);
      if (edge) {
        const box = await ribbon.bar.boundingBox();
        assert.equal(Math.ceil(box.height), height, name);
        assert.equal(Math.round(edge === 'top' ? box.y : 720 - box.y - box.height), offset[edge], name);
      }
    }
    // The last line and a fixed footer are free of the bar; the page's own style may be swapped.
    await page.evaluate(() => {
      document.documentElement.setAttribute('style', 'color-scheme: light');
      scrollTo(0, document.body.scrollHeight);
    });
    await page.waitForFunction(() => published()[0] !== '');
    const free = await page.evaluate(() => ['last', 'save'].map((id) => {
      const box = document.querySelector('#' + id).getBoundingClientRect();
      return document.elementFromPoint(box.left + 5, box.bottom - 5)?.id;
    }));
    assert.deepEqual(free, ['last', 'save']);
    await page.locator('#save').click();
    await ribbon.call('destroy');
    assert.deepEqual(await page.evaluate(() => [published(), rooms.at(-1)]), [['', '', ''], { height: 0, top: 0, bottom: 0 }]);
    assert.deepEqual(complaints, []);
    await context.close();
  });
}

test('an offset that cannot be is refused by its name; another init moves the bar', async () => {
  const { page, ribbon, context } = await openKind('plain', all, '/offset', { then: THEN });
  const init = (offset) => page.evaluate(async (given) => {
    try {
      await ExotelCallRibbon.init({ apiKey: 'demo-api-key-789', agentId: agent, offset: given });
      return 'taken';
    } catch ({ code, message }) {
      return `${code} ${message}`;
    }
  }, offset);
  for (const [offset, field] of [[{ bottom: '60px' }, 'offset.bottom'], [{ top: -1 }, 'offset.top'], [{ top: 1001 }, 'offset.top'], [60, 'offset'], ['60', 'offset']]) {
    assert.match(await init(offset), new RegExp(`^invalid_argument init: ${field.replace('.', '\\.')} must`), JSON.stringify(offset));
  }
  for (const [offset, bottom] of [[{ bottom: 60 }, 60], [{ bottom: 12.5 }, 12.5], [{ top: 5 }, 0], [null, 0], [{}, 0]]) {
    assert.equal(await init(offset), 'taken', JSON.stringify(offset));
    const box = await ribbon.bar.boundingBox();
    assert.equal(720 - box.y - box.height, bottom, JSON.stringify(offset));
  }
  await context.close();
});
