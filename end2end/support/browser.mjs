// Real Chromium, driven by playwright-core.
import { chromium } from 'playwright-core';
import { stopAtEnd } from './ends.mjs';

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

/** Starts the browser; `more` are arguments of its command line. */
export async function startBrowser(more = []) {
  const browser = await chromium.launch({ ...HOW, args: [...HOW.args, ...more] });
  stopAtEnd(() => browser.close());
  return browser;
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
  stopAtEnd(() => context.close());
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
