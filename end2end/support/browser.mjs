// Real Chromium, driven by playwright-core.
import { chromium } from 'playwright-core';

const executablePath = process.env.CHROMIUM;
if (!executablePath) throw new Error('CHROMIUM is not set; run these tests with `cargo xtask test --only e2e`');

const HOW = {
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run', '--disable-quic'],
};

/**
 * How long a test waits for what never comes, in milliseconds: it ends a hang, and is no measure
 * of speed, so it is far beyond what the busiest machine takes.
 */
export const PATIENCE = 120_000;
/** How long a file of tests may take in all, in milliseconds: what waits without an end ends here. */
const WHOLE_FILE = 1_200_000;

setTimeout(() => {
  console.error(`this file of tests was not done after ${WHOLE_FILE / 60_000} minutes`);
  process.exit(1);
}, WHOLE_FILE).unref();

/** Starts the browser; `more` are arguments of its command line. */
export function startBrowser(more = []) {
  return chromium.launch({ ...HOW, args: [...HOW.args, ...more] });
}

/** A fresh profile, as patient as all tests are. */
export async function newProfile(browser, options = {}) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(PATIENCE);
  return context;
}

/** Opens a page in a browser of its own, whose profile stays in the folder. */
export async function openKept(folder, address) {
  const context = await chromium.launchPersistentContext(folder, HOW);
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  await page.goto(address);
  return { page, context };
}

/** Opens a page in a fresh profile; `complaints` gathers what reaches the page as an error. */
export async function openPage(browser, address, options = {}) {
  const context = await newProfile(browser, { viewport: { width: 1280, height: 720 }, ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(address);
  return { page, context, complaints };
}
