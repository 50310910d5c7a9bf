// The bar at every width: what it shows of a number is the whole of it, and it stays low.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';

const WIDTHS = [320, 390, 480, 621, 720, 800, 900, 901, 1024, 1440];
/** What is wrong with the numbers that are in sight, and how high the bar is. */
export const measure = (page) => page.evaluate(() => {
  const root = document.querySelector('call-ribbon').shadowRoot;
  const faults = [];
  const bar = root.querySelector('.bar').getBoundingClientRect();
  for (const part of root.querySelectorAll('.number, .name[data-number="true"], .caller')) {
    const box = part.getBoundingClientRect();
    if (!box.width || !part.textContent.match(/\d/)) continue;
    const around = (part.closest('.panel') ?? root.querySelector('.bar')).getBoundingClientRect();
    const text = document.createRange();
    text.selectNodeContents(part);
    for (const line of text.getClientRects()) {
      const inside = line.left >= Math.max(box.left, around.left, 0) - 1 && line.right <= Math.min(box.right, around.right, innerWidth) + 1;
      if (!inside && !part.matches('.caller')) faults.push(`${part.className} is cut: ${part.textContent}`);
    }
    if (part.scrollWidth > part.clientWidth + 1 || part.scrollHeight > part.clientHeight + 2) faults.push(`${part.className} overflows: ${part.textContent}`);
    if (getComputedStyle(part).textOverflow === 'ellipsis' && getComputedStyle(part).whiteSpace === 'nowrap') faults.push(`${part.className} may be cut: ${part.textContent}`);
  }
  // A fact is shown whole or not at all; what wraps to a second line is not seen.
  const zone = root.querySelector('.facts').getBoundingClientRect();
  for (const fact of root.querySelectorAll('.bar .fact')) {
    const [box, value] = [fact.getBoundingClientRect(), fact.querySelector('.value').getBoundingClientRect()];
    if (!box.width || box.top >= zone.bottom - 1) continue;
    if (value.right > zone.right + 1 || value.left < zone.left - 1) faults.push(`a fact is cut: ${fact.textContent}`);
  }
  // Nothing lies on something else.
  const zones = [...root.querySelectorAll('.bar .name, .bar .number, .bar .copy .icon, .bar .facts, .bar .last, .bar .what:not([data-quiet="true"]) .now, .bar .advice, .bar .do button')]
    .filter((part) => part.getClientRects().length && part.textContent + (part.dataset.act ?? '')).map((part) => [part, part.getBoundingClientRect()]).filter(([, box]) => box.width && box.height);
  for (const [one, a] of zones) for (const [other, b] of zones) {
    const over = Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
    if (one !== other && over) faults.push(`${one.className} lies on ${other.className}`);
  }
  for (const [part, box] of zones) if (box.right > innerWidth || box.left < 0) faults.push(`${part.className} leaves the window`);
  const strip = root.querySelector('.waiting').getBoundingClientRect().height;
  const lines = ['.name', '.number', '.advice', '.last'].map((name) => root.querySelector('.bar ' + name).getBoundingClientRect().height);
  return { faults, height: bar.height, strip, lines };
});

/** Looks at the bar in this state at every width; the window is as it was afterwards. LAYOUT_PICTURES names a folder for pictures. */
export const lookAtWidths = async (state, page) => {
  const before = page.viewportSize();
  const folder = process.env.LAYOUT_PICTURES && `${process.env.LAYOUT_PICTURES}/${await page.evaluate(() => document.querySelector('call-ribbon').shadowRoot.querySelector('.place').lang)}`;
  if (folder) await mkdir(folder, { recursive: true });
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 640 });
    const { faults, height, strip, lines } = await measure(page);
    assert.deepEqual(faults, [], `${state} at ${width}`);
    // Room for what takes a second line, and for a sentence of what went wrong.
    const extra = Math.max(0, lines[0] - 20) + Math.max(0, lines[1] - 17) + lines[2];
    const most = width > 900 ? 58 + extra : width > 480 ? 110 + extra : 104 + extra;
    if (!/minimized/.test(state)) assert.ok(height - strip <= most, `${state} at ${width}: ${height} px high, of which ${strip} for the strip and ${extra} for more lines`);
    if (folder) await page.screenshot({ path: `${folder}/${state.replace(/\W+/g, '-')}-${width}.png`, clip: { x: 0, y: 340, width, height: 300 } });
  }
  await page.setViewportSize(before);
};
