// Pictures of every view of the dashboard: in both themes, wide and on a phone.
import { mkdir, writeFile } from 'node:fs/promises';
import { asOperator, filledIn, startWithCalls, VIEWS } from './dashboard.mjs';
import { drawSheet } from './sheet.mjs';

const CLIENT = 'demo-in';
const SIZES = {
  wide: { viewport: { width: 1280, height: 1000 }, deviceScaleFactor: 0.5, columns: 4 },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 0.75, hasTouch: true, columns: 7 },
};

/** Makes the sheets, and the picture at the top of the README's part about it. */
export async function photographDashboard(browser, folder) {
  await mkdir(folder, { recursive: true });
  const server = await startWithCalls(9000);
  for (const [size, { columns, ...options }] of Object.entries(SIZES)) {
    for (const theme of ['light', 'dark']) {
      const { context, open, page } = await asOperator(browser, server, { ...options, colorScheme: theme });
      const pictures = [];
      for (const [state, address] of Object.entries(VIEWS)) {
        await open(CLIENT, await filledIn(server, CLIENT, address));
        pictures.push({ state, png: await page.screenshot() });
      }
      await context.close();
      await drawSheet(browser, `${folder}${size}-${theme}.png`, `The dashboard · ${size} · ${theme}`, pictures, { columns, dark: theme === 'dark' });
    }
  }
  const { context, open, page } = await asOperator(browser, server, { viewport: { width: 1280, height: 900 }, colorScheme: 'light' });
  await open(CLIENT, VIEWS.overview);
  await writeFile(`${folder}overview.png`, await page.screenshot());
  await context.close();
  await server.stop();
}
