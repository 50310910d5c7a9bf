// The ribbon on a page, as its user and its integrator see it.

/** A pattern for exactly this text. */
const exactly = (text) => new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);

/** What a test does with the ribbon of a page. */
export function ribbonOf(page) {
  const host = page.locator('call-ribbon');
  const main = host.locator('[data-main]');
  const act = (name) => host.locator(`[data-act="${name}"]`);
  return {
    host, main, act,
    bar: host.locator('.bar'),
    place: host.locator('.place'),
    state: host.locator('.state'),
    advice: host.locator('.advice'),
    timer: host.locator('.timer'),
    name: host.locator('.name'),
    digit: (digit) => host.locator(`[data-digit="${digit}"]`),
    /** Waits until the bar is in this state. */
    reach: (look) => host.locator(`.bar[data-look="${look}"]`).waitFor(),
    /** Waits until a part has exactly this text; an empty part may be hidden. */
    says: (part, text) => part.filter({ hasText: exactly(text) }).waitFor({ state: text ? 'visible' : 'attached' }),
    /** Waits until the main button has settled on what it means. */
    settled: () => host.locator('[data-main][aria-disabled="false"]').waitFor(),
    /** Waits until the page has heard the event, and returns its data. */
    hear: async (event) => {
      const found = await page.waitForFunction((name) => heard.find((one) => one.event === name), event);
      return (await found.jsonValue()).data;
    },
    /** The events the page has heard, by name. */
    heard: () => page.evaluate(() => heard.map((one) => one.event)),
    /** Waits until calls can be made, and until all of the bar is there: its last parts may come later. */
    ready: async () => {
      await page.waitForFunction(() => ready > 0);
      await host.locator('.place:not([data-building])').waitFor({ state: 'attached' });
    },
    /** Calls a method of the API; the outcome is what its promise brings. */
    call: (method, ...args) => page.evaluate(async ([name, given]) => {
      try {
        return { value: await ExotelCallRibbon[name](...given) };
      } catch (error) {
        // An `Error` is not sent to the test with its code.
        return { error: { code: error.code, message: error.message }, isError: error instanceof Error };
      }
    }, [method, args]),
  };
}
