// Opens the dashboard's first views, and prints the numbers of the functions that ran, for
// `cargo xtask record`.
import { newProfile, startBrowser } from './support/browser.mjs';
import { signIn, startWithCalls } from './support/dashboard.mjs';
import { ADMIN_TOKEN, KEY, startServer } from './support/server.mjs';

const [browser, full, empty] = await Promise.all([startBrowser(), startWithCalls(1500), startServer()]);
const ran = new Set();
const gather = async (page) => {
  for (const number of await page.evaluate(() => [...callRibbonRuns])) ran.add(number);
};
const overview = (page) => page.getByRole('heading', { name: 'Overview' }).waitFor();
/** Waits until nothing is being loaded. */
const filled = async (page) => {
  await overview(page);
  await page.waitForFunction(() => document.querySelector('main .card') && !document.querySelector('main .skeleton'));
  await page.setViewportSize({ width: 700, height: 800 });
  await page.setViewportSize({ width: 1280, height: 900 });
  // What every page hears.
  await page.mouse.click(5, 5);
  await page.keyboard.press('Escape');
  await page.evaluate(() => dispatchEvent(new Event('focus')));
};

for (const server of [full, empty]) {
  const context = await newProfile(browser, { viewport: { width: 1280, height: 900 } });
  // Clicks wait for the second file: an empty program stands in for it.
  await context.route(/\/rest-recording/, (route) => route.fulfill({ contentType: 'application/wasm', body: Buffer.from('0061736d01000000', 'hex') }));
  const page = await context.newPage();
  // Somebody who mistypes, signs in, and comes back.
  await page.goto(`${server.url}/dashboard`);
  await signIn(page, { key: 'wrong' });
  await page.getByRole('alert').waitFor();
  await signIn(page, { key: KEY });
  await filled(page);
  await gather(page);
  for (const address of ['/dashboard', '/dashboard?range=30d']) {
    await page.goto(server.url + address);
    await filled(page);
    await gather(page);
  }
  // The operator.
  await context.clearCookies();
  await page.goto(`${server.url}/dashboard`);
  await signIn(page, { token: ADMIN_TOKEN });
  await page.getByRole('heading', { name: 'Choose a client' }).waitFor();
  await gather(page);
  await context.close();
}
await Promise.all([browser.close(), full.stop(), empty.stop()]);
console.log(`ran: ${[...ran].join(',')}`);
