// The book of the guides that the server serves: it can be read and searched, all its links lead
// somewhere, and its pages run nothing but what they bring.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newProfile, openPage, startBrowser } from '../support/browser.mjs';
import { startServer } from '../support/server.mjs';

let browser, server;
before(async () => { [browser, server] = await Promise.all([startBrowser(), startServer()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop()]); });

/** Opens a page of the book; what its policy forbids is an error on the console. */
async function openBook(path) {
  const { page, complaints, context } = await openPage(browser, 'about:blank');
  page.on('console', (said) => { if (said.type() === 'error') complaints.push(said.text()); });
  await page.goto(`${server.url}${path}`);
  return { page, complaints, context };
}

test('a guide is found by a word and read', async () => {
  const { page, complaints, context } = await openBook('/docs/guides');
  assert.equal(new URL(page.url()).pathname, '/docs/guides/');
  assert.match(await page.locator('main h1').textContent(), /Start here/);
  await page.keyboard.press('s');
  const field = page.locator('#mdbook-searchbar');
  const hit = page.locator('#mdbook-searchresults a').first();
  // The list of words arrives with the first opening of the field, and a key asks it.
  await page.waitForFunction(() => globalThis.elasticlunr && document.querySelector('#mdbook-searchbar-outer:not(.searching)'));
  await field.pressSequentially('PgBouncer');
  await hit.waitFor();
  await hit.click();
  await page.waitForURL(/\/docs\/guides\/(operating|production)\.html/);
  assert.match(await page.locator('main').textContent(), /pool_mode/);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the welcome page leads to the guides, and every link of theirs leads somewhere', async () => {
  const welcome = await (await fetch(`${server.url}/`)).text();
  assert.match(welcome, /href="\/docs\/guides\/"/);
  const context = await newProfile(browser);
  const page = await context.newPage();
  const waiting = [`${server.url}/docs/guides/`];
  const seen = new Set(waiting);
  let pages = 0;
  for (let address = waiting.shift(); address; address = waiting.shift()) {
    const answer = await fetch(address);
    assert.equal(answer.status, 200, address);
    if (!address.includes('/docs/guides/') || !answer.headers.get('content-type').startsWith('text/html')) continue;
    pages += 1;
    assert.match(answer.headers.get('content-security-policy'), /script-src 'self'( 'sha256-[^']+')+;/);
    await page.setContent(await answer.text().then((html) => html.replace(/<script[^]*?<\/script>/g, '')));
    const found = await page.evaluate((base) => [...document.querySelectorAll('main a[href], main img[src]')].map((element) => {
      const url = new URL(element.getAttribute('href') ?? element.getAttribute('src'), base);
      return { host: url.origin, address: url.href.split('#')[0], heading: decodeURIComponent(url.hash.slice(1)) };
    }), address);
    for (const { address: target, heading } of found.filter((link) => link.host === new URL(server.url).origin)) {
      if (heading) {
        const html = await (await fetch(target)).text();
        assert.ok(html.includes(`id="${heading}"`), `${address} links to ${target}#${heading}`);
      }
      if (!seen.has(target)) { seen.add(target); waiting.push(target); }
    }
    const toc = await (await fetch(`${server.url}/docs/guides/toc.html`)).text();
    for (const [, name] of toc.matchAll(/href="([\w-]+\.html)"/g)) {
      const target = `${server.url}/docs/guides/${name}`;
      if (!seen.has(target)) { seen.add(target); waiting.push(target); }
    }
  }
  assert.ok(pages > 20, `${pages} pages`);
  await context.close();
});
