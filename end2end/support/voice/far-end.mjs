// Exotel's end of a call, as a test steers it.
import { newProfile } from '../browser.mjs';

/** Opens the far end's page in this browser. */
export async function farEnd(browser, pages, exotel) {
  const context = await newProfile(browser);
  const page = await context.newPage();
  await page.goto(`${pages.origin}/far`);
  await page.evaluate(([server, domain]) => far.join(server, domain), [`ws://127.0.0.1:${exotel.sip.port}`, exotel.domain]);
  return {
    page,
    /** Rings the agent's browser. */
    ring: (callSid) => page.evaluate(([to, sid]) => far.ring(to, sid), [exotel.address, callSid]),
    hangUp: () => page.evaluate(() => far.hangUp()),
    /** Waits until this has happened, and returns it. */
    hear: async (event, count = 1) => {
      const found = await page.waitForFunction(([name, many]) => heard.filter((one) => one.event === name)[many - 1], [event, count]);
      return found.jsonValue();
    },
    /** Waits for so many digits, and returns them. */
    digits: async (count) => {
      const found = await page.waitForFunction((many) => {
        const digits = heard.filter((one) => one.event === 'digit').map((one) => one.digit);
        return digits.length >= many && digits.join('');
      }, count);
      return found.jsonValue();
    },
    ear: (what) => page.evaluate((name) => ear[name](), what),
    close: () => context.close(),
  };
}
