// Makes the pictures in docs/ anew: `cargo xtask screenshots`. Look at them before a change
// to the interface is called done.
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openPage, startBrowser } from './support/browser.mjs';
import { ribbonOf } from './support/ribbon.mjs';
import { KEY, startServer } from './support/server.mjs';
import { crmPage, startSite } from './support/site.mjs';

const folder = fileURLToPath(new URL('../docs/', import.meta.url));
await mkdir(`${folder}states`, { recursive: true });
const [browser, server, site] = await Promise.all([startBrowser(), startServer({ simulator: { 'ring-after': 700, 'answer-after': 1500 } }), startSite()]);

const CUSTOMER = {
  customerId: 'CUST-1001', name: 'Asha Rao', phoneNumber: '+91 98765 43210', callType: 'collections',
  context: { amountDue: 12450.5, daysOverdue: 34, loanId: 'LN-20871' },
};
const LONG = { ...CUSTOMER, name: 'Venkatanarasimharajuvaripeta Lakshminarayanan Subramaniam', phoneNumber: '+91 99000 10001' };

/** A page with the ribbon and `customer`, in one of the ways that are photographed. */
async function open(name, { position = 'bottom', theme = 'light', viewport, customer = CUSTOMER, options = {} }) {
  const html = crmPage(server, { options: { position, theme, ...options }, head: `<style>body { font: 16px system-ui; margin: 0; padding: 80px 24px; ${theme === 'dark' ? 'background: #20242c; color: #fff' : 'background: #eef1f5'} }</style>` });
  const { page, context } = await openPage(browser, site.page(`/${name}`, html), { reducedMotion: 'reduce', viewport: viewport ?? { width: 1280, height: 260 } });
  const ribbon = ribbonOf(page);
  if (customer) {
    await ribbon.ready();
    await page.evaluate((given) => ExotelCallRibbon.setCustomer(given), customer);
  }
  const snap = async (state) => {
    await page.mouse.move(0, 0);
    await page.evaluate(() => document.activeElement?.blur());
    await page.screenshot({ path: `${folder}states/${name}-${state}.png` });
  };
  return { page, context, ribbon, snap };
}

/** One call through all its states. */
async function callStates(name, how) {
  const { context, ribbon, snap } = await open(name, how);
  await ribbon.reach('idle');
  await snap('idle');
  await ribbon.main.click();
  await ribbon.reach('dialing');
  await snap('dialing');
  await ribbon.reach('ringing');
  await snap('ringing');
  await ribbon.reach('connected');
  await ribbon.host.locator('.timer', { hasText: '0:01' }).waitFor();
  await snap('in-call');
  await ribbon.act('mute').click();
  await ribbon.hear('mutetoggle');
  await ribbon.act('keypad').click();
  await ribbon.digit('5').click();
  await ribbon.hear('dtmf');
  await snap('keypad');
  await ribbon.act('keypad').click();
  await ribbon.act('hold').click();
  await ribbon.reach('on-hold');
  await snap('on-hold');
  await ribbon.call('setMinimized', true);
  await snap('minimized');
  await ribbon.call('setMinimized', false);
  await ribbon.main.click();
  await ribbon.reach('ended');
  await snap('ended');
  await context.close();
}

const PHONE = { width: 320, height: 568 };
const CARD = { width: 720, height: 480 };
await callStates('bottom-light', { viewport: { width: 1280, height: 420 } });
await callStates('top-dark', { position: 'top', theme: 'dark', viewport: { width: 1280, height: 420 } });
await callStates('floating-light', { position: 'floating', viewport: CARD });
await callStates('phone-dark', { theme: 'dark', viewport: PHONE });

for (const [name, how] of Object.entries({
  'trouble-light': {}, 'trouble-dark': { theme: 'dark' }, 'trouble-floating': { position: 'floating', viewport: CARD }, 'trouble-phone': { viewport: PHONE },
})) {
  let { context, ribbon, snap, page } = await open(name, { ...how, customer: LONG });
  await ribbon.main.click();
  await ribbon.reach('failed');
  await snap('busy-and-a-long-name');
  await ribbon.call('makeCall', '98x65');
  await snap('no-number');
  await page.route('**/api/ribbon/calls', (route) => route.abort());
  await ribbon.call('makeCall', '+919876543210');
  await snap('server-gone');
  await server.post('/api/ribbon/simulator/incoming', { from: '+919811122233', agentId: await page.evaluate(() => agent) });
  await ribbon.reach('incoming');
  await snap('incoming');
  await ribbon.act('decline').click();
  await context.close();

  ({ context, ribbon, snap } = await open(name, { ...how, customer: null, options: { apiKey: 'wrong' } }));
  await ribbon.reach('failed');
  await snap('wrong-key');
  await context.close();

  ({ context, ribbon, snap } = await open(name, { ...how, customer: null, options: { apiUrl: 'http://127.0.0.1:1' } }));
  await ribbon.reach('offline');
  await snap('server-down');
  await context.close();
}

// The picture at the top of the README: the example page in the middle of a call.
const { page, context } = await openPage(browser, `${server.url}/examples/collections.html`, { viewport: { width: 1280, height: 760 }, colorScheme: 'light', reducedMotion: 'reduce', deviceScaleFactor: 1.5 });
const ribbon = ribbonOf(page);
await page.getByText('Asha Rao').click();
await ribbon.main.click();
await ribbon.host.locator('.timer', { hasText: '0:03' }).waitFor();
await page.mouse.move(0, 0);
await page.screenshot({ path: `${folder}ribbon-in-call.png` });
await ribbon.main.click();
await ribbon.reach('ended');
await context.close();

const dashboard = await openPage(browser, `${server.url}/dashboard`, { viewport: { width: 1280, height: 560 }, colorScheme: 'light' });
await dashboard.page.getByLabel('API key').fill(KEY);
await dashboard.page.getByRole('button', { name: 'Show the calls' }).click();
await dashboard.page.locator('tbody tr').first().waitFor();
await dashboard.page.screenshot({ path: `${folder}dashboard.png` });

await Promise.all([browser.close(), server.stop(), site.stop()]);
