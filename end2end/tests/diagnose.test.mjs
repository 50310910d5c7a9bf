// What is wrong, in plain words.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { ADMIN_TOKEN, startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

let browser, server, site;
before(async () => { [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

const NAMES = ['server', 'key', 'domain', 'policy', 'microphone', 'clock', 'network', 'storage'];

let pages = 0;
async function look(options = {}, { headers, prepare, wait } = {}) {
  pages += 1;
  const address = site.page(`/diagnose-${pages}`, crmPage(server, options), headers);
  const { page, context, complaints } = await openPage(browser, prepare ? 'about:blank' : address);
  if (prepare) {
    await page.addInitScript(prepare);
    await page.goto(address);
  }
  await page.waitForFunction(wait ?? (() => ready > 0));
  const found = await page.evaluate(() => ExotelCallRibbon.diagnose());
  const after = await page.evaluate(() => ExotelCallRibbon.getState().phase);
  await context.close();
  assert.deepEqual(complaints, []);
  assert.equal(found.ok, found.checks.every((check) => check.ok));
  for (const { message } of found.checks) assert.match(message, /^[A-Z].+[.)]$/);
  const by = Object.fromEntries(found.checks.map((check) => [check.name, check]));
  return { found, by, after, wrong: found.checks.filter((check) => !check.ok).map((check) => check.name) };
}
const refused = () => errors.length > 0;

test('where all is well it says so, and leaves the ribbon as it is', async () => {
  const { found, by, after } = await look();
  assert.deepEqual(found.checks.map((check) => check.name), NAMES);
  assert.equal(found.ok, true, JSON.stringify(found));
  assert.match(by.key.message, /Demo Client\. The agent is agent-of-page-\d+, who has no name/);
  assert.match(by.microphone.message, /^No microphone is needed/);
  assert.match(by.network.message, /live stream of calls opens; the server answered within \d+ ms/);
  assert.equal(after, 'idle');
});

test('the agent is named', async () => {
  const { by } = await look({ options: { agentId: 'agent1' } });
  assert.match(by.key.message, /The agent is agent1, Agent One\.$/);
});

test('a key that is not known', async () => {
  const { wrong, by } = await look({ options: { apiKey: 'not-a-key' } }, { wait: refused });
  assert.deepEqual(wrong, ['key']);
  assert.equal(by.key.message, 'This API key is not valid.');
});

test('a page whose domain is not let in', async () => {
  const made = await fetch(`${server.url}/api/admin/clients`, {
    method: 'POST', headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Elsewhere', plan: 'trial', allowedDomains: ['crm.elsewhere.test'] }),
  });
  const { apiKey } = await made.json();
  const { wrong, by } = await look({ options: { apiKey } }, { wait: refused });
  assert.deepEqual(wrong, ['key', 'domain']);
  assert.ok(by.domain.message.includes(new URL(site.origin).host), by.domain.message);
  assert.match(by.domain.message, /allowed domains/);
});

test('a server that is away, and a policy that forbids it', async () => {
  const { wrong, by } = await look({ options: { apiUrl: 'http://127.0.0.1:9' } }, { wait: refused });
  assert.deepEqual(wrong, ['server', 'key']);
  assert.match(by.server.message, /http:\/\/127\.0\.0\.1:9 cannot be reached/);
  const policy = `script-src 'unsafe-inline' ${server.url} 'wasm-unsafe-eval'; connect-src ${site.origin}`;
  const strict = await look({ options: {} }, { wait: () => errors.length > 0 || ready > 0, headers: { 'content-security-policy': policy } });
  assert.ok(strict.wrong.includes('policy') && strict.wrong.includes('server'), JSON.stringify(strict.found));
  assert.ok(strict.by.policy.message.includes(`connect-src ${server.url}`), strict.by.policy.message);
});

test('before init, and with nothing to be loaded', async () => {
  const { page, context } = await openPage(browser, site.page('/bare', `<!doctype html><script src="${server.url}/call-ribbon.js"></script>`));
  const found = await page.evaluate(() => ExotelCallRibbon.diagnose());
  assert.deepEqual(found.checks.filter((check) => !check.ok).map((check) => check.name), ['key']);
  assert.match(found.checks[1].message, /init was not called yet/);
  await page.route('**/assets/**', (route) => route.abort());
  await page.reload();
  const nothing = await page.evaluate(() => ExotelCallRibbon.diagnose());
  assert.deepEqual([nothing.ok, nothing.checks.length, nothing.checks[0].name], [false, 1, 'server']);
  assert.match(nothing.checks[0].message, /^Nothing can be loaded from http/);
  await context.close();
});

test('a page that lets no WebAssembly run', async () => {
  const policy = `script-src 'unsafe-inline' ${server.url}; connect-src 'none'; frame-src ${server.url}`;
  const { found, by, wrong, after } = await look({}, { headers: { 'content-security-policy': policy } });
  // In a private window, a browser keeps nothing for a frame of another site.
  assert.deepEqual(wrong, ['storage'], JSON.stringify(found));
  assert.match(by.policy.message, /runs in a frame of http/);
  assert.ok(by.domain.message.includes(`allows pages of ${site.origin}`), by.domain.message);
  assert.equal(after, 'idle');
});

test('a clock that is wrong, a storage that refuses', async () => {
  const prepare = `{
    const { now } = Date;
    Date.now = () => now() - 11 * 60 * 1000;
    Storage.prototype.setItem = () => { throw new DOMException('no', 'SecurityError'); };
  }`;
  const { wrong, by } = await look({}, { prepare });
  assert.deepEqual(wrong, ['clock', 'storage']);
  assert.match(by.clock.message, /11 minutes slow/);
});
