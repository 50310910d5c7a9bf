// Runs the ribbon until a call is started, and prints the numbers of the functions that ran, for
// `cargo xtask record`.
import { newProfile, startBrowser } from './support/browser.mjs';
import { ribbonOf } from './support/ribbon.mjs';
import { startServer, STILL } from './support/server.mjs';
import { crmPage, startSite } from './support/site.mjs';

const CUSTOMER = {
  customerId: 'CUST1001', name: 'Asha Rao', phoneNumber: '+91 98765 43210', callType: 'collections',
  context: { amountDue: 12450.5, daysOverdue: 34, flags: [true, null, 'x'] }, metadata: { campaign: 'november' },
};

const [browser, server, site] = await Promise.all([startBrowser(), startServer({ simulator: STILL }), startSite()]);
const ran = new Set();
const gather = async (page) => {
  for (const number of await page.evaluate(() => [...callRibbonRuns])) ran.add(number);
};
// Calls by a click, and by the page.
for (const start of [
  async (ribbon) => ribbon.main.click(),
  async (ribbon) => ribbon.call('makeCall'),
]) {
  const context = await newProfile(browser);
  const page = await context.newPage();
  // What is told of the call afterwards is not needed to start it.
  await context.route(/\/api\/ribbon\/events/, () => {});
  await page.goto(site.page('/record', crmPage(server)));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await ribbon.call('setCustomer', CUSTOMER);
  await ribbon.settled();
  await start(ribbon);
  await ribbon.reach('dialing');
  await page.waitForFunction(() => ExotelCallRibbon.getState().call.sessionId);
  await gather(page);
  await context.close();
}
await Promise.all([browser.close(), server.stop(), site.stop()]);
console.log(`ran: ${[...ran].join(',')}`);
