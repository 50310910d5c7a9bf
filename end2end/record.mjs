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
const EVENTS = /\/api\/ribbon\/events/;

/** Opens a page, runs `start` on it, and gathers what ran. `prepare` gets the page before it is loaded. */
async function run(options, then, prepare, start) {
  const context = await newProfile(browser);
  const page = await context.newPage();
  // The companion asks what waits for the agent.
  const answers = [page.waitForResponse(/missed-calls/), prepare(page)];
  await page.goto(site.page('/record', crmPage(server, { options, then })));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await Promise.all(answers);
  await page.setViewportSize({ width: 500, height: 600 });
  await page.setViewportSize({ width: 1280, height: 720 });
  await ribbon.call('setCustomer', CUSTOMER);
  await ribbon.settled();
  await ribbon.main.hover();
  await page.mouse.click(5, 5);
  await page.evaluate(() => ExotelCallRibbon.getState());
  await start(page, ribbon);
  await ribbon.settled();
  await gather(page);
  await context.close();
}

// Calls by a click, by a key and by the page, in two languages, with the API that pages use at their start.
for (const { options, then, start } of [
  { start: (ribbon) => ribbon.main.click() },
  { options: { locale: 'hi', position: 'top' }, start: (ribbon) => ribbon.main.press('Enter') },
  {
    then: `ExotelCallRibbon.on('connected', () => {}); ExotelCallRibbon.off('connected', begin);
      ExotelCallRibbon.setPosition('floating'); ExotelCallRibbon.setVisible(true);`,
    start: (ribbon) => ribbon.call('makeCall', '+919876543211'),
  },
]) {
  // The stream opens, and nothing happens on it.
  await run(options, then, (page) => page.waitForResponse(EVENTS), async () => {});
  // A call is started. What is told of it afterwards is not needed for that.
  await run(options, then, (page) => page.route(EVENTS, () => {}), async (page, ribbon) => {
    await start(ribbon);
    await ribbon.reach('dialing');
    await page.waitForFunction(() => ExotelCallRibbon.getState().call.sessionId);
  });
}
await Promise.all([browser.close(), server.stop(), site.stop()]);
console.log(`ran: ${[...ran].join(',')}`);
