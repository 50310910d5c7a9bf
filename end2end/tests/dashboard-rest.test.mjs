// The second file of the dashboard's WebAssembly, which holds all views but the first.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from '../support/browser.mjs';
import { signIn } from '../support/dashboard.mjs';
import { KEY, startServer } from '../support/server.mjs';

let browser, server;
before(async () => {
  [browser, server] = await Promise.all([startBrowser(), startServer()]);
  const html = await (await fetch(`${server.url}/dashboard`)).text();
  const glue = await (await fetch(`${server.url}${html.match(/\/assets\/dashboard-\w+\.js/)[0]}`)).text();
  assert.ok(glue.includes('views-'), 'a quick build has no second file; build the browser files with `cargo xtask test` or `cargo xtask sizes`');
});
after(async () => { await Promise.all([browser?.close(), server?.stop()]); });

const VIEWS = /\/assets\/views-/;
const heading = (page, name) => page.getByRole('heading', { name, exact: true }).waitFor();

test('the overview is shown before the second file has come, and a click waits for it', async () => {
  const { page, complaints, context } = await openPage(browser, `${server.url}/dashboard`);
  await signIn(page, { key: KEY });
  await heading(page, 'Overview');
  const held = [];
  const asked = [];
  let open = false;
  await context.route(VIEWS, (route) => {
    const how = route.request().resourceType();
    asked.push(how);
    if (open) return route.continue();
    // A page that waits for the file would hang here.
    return how === 'fetch' ? held.push(route) : route.abort();
  });
  await page.reload();
  await heading(page, 'Overview');
  await page.waitForFunction(() => !document.querySelector('.skeleton'));
  await page.getByRole('link', { name: 'Calls', exact: true }).first().click();
  await heading(page, 'Overview');
  open = true;
  await Promise.all(held.map((route) => route.continue()));
  await heading(page, 'Calls');
  assert.ok(asked.every((how) => how === 'fetch'), `\`cargo xtask record\` must be run again: ${asked}`);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a second file that fails to come is requested again, and the page shows its frame meanwhile', async () => {
  const { page, complaints, context } = await openPage(browser, 'about:blank');
  let times = 0;
  let release;
  const last = new Promise((resolve) => { release = resolve; });
  await context.route(VIEWS, async (route) => {
    times += 1;
    if (times === 1) return route.abort();
    if (times === 2) return route.fulfill({ status: 404, body: 'not found' });
    if (times === 3) return route.fulfill({ status: 200, contentType: 'text/html', body: '<h1>Sign in</h1>' });
    await last;
    return route.continue();
  });
  await page.goto(`${server.url}/dashboard/calls`);
  await page.locator('#boot .skeleton').waitFor();
  while (times < 4) {
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await page.evaluate(() => new Promise((resolve) => { setTimeout(resolve, 20); }));
  }
  await page.locator('#boot .skeleton').waitFor();
  release();
  await signIn(page, { key: KEY });
  await heading(page, 'Calls');
  assert.deepEqual(complaints, []);
  await context.close();
});
