// Agents whom the CRM's own server has signed: the ribbon passes the token on, renews it and names nobody else.
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

let browser, server, site, apiKey, secret;
before(async () => {
  [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]);
  const client = '/clients/client-demo';
  ({ apiKey } = await server.admin('POST', `${client}/keys`, { scopes: ['ribbon'] }));
  ({ secret } = await server.admin('POST', `${client}/agent-token-keys`, {}));
  await server.admin('PATCH', client, { requireAgentToken: true });
});
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

function tokenOf(agentId, more = {}) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const claims = { sub: agentId, name: `Name of ${agentId}`, aud: 'client-demo', iat: now, exp: now + 300, jti: randomUUID(), ...more };
  const signed = `${part({ alg: 'HS256' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

const CUSTOMER = { customerId: 'T-1', name: 'Asha Rao', phoneNumber: '+919876543210' };

/** Opens a page whose `agentToken` asks the CRM, as `give` answers; returns how often it was asked, too. */
async function openWith(path, give, { options = {}, ...more } = {}) {
  const page = crmPage(server, {
    options: { apiKey, agentId: undefined, ...options },
    // Before `begin()`: JSON holds no functions.
    head: `<script>window.tokens = { agentToken: async () => { const given = await giveToken(); if (!given) throw new Error('no network'); return given; } };</script>`,
    ...more,
  }).replace('Object.assign({', 'Object.assign(window.tokens, {');
  const asked = [];
  const opened = await openPage(browser, 'about:blank');
  await opened.page.exposeFunction('giveToken', () => {
    asked.push(Date.now());
    return give(asked.length);
  });
  await opened.page.goto(site.page(path, page));
  return { ...opened, ribbon: ribbonOf(opened.page), asked };
}

const state = (page) => page.evaluate(() => ExotelCallRibbon.getState());

test('the token names the agent; its calls are that agent\'s; nobody else can be named', async () => {
  const { page, context, ribbon, asked } = await openWith('/token', () => tokenOf('agent1'));
  await ribbon.ready();
  const { agentId, agentName } = await state(page);
  assert.deepEqual({ agentId, agentName }, { agentId: 'agent1', agentName: 'Name of agent1' });
  assert.equal(asked.length, 1);
  // The token's agent may be named, and no other.
  assert.equal((await ribbon.call('setCustomer', { ...CUSTOMER, agentId: 'agent1' })).error, undefined);
  const { error } = await ribbon.call('setCustomer', { ...CUSTOMER, name: 'Wrong', agentId: 'agent2' });
  assert.equal(error.code, 'other_agent');
  assert.match(error.message, /agentId/);
  assert.equal((await state(page)).agentId, 'agent1');
  assert.equal((await state(page)).customerData.name, 'Asha Rao');
  const { value } = await ribbon.call('makeCall');
  await ribbon.hear('connected');
  assert.equal((await server.get(`/api/ribbon/calls/${value.sessionId}`)).agentId, 'agent1');
  await ribbon.call('hangup');
  await ribbon.hear('callEnded');
  await context.close();
});

test('a session that has expired is opened again with a new token', async () => {
  const { page, context, ribbon, asked } = await openWith('/token-renewed', () => tokenOf('agent2'));
  await ribbon.ready();
  let times = 0;
  await page.route((url) => url.pathname === '/api/ribbon/calls', async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    times += 1;
    const headers = route.request().headers();
    if (times === 1) headers['x-session-token'] += 'x';
    return route.continue({ headers });
  });
  const { value, error } = await ribbon.call('makeCall', CUSTOMER.phoneNumber);
  assert.equal(error, undefined);
  assert.ok(value.sessionId);
  assert.deepEqual([times, asked.length], [2, 2]);
  await ribbon.hear('connected');
  await ribbon.call('hangup');
  await context.close();
});

test('a function that fails for a while is asked again', async () => {
  const { page, context, ribbon, asked } = await openWith('/token-late', (time) => (time > 1 ? tokenOf('agent3') : ''));
  await ribbon.ready();
  assert.equal((await state(page)).agentId, 'agent3');
  assert.equal(asked.length, 2);
  assert.deepEqual((await page.evaluate(() => errors)).map(({ code }) => code), ['no_agent_token']);
  await context.close();
});

test('what the server refuses is said to the page in a sentence', async () => {
  const cases = [
    ['/token-none', { agentId: 'agent1' }, null, 'agent_token_required'],
    ['/token-forged', {}, () => `${tokenOf('agent1')}x`, 'invalid_agent_token'],
    ['/token-old', {}, () => tokenOf('agent1', { iat: 1_700_000_000, exp: 1_700_000_300 }), 'invalid_agent_token'],
    ['/token-other', { agentId: 'agent2' }, () => tokenOf('agent1'), 'other_agent'],
  ];
  await Promise.all(cases.map(async ([path, options, give, code]) => {
    const opened = give
      ? await openWith(path, give, { options })
      : await openPage(browser, site.page(path, crmPage(server, { options: { apiKey, ...options } })));
    const found = await opened.page.waitForFunction(() => errors[0]);
    const error = await found.jsonValue();
    assert.equal(error.code, code, path);
    assert.match(error.message, /agentToken.*\.$/, path);
    await opened.context.close();
  }));
});

test('an agentToken that is neither text nor function is refused at once', async () => {
  const { page, context } = await openPage(browser, site.page('/token-kind', crmPage(server, { options: { apiKey, agentToken: 7 } })));
  const found = await page.waitForFunction(() => errors[0]);
  assert.deepEqual(await found.jsonValue(), { code: 'invalid_argument', message: 'init: agentToken must be a string or a function.' });
  await context.close();
});
