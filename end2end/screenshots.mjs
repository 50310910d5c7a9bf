// Takes the pictures in docs/ again: `cargo xtask screenshots`. Look at them before a change
// to the interface is called done. `node screenshots.mjs bottom-dark-hi` makes one sheet, `node
// screenshots.mjs dashboard` those of the dashboard.
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openPage, startBrowser } from './support/browser.mjs';
import { photographDashboard } from './support/dashboard-sheets.mjs';
import { ribbonOf } from './support/ribbon.mjs';
import { STILL, startServer } from './support/server.mjs';
import { drawSheet, ribbonBox } from './support/sheet.mjs';
import { startSite } from './support/site.mjs';
import { POSITIONS, visitStates } from './support/states.mjs';

const folder = fileURLToPath(new URL('../docs/', import.meta.url));
await mkdir(`${folder}states`, { recursive: true });
const [browser, server, still, site] = await Promise.all([startBrowser(), startServer(), startServer({ simulator: STILL }), startSite()]);
const wanted = process.argv.slice(2);

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
const left = sheets.filter(({ name }) => !wanted.length || wanted.includes(name));
await Promise.all(Array.from({ length: 4 }, async () => {
  for (let sheet; (sheet = left.shift());) await draw(sheet);
}));

if (!wanted.length) {
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
}

if (!wanted.length || wanted.includes('dashboard')) await photographDashboard(browser, `${folder}dashboard/`);

await Promise.all([browser.close(), server.stop(), still.stop(), site.stop()]);
