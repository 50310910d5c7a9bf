// The operator among many clients, and what belongs to one person or one customer alone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { lookAtPage } from '../support/axe.mjs';
import { openPage, startBrowser } from '../support/browser.mjs';
import { asOperator, isThere, signIn, startWithCalls } from '../support/dashboard.mjs';

let browser, server;
before(async () => {
  [browser, server] = await Promise.all([startBrowser(), startWithCalls(600)]);
  await server.admin('POST', '/clients', { name: 'Zeta Loans', plan: 'starter' });
  const { clientId } = await server.admin('POST', '/clients', { name: 'alpha insurance', plan: 'trial' });
  await server.admin('PATCH', `/clients/${clientId}`, { suspended: true });
});
after(async () => { await Promise.all([browser?.close(), server?.stop()]); });

/** The columns that sort the list of clients, and what they compare. */
const SORTED = [
  ['Client', 'name', (client) => client.clientName.toLowerCase()],
  ['Last 24 hours', 'day', (client) => client.health.callsLastDay],
  ['Last call', 'last', (client) => client.health.lastCallAt ?? ''],
  ['Provider errors', 'errors', (client) => client.health.providers.reduce((sum, one) => sum + one.failed, 0)],
  ['This month', 'month', (client) => client.callsThisMonth],
  ['Used', 'used', (client) => client.utilizationPercent],
  ['Total calls', 'calls', (client) => client.totalCalls],
];

test('the list of clients is searched, filtered and sorted, and the address keeps it', async () => {
  const { context, page, complaints } = await asOperator(browser, server, { viewport: { width: 1440, height: 900 } });
  const { clients } = await server.admin('GET', '/analytics/all');
  await page.goto(`${server.url}/dashboard/clients`);
  /** Waits until the list has just these clients, in this order. */
  const lists = (names) => page.waitForFunction(
    (right) => JSON.stringify([...document.querySelectorAll('tbody [data-key="name"] .name')].map((name) => name.textContent.trim())) === right,
    JSON.stringify(names),
  );
  const names = (some) => some.map((client) => client.clientName);
  const head = (title) => page.getByRole('columnheader', { name: title, exact: true });
  for (const [title, key, value] of SORTED) {
    const order = (one, two) => (value(one) < value(two) ? -1 : Number(value(one) > value(two)));
    const [up, down] = [[...clients].sort(order), [...clients].sort((one, two) => order(two, one))];
    // The list comes by name; so the first press on a name turns it round.
    await head(title).getByRole('button').click();
    const isDown = await page.waitForFunction((of) => {
      const by = new URL(location).searchParams.get('sort');
      return by?.endsWith(of) ? { down: by.startsWith('-') } : null;
    }, key).then(async (found) => (await found.jsonValue()).down);
    await lists(names(isDown ? down : up));
    assert.equal(await head(title).getAttribute('aria-sort'), isDown ? 'descending' : 'ascending', title);
    await head(title).getByRole('button').click();
    await lists(names(isDown ? up : down));
  }
  await page.reload();
  const byCalls = (one, two) => one.totalCalls - two.totalCalls;
  await lists(names([...clients].sort(byCalls)));
  const search = page.getByRole('searchbox', { name: 'Name or ID' });
  for (const typed of ['ZETA', 'demo-', 'loans']) {
    await search.fill(typed);
    const wanted = typed.toLowerCase();
    await lists(names([...clients].sort(byCalls).filter((one) => `${one.clientName}\n${one.clientId}`.toLowerCase().includes(wanted))));
  }
  await page.reload();
  await lists(['Zeta Loans']);
  await search.fill('nobody has this name');
  await page.getByText('No such client').waitFor();
  await search.fill('');
  await page.getByRole('button', { name: 'Suspended', exact: true }).click();
  await lists(['alpha insurance']);
  await search.fill('zeta');
  await page.getByText('No such client').waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

for (const width of [390, 1024]) {
  test(`the client is switched in the same view at ${width} px`, async () => {
    const { context, page, open, complaints } = await asOperator(browser, server, { viewport: { width, height: 800 }, hasTouch: width < 700 });
    await open('demo-in', '/dashboard/results?tab=funnel&range=30d');
    const button = page.getByRole('button', { name: /Switch client/ });
    await button.click();
    const find = page.getByRole('searchbox', { name: 'Find a client' });
    await find.waitFor();
    const panel = await page.locator('.of-client .panel').boundingBox();
    assert.ok(panel.x >= 0 && panel.x + panel.width <= width, JSON.stringify(panel));
    assert.deepEqual(await lookAtPage(page), []);
    await find.fill('demo-us');
    await page.locator('.of-client a.choice').click();
    await page.waitForURL(/client=demo-us/);
    const at = new URL(page.url()).searchParams;
    assert.deepEqual([at.get('tab'), at.get('range')], ['funnel', '30d']);
    await isThere(page);
    // The menu is closed, and says whose figures these are.
    await find.waitFor({ state: 'detached' });
    const { name } = await server.admin('GET', '/clients/demo-us');
    await button.filter({ hasText: name }).waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
  });
}

test('a viewer saves views for themselves, and removes them', async () => {
  const [email, password] = ['viewer@example.com', 'correct horse battery'];
  await server.admin('POST', '/clients/demo-us/people', { name: 'Vera', email, role: 'viewer', password });
  const { page, context, complaints } = await openPage(browser, `${server.url}/dashboard/ask?by=context.stage&range=30d`);
  await signIn(page, { email, password });
  await page.getByRole('heading', { name: 'Breakdown', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Save view' }).click();
  await page.getByText('Only you see it.').waitFor();
  await page.getByLabel('Name').fill('Mine');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved. Open it from Saved views.').waitFor();
  await server.admin('POST', '/clients/demo-us/views', { name: 'For all', path: '/dashboard/live' });
  await page.goto(`${server.url}/dashboard/views`);
  const line = (name) => page.getByRole('listitem').filter({ has: page.getByRole('link', { name, exact: true }) });
  await line('Mine').getByText('Only you see it').waitFor();
  await line('For all').waitFor();
  assert.equal(await line('For all').getByRole('button').count(), 0);
  const { views } = await server.admin('GET', '/clients/demo-us/ribbon/views');
  assert.deepEqual(views.map((view) => view.name), ['For all']);
  await line('Mine').getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByText('Nobody else sees this view').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await line('Mine').waitFor({ state: 'detached' });
  await line('For all').waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a lead leads to all that its dialer sent', async () => {
  const { dialerKey } = await server.admin('POST', '/clients/demo-in/dialer-keys', {});
  await server.admin('POST', '/clients/demo-in/agents', { agentId: 'lead-agent', name: 'Lead Agent', dialerUserId: 'u1' });
  const answer = await fetch(`${server.url}/api/leads/from-dialer/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-dialer-api-key': dialerKey },
    body: JSON.stringify({ lead_id: '77', dialer_user_id: 'u1', full_name: 'Leela Nair', phone_number: '9811122244', campaign: 'gold-loans', city: 'Kochi', comments: 'wants settlement' }),
  });
  assert.ok(answer.ok, await answer.text());
  const { context, page, open, complaints } = await asOperator(browser, server);
  await open('demo-in', '/dashboard/leads?search=Leela');
  await page.getByRole('link', { name: 'Leela Nair' }).click();
  const card = page.getByRole('region', { name: 'What did your dialer send?' });
  for (const text of ['gold-loans', 'Lead Agent', 'Kochi', 'wants settlement']) await card.getByText(text, { exact: true }).waitFor();
  await isThere(page);
  assert.deepEqual(await lookAtPage(page), []);
  assert.deepEqual(complaints, []);
  await context.close();
});
