// The server below a path of another site, behind a proxy that strips the path and behind one that
// keeps it: all that a browser opens works there, and asks for nothing beside the path.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newProfile, startBrowser } from '../support/browser.mjs';
import { isThere, signIn } from '../support/dashboard.mjs';
import { framed } from '../support/kinds.mjs';
import { startProxy } from '../support/proxy.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { ADMIN_TOKEN, KEY, startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

// A path that looks like one of the server's own.
const PATH = '/dashboards/ribbon';
const WAYS = { stripped: { strips: true }, kept: { strips: false } };

let browser, server, site;
const proxies = {};
before(async () => {
  [browser, site, proxies.stripped, proxies.kept] =
    await Promise.all([startBrowser(), startSite(), startProxy(PATH, WAYS.stripped), startProxy(PATH, WAYS.kept)]);
  site.page('/favicon.ico', '');
  // Both proxies have the same path, so one server does for both.
  server = await startServer({ args: ['--public-url', proxies.kept.url] });
  for (const proxy of Object.values(proxies)) proxy.forward(server.url);
});
after(async () => {
  await Promise.all([browser?.close(), server?.stop(), site?.stop(), ...Object.values(proxies).map((proxy) => proxy.stop())]);
});

/** An event stream ends with its page, and so does what its page had not read. */
const leaves = (request) => request.failure().errorText === 'net::ERR_ABORTED';

/** Opens a page. What fails on it, and what it asks for beside the path, is gathered. */
async function open(proxy, address) {
  const context = await newProfile(browser, { viewport: { width: 1280, height: 900 }, locale: 'en-US' });
  const page = await context.newPage();
  const wrong = [];
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('console', (line) => {
    const isIcon = line.location().url.endsWith('/favicon.ico');
    if (line.type() === 'error' && !isIcon) wrong.push(`${line.text()} ${line.location().url}`);
  });
  context.on('response', (answer) => { if (answer.status() >= 400) wrong.push(`${answer.status()} ${answer.url()}`); });
  context.on('requestfailed', (request) => { if (!leaves(request)) wrong.push(`${request.url()} ${request.failure().errorText}`); });
  context.on('request', (request) => {
    const url = new URL(request.url());
    const stays = request.url().startsWith(`${proxy.url}/`) || request.url() === proxy.url || url.origin === site.origin;
    if (url.protocol.startsWith('http') && !stays) wrong.push(`beside the path: ${request.url()}`);
  });
  await page.goto(address);
  return {
    page, context,
    done: async () => {
      assert.deepEqual(wrong, []);
      assert.deepEqual(proxy.beside, []);
      await context.close();
    },
  };
}

/** Waits until the ribbon of the page is in a call, and ends it. */
async function talk(page, ribbon) {
  await ribbon.reach('connected');
  await ribbon.call('hangup');
  await ribbon.reach('ended');
}

/** The addresses of all links of the page that lead to this site. */
const linksOf = (page) => page.evaluate(() => [...document.links].map((link) => link.href).filter((href) => href.startsWith(location.origin)));

// What each example page has its reader do until a call is on.
const EXAMPLES = {
  'examples/collections.html': async (page, ribbon) => {
    await ribbon.reach('idle');
    await page.locator('#rows tr').first().click();
    await ribbon.main.click();
  },
  'examples/sales.html': async (page, ribbon) => {
    await ribbon.reach('idle');
    await page.locator('#next').click();
  },
  'examples/support.html': async (page, ribbon) => {
    await ribbon.reach('idle');
    await page.getByRole('button', { name: 'Sunita calls' }).click();
    await page.locator('#card', { hasText: 'सुनीता शर्मा is calling' }).waitFor();
    await ribbon.call('answer');
  },
  'examples/web-component.html': async (page) => {
    await page.locator('crm-contact', { hasText: 'Rohan Kulkarni' }).getByRole('button').click();
  },
  inspector: async (page) => {
    // The bar may still show the call of the page before, whose agent is the same.
    await page.locator('#heard li b', { hasText: 'onReady' }).waitFor();
    await page.getByRole('button', { name: 'is answered', exact: true }).click();
  },
};

// What is opened in a browser, below each of the proxies.
const PARTS = {
  'the dashboard': async (proxy) => {
    const { clientId, apiKey } = await server.admin('POST', '/clients', { name: 'Somebody', plan: 'professional' });
    const { page, done } = await open(proxy, `${proxy.url}/dashboard?client=${clientId}`);
    const heading = (name) => page.getByRole('heading', { name, exact: true, level: 1 }).waitFor();
    const go = async (name) => {
      await page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
      await heading(name);
    };
    const isAt = (path) => assert.equal(new URL(page.url()).pathname, `${PATH}/dashboard${path}`);
    await signIn(page, { token: ADMIN_TOKEN });
    await heading('Overview');
    await page.locator('pre', { hasText: `src="${proxy.url}/call-ribbon.js"` }).waitFor();

    await go('Breakdown');
    await page.getByRole('button', { name: 'Save view', exact: true }).click();
    await page.getByLabel('Name').fill('What we ask');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved. Open it from Saved views.').waitFor();
    await go('Saved views');
    await page.getByRole('link', { name: 'What we ask' }).click();
    await heading('Breakdown');
    isAt('/ask');

    await go('Settings');
    await page.getByText(`src="${proxies.kept.url}/call-ribbon.js"`).waitFor();
    assert.deepEqual((await linksOf(page)).filter((href) => !href.startsWith(proxy.url)), []);

    await go('Live');
    await page.reload();
    await heading('Live');
    isAt('/live');
    await page.locator('nav [aria-current]', { hasText: 'Live' }).waitFor();
    await page.getByText('Live', { exact: true }).nth(1).waitFor();
    const { body: { sessionId } } = await server.post('/api/ribbon/calls', { apiKey, to: '+919876543210', agentId: 'agent2', customerData: { name: 'Asha Rao' } });
    const row = page.getByRole('row').filter({ hasText: 'Asha Rao' });
    await row.filter({ hasText: 'In call' }).waitFor();
    await server.post(`/api/ribbon/calls/${sessionId}/hangup`, { apiKey });
    await row.filter({ hasText: 'Completed' }).waitFor();
    await row.getByRole('link').first().click();
    await page.waitForURL(`${proxy.url}/dashboard/calls/**`);
    await isThere(page);
    await done();
  },

  'the documentation': async (proxy) => {
    const { page, done } = await open(proxy, `${proxy.url}/docs#/Sessions/config`);
    await page.locator('.btn.authorize').click();
    const key = page.locator('.auth-container', { hasText: 'apiKey (apiKey)' }).first();
    await key.locator('input').fill(KEY);
    await key.getByRole('button', { name: /apply|authorize/i }).click();
    await page.locator('.btn-done').first().click();
    assert.equal(await page.locator('.servers select').inputValue(), PATH);
    const operation = page.locator('#operations-Sessions-config');
    await operation.getByRole('button', { name: /try it out/i }).click();
    await operation.getByRole('button', { name: /^execute$/i }).click();
    await operation.locator('.live-responses-table', { hasText: 'callsThisMonth' }).waitFor();
    assert.equal(await operation.locator('.request-url pre').textContent(), `${proxy.url}/api/ribbon/config`);
    await done();
  },

  'the examples': async (proxy) => {
    const { page, done } = await open(proxy, `${proxy.url}/`);
    const links = await linksOf(page);
    assert.deepEqual(links.filter((href) => !href.startsWith(`${proxy.url}/`)), []);
    assert.deepEqual(Object.keys(EXAMPLES).filter((example) => !links.includes(`${proxy.url}/${example}`)), []);
    const ribbon = ribbonOf(page);
    for (const [example, call] of Object.entries(EXAMPLES)) {
      await page.goto(`${proxy.url}/${example}`);
      await call(page, ribbon);
      await talk(page, ribbon);
    }
    await done();
  },

  'the ribbon on a page of another origin': async (proxy) => {
    const address = site.page('/crm', crmPage(proxy, { options: { locale: 'hi' } }));
    const { page, done } = await open(proxy, address);
    const ribbon = ribbonOf(page);
    await ribbon.state.filter({ hasText: 'तैयार' }).waitFor();
    await ribbon.call('setCustomer', { phoneNumber: '+919876543210', name: 'Asha Rao' });
    await ribbon.main.click();
    await ribbon.hear('connected');
    await ribbon.call('hangup');
    assert.equal((await ribbon.hear('callEnded')).customerData.name, 'Asha Rao');
    await done();
  },

  'the ribbon in its frame': async (proxy) => {
    const policy = `default-src 'none'; script-src ${proxy.origin} 'nonce-r4nd0m'; frame-src ${proxy.origin}`;
    const html = crmPage(proxy).replaceAll('<script>', '<script nonce="r4nd0m">');
    const { page, done } = await open(proxy, site.page('/framed', html, { 'content-security-policy': policy }));
    const ribbon = framed(page);
    await ribbon.ready();
    assert.equal((await ribbon.call('makeCall', '+919876543210')).error, undefined);
    await ribbon.hear('connected');
    await ribbon.call('hangup');
    await ribbon.hear('callEnded');
    await done();
  },
};

for (const [part, look] of Object.entries(PARTS)) {
  for (const way of Object.keys(WAYS)) test(`${part}, with the path ${way}`, () => look(proxies[way]));
}
