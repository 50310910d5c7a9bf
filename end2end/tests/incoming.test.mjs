// A call comes in: it rings, shows who it is and why we think so, and leaves the page as it was.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newProfile, startBrowser } from '../support/browser.mjs';
import { openKind } from '../support/kinds.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

// Callers are patient: they give up when a test says so.
let browser, patient, site;
before(async () => {
  [browser, patient, site] = await Promise.all([startBrowser(), startServer(), startSite()]);
});
after(async () => { await Promise.all([browser?.close(), patient?.stop(), site?.stop()]); });

// Writes down what the page's ears and eyes would get.
const WATCH = `<script>
  // The browser's driver counts as a touch with all it does.
  window.touched = true;
  Object.defineProperty(navigator, 'userActivation', { get: () => ({ hasBeenActive: touched }) });
  window.tones = 0; window.silenced = 0; window.notices = [];
  const Real = window.AudioContext;
  window.AudioContext = class extends Real {
    createOscillator() { tones += 1; return super.createOscillator(); }
    close() { silenced += 1; return super.close(); }
  };
  window.Notification = class extends EventTarget {
    static permission = 'default';
    static asked = 0;
    static async requestPermission() { Notification.asked += 1; Notification.permission = 'granted'; return 'granted'; }
    constructor(title, how) { super(); notices.push({ title, how, open: true }); this.at = notices.length - 1; }
    close() { notices[this.at].open = false; }
  };
</script>`;

async function open(path, { options, server = patient } = {}) {
  const context = await newProfile(browser);
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => { if (/AudioContext|Call ribbon/.test(message.text())) complaints.push(message.text()); });
  await page.goto(site.page(path, crmPage(server, { options, head: WATCH })));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  const ring = async (from) => {
    await page.evaluate(() => { heard.length = 0; });
    const agentId = await page.evaluate(() => agent);
    const { body } = await server.post('/api/ribbon/simulator/incoming', { from, agentId });
    await ribbon.reach('incoming');
    return body;
  };
  return { context, page, ribbon, ring, complaints };
}

test('a page that comes while a call rings in for any agent rings as well', async () => {
  const { body } = await patient.post('/api/ribbon/simulator/incoming', { from: '+919811122299' });
  const { ribbon, context } = await open('/late');
  await ribbon.reach('incoming');
  await ribbon.hear('incoming');
  await patient.giveUp(body.callSid);
  await ribbon.hear('missed');
  await context.close();
});

test('a page that comes to an agent while a call rings there hears of it once, in every way', async () => {
  const ring = (agentId) => patient.post('/api/ribbon/simulator/incoming', { from: '+919811122298', agentId });
  const told = `<script>
    window.ways = [];
    addEventListener('callribbon:incoming', () => ways.push('window'));
  </script>`;
  const then = `ExotelCallRibbon.on('incoming', (data) => ways.push(data.replayed ? 'replayed' : 'on'));`;
  const { body } = await ring('rung-before');
  const context = await newProfile(browser);
  const page = await context.newPage();
  await page.goto(site.page('/rung', crmPage(patient, { head: told, options: { agentId: 'rung-before' }, then })));
  const ribbon = ribbonOf(page);
  const hears = async (callSid) => {
    const all = await page.waitForFunction((sid) => heard.some(({ event, data }) => event === 'incoming' && data.callSid === sid), callSid)
      .then(() => page.evaluate(() => [...heard.filter(({ event }) => event === 'incoming').map(({ data }) => data.replayed ?? 'callback'), ...ways].sort()));
    assert.deepEqual(all, ['callback', 'on', 'window']);
    await patient.giveUp(callSid);
    await ribbon.hear('callEnded');
    await page.evaluate(() => { heard.length = 0; ways.length = 0; });
  };
  await hears(body.callSid);
  const other = await ring('rung-after');
  await ribbon.call('setCustomer', { phoneNumber: '+919811122297', agentId: 'rung-after' });
  await hears(other.body.callSid);
  await context.close();
});

test('it rings after the page was touched, and is silent at once when it is answered', async () => {
  const { page, ribbon, ring, context, complaints } = await open('/tone');
  await page.evaluate(() => { touched = false; });
  await ring('+919811122233');
  assert.equal(await page.evaluate(() => tones), 0, 'an untouched page stays silent');
  await page.evaluate(() => { touched = true; });
  await page.waitForFunction(() => tones === 4);
  await ribbon.main.click();
  await ribbon.hear('connected');
  assert.equal(await page.evaluate(() => silenced), 1);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the title says who is calling, keeps what the page writes, and is exactly as before', async () => {
  const { page, ribbon, ring, context } = await open('/title');
  const titled = (text) => page.waitForFunction((wanted) => document.querySelector('title').textContent === wanted, text);
  await page.evaluate(() => { document.querySelector('title').textContent = '  CRM  (3) '; });
  await ring('+919811122233');
  await titled('☎ +919811122233 is calling');
  await titled('  CRM  (3) ');
  await titled('☎ +919811122233 is calling');
  await page.evaluate(() => { document.title = 'CRM (4)'; });
  await titled('☎ +919811122233 is calling');
  await ribbon.act('decline').click();
  await ribbon.hear('missed');
  assert.equal(await page.evaluate(() => document.querySelector('title').textContent), 'CRM (4)');
  // destroy() in the middle of it, too.
  await ring('+919811122233');
  await titled('☎ +919811122233 is calling');
  await ribbon.call('destroy');
  assert.equal(await page.title(), 'CRM (4)');
  await context.close();
});

// What a page writes into its title while it rings, and what has to stand there afterwards.
const TITLES = [
  ['its count of unread messages before what stands there', () => { document.title = `(1) ${document.title}`; }, '(1) CRM'],
  ['another count before it', () => { document.title = `(2) ${document.title.replace(/^\(\d+\) /, '')}`; }, '(2) CRM'],
  ['something behind it', () => { document.title += ' *'; }, '(2) CRM *'],
  ['a title of its own', () => { document.title = 'Inbox'; }, 'Inbox'],
  ['another element', () => { document.querySelector('title').replaceWith(Object.assign(document.createElement('title'), { textContent: 'Other' })); }, 'Other'],
  ['a picture with a title before it', () => { document.head.prepend(document.createElementNS('http://www.w3.org/2000/svg', 'svg')); document.querySelector('svg').innerHTML = '<title>Drawn</title>'; }, 'Other'],
  ['no title', () => { document.querySelector('title:not(svg *)').remove(); }, ''],
];

test('what the page writes into the title while it rings stands there afterwards', async () => {
  const { page, ribbon, ring, context } = await open('/titles');
  for (const [name, write, wanted] of TITLES) {
    await ring('+919811122233');
    await page.waitForFunction(() => document.title.includes('is calling'));
    await page.evaluate(write);
    if (wanted) {
      // Both take turns, and again.
      for (const [part, whole] of [['is calling', false], [wanted, true], ['is calling', false]]) {
        await page.waitForFunction(([text, all]) => (all ? document.title === text : document.title.includes(text)), [part, whole]);
      }
    }
    await ribbon.act('decline').click();
    await ribbon.hear('missed');
    assert.equal(await page.title(), wanted, name);
    await ribbon.act('dismiss').click();
  }
  await context.close();
});

test('the title of the page blinks for a ribbon in a frame, too', async () => {
  const { page, ribbon, context } = await openKind('framed', { browser, server: patient, site }, '/titled');
  await patient.post('/api/ribbon/simulator/incoming', { from: '+919811122233', agentId: await page.evaluate(() => agent) });
  for (const title of ['☎ +919811122233 is calling', 'CRM', '☎ +919811122233 is calling']) {
    await page.waitForFunction((wanted) => document.title === wanted, title);
  }
  await page.evaluate(() => { document.title = `(1) ${document.title}`; });
  await ribbon.main.click();
  await ribbon.hear('connected');
  await page.waitForFunction(() => document.title === '(1) CRM');
  await context.close();
});

test('Alt+Shift+A answers and Alt+Shift+D declines from anywhere, and only while it rings', async () => {
  const { page, ribbon, ring, context } = await open('/keys');
  await page.locator('h1').click();
  await page.keyboard.press('Alt+Shift+KeyA');
  await ring('+919811122233');
  await ribbon.call('setMinimized', true);
  await page.keyboard.press('Alt+Shift+KeyA');
  await ribbon.hear('connected');
  await ribbon.call('hangup');
  await ribbon.hear('callEnded');
  await ring('+919811122233');
  await page.keyboard.press('Alt+Shift+KeyD');
  assert.equal((await ribbon.hear('callEnded')).status, 'missed');
  assert.equal(await page.evaluate(() => errors.length), 0);
  await context.close();
});

test('a notification only where the agent allowed it by the bell, and is not looking', async () => {
  const { page, ribbon, ring, context } = await open('/bell');
  await page.evaluate(() => { document.hasFocus = () => false; });
  await ring('+919811122233');
  assert.deepEqual(await page.evaluate(() => [Notification.asked, notices.length]), [0, 0]);
  await ribbon.act('decline').click();
  await ribbon.hear('missed');
  await ribbon.act('dismiss').click();
  await ribbon.act('bell').click();
  await ribbon.act('bell').waitFor({ state: 'hidden' });
  assert.equal(await page.evaluate(() => Notification.asked), 1);
  await ring('+919811122233');
  const [notice] = await page.evaluate(() => notices);
  assert.deepEqual([notice.title, notice.how.body, notice.open], ['☎ +919811122233 is calling', '+919811122233', true]);
  await ribbon.act('decline').click();
  await ribbon.hear('missed');
  assert.equal(await page.evaluate(() => notices[0].open), false);
  await page.evaluate(() => { document.hasFocus = () => true; });
  await ring('+919811122233');
  assert.equal(await page.evaluate(() => notices.length), 1, 'who looks at the page needs none');
  await context.close();
});

test('who it is and why we think so; a call that was missed is called back', async () => {
  const { page, ribbon, ring, context } = await open('/who');
  await patient.post('/api/ribbon/customer', { customerData: { customerId: 'IN-1', name: 'Meera Nair', phone: '+919811100099' } });
  await page.evaluate(() => ExotelCallRibbon.setCustomer({ phoneNumber: '+911234567890', name: 'Ravi' }));
  await ring('+919811100042');
  assert.equal(await ribbon.advice.textContent(), 'Unknown caller');
  await ribbon.act('decline').click();
  await ribbon.hear('missed');
  const { callSid } = await ring('+919811100099');
  assert.equal(await ribbon.name.textContent(), 'Meera Nair');
  assert.equal(await ribbon.advice.textContent(), '');
  // The caller gives up: the bar shows whom to call back, before the customer that is next.
  await patient.giveUp(callSid);
  await ribbon.host.locator('.state', { hasText: 'Missed call' }).waitFor();
  assert.equal(await ribbon.name.textContent(), 'Meera Nair');
  await ribbon.main.click();
  assert.equal((await ribbon.hear('dialing')).phoneNumber, '+919811100099');
  await context.close();
});

test('a colleague who takes the call, or declines it, silences it here', async () => {
  const [one, two] = [await open('/here', { options: { agentId: 'both' } }), await open('/there', { options: { agentId: 'both' } })];
  await one.page.locator('h1').click();
  await one.ring('+919811122233');
  await two.ribbon.reach('incoming');
  await one.page.waitForFunction(() => tones > 0);
  await two.ribbon.main.click();
  await one.page.waitForFunction(() => silenced === 1);
  await one.page.waitForFunction(() => document.title === 'CRM');
  await Promise.all([one.context.close(), two.context.close()]);
});
