// Takes the pictures in docs/ again: `cargo xtask screenshots`. Look at them before a change
// to the interface is called done. `node screenshots.mjs bottom-dark-hi` makes one sheet, `node
// screenshots.mjs ribbon` the pictures of the ribbon on a page, `node screenshots.mjs dashboard` the
// sheets of the dashboard, `node screenshots.mjs dashboard-views` the pictures of its views, and `node
// screenshots.mjs permission` those of whether a call may be made.
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openPage, startBrowser } from './support/browser.mjs';
import { drawDashboardSheets, photographViews } from './support/dashboard-sheets.mjs';
import { drawPermission } from './support/permission-pictures.mjs';
import { ribbonOf } from './support/ribbon.mjs';
import { STILL, startServer } from './support/server.mjs';
import { drawSheet, ribbonBox } from './support/sheet.mjs';
import { startSite } from './support/site.mjs';
import { POSITIONS, visitStates } from './support/states.mjs';

const folder = fileURLToPath(new URL('../docs/', import.meta.url));
await mkdir(`${folder}states`, { recursive: true });
const [browser, server, still, site] = await Promise.all([startBrowser(), startServer(), startServer({ simulator: STILL }), startSite()]);
const wanted = process.argv.slice(2);
const isWanted = (name) => !wanted.length || wanted.includes(name);
// All sheets together make more calls than the demo client's plan has; beyond that no call begins.
await still.admin('PATCH', '/clients/client-demo', { limit: 100_000 });

const COLUMNS = { bottom: 1, top: 1, floating: 4, phone: 4 };
const sheets = Object.keys(POSITIONS).flatMap((position) => ['light', 'dark'].flatMap((theme) => ['en', 'hi', 'ur'].map((locale) => ({ position, theme, locale, name: `${position}-${theme}-${locale}` }))));

async function draw({ position, theme, locale, name }) {
  const pictures = [];
  await visitStates({
    browser, server: still, site, name, position, theme, locale,
    visit: async (state, page) => {
      await page.mouse.move(0, 0);
      await page.evaluate(() => document.activeElement?.blur());
      pictures.push({ state, png: await page.screenshot({ clip: await ribbonBox(page) }) });
    },
  });
  await drawSheet(browser, `${folder}states/${name}.png`, `${position} · ${theme} · ${locale}`, pictures, { columns: COLUMNS[position], dark: theme === 'dark' });
}

// A few at once: each spends most of its time waiting for the call to go on.
const left = sheets.filter(({ name }) => isWanted(name));
await Promise.all(Array.from({ length: 4 }, async () => {
  for (let sheet; (sheet = left.shift());) await draw(sheet);
}));

if (isWanted('ribbon')) {
  // The example page: in the middle of a call, with the notes after it, and with recent calls.
  const { page, context } = await openPage(browser, `${server.url}/examples/collections.html`, { viewport: { width: 1280, height: 760 }, colorScheme: 'light', reducedMotion: 'reduce', deviceScaleFactor: 1.5 });
  const ribbon = ribbonOf(page);
  const take = async (name) => {
    await page.mouse.move(0, 0);
    await page.screenshot({ path: `${folder}${name}.png` });
  };
  await page.locator('#CUST-1001').click();
  await ribbon.settled();
  await ribbon.main.click();
  await ribbon.host.locator('.timer', { hasText: '0:03' }).waitFor();
  await take('ribbon-in-call');
  await ribbon.main.click();
  await ribbon.reach('ended');
  await ribbon.host.locator('.notes').fill('Pays 5,000 on Friday and the rest by the end of the month.');
  await ribbon.host.locator('.chip').first().click();
  await ribbon.host.locator('[data-act="tomorrow"][aria-pressed="false"]').click();
  await ribbon.host.locator('[data-act="tomorrow"][aria-pressed="true"]').waitFor();
  await ribbon.settled();
  await take('ribbon-wrap-up');
  await ribbon.act('notes').click();
  await ribbon.host.locator('.wrap').waitFor({ state: 'hidden' });
  await ribbon.act('history').click();
  await ribbon.host.locator('.row').first().waitFor();
  await take('ribbon-history');
  await context.close();
}

if (isWanted('dashboard')) await drawDashboardSheets(browser, `${folder}dashboard/`);
if (isWanted('permission')) await drawPermission(browser, site, `${folder}permission/`);
if (isWanted('dashboard-views')) await photographViews(browser, `${folder}dashboard/`);

await Promise.all([browser.close(), server.stop(), still.stop(), site.stop()]);
