// The one script tag, however a page includes it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

let browser, server, site;
before(async () => { [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

const src = () => `${server.url}/call-ribbon.js`;

const INCLUDED = {
  'a plain tag before everything': { tag: () => undefined },
  'async': { tag: () => `<script async src="${src()}" onload="begin()"></script>` },
  'defer': { tag: () => `<script defer src="${src()}"></script><script>addEventListener('DOMContentLoaded', () => begin())</script>` },
  'added late by script': {
    tag: () => `<script>addEventListener('load', () => {
      const late = document.createElement('script'); late.src = '${src()}'; late.onload = () => begin(); document.body.append(late);
    })</script>`,
  },
  'twice': { tag: () => `<script src="${src()}"></script><script src="${src()}"></script><script>addEventListener('load', () => begin())</script>` },
};
for (const [how, { tag }] of Object.entries(INCLUDED)) {
  test(`included as ${how}`, async () => {
    const path = `/${how.replaceAll(' ', '-')}`;
    const { page, complaints, context } = await openPage(browser, site.page(path, crmPage(server, { tag: tag() })));
    const ribbon = ribbonOf(page);
    await ribbon.ready();
    await ribbon.reach('idle');
    assert.equal(await ribbon.host.count(), 1);
    assert.deepEqual(complaints, []);
    const added = await page.evaluate(() => {
      const frame = document.body.appendChild(document.createElement('iframe'));
      const plain = new Set(Object.getOwnPropertyNames(frame.contentWindow));
      frame.remove();
      return Object.getOwnPropertyNames(window).filter((name) => !plain.has(name) && !/^\d+$/.test(name));
    });
    const own = ['heard', 'errors', 'ready', 'agent', 'begin'];
    assert.deepEqual(added.filter((name) => !own.includes(name)), ['ExotelCallRibbon']);
    await context.close();
  });
}

test('the very next script may call anything; it is done in order, promises and all', async () => {
  const then = `
    window.known = typeof ExotelCallRibbon;
    const customer = { phoneNumber: '+919876543210', name: 'Asha', context: { n: 1 } };
    ExotelCallRibbon.setCustomer(customer);
    customer.name = 'changed later'; customer.context.n = 2;
    ExotelCallRibbon.setPosition('top');
    window.order = [];
    ExotelCallRibbon.on('dialing', (data) => order.push('listener ' + data.customerData.name + data.customerData.context.n));
    ExotelCallRibbon.makeCall().then((call) => order.push('call ' + typeof call.callSid + typeof call.sessionId));
    addEventListener('callribbon:dialing', (event) => order.push('dom ' + event.detail.customerData.name));`;
  const { page, context } = await openPage(browser, site.page('/queue', crmPage(server, { then })));
  const ribbon = ribbonOf(page);
  await ribbon.hear('connected');
  assert.equal(await page.evaluate(() => known), 'object');
  const order = await page.evaluate(() => order);
  assert.deepEqual([...order].sort(), ['call stringstring', 'dom Asha', 'listener Asha1']);
  assert.equal(await ribbon.place.getAttribute('data-position'), 'top');
  await context.close();
});

test('a callback that throws breaks neither the ribbon nor another listener', async () => {
  const then = `
    window.others = 0;
    ExotelCallRibbon.on('dialing', () => { throw new Error('the page is broken'); });
    ExotelCallRibbon.on('dialing', () => { others += 1; });
    ExotelCallRibbon.makeCall('+919876543210');`;
  const { page, complaints, context } = await openPage(browser, site.page('/throws', crmPage(server, { then })));
  const ribbon = ribbonOf(page);
  await ribbon.hear('connected');
  assert.equal(await page.evaluate(() => others), 1);
  assert.deepEqual(await page.evaluate(() => errors.map((error) => error.code)), ['callback_failed']);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('under a strict Content-Security-Policy', async () => {
  const nonce = 'r4nd0m';
  const policy = `default-src 'none'; script-src ${server.url} 'nonce-${nonce}' 'wasm-unsafe-eval'; connect-src ${server.url}`;
  const html = crmPage(server).replaceAll('<script>', `<script nonce="${nonce}">`);
  const { page, context } = await openPage(browser, site.page('/csp', html, { 'content-security-policy': policy }));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  const box = await ribbon.bar.boundingBox();
  assert.deepEqual([box.width, Math.round(box.y + box.height)], [1280, 720], 'the bar has its styles');
  await context.close();
});

test('when the ribbon cannot load, the page is told and works on', async () => {
  const { page, context, complaints } = await openPage(browser, 'about:blank');
  await page.route('**/assets/ribbon-*.wasm', (route) => route.abort());
  await page.goto(site.page('/blocked', crmPage(server, { then: 'window.outcome = ExotelCallRibbon.makeCall("+919876543210").catch((error) => error.code);' })));
  assert.equal(await page.evaluate(() => outcome), 'ribbon_unavailable');
  const errors = await page.evaluate(() => errors);
  assert.equal(errors.length, 1);
  assert.match(errors[0].message, /could not be loaded/);
  assert.deepEqual(complaints, []);
  // Once the way is free, `init` works without loading the page again.
  await page.unroute('**/assets/ribbon-*.wasm');
  await page.evaluate(() => begin());
  await ribbonOf(page).ready();
  await context.close();
});
