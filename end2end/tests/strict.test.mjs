// Pages that allow little: no inline scripts, no WebAssembly, no markup from text.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from '../support/browser.mjs';
import { framed } from '../support/kinds.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { ADMIN_TOKEN, startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

let browser, server, site;
before(async () => { [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

const NONCE = 'r4nd0m';
const CUSTOMER = { phoneNumber: '+919876543210', name: 'Asha', context: { list: [1, [2, 'x']], text: 'y', nothing: null } };

/** Opens a page under a policy. What the policy refuses is gathered in `refused`. */
async function open(path, policy, options = {}) {
  const head = `<script>window.refused = [];
    document.addEventListener('securitypolicyviolation', (event) => refused.push(event.effectiveDirective));</script>`;
  const html = crmPage(server, { head, ...options }).replaceAll('<script>', `<script nonce="${NONCE}">`);
  const all = `default-src 'none'; script-src ${server.url} 'nonce-${NONCE}'${policy}`;
  const opened = await openPage(browser, site.page(path, html, { 'content-security-policy': all }));
  return { ...opened, refused: () => opened.page.evaluate(() => refused) };
}

test('where only text may not become markup, a whole call works and nothing is refused', async () => {
  const policy = ` 'wasm-unsafe-eval'; connect-src ${server.url}; require-trusted-types-for 'script'; trusted-types 'none'`;
  const { page, context, complaints, refused } = await open('/trusted-types', policy);
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await ribbon.call('setCustomer', CUSTOMER);
  await ribbon.main.click();
  await ribbon.reach('connected');
  await ribbon.act('keypad').click();
  await ribbon.digit('5').click();
  await ribbon.hear('dtmf');
  await ribbon.main.click();
  await ribbon.hear('callEnded');
  assert.deepEqual(await refused(), []);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a frame of the page\'s own that its policy forbids does not stand for the ribbon\'s', async () => {
  // The page's frame is refused while the ribbon's is awaited: the server answers that one late.
  const { page, context } = await openPage(browser, 'about:blank');
  let answer;
  const asked = new Promise((resolve) => { page.route('**/embed', (route) => { answer = () => route.continue(); resolve(); }); });
  const then = `window.refused = []; document.addEventListener('securitypolicyviolation', (event) => refused.push(event.blockedURI));`;
  const html = crmPage(server, { then }).replaceAll('<script>', `<script nonce="${NONCE}">`);
  const policy = `default-src 'none'; script-src ${server.url} 'nonce-${NONCE}'; frame-src ${server.url}`;
  await page.goto(site.page('/other-frame', html, { 'content-security-policy': policy }));
  await asked;
  await page.evaluate(() => { document.body.append(Object.assign(document.createElement('iframe'), { src: 'http://elsewhere.example/' })); });
  await page.waitForFunction(() => refused.some((address) => address.includes('elsewhere')));
  answer();
  await framed(page).ready();
  assert.deepEqual(await page.evaluate(() => errors), []);
  await context.close();
});

test('a page reaches the ribbon\'s own methods in the frame, and none that every object has', async () => {
  const { page, context } = await openPage(browser, 'about:blank');
  // The test speaks to the frame as the loader does: it introduces itself with a port.
  await page.goto(site.page('/own-frame', '<!doctype html><title>CRM</title>'));
  const answers = await page.evaluate(async (origin) => {
    const frame = Object.assign(document.createElement('iframe'), { src: `${origin}/embed` });
    const { port1, port2 } = new MessageChannel();
    const answered = new Map();
    frame.onload = () => frame.contentWindow.postMessage('call-ribbon', origin, [port2]);
    await new Promise((resolve) => {
      // Its first message says that the ribbon is there.
      port1.onmessage = ({ data }) => { resolve(); answered.get(data.answer)?.(data); };
      document.body.append(frame);
    });
    const ask = (method, ask) => new Promise((resolve) => {
      answered.set(ask, resolve);
      port1.postMessage({ ask, method, args: [] });
    });
    const names = ['getState', 'constructor', 'toString', 'hasOwnProperty', '__proto__', '__defineGetter__', 'nothing'];
    return Promise.all(names.map(async (name, at) => [name, (await ask(name, at)).error?.code]));
  }, server.url);
  assert.deepEqual(answers[0], ['getState', undefined]);
  for (const [name, code] of answers.slice(1)) assert.equal(code, 'unknown_method', name);
  await context.close();
});

test('where no WebAssembly may run, the same ribbon works in a frame', async () => {
  const body = `<main><h1>CRM</h1><button id="beneath" style="position:fixed;left:40px;top:300px">Save</button></main>`;
  const { page, context, complaints } = await open('/no-wasm', `; frame-src ${server.url}`, { body });
  const ribbon = framed(page);
  await ribbon.ready();
  assert.deepEqual((await ribbon.call('setPosition', 'left')).error?.code, 'invalid_argument');
  await page.evaluate((customer) => {
    window.dom = [];
    addEventListener('callribbon:connected', (event) => dom.push(event.detail.customerData.name));
    ExotelCallRibbon.on('connected', (data) => dom.push(data.callDirection));
    ExotelCallRibbon.on('connected', () => { throw new Error('the page is broken'); });
    return ExotelCallRibbon.setCustomer(customer);
  }, CUSTOMER);
  const box = await ribbon.bar.boundingBox();
  assert.deepEqual([box.x, box.width, Math.round(box.y + box.height)], [0, 1280, 720]);

  // The page beneath is used as ever, although the frame spans the window.
  await page.evaluate(() => { window.saved = 0; document.querySelector('#beneath').onclick = () => { saved += 1; }; });
  await page.locator('#beneath').click();
  assert.equal(await page.evaluate(() => saved), 1);

  const call = await ribbon.call('makeCall');
  assert.deepEqual(Object.keys(call.value).sort(), ['callSid', 'sessionId']);
  const connected = await ribbon.hear('connected');
  assert.deepEqual(connected.customerData, CUSTOMER);
  assert.deepEqual((await page.evaluate(() => dom)).sort(), ['Asha', 'outbound']);
  assert.deepEqual((await page.evaluate(() => errors)).map((error) => error.code), ['invalid_argument', 'callback_failed']);
  await page.waitForFunction(() => ExotelCallRibbon.getState().phase === 'connected');
  await ribbon.act('mute').click();
  await ribbon.hear('mutetoggle');
  await page.waitForFunction(() => ExotelCallRibbon.getState().call.muted);
  await ribbon.act('keypad').click();
  await ribbon.digit('5').click();
  await ribbon.hear('dtmf');
  await ribbon.main.click();
  assert.equal((await ribbon.hear('callEnded')).status, 'completed');

  // Minimized, it leaves the room to the page.
  await ribbon.call('setMinimized', true);
  await page.waitForFunction(() => {
    const inset = getComputedStyle(document.querySelector('call-ribbon').shadowRoot.querySelector('iframe')).clipPath;
    return inset.startsWith('inset(') && parseFloat(inset.slice(6)) > 600;
  });

  await ribbon.call('destroy');
  assert.equal(await page.locator('call-ribbon').count(), 0);
  assert.equal((await ribbon.call('makeCall', '1234')).error.code, 'not_initialised');
  await page.evaluate(() => begin());
  await ribbon.reach('idle');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('in its frame, the ribbon is let in or kept out by the page around it', async () => {
  const allow = (allowedDomains) => fetch(`${server.url}/api/admin/clients/client-demo`, {
    method: 'PATCH', headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ allowedDomains }),
  });
  await allow(['crm.example.com']);
  const { page, context } = await open('/kept-out', `; frame-src ${server.url}`);
  await page.waitForFunction(() => errors.length > 0);
  assert.equal((await page.evaluate(() => errors))[0].code, 'domain_not_allowed');
  await allow([new URL(site.origin).host]);
  await page.evaluate(() => begin());
  await framed(page).ready();
  await allow([]);
  await context.close();
});

test('where neither WebAssembly nor the frame is allowed, the page is told what to allow', async () => {
  const { page, context, complaints } = await open('/nothing', `; frame-src 'none'`);
  await page.waitForFunction(() => errors.length > 0);
  const [error] = await page.evaluate(() => errors);
  assert.equal(error.code, 'ribbon_unavailable');
  assert.match(error.message, /'wasm-unsafe-eval'.*frame-src http/);
  assert.equal(await page.locator('call-ribbon').count(), 0);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the loader may be pinned by its digest', async () => {
  const digests = await (await fetch(`${server.url}/integrity.json`)).json();
  const tag = (integrity) => `<script src="${server.url}/call-ribbon.js" integrity="${integrity}" crossorigin="anonymous"></script>
    <script>addEventListener('load', () => window.ExotelCallRibbon && begin())</script>`;
  const right = await openPage(browser, site.page('/pinned', crmPage(server, { tag: tag(digests['call-ribbon.js']) })));
  await ribbonOf(right.page).ready();
  await right.context.close();
  const wrong = await openPage(browser, site.page('/forged', crmPage(server, { tag: tag(`sha384-${'A'.repeat(64)}`) })));
  assert.equal(await wrong.page.evaluate(() => typeof ExotelCallRibbon), 'undefined');
  await wrong.context.close();
});

test('a page that swaps its body, or all of itself, keeps the ribbon and its call', async () => {
  const { page, context } = await openPage(browser, site.page('/swap', crmPage(server)));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await ribbon.call('makeCall', '+919876543210');
  await ribbon.hear('connected');
  await page.evaluate(() => { document.body = document.createElement('body'); });
  await ribbon.reach('connected');
  await page.evaluate(() => { document.documentElement.innerHTML = '<head></head><body><p>the next page</p></body>'; });
  await ribbon.reach('connected');
  await page.evaluate(() => document.documentElement.replaceWith(document.createElement('html')));
  await ribbon.reach('connected');
  await ribbon.main.click();
  await ribbon.hear('callEnded');
  assert.equal(await ribbon.host.count(), 1);
  // Gone for good it is only by `destroy`.
  await ribbon.call('destroy');
  await page.evaluate(() => { document.documentElement.innerHTML = ''; });
  assert.equal(await ribbon.host.count(), 0);
  await context.close();
});

test('a page in a frame of a portal has its own ribbon', async () => {
  const crm = site.page('/portal-crm', crmPage(server));
  const portal = site.page('/portal', `<!doctype html><title>Portal</title><iframe src="${crm}" style="width:900px;height:500px"></iframe>`);
  const { page, context } = await openPage(browser, portal);
  const inner = page.frames().find((frame) => frame.url() === crm);
  const ribbon = ribbonOf(inner);
  await ribbon.ready();
  await ribbon.call('makeCall', '+919876543210');
  await ribbon.hear('connected');
  assert.equal((await ribbon.bar.boundingBox()).width, 900);
  await context.close();
});
