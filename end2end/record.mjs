// Runs the ribbon without its second file, and prints the numbers of the functions that ran, for
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
const REST = /\/assets\/rest-/;
const SIGN_IN = /\/api\/ribbon\/init/;

/** Opens a page and gathers what runs until `then` has ended. `prepare` gets the page before it is loaded. */
async function run({ options, script }, prepare, then, context) {
  const profile = context ?? await newProfile(browser);
  const page = await profile.newPage();
  await prepare(page);
  await page.goto(site.page('/record', crmPage(server, { options: { agentId: 'agent-of-recording', ...options }, then: script })));
  await then(page, ribbonOf(page));
  await gather(page);
  await page.close();
  if (!context) await profile.close();
}

/** The second file does not come: neither an answer nor an error. */
const hold = (page) => page.route(REST, () => {});

// What pages do at their start, in two languages. The companion asks what waits for the agent.
for (const given of [
  {},
  { options: { locale: 'hi', position: 'top' } },
  { script: `ExotelCallRibbon.on('connected', () => {}); ExotelCallRibbon.off('connected', begin);
      ExotelCallRibbon.setPosition('floating'); ExotelCallRibbon.setVisible(true);` },
  { script: `ExotelCallRibbon.setCustomer(${JSON.stringify(CUSTOMER)});` },
]) {
  let asked;
  await run(given, async (page) => {
    await hold(page);
    asked = page.waitForResponse(/missed-calls/);
  }, async (page, ribbon) => {
    await ribbon.ready();
    await asked;
    await page.setViewportSize({ width: 500, height: 600 });
    await page.setViewportSize({ width: 1280, height: 720 });
    await ribbon.call('setCustomer', CUSTOMER);
    await ribbon.settled();
    await ribbon.main.hover();
    await page.mouse.click(5, 5);
    await page.evaluate(() => ExotelCallRibbon.getState());
  });
}

// The next page of a site.
const profile = await newProfile(browser);
for (let visit = 0; visit < 2; visit += 1) {
  await run({}, hold, async (page, ribbon) => {
    await (visit ? ribbon.host.locator('.place:not([data-building])').waitFor({ state: 'attached' }) : ribbon.ready());
    await ribbon.call('setCustomer', CUSTOMER);
  }, profile);
}
await profile.close();

// The server cannot be reached, and neither can the second file.
await run({}, async (page) => {
  await page.route(REST, (route) => route.abort());
  await page.route(SIGN_IN, (route) => route.abort(), { times: 3 });
}, async (page, ribbon) => {
  await ribbon.reach('offline');
  await ribbon.ready();
  await ribbon.reach('offline');
  await ribbon.call('makeCall', '+919876543211');
});
await Promise.all([browser.close(), server.stop(), site.stop()]);
console.log(`ran: ${[...ran].join(',')}`);
