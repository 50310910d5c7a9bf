// What is set of a client, through the dashboard: each change holds for those whom it is about.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { lookAtPage } from '../support/axe.mjs';
import { openPage, startBrowser } from '../support/browser.mjs';
import { signIn } from '../support/dashboard.mjs';
import { ADMIN_TOKEN, KEY, startServer } from '../support/server.mjs';

const CLIENT = 'client-demo';
const TABS = [
  'Install', 'Keys', 'Domains', 'Client', 'Plan', 'Providers', 'Dispositions', 'Fields and export', 'People', 'Retention', 'Provider log', 'Audit log',
];

let browser, server;
before(async () => { [browser, server] = await Promise.all([startBrowser(), startServer()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop()]); });

/** Opens the settings as the operator; `tab` as the address names it. */
async function open(tab, options = {}) {
  const opened = await openPage(browser, `${server.url}/dashboard/settings?client=${CLIENT}&tab=${tab}`, options);
  const { page } = opened;
  await signIn(page, { token: ADMIN_TOKEN });
  await sections(page).waitFor();
  return opened;
}

/** The list of the settings' sections. */
const sections = (page) => page.getByRole('navigation', { name: 'Settings' });
const goTo = (page, name) => sections(page).getByRole('link', { name, exact: true }).click();

/** What a request with a key is answered with. */
async function answerTo(key) {
  const answer = await fetch(`${server.url}/api/ribbon/config`, { headers: { 'X-API-Key': key } });
  return answer.status;
}

test('a key is shown once, works, and is refused once it is revoked', async () => {
  const { page, context, complaints } = await open('keys');
  const form = page.getByRole('region', { name: 'Create: API key' });
  await form.getByLabel('read').check();
  await form.getByRole('button', { name: 'Create' }).click();
  const key = await page.getByRole('textbox', { name: 'API key' }).textContent();
  assert.match(key, /^crk_/);
  assert.equal(await answerTo(key), 200);
  await page.getByRole('button', { name: 'I have stored it' }).click();
  await page.getByText(key).waitFor({ state: 'detached' });

  const start = key.slice(0, 10);
  const row = page.getByRole('row').filter({ hasText: start });
  assert.match(await row.textContent(), /ribbon, read/);
  await row.getByRole('button', { name: 'Revoke' }).click();
  const dialog = page.getByRole('dialog');
  assert.match(await dialog.textContent(), /ribbons on pages that use it/);
  await dialog.getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('status').filter({ hasText: `Revoked the API key ${start}` }).waitFor();
  assert.equal(await answerTo(key), 401);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a dialer key is shown once with the address that needs no header, and both work', async () => {
  const { page, context, complaints } = await open('keys', { permissions: ['clipboard-read', 'clipboard-write'] });
  const form = page.getByRole('region', { name: 'Create: dialer key' });
  await form.getByRole('button', { name: 'Create' }).click();
  const card = page.getByRole('region', { name: 'The new dialer key' });
  const shown = (name) => card.getByRole('textbox', { name, exact: true }).textContent();
  const [key, address, vicidial] = await Promise.all(['dialer key', 'lead address', 'Vicidial address'].map(shown));
  assert.equal(address, `${server.url}/api/leads/from-dialer/${key}`);
  await card.getByText('so keep it secret').waitFor();
  await card.getByRole('button', { name: 'Copy the lead address' }).click();
  await card.getByText('Copied the lead address.').waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), address);

  // As a dialer asks, which has filled in what it knows.
  const lead = { user: 'agent1', phone_code: '91', phone_number: '9876543210', first_name: 'Asha' };
  const filled = Object.entries(lead).reduce((text, [name, value]) => text.replace(`--A--${name}--B--`, value), vicidial);
  const asked = [fetch(filled), fetch(address, { method: 'POST', body: new URLSearchParams(lead) })];
  for (const answer of await Promise.all(asked)) {
    const { lead: { phone, full_name: name, email } } = await answer.json();
    assert.deepEqual([answer.status, phone, name, email], [201, '+919876543210', 'Asha', null]);
  }
  await card.getByRole('button', { name: 'I have stored it' }).click();
  await card.waitFor({ state: 'detached' });
  assert.equal(await page.getByText(key).count(), 0);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a wrong domain is told at its line and nothing typed is lost; a right one holds', async () => {
  const { page, context } = await open('domains');
  const add = page.getByRole('button', { name: 'Add a domain' });
  await add.click();
  await page.getByRole('textbox', { name: 'Domain 1' }).fill('crm.example.com');
  await add.click();
  await page.getByRole('textbox', { name: 'Domain 2' }).fill('no host');
  await page.getByRole('button', { name: 'Save' }).click();
  const wrong = page.getByRole('textbox', { name: 'Domain 2' });
  await page.getByRole('alert').filter({ hasText: '"no host" names no host' }).waitFor();
  assert.equal(await wrong.getAttribute('aria-invalid'), 'true');
  assert.equal(await wrong.inputValue(), 'no host');
  assert.equal(await page.getByRole('textbox', { name: 'Domain 1' }).getAttribute('aria-invalid'), null);
  await wrong.fill('*.example.org');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('status').filter({ hasText: 'Saved. It applies' }).waitFor();
  const { allowedDomains } = await server.admin('GET', `/clients/${CLIENT}`);
  assert.deepEqual(allowedDomains, ['crm.example.com', '*.example.org']);
  const asked = await fetch(`${server.url}/api/ribbon/config`, { headers: { 'X-API-Key': KEY, origin: 'https://evil.example' } });
  assert.equal(asked.status, 403);
  await server.admin('PATCH', `/clients/${CLIENT}`, { allowedDomains: [] });
  await context.close();
});

test('what is not saved is asked about, and stays until it is let go', async () => {
  const { page, context } = await open('client');
  const name = page.getByLabel('Name');
  await name.fill('Somebody else');
  await goTo(page, 'Plan');
  const dialog = page.getByRole('dialog').filter({ hasText: 'Leave without saving?' });
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  assert.equal(await name.inputValue(), 'Somebody else');
  await page.getByRole('link', { name: 'Calls' }).click();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  assert.equal(await name.inputValue(), 'Somebody else');
  await goTo(page, 'Plan');
  await dialog.getByRole('button', { name: 'Leave' }).click();
  await page.getByText("How much of this month's calls is used?").first().waitFor();
  await context.close();
});

test('an account at the simulator is made, tried and removed', async () => {
  const { page, context, complaints } = await open('providers');
  await page.getByText('calls use the simulator').waitFor();
  await page.getByRole('button', { name: 'Add an account' }).click();
  const form = page.getByRole('region', { name: 'Add an account' });
  await form.getByLabel('Provider').selectOption('exotel');
  await form.getByRole('button', { name: 'Save the account' }).click();
  await form.getByRole('alert').filter({ hasText: 'Account SID is missing' }).waitFor();
  await form.getByLabel('Provider').selectOption('simulator');
  await form.getByLabel('Name').fill('Practice');
  await form.getByRole('switch', { name: 'Default' }).check();
  await form.getByRole('button', { name: 'Save the account' }).click();
  await page.getByRole('button', { name: 'Test: Practice' }).click();
  await page.getByText('Connection successful').waitFor();
  const { providers } = await server.admin('GET', `/clients/${CLIENT}/providers`);
  assert.deepEqual(providers.map(({ provider, name, default: usual }) => [provider, name, usual]), [['simulator', 'Practice', true]]);

  const before = await page.getByText('/api/webhooks/simulator/').textContent();
  await page.getByRole('button', { name: 'New address: Practice' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Create a new address' }).click();
  await page.getByRole('status').filter({ hasText: 'Practice has a new address. The old address works until' }).waitFor();
  await page.getByText(before, { exact: true }).waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'Remove: Practice' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await page.getByText('calls use the simulator').waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('agents choose from the list of dispositions as it is set', async () => {
  const { page, context } = await open('dispositions');
  const codes = async () => {
    const { body } = await server.post('/api/ribbon/init', { agentId: 'agent1' });
    return body.dispositions.map(({ code }) => code);
  };
  const offered = await codes();
  const first = page.getByRole('textbox', { name: 'Label 1', exact: true });
  await first.press('Alt+ArrowDown');
  await page.getByRole('button', { name: 'Add a line' }).click();
  await page.getByRole('textbox', { name: `Label ${offered.length + 1}`, exact: true }).fill('Will visit the branch');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('status').filter({ hasText: 'Saved. Ribbons' }).waitFor();
  const [a, b, ...rest] = offered;
  assert.deepEqual(await codes(), [b, a, ...rest, 'will_visit_the_branch']);
  await page.getByRole('button', { name: "Use the default list" }).click();
  await page.getByRole('dialog').getByRole('button', { name: "Use the default list" }).click();
  await page.getByText("This is the default list").waitFor();
  assert.deepEqual(await codes(), offered);
  await context.close();
});

test('a viewer is made, signs in, sees all and can change nothing', async () => {
  const { page, context } = await open('people');
  const form = page.getByRole('region', { name: 'Create an account' });
  await form.getByLabel('Name').fill('Asha Rao');
  await form.getByLabel('E-mail').fill('asha@example.com');
  await form.getByLabel('Password').fill('short');
  await form.getByRole('button', { name: 'Create the account' }).click();
  await form.getByRole('alert').filter({ hasText: 'Password must have 12' }).waitFor();
  await form.getByLabel('Password').fill('correct horse battery');
  await form.getByRole('button', { name: 'Create the account' }).click();
  await page.getByRole('listitem').filter({ hasText: 'asha@example.com' }).waitFor();
  await page.getByRole('button', { name: /Sign out/ }).click();
  await signIn(page, { email: 'asha@example.com', password: 'correct horse battery' });
  await page.getByText('You can view these settings.').waitFor();
  for (const tab of TABS) {
    await goTo(page, tab);
    await page.getByRole('region', { name: tab, exact: true }).locator('.card').first().waitFor();
    for (const button of ['Save', 'Create', 'Revoke', 'Remove', 'Create the account', 'Reveal the number']) {
      assert.equal(await page.getByRole('region', { name: tab, exact: true }).getByRole('button', { name: button, exact: true }).count(), 0, `${tab}: ${button}`);
    }
  }
  await goTo(page, 'Client');
  assert.equal(await page.getByLabel('Name').isDisabled(), true);
  await context.close();
});

test('every section of the settings is in sight in its group, and behind one button on a narrow screen', async () => {
  const { page, context, complaints } = await open('embed');
  await page.setViewportSize({ width: 1280, height: 900 });
  const list = sections(page);
  assert.deepEqual(await list.getByRole('heading').allTextContents(), ['Integrations', 'Calls', 'People', 'Client']);
  assert.equal(await list.getByRole('link').count(), 17);
  const box = await list.boundingBox();
  assert.ok(box.y + box.height <= 900, `the list ends at ${box.y + box.height}`);
  assert.equal(await list.getByRole('button').isVisible(), false);
  await goTo(page, 'Audit log');
  await page.getByRole('region', { name: 'Audit log', exact: true }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get('tab'), 'audit');
  assert.equal(await list.getByRole('link', { name: 'Audit log' }).getAttribute('aria-current'), 'page');

  await page.setViewportSize({ width: 390, height: 844 });
  assert.equal(await list.getByRole('link').first().isVisible(), false);
  const button = list.getByRole('button', { name: 'Audit log' });
  await button.click();
  await goTo(page, 'Retention');
  await list.getByRole('button', { name: 'Retention', expanded: false }).waitFor();
  await page.getByRole('region', { name: 'Retention', exact: true }).waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(wide, 0, 'the page is wider than the screen');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('with a key there is nothing of the settings but the way to them', async () => {
  const { page, context } = await openPage(browser, `${server.url}/dashboard/settings`);
  await signIn(page, { key: KEY });
  await page.getByText('Sign in with an account of this client.').waitFor();
  assert.equal(await sections(page).count(), 0);
  await context.close();
});

for (const colorScheme of ['light', 'dark']) {
  test(`axe-core finds nothing in any section in the ${colorScheme}`, async () => {
    // What looks at the page is a script that the page's own policy would not let run.
    const { page, context, complaints } = await open('embed', { colorScheme, bypassCSP: true });
    for (const tab of TABS) {
      await goTo(page, tab);
      const panel = page.getByRole('region', { name: tab, exact: true });
      await panel.locator('.card').first().waitFor();
      await panel.locator('.skeleton').first().waitFor({ state: 'detached' });
      assert.deepEqual(await lookAtPage(page), [], tab);
    }
    assert.deepEqual(complaints, []);
    await context.close();
  });
}

test('keys for agent tokens are a secret, public keys or an address, and agents then have to prove who they are', async () => {
  const { page, context, complaints } = await open('keys');
  const form = page.getByRole('region', { name: 'Create: key for agent tokens' });
  const add = () => form.getByRole('button', { name: 'Add' }).click();
  const url = form.getByLabel('Address of your public keys');
  await url.fill('https://10.0.0.1/jwks.json');
  await add();
  await form.getByRole('alert').filter({ hasText: 'private or reserved network' }).waitFor();
  await form.getByLabel('Or the public keys themselves').fill('no JSON');
  await add();
  await form.getByRole('alert').filter({ hasText: 'not both' }).waitFor();
  await url.fill('');
  await add();
  await form.getByRole('alert').filter({ hasText: 'must be a JSON Web Key Set' }).waitFor();
  await form.getByLabel('Or the public keys themselves').fill('');
  await add();
  const card = page.getByRole('region', { name: 'The new secret' });
  const secret = await card.getByRole('textbox', { name: 'secret for agent tokens' }).textContent();
  assert.match(secret, /^ats_/);
  await card.getByRole('button', { name: 'I have stored it' }).click();
  await page.getByText(secret).waitFor({ state: 'detached' });

  await page.getByLabel('Require agent tokens').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('status').filter({ hasText: 'It applies from the next request' }).waitFor();
  const init = async (body) => (await server.post('/api/ribbon/init', body)).status;
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const signed = `${part({ alg: 'HS256' })}.${part({ sub: 'agent1', aud: CLIENT, iat: now, exp: now + 300, jti: 'j' })}`;
  const agentToken = `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
  assert.deepEqual([await init({ agentId: 'agent1' }), await init({ agentToken })], [403, 200]);

  const row = page.getByRole('row').filter({ hasText: 'atk_' });
  await row.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await row.waitFor({ state: 'detached' });
  assert.equal(await init({ agentToken }), 401);
  await server.admin('PATCH', `/clients/${CLIENT}`, { requireAgentToken: false });
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a password that is valid at two clients asks which one to open', async () => {
  const [email, password] = ['ravi@example.com', 'correct horse battery'];
  const { clientId } = (await server.admin('POST', '/clients', { name: 'Branch <Pune>', plan: 'trial' }));
  for (const client of [CLIENT, clientId]) await server.admin('POST', `/clients/${client}/people`, { name: 'Ravi', email, role: 'viewer', password });
  const { page, context, complaints } = await openPage(browser, `${server.url}/dashboard/settings?tab=retention`);
  await signIn(page, { email, password });
  const choice = page.getByRole('region', { name: 'Which client do you want to open?' });
  await choice.getByRole('button', { name: 'Branch <Pune>' }).waitFor();
  // The first choice has the focus, and there is a way back.
  await page.waitForFunction(() => document.activeElement.closest('section[aria-labelledby=choose]'));
  await choice.getByRole('button', { name: 'Back' }).click();
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await choice.getByRole('button', { name: 'Branch <Pune>' }).click();
  // Nothing is stored yet, and what is stored is shown to a viewer too.
  const stored = page.getByRole('region', { name: 'How much is stored?' });
  await stored.getByText('About 0 calls and 0 events').waitFor();
  await stored.getByText('0 MiB').waitFor();
  const { session } = await (await context.request.get(`${server.url}/api/admin/session`)).json();
  assert.equal(session.clientId, clientId);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('an admin reveals the number behind a handle that a colleague pastes, and the audit log says so', async () => {
  const { apiKey } = await server.admin('POST', `/clients/${CLIENT}/keys`, { numbers: 'masked', scopes: ['ribbon', 'read'] });
  await server.post('/api/ribbon/log-call', { event: 'callEnded', data: { callSid: 'to-reveal', phoneNumber: '+919876500077' } });
  const answer = await fetch(`${server.url}/api/ribbon/calls?list=all`, { headers: { 'X-API-Key': apiKey } });
  const { phoneNumber, phoneNumberHandle } = (await answer.json()).calls.find((call) => call.phoneNumber.endsWith('0077'));
  const { page, context, complaints } = await open('audit');
  const card = page.getByRole('region', { name: 'Reveal a phone number' });
  const reveal = () => card.getByRole('button', { name: 'Reveal the number' }).click();
  await card.getByLabel('Handle').fill(`${phoneNumber} ${phoneNumberHandle} `);
  await reveal();
  await card.getByRole('alert').filter({ hasText: 'reason' }).waitFor();
  await card.getByLabel('Reason').fill('The branch has to call back');
  await reveal();
  await card.getByRole('textbox', { name: 'phone number' }).filter({ hasText: '+919876500077' }).waitFor();
  await page.getByRole('row').filter({ hasText: 'Revealed a phone number' }).filter({ hasText: 'The branch has to call back' }).waitFor();
  // Another handle is another number, and the old number goes.
  await card.getByLabel('Handle').fill('num_of-somebody-else');
  await card.getByRole('textbox', { name: 'phone number' }).waitFor({ state: 'detached' });
  await card.getByLabel('Reason').fill('Again');
  await reveal();
  await card.getByRole('alert').filter({ hasText: "is not one of this client's" }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});
