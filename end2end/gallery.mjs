// Pictures of all pieces of the dashboard, in target/gallery-pictures, and what axe-core says of
// them. Build the page first: see widget/gallery/Trunk.toml.
import { createReadStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lookAtPage } from './support/axe.mjs';
import { openPage, startBrowser } from './support/browser.mjs';

const built = fileURLToPath(new URL('../target/gallery/', import.meta.url));
const pictures = fileURLToPath(new URL('../target/gallery-pictures/', import.meta.url));
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm', '.css': 'text/css' };

const site = createServer(async (request, response) => {
  const path = join(built, normalize(new URL(request.url, 'http://x').pathname).replace(/\/$/, '/index.html'));
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) return response.writeHead(404).end();
  response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' });
  return createReadStream(path).pipe(response);
});
await new Promise((resolve) => { site.listen(0, '127.0.0.1', resolve); });
await mkdir(pictures, { recursive: true });

/** How high a picture is, in CSS pixels. */
const PART = 1100;

const VIEWS = {
  'wide-light': { viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  'wide-dark': { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
  'phone-light': { viewport: { width: 320, height: 640 }, colorScheme: 'light' },
  'phone-dark': { viewport: { width: 390, height: 800 }, colorScheme: 'dark' },
  // As 200 % of a window of 1280 × 800.
  'zoomed-light': { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2, colorScheme: 'light' },
};
const browser = await startBrowser();
let faults = 0;
for (const [name, view] of Object.entries(VIEWS)) {
  const { page, context, complaints } = await openPage(browser, `http://127.0.0.1:${site.address().port}/`, { reducedMotion: 'reduce', locale: 'en-IN', ...view });
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.locator('.chart > svg').first().waitFor();
  const [width, height] = await page.evaluate(() => [innerWidth, document.documentElement.scrollHeight]);
  // In parts that can be looked at without being made smaller.
  for (let part = 0; part * PART < height; part += 1) {
    const clip = { x: 0, y: part * PART, width, height: Math.min(PART, height - part * PART) };
    await page.screenshot({ path: join(pictures, `${name}-${part}.png`), fullPage: true, clip });
  }
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  const found = [...await lookAtPage(page), ...complaints, ...wide > 0 ? [`the page is ${wide} px too wide`] : []];
  faults += found.length;
  console.log(name, found.length ? found.join('\n') : 'nothing found');
  await context.close();
}
await browser.close();
site.close();
process.exit(faults ? 1 : 0);
