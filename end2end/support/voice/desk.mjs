// The voice of a ribbon, as its agent uses it.

/** The controls of the voice in a page whose ribbon offers it, and what the page's ear hears (`ear.js`). */
export async function voiceOf(page) {
  const act = (name) => page.locator(`call-ribbon [data-voice="${name}"]`);
  const line = (state) => page.locator(`call-ribbon [data-voice="open"][data-line="${state}"]`).waitFor();
  await act('open').waitFor();
  return {
    act, line,
    says: page.locator('call-ribbon .voice-says'),
    online: async () => {
      await act('open').click();
      await act('go').click();
      await line('on');
      await act('close').click();
    },
    ear: (what) => page.evaluate((name) => window.ear[name](), what),
    count: (event, count) => page.waitForFunction(([name, many]) => heard.filter((one) => one.event === name).length >= many, [event, count]),
  };
}
