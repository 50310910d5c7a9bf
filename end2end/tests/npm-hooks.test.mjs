// The React hooks and the Vue composables in every order: what is mounted, changed and unmounted, and when.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { promisify } from 'node:util';
import { openPage, startBrowser } from '../support/browser.mjs';
import { openWorkshop, recordInits } from '../support/npm/apps.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { KEY, startServer } from '../support/server.mjs';
import { startSite } from '../support/site.mjs';

let browser, server, site, workshop;
before(async () => { [browser, server, site, workshop] = await Promise.all([startBrowser(), startServer(), startSite(), openWorkshop()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop(), workshop?.close()]); });

const run = promisify(execFile);
/** Renders the components on a server, without a page, and returns the markup. */
async function renderOnServer(kind, given) {
  const script = kind === 'react'
    ? `import { renderToString } from 'react-dom/server'; import { createElement } from 'react'; import { Page } from './rendered.mjs';
       process.stdout.write(renderToString(createElement(Page, GIVEN)));`
    : `import { renderToString } from 'vue/server-renderer'; import { makeApp } from './rendered.mjs';
       process.stdout.write(await renderToString(makeApp(GIVEN)));`;
  const folder = join(workshop.folder, 'cases');
  await workshop.compile(kind === 'react' ? 'react-cases.jsx' : 'vue-cases.js', 'rendered.mjs');
  await workshop.write('cases/render.mjs', script.replace('GIVEN', JSON.stringify(given)));
  const { stdout } = await run(process.execPath, ['render.mjs'], { cwd: folder });
  return stdout;
}

for (const kind of ['react', 'vue']) {
  const file = kind === 'react' ? 'react-cases.jsx' : 'vue-cases.js';
  let code;

  /** Opens the page of the cases; `inits` returns the options of each `init`. */
  async function open(given, markup = '') {
    code ??= await workshop.bundle(file);
    site.page(`/${kind}.js`, code, { 'content-type': 'text/javascript' });
    const html = `<!doctype html><title>Cases</title><div id="root">${markup}</div><script>window.given = ${JSON.stringify(given)}</script><script type="module" src="/${kind}.js"></script>`;
    const opened = await openPage(browser, 'about:blank');
    const inits = await recordInits(opened.page);
    await opened.page.goto(site.page(`/${kind}`, html));
    await opened.page.waitForFunction(() => window.show);
    const show = (props) => opened.page.evaluate((next) => window.show(next), props);
    return {
      ...opened, inits, show, ribbon: ribbonOf(opened.page),
      status: (mark, text) => opened.page.locator(`[id="status-${mark}"]`, { hasText: text }).waitFor(),
      logged: () => opened.page.evaluate(() => logged),
      hears: (line) => opened.page.waitForFunction((wanted) => logged.includes(wanted), line),
    };
  }

  // Each test has an agent of its own, who remembers no call of another test.
  let agents = 0;
  beforeEach(() => { agents += 1; });
  const agent = () => `${kind}-agent-${agents}`;
  const options = (more) => ({ apiUrl: server.url, apiKey: KEY, agentId: agent(), ...more });
  const holder = (mark, more) => ({ mark, options: options(more) });
  const customer = (id, more) => ({ customerId: id, name: `${id} Rao`, phoneNumber: '+919900090011', ...more });

  test(`${kind}: components come and go, and there is one ribbon or none`, async () => {
    const { page, context, complaints, inits, show, ribbon, status, logged } = await open({});
    await show({ holders: [holder('a')] });
    await status('a', 'ready');
    assert.deepEqual([await ribbon.host.count(), (await inits()).map((one) => one.agentId)], [1, [agent()]]);
    // The one that was mounted last decides; when it goes, the other decides again.
    await show({ holders: [holder('a'), holder('b', { position: 'top' })] });
    await page.waitForFunction(() => ExotelCallRibbon.getState().position === 'top');
    await show({ holders: [holder('a')] });
    await page.waitForFunction(() => ExotelCallRibbon.getState().position === 'bottom');
    // Gone and there again at once: nothing happens. Gone for good: nothing is left.
    const before = (await inits()).length;
    await page.evaluate(([none, one]) => { show(none); show(one); }, [{ holders: [] }, { holders: [holder('c')] }]);
    await status('c', 'ready');
    assert.deepEqual([await ribbon.host.count(), (await inits()).length], [1, before]);
    await show({ holders: [] });
    await ribbon.host.waitFor({ state: 'detached' });
    await show({ holders: [holder('d')] });
    await status('d', 'ready');
    assert.equal(await ribbon.host.count(), 1);
    // Off by null, and on again.
    await show({ holders: [{ mark: 'd', options: null }] });
    await status('d', 'closed');
    assert.equal(await ribbon.host.count(), 0);
    await show({ holders: [holder('d')] });
    await status('d', 'ready');
    assert.deepEqual((await logged()).filter((line) => /warning|onError/.test(line)), []);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test(`${kind}: a component that is unmounted while the script loads leaves no ribbon`, async () => {
    const { page, context, complaints, show, ribbon } = await open({});
    let go;
    const held = new Promise((resolve) => { go = resolve; });
    await page.route('**/call-ribbon.js', async (route) => {
      await held;
      await route.continue();
    });
    const asked = page.waitForRequest('**/call-ribbon.js');
    await show({ holders: [holder('a')] });
    await asked;
    await show({ holders: [] });
    await page.locator('[id="status-a"]').waitFor({ state: 'detached' });
    go();
    await page.waitForFunction(() => window.ExotelCallRibbon);
    assert.equal(await page.evaluate(() => ExotelCallRibbon.getState().phase), 'signed-out');
    await show({ holders: [holder('b')] });
    await ribbon.reach('idle');
    assert.equal(await ribbon.host.count(), 1);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test(`${kind}: what is wrong is told, and options that change put it right`, async () => {
    const { context, complaints, show, ribbon, status, logged } = await open({});
    await show({ holders: [holder('a', { apiUrl: `${site.origin}/nothing` })] });
    await status('a', 'server_unreachable');
    await show({ holders: [holder('a', { apiKey: 'wrong' })] });
    await status('a', 'invalid_api_key');
    await show({ holders: [holder('a')] });
    await status('a', 'ready');
    await ribbon.reach('idle');
    const errors = (await logged()).filter((line) => line.includes('onError'));
    assert.deepEqual(errors, ['a onError server_unreachable', 'a onError invalid_api_key']);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test(`${kind}: events reach the latest listener, once, and none that was unmounted`, async () => {
    const { page, context, complaints, show, ribbon, hears, logged } = await open({});
    // The customer and the listeners are there before the ribbon.
    const first = { holders: [holder('a')], listeners: ['one', 'two'], customer: customer('C-1') };
    await show(first);
    await ribbon.says(ribbon.name, 'C-1 Rao');
    await show({ ...first, holders: [{ ...holder('a'), mark: 'a/2' }], listeners: ['one/2'] });
    await page.evaluate(() => ExotelCallRibbon.makeCall());
    await hears('one/2 dialing C-1');
    await ribbon.reach('connected');
    // Other customers during the call: it stays with the first.
    await show({ ...first, listeners: ['one/3'], customer: customer('C-2') });
    await show({ ...first, listeners: ['one/3'], customer: customer('C-3') });
    await ribbon.settled();
    await ribbon.main.click();
    await hears('one/3 callEnded C-1');
    // Only the last one is next.
    await ribbon.main.filter({ hasText: 'C-3' }).waitFor();
    const lines = await logged();
    assert.deepEqual(lines.filter((line) => /^(one|two)/.test(line)), ['one/2 dialing C-1', 'one/3 callEnded C-1']);
    assert.deepEqual(lines.filter((line) => line.includes('onCallEvent dialing')), ['a/2 onCallEvent dialing']);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test(`${kind}: autoCall calls once, also when the ribbon is opened again`, async () => {
    const { page, context, complaints, show, ribbon, hears } = await open({});
    const all = (more) => ({ holders: [holder('a', more)], listeners: ['one'], customer: customer('C-1', { autoCall: true }) });
    await show(all());
    await hears('one dialing C-1');
    await ribbon.reach('connected');
    // A new theme opens the ribbon again, and the call goes on.
    await show(all({ theme: 'dark' }));
    await page.waitForFunction(() => document.querySelector('call-ribbon')?.shadowRoot.querySelector('[data-theme="dark"]'));
    await ribbon.reach('connected');
    await ribbon.settled();
    await ribbon.main.click();
    await hears('one callEnded C-1');
    await ribbon.reach('ended');
    await ribbon.settled();
    await ribbon.main.click();
    await ribbon.reach('idle');
    const { calls } = await server.get(`/api/ribbon/calls?list=all&agentId=${agent()}`);
    assert.deepEqual(calls.map(({ status }) => status), ['completed']);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test(`${kind}: a page that was rendered on a server becomes alive without a difference`, async () => {
    const given = { holders: [holder('a')], listeners: ['one'], customer: customer('C-1') };
    const markup = await renderOnServer(kind, given);
    assert.match(markup, /closed/);
    const { context, complaints, inits, ribbon, status, logged } = await open(given, markup);
    await status('a', 'ready');
    await ribbon.says(ribbon.name, 'C-1 Rao');
    assert.deepEqual([(await logged()).filter((line) => /hydration|warning/.test(line)), (await inits()).length], [[], 1]);
    assert.deepEqual(complaints, []);
    await context.close();
  });
}
