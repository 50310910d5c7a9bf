// The second file of the ribbon's WebAssembly, which comes after the page can make calls.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newProfile, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer, STILL } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

const CUSTOMER = { customerId: 'C-1', name: 'Asha Rao', phoneNumber: '+91 98765 43210', callType: 'sales', context: { amountDue: 12.5, flags: [true, null] } };

let browser, server, site;
before(async () => {
  [browser, server, site] = await Promise.all([startBrowser(), startServer({ simulator: STILL }), startSite()]);
  const loader = await (await fetch(`${server.url}/call-ribbon.js`)).text();
  const glue = await (await fetch(`${server.url}/${loader.match(/assets\/ribbon-\w+\.js/)[0]}`)).text();
  assert.ok(glue.includes('assets/rest-'), 'a quick build has no second file; build the browser files with `cargo xtask test` or `cargo xtask sizes`');
});
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

/**
 * Opens a page; `answer` decides about each request for the second file, and `stream` about the stream, whose news need
 * that file. `asked` says how the page asks for it.
 */
async function openWith(name, answer, stream = (route) => route.continue()) {
  const context = await newProfile(browser);
  const asked = [];
  await context.route(/\/assets\/rest-/, (route) => {
    const how = route.request().resourceType();
    asked.push(how);
    return answer(route, how, asked.length);
  });
  await context.route(/\/api\/ribbon\/events/, stream);
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(site.page(name, crmPage(server)));
  return { page, context, complaints, asked, ribbon: ribbonOf(page) };
}

test('an agent can call before the second file has come', async () => {
  const held = [];
  const hold = (route) => held.push(route);
  let released = false;
  const { ribbon, page, context, complaints, asked } = await openWith('/held', (route, how) => {
    if (released) return route.continue();
    // A page that waits for the file would hang here.
    return how === 'fetch' ? hold(route) : route.abort();
  }, (route) => (released ? route.continue() : hold(route)));
  await ribbon.ready();
  await ribbon.call('setCustomer', CUSTOMER);
  await ribbon.settled();
  await ribbon.main.click();
  await ribbon.reach('dialing');
  await page.waitForFunction(() => ExotelCallRibbon.getState().call.sessionId);
  const { calls } = await server.get('/api/ribbon/calls?limit=1');
  assert.equal(calls[0].status, 'active');
  assert.ok(asked.every((how) => how === 'fetch'), `\`cargo xtask record\` must be run again: ${asked}`);
  released = true;
  await Promise.all(held.map((route) => route.continue()));
  await ribbon.call('hangup');
  await ribbon.hear('callEnded');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('what is needed before the second file has come brings it', async () => {
  // In the background it never comes.
  const { ribbon, page, context, complaints, asked } = await openWith('/at-once', (route, how) => (how === 'fetch' ? null : route.continue()));
  await ribbon.ready();
  await ribbon.call('setCustomer', CUSTOMER);
  await ribbon.settled();
  await ribbon.main.click();
  const { callSid } = await ribbon.hear('dialing');
  await server.tell('ringing', callSid);
  await server.tell('connected', callSid);
  await ribbon.reach('connected');
  await ribbon.call('hangup');
  await ribbon.hear('callEnded');
  const saved = page.waitForResponse((response) => response.request().method() === 'PATCH');
  await ribbon.host.locator('.notes').fill('She pays on Friday.');
  await ribbon.host.locator('[data-act="done"]').click();
  await saved;
  const { calls } = await server.get('/api/ribbon/calls?limit=1');
  assert.equal(calls[0].notes, 'She pays on Friday.');
  assert.equal(asked.filter((how) => how === 'xhr').length, 1);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a second file that fails to come is requested again', async () => {
  let loaded;
  const came = new Promise((resolve) => { loaded = resolve; });
  const { ribbon, context, complaints, asked } = await openWith('/again', async (route, how, times) => {
    if (times === 1) return route.abort();
    if (times === 2) return route.fulfill({ status: 503, body: 'busy' });
    await route.continue();
    return loaded();
  }, () => {});
  await ribbon.ready();
  await came;
  assert.deepEqual(asked, ['fetch', 'fetch', 'fetch']);
  assert.deepEqual(complaints, []);
  await context.close();
});
