// axe-core, as it looks at the ribbon and at whole pages.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What is wrong with the ribbon as it is now, and how many contrasts were measured. */
export async function look(page) {
  if (!await page.evaluate(() => 'axe' in window)) await page.addScriptTag({ path: AXE });
  const { violations, passes } = await page.evaluate(async (tags) => {
    // axe works out what lies above what from <body> on only, and the ribbon stands beside it; and
    // it measures no contrast where a pseudo-element is, such as the line along the bar.
    const host = document.querySelector('call-ribbon');
    const without = new CSSStyleSheet();
    without.replaceSync('.bar::before { content: none !important; }');
    const sheets = [...host.shadowRoot.adoptedStyleSheets];
    host.shadowRoot.adoptedStyleSheets = [...sheets, without];
    // The ribbon puts its element back where it belongs, by these.
    const root = document.documentElement;
    root.append = root.moveBefore = () => {};
    document.body.append(host);
    const found = await axe.run({ include: [['call-ribbon']] }, { runOnly: tags });
    delete root.append;
    delete root.moveBefore;
    root.append(host);
    host.shadowRoot.adoptedStyleSheets = sheets;
    return found;
  }, RULES);
  const contrast = [...passes, ...violations].filter((rule) => rule.id === 'color-contrast');
  const measured = contrast.flatMap((rule) => rule.nodes.flatMap((node) => node.any)).filter((one) => one.data?.contrastRatio > 1).length;
  return { measured, faults: violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.flat().pop()} ${node.failureSummary}`)) };
}

/** What is wrong with a page as it is now. */
export async function lookAtPage(page) {
  // By the debugger: a page that runs nothing but its own files takes no script tag.
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(await readFile(AXE, 'utf8'));
  const { violations } = await page.evaluate((tags) => axe.run(document, { runOnly: tags }), RULES);
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.flat().pop()} ${node.failureSummary}`));
}
