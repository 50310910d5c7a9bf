// Signing in to the dashboard by a company's own provider: the npm package `oidc-provider`, on this machine.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import Provider from 'oidc-provider';
import { newProfile, startBrowser } from '../support/browser.mjs';
import { stopAtEnd } from '../support/ends.mjs';
import { startServer } from '../support/server.mjs';

let browser, server, provider;
before(async () => {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  provider = await startProvider(url);
  const settings = {
    'public-url': url, 'oidc-issuer': provider.issuer, 'oidc-client-id': 'ribbon', 'oidc-client-secret': 'a-secret-of-ribbon', 'oidc-name': 'Example',
    'oidc-scopes': 'email profile groups', 'oidc-roles': 'leads=client-demo/admin;agents=client-demo/viewer',
  };
  const args = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
  [browser, server] = await Promise.all([startBrowser(), startServer({ port, args })]);
});
after(async () => { await Promise.all([browser?.close(), server?.stop(), provider?.stop()]); });

/** A port for the server, whose address the provider has to know first. */
async function findFreePort() {
  const http = createServer();
  await new Promise((resolve) => { http.listen(0, '127.0.0.1', resolve); });
  const { port } = http.address();
  await new Promise((resolve) => { http.close(resolve); });
  return port;
}

/** The provider. `groups` has each person's groups, by id. */
async function startProvider(site) {
  const http = createServer();
  await new Promise((resolve) => { http.listen(0, '127.0.0.1', resolve); });
  const issuer = `http://127.0.0.1:${http.address().port}`;
  const groups = { asha: ['agents'], ravi: ['leads'], meera: ['others'] };
  const oidc = new Provider(issuer, {
    clients: [{
      client_id: 'ribbon', client_secret: 'a-secret-of-ribbon', redirect_uris: [`${site}/oidc/callback`],
      backchannel_logout_uri: `${site}/oidc/logout`, backchannel_logout_session_required: true,
    }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
    features: { backchannelLogout: { enabled: true }, devInteractions: { enabled: true } },
    // Its own guard refuses addresses of this machine, where the server of the test is.
    fetch: (url, options) => { delete options.dispatcher; return fetch(url, options); },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@example.com`, email_verified: true, name: `Name of ${id}`, groups: groups[id] }),
    }),
    pkce: { required: () => true },
    cookies: { keys: ['a key of the test'] },
  });
  const logouts = [];
  oidc.on('backchannel.success', (_, client, account) => logouts.push(account));
  oidc.on('backchannel.error', (_, error) => logouts.push(String(error)));
  let away = false;
  const answer = oidc.callback();
  http.on('request', (request, response) => {
    if (away && request.url.startsWith('/token')) response.writeHead(503).end();
    else answer(request, response);
  });
  const stop = stopAtEnd(() => new Promise((resolve) => { http.close(resolve); http.closeAllConnections(); }));
  return { issuer, groups, logouts, stop, setAway: (value) => { away = value; } };
}

async function openDashboard(path = '/dashboard') {
  const context = await newProfile(browser);
  // The provider's pages name a font that is elsewhere.
  await context.route('https://fonts.googleapis.com/**', (route) => route.abort());
  const page = await context.newPage();
  await page.goto(server.url + path);
  return { context, page };
}

/** Signs in at the provider's own pages, unless the provider knows the browser already. */
async function signInAs(page, name) {
  await page.getByRole('link', { name: 'Sign in with Example' }).click();
  await page.getByPlaceholder('Enter any login').fill(name);
  await page.getByPlaceholder('and password').fill('anything');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
}

async function session(context) {
  const answer = await context.request.get(`${server.url}/api/admin/session`);
  return (await answer.json()).session;
}

test('a person signs in, has the role of the groups, and another one the next time', async () => {
  const { context, page } = await openDashboard('/dashboard/calls?range=7d');
  await signInAs(page, 'asha');
  await page.waitForURL(`${server.url}/dashboard/calls?range=7d`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  const first = await session(context);
  assert.deepEqual([first.role, first.name, first.email, first.clientId], ['viewer', 'Name of asha', 'asha@example.com', 'client-demo']);

  provider.groups.asha = ['agents', 'leads'];
  await page.goto(`${server.url}/oidc/sign-in`);
  await page.waitForURL(`${server.url}/dashboard`);
  assert.equal((await session(context)).role, 'admin');
  await context.close();
});

test('without a group, or while the provider is away, a page says so and leads back', async () => {
  const { context, page } = await openDashboard();
  await signInAs(page, 'meera');
  await page.getByRole('alert').filter({ hasText: 'none of your groups may use this dashboard' }).waitFor();
  await page.getByRole('link', { name: 'Back to the sign-in page' }).click();
  await page.getByRole('link', { name: 'Sign in with Example' }).waitFor();
  assert.equal(await session(context), null);
  // The provider's description is known already, and the code cannot be exchanged.
  provider.groups.meera = ['agents'];
  provider.setAway(true);
  await page.getByRole('link', { name: 'Sign in with Example' }).click();
  await page.getByRole('alert').filter({ hasText: /You cannot sign in with Example|could not ask Example/ }).waitFor();
  provider.setAway(false);
  await context.close();
});

test('an answer that another browser waits for is refused', async () => {
  const { context, page } = await openDashboard();
  // What the provider sends the browser back with is kept from it. Redirects are followed by hand, as a route sees only their first request.
  const comes = new Promise((resolve) => {
    page.route(`${provider.issuer}/interaction/**`, async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      const answer = await route.fetch({ maxRedirects: 0 });
      const next = await context.request.get(new URL(answer.headers().location, provider.issuer).href, { maxRedirects: 0 });
      const { location } = next.headers();
      if (!location.startsWith(server.url)) return route.fulfill({ status: 303, headers: { location } });
      resolve(location);
      return route.fulfill({ body: 'kept' });
    });
  });
  await signInAs(page, 'ravi');
  const stolen = await comes;
  assert.match(stolen, /[?&]code=/);
  const other = await openDashboard();
  await other.page.goto(stolen);
  await other.page.getByRole('alert').filter({ hasText: 'was not begun in this browser' }).waitFor();
  assert.equal(await session(other.context), null);
  await Promise.all([context.close(), other.context.close()]);
});

test('a logout at the provider ends the dashboard in every tab', async () => {
  const { context, page } = await openDashboard('/dashboard/live');
  await signInAs(page, 'ravi');
  await page.waitForURL(`${server.url}/dashboard/live`);
  await page.getByRole('heading', { name: 'Live' }).waitFor();
  const second = await context.newPage();
  await second.goto(`${server.url}/dashboard/live`);
  await second.getByRole('heading', { name: 'Live' }).waitFor();

  const elsewhere = await context.newPage();
  await elsewhere.goto(`${provider.issuer}/session/end`);
  await elsewhere.getByRole('button', { name: 'Yes, sign me out' }).click();
  // Its streams end, so each tab asks again who is signed in.
  for (const tab of [page, second]) await tab.getByRole('link', { name: 'Sign in with Example' }).waitFor();
  assert.deepEqual(provider.logouts, ['ravi']);
  assert.equal(await session(context), null);
  await context.close();
});
