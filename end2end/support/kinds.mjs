// The two ways in which the ribbon stands on a page: in the page itself, and in a frame where the
// page's policy lets no WebAssembly run.
import { openPage } from './browser.mjs';
import { ribbonOf } from './ribbon.mjs';
import { crmPage } from './site.mjs';

export const KINDS = ['plain', 'framed'];
const NONCE = 'r4nd0m';

/** Opens a page with the ribbon of a kind; the rest is as for `crmPage`. */
export async function openKind(kind, { browser, server, site }, path, page = {}, options = {}) {
  const strict = kind === 'framed';
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src ${server.url} ${site.origin} 'nonce-${NONCE}'; frame-src ${server.url}`;
  const html = strict ? crmPage(server, page).replaceAll('<script>', `<script nonce="${NONCE}">`) : crmPage(server, page);
  const opened = await openPage(browser, site.page(`${path}-${kind}`, html, strict ? { 'content-security-policy': policy } : {}), options);
  const ribbon = strict ? framed(opened.page) : ribbonOf(opened.page);
  await ribbon.ready();
  return { ...opened, ribbon };
}

/** The ribbon in its frame, and the page's own ears. */
export function framed(page) {
  const frame = page.locator('call-ribbon iframe').contentFrame();
  return ribbonOf({
    locator: (selector) => frame.locator(selector),
    evaluate: (...args) => page.evaluate(...args),
    waitForFunction: (...args) => page.waitForFunction(...args),
  });
}
