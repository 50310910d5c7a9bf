// The ribbon in the agent's own language.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newProfile, openPage, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

let browser, server, site;
before(async () => { [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

/** Opens a page with these options; `asked` are the files of words that it downloads. */
async function open(path, options, lang = 'en') {
  const context = await newProfile(browser);
  const page = await context.newPage();
  const asked = [];
  page.on('request', (request) => { if (request.url().includes('/words-')) asked.push(request.url()); });
  const html = crmPage(server, { options }).replace('<html lang="en">', `<html lang="${lang}">`);
  await page.goto(site.page(path, html));
  const ribbon = ribbonOf(page);
  await ribbon.reach('idle');
  return { context, page, ribbon, asked };
}

test('English needs no file of words', async () => {
  const { context, ribbon, asked } = await open('/en', {});
  assert.equal(await ribbon.main.textContent(), 'Call');
  assert.equal(await ribbon.place.getAttribute('lang'), 'en');
  assert.deepEqual(asked, []);
  await context.close();
});

test('Hindi, by init, comes from one file that may be kept for ever', async () => {
  const { context, ribbon, asked } = await open('/hi', { locale: 'hi-IN' });
  await ribbon.state.filter({ hasText: 'तैयार' }).waitFor();
  assert.equal(await ribbon.main.textContent(), 'कॉल करें');
  assert.equal(await ribbon.place.getAttribute('lang'), 'hi');
  assert.equal(await ribbon.place.getAttribute('dir'), 'ltr');
  assert.equal(asked.length, 1);
  const answer = await fetch(asked[0]);
  assert.match(answer.headers.get('cache-control'), /immutable/);
  await context.close();
});

test('what the server says in English, the reason of an end and its own outcomes, is in the agent\'s language', async () => {
  const { context, page, ribbon } = await open('/said', { locale: 'hi' });
  await ribbon.ready();
  await page.evaluate(() => ExotelCallRibbon.setCustomer({ name: 'Asha', phoneNumber: '+919900010003', callType: 'collections' }));
  await ribbon.settled();
  await ribbon.main.click();
  await ribbon.reach('failed');
  await ribbon.says(ribbon.advice, 'इस नंबर से संपर्क नहीं हो सकता। फिर कोशिश करें।');
  await ribbon.settled();
  await ribbon.act('notes').click();
  const chips = ribbon.host.locator('.chips .chip span');
  await chips.filter({ hasText: 'भुगतान का वादा' }).waitFor();
  assert.deepEqual((await chips.allTextContents()).filter((label) => /[a-z]/i.test(label)), []);
  await context.close();
});

test('Urdu, by the page, goes from right to left', async () => {
  const { context, ribbon } = await open('/ur', {}, 'ur-PK');
  await ribbon.state.filter({ hasText: 'تیار' }).waitFor();
  assert.equal(await ribbon.place.getAttribute('dir'), 'rtl');
  const [who, main] = [await ribbon.host.locator('.who').boundingBox(), await ribbon.main.boundingBox()];
  assert.ok(who.x > main.x, 'the customer stands on the right, the button on the left');
  assert.equal(await ribbon.place.evaluate((place) => getComputedStyle(place).direction), 'rtl');
  await context.close();
});

test('a language that there is no file for is English, and a second init may change it', async () => {
  const { context, page, ribbon, asked } = await open('/fi', { locale: 'fi' });
  assert.equal(await ribbon.main.textContent(), 'Call');
  assert.deepEqual(asked, []);
  await page.evaluate(() => ExotelCallRibbon.init({ apiKey: 'demo-api-key-789', agentId: agent, locale: 'hi' }));
  await ribbon.state.filter({ hasText: 'तैयार' }).waitFor();
  await page.evaluate(() => ExotelCallRibbon.init({ apiKey: 'demo-api-key-789', agentId: agent, locale: 'en' }));
  await ribbon.state.filter({ hasText: 'Ready' }).waitFor();
  await context.close();
});

test('a file of words that does not come leaves English, and the page unharmed', async () => {
  const { page, context, complaints } = await openPage(browser, 'about:blank');
  await page.route('**/words-*', (route) => route.abort());
  await page.goto(site.page('/none', crmPage(server, { options: { locale: 'hi' } })));
  const ribbon = ribbonOf(page);
  await ribbon.reach('idle');
  assert.equal(await ribbon.main.textContent(), 'Call');
  assert.deepEqual(complaints, []);
  await context.close();
});
