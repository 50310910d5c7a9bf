// Pictures of whether a call may be made: the ribbon's states, the views of the dashboard,
// and a file for a complaint that is whole, and one that was altered.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openPage } from './browser.mjs';
import { asOperator } from './dashboard.mjs';
import { fewColours } from './palette.mjs';
import { ribbonOf } from './ribbon.mjs';
import { ADMIN_TOKEN, STILL, startServer } from './server.mjs';
import { drawSheet, ribbonBox } from './sheet.mjs';
import { crmPage } from './site.mjs';

const CLIENT = 'client-demo';
const LISTED = '+919876500199';
const FLORIDA = '+13055550123';

/** A zone in which it is night now, so that no call is permitted for hours. */
function nightZone() {
  const hour = (timeZone) => Number(new Intl.DateTimeFormat('en', { timeZone, hour: 'numeric', hourCycle: 'h23' }).format());
  const zones = ['Asia/Kolkata', 'Asia/Tokyo', 'Pacific/Auckland', 'Pacific/Honolulu', 'America/Los_Angeles', 'America/New_York', 'Europe/London', 'Asia/Dubai'];
  return zones.find((zone) => hour(zone) < 6);
}

/** A rule of the client's own about people who are not customers. */
const relatives = {
  title: 'Relatives', rules: [{
    id: 'relatives', purposes: ['service'], test: { kind: 'party', allowed: ['customer'] }, effect: 'block', standing: 'policy',
    source: 'Our policy', sourceDate: '2026-11-29', mayOverride: 'agent', says: 'This person is not the customer.',
  }],
};

const CUSTOMERS = {
  night: { customerId: 'P-1', name: 'Asha Rao', phoneNumber: '+919876500123', callType: 'recovery', context: { timeZone: nightZone() } },
  listed: { customerId: 'P-2', name: 'Ravi Kumar', phoneNumber: LISTED, callType: 'service' },
  relative: { customerId: 'P-3', name: 'Meera Rao', phoneNumber: '+919876500125', callType: 'service', context: { party: 'sister' } },
  often: { customerId: 'P-4', name: 'Ann Lee', phoneNumber: FLORIDA, callType: 'sales' },
  free: { customerId: 'P-5', name: 'Bea Shah', phoneNumber: '+919876500126', callType: 'service' },
};

async function startWithRules() {
  const server = await startServer({ simulator: STILL });
  await server.admin('PUT', `/clients/${CLIENT}/call-rules/packs/own-relatives`, relatives);
  await server.admin('PUT', `/clients/${CLIENT}/call-rules`, { packs: ['us-fdcpa-regf', 'us-states', 'own-relatives'] });
  await server.admin('POST', `/clients/${CLIENT}/suppressions`, { phoneNumber: LISTED, source: 'customer', reason: 'Asked in a call' });
  const dial = (who, more = {}) => server.post('/api/ribbon/calls', { to: who.phoneNumber, customerData: who, ...more });
  for (let n = 0; n < 3; n += 1) await dial(CUSTOMERS.often, { agentId: `agent${n}` });
  for (let n = 3; n < 7; n += 1) await dial(CUSTOMERS.night, { agentId: `agent${n}` });
  await dial(CUSTOMERS.listed, { agentId: 'agent7' });
  await dial(CUSTOMERS.often, { agentId: 'agent8' });
  await dial(CUSTOMERS.relative, { agentId: 'agent3', override: { reason: 'The customer asked us to call his sister' } });
  await dial(CUSTOMERS.free, { agentId: 'agent4' });
  return server;
}

async function drawRibbon(browser, server, site, folder, locale) {
  const pictures = [];
  const style = '<style>body { margin: 0; font: 16px system-ui; background: #eef1f5 }</style>';
  const { page, context } = await openPage(browser, site.page(`/permission-${locale}`, crmPage(server, { options: { theme: 'light', locale }, head: style })), { viewport: { width: 1000, height: 420 }, reducedMotion: 'reduce' });
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  const show = async (who) => {
    await ribbon.call('setCustomer', CUSTOMERS[who]);
    await page.waitForFunction(() => ExotelCallRibbon.getState().permission !== null);
    await ribbon.host.locator('[data-main="call"][data-settling="false"]').waitFor();
  };
  const see = async (state) => {
    await page.mouse.move(0, 0);
    await page.evaluate(() => document.activeElement?.blur());
    pictures.push({ state, png: await page.screenshot({ clip: await ribbonBox(page) }) });
  };
  await show('night');
  await ribbon.host.locator('[data-act=plan]').waitFor();
  await see('outside the hours: Call is off, a follow-up is offered');
  await ribbon.host.locator('[data-act=plan]').click();
  await ribbon.host.locator('.plan [data-act=undo]:not([data-settling])').waitFor();
  await see('the follow-up is planned');
  await ribbon.host.locator('.plan [data-act=undo]').click();
  await ribbon.host.locator('[data-act=plan]').waitFor();
  await show('listed');
  await see('on the do-not-call list: no time helps');
  await show('often');
  await see('a rule that only warns: Call is on');
  await show('relative');
  await ribbon.settled();
  await see('an agent may override the rule');
  await ribbon.main.click();
  await ribbon.host.locator('.reason input').fill('The customer asked us to call his sister');
  await see('Call asks for the reason');
  await show('free');
  await see('permitted');
  await context.close();
  await drawSheet(browser, `${folder}ribbon-${locale}.png`, `May this call be made? · ${locale}`, pictures, { columns: 1, dark: false });
}

async function drawDashboard(browser, server, folder) {
  const { page, context, open } = await asOperator(browser, server, { viewport: { width: 1280, height: 900 }, colorScheme: 'light' });
  await open(CLIENT, '/dashboard/compliance?range=7d');
  await page.getByRole('table', { name: 'Decisions', exact: true }).getByRole('row', { name: /P-3|Meera/ }).first().waitFor();
  await writeFile(`${folder}compliance.png`, await fewColours(page, await page.screenshot()));
  await open(CLIENT, '/dashboard/settings?tab=rules');
  const pack = page.getByRole('region', { name: 'Which packs are on?' }).getByRole('listitem').filter({ has: page.getByRole('switch', { name: /United States: collection of debts/ }) });
  await pack.getByText('5 rules').click();
  await pack.scrollIntoViewIfNeeded();
  await writeFile(`${folder}call-rules.png`, await fewColours(page, await page.screenshot()));
  await context.close();
}

/** Changes one byte in the middle of the zip's first member. */
function alter(zip) {
  const altered = Buffer.from(zip);
  altered[altered.length >> 2] ^= 1;
  return altered;
}

async function drawComplaint(browser, server, folder) {
  const own = await mkdtemp(join(tmpdir(), 'complaint-'));
  const file = await fetch(`${server.url}/api/admin/clients/${CLIENT}/complaint-files`, {
    method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${ADMIN_TOKEN}` },
    body: JSON.stringify({ customerId: 'P-3', reason: 'Complaint 2026-118' }),
  });
  if (!file.ok) throw new Error(`no file: ${file.status} ${await file.text()}`);
  const zip = Buffer.from(await file.arrayBuffer());
  const verifier = join(own, 'verify.html');
  await writeFile(verifier, Buffer.from(await (await fetch(`${server.url}/verify.html`)).arrayBuffer()));
  const { page, context } = await openPage(browser, pathToFileURL(verifier).href, { bypassCSP: true, viewport: { width: 900, height: 520 } });
  const pictures = [];
  for (const [state, buffer] of [['as it was made', zip], ['one byte altered', alter(zip)]]) {
    await page.reload();
    await page.locator('#file').setInputFiles({ name: 'complaint-file.zip', mimeType: 'application/zip', buffer });
    await page.locator('#answer.good, #answer.bad').filter({ hasNotText: 'Checking' }).waitFor();
    pictures.push({ state, png: await page.screenshot() });
  }
  await context.close();
  await rm(own, { recursive: true });
  await drawSheet(browser, `${folder}complaint-file.png`, 'A file for a complaint, checked', pictures, { columns: 1, dark: false });
}

/** Makes the pictures of docs/permission.md and docs/complaint-file.md. */
export async function drawPermission(browser, site, folder) {
  await mkdir(folder, { recursive: true });
  const server = await startWithRules();
  await drawDashboard(browser, server, folder);
  await drawRibbon(browser, server, site, folder, 'en');
  await drawComplaint(browser, server, folder);
  await server.stop();
}
