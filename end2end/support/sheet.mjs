// Puts many small pictures on one sheet.
import { writeFile } from 'node:fs/promises';
import { fewColours } from './palette.mjs';

const GAP = 14;

/** The part of the window that the ribbon takes, with a little room around it. */
export async function ribbonBox(page) {
  return page.evaluate((gap) => {
    const root = document.querySelector('call-ribbon').shadowRoot;
    const boxes = [...root.querySelectorAll('.bar, .panel, .keypad')].map((part) => part.getBoundingClientRect()).filter((box) => box.width > 0);
    const left = Math.max(0, Math.min(...boxes.map((box) => box.left)) - gap);
    const top = Math.max(0, Math.min(...boxes.map((box) => box.top)) - gap);
    const right = Math.min(innerWidth, Math.max(...boxes.map((box) => box.right)) + gap);
    const bottom = Math.min(innerHeight, Math.max(...boxes.map((box) => box.bottom)) + gap);
    return { x: left, y: top, width: right - left, height: bottom - top };
  }, GAP);
}

/** Draws `pictures` (`{ state, png }`) in columns, under their names, into one file. */
export async function drawSheet(browser, path, title, pictures, { columns, dark }) {
  const page = await browser.newPage();
  const figures = pictures.map(({ state, png }) => `<figure><figcaption>${state}</figcaption><img src="data:image/png;base64,${png.toString('base64')}"></figure>`);
  await page.setContent(`<!doctype html><meta charset="utf-8"><style>
    html { background: ${dark ? '#20242c' : '#eef1f5'}; color: ${dark ? '#cfd5df' : '#444b57'}; font: 12px system-ui; }
    body { margin: 0; padding: 16px; width: max-content; }
    h1 { font-size: 15px; margin: 0 0 12px; }
    main { columns: ${columns}; column-gap: 20px; }
    figure { margin: 0 0 12px; break-inside: avoid; }
    figcaption { padding: 0 0 2px 14px; }
    img { display: block; }
  </style><h1>${title}</h1><main style="width: max-content">${figures.join('')}</main>`);
  await page.locator('img').last().evaluate((image) => image.decode());
  const size = await page.evaluate(() => [document.body.scrollWidth, document.body.scrollHeight]);
  await page.setViewportSize({ width: Math.ceil(size[0]), height: Math.ceil(size[1]) });
  await writeFile(path, await fewColours(page, await page.screenshot()));
  await page.close();
}
