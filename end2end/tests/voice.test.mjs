// An agent's voice in the browser: Exotel's own SDK against a real SIP server.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { newProfile, startBrowser } from '../support/browser.mjs';
import { ALLOWED, MEDIA, startPages } from '../support/voice/browser.mjs';
import { AGENT, SECRET, startExotel, TOKEN } from '../support/voice/exotel.mjs';
import { farEnd as far } from '../support/voice/far-end.mjs';

let exotel, pages, browser;
before(async () => {
  [exotel, pages] = await Promise.all([startExotel(), startPages()]);
  browser = await startBrowser([...MEDIA, ALLOWED, ...exotel.args]);
});
after(async () => { await Promise.all([browser?.close(), pages?.stop(), exotel?.stop()]); });
beforeEach(() => { Object.assign(exotel.state, { answers: {}, password: SECRET, asked: [] }); });

/** The agent's page, and what it has said to its console. */
async function agent(within = browser, options = {}) {
  const context = await newProfile(within, options);
  const page = await context.newPage();
  const said = [];
  page.on('console', async (message) => {
    const parts = await Promise.all(message.args().map((one) => one.evaluate((value) => { try { return JSON.stringify(value) ?? String(value); } catch { return String(value); } }).catch(() => '')));
    said.push(`${message.text()} ${message.location().url}`, ...parts);
  });
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`${pages.origin}/agent`);
  await page.waitForFunction(() => window.voice && window.tell);
  return {
    page, said, complaints,
    start: (given = {}) => page.evaluate((options) => voice.start(options, tell).then(() => null, ({ code, message }) => ({ code, message })), { token: TOKEN, userId: AGENT, ...given }),
    act: (name, ...args) => page.evaluate(([method, given]) => voice[method](...given), [name, args]),
    /** Waits until this was told, and returns it. */
    hear: async (event, count = 1) => {
      const found = await page.waitForFunction(([name, many]) => told.filter((one) => one.event === name)[many - 1], [event, count]);
      return found.jsonValue();
    },
    told: () => page.evaluate(() => told.map((one) => one.event)),
    forget: () => page.evaluate(() => { told.length = 0; }),
    ear: (what) => page.evaluate((name) => ear[name](), what),
    close: () => context.close(),
  };
}

const farEnd = () => far(browser, pages, exotel);

/** An agent who is online, and a call that is up. */
async function inCall() {
  const [one, far] = await Promise.all([agent(), farEnd()]);
  assert.equal(await one.start(), null);
  await one.hear('registered');
  await one.act('expect', {});
  await far.ring('call-1');
  await one.hear('legUp');
  await far.hear('confirmed');
  return { one, far };
}

test('a call: sound both ways, muted, held, digits, hung up here; and the page is left as it was', async () => {
  const one = await agent();
  const far = await farEnd();
  await one.page.evaluate(() => { window.onunload = () => 'of the page'; localStorage.setItem('contactHost', 'of the page'); });
  assert.equal(await one.start(), null);
  await one.hear('registered');

  // The server has dialed; Exotel rings before the server's answer with the number of the call.
  await one.act('expect', {});
  await far.ring('call-1');
  assert.deepEqual(await one.hear('incoming'), { event: 'incoming', callSid: 'call-1', from: '09876543210', ours: true });
  assert.equal((await one.hear('legUp')).callSid, 'call-1');
  await far.hear('confirmed');
  await Promise.all([one.ear('loud'), far.ear('loud')]);

  await one.act('mute', true);
  await Promise.all([far.ear('quiet'), one.ear('loud')]);
  await one.act('hold', true);
  await far.hear('hold');
  // On hold nobody hears the agent, whatever was muted before.
  await one.act('mute', false);
  await far.ear('quiet');
  await one.act('mute', true);
  await one.act('hold', false);
  await far.hear('unhold');
  await far.ear('quiet');
  await one.act('mute', false);
  await Promise.all([one.ear('loud'), far.ear('loud')]);

  for (const digit of ['1', '#', '*']) await one.act('digit', digit);
  assert.equal(await far.digits(3), '1#*');

  await one.act('hangUp');
  assert.equal((await far.hear('ended')).originator, 'remote');
  assert.deepEqual(await one.hear('legEnded'), { event: 'legEnded', callSid: 'call-1', reason: 'hangup', wasUp: true });
  assert.deepEqual(await one.told(), ['registering', 'registered', 'incoming', 'legUp', 'mute', 'hold', 'mute', 'mute', 'hold', 'mute', 'legEnded']);

  await one.act('stop');
  const left = await one.page.evaluate(() => ({ stored: { ...localStorage }, unload: window.onunload(), sounds: document.querySelectorAll('audio').length }));
  assert.deepEqual(left, { stored: { contactHost: 'of the page' }, unload: 'of the page', sounds: 0 });
  assert.deepEqual(one.said, [], 'the console is the page\'s');
  assert.deepEqual(one.complaints, []);
  assert.ok(!pages.asked.some((path) => path.includes('ringtone')), 'the SDK does not ring');
  await Promise.all([one.close(), far.close()]);
});

test('hung up by the other side; the next call starts unmuted and not held', async () => {
  const { one, far } = await inCall();
  await one.act('mute', true);
  await one.act('hold', true);
  await far.hangUp();
  assert.equal((await one.hear('legEnded')).reason, 'remote');
  await one.act('expect', { callSid: 'call-2' });
  await far.ring('call-2');
  await one.hear('legUp', 2);
  await far.hear('confirmed', 2);
  await far.ear('loud');
  await one.act('stop');
  await Promise.all([one.close(), far.close()]);
});

test('only what the server dialed is answered by itself', async () => {
  const [one, far] = await Promise.all([agent(), farEnd()]);
  await one.start();
  await one.hear('registered');
  await one.act('expect', { callSid: 'another-call' });
  await far.ring('call-3');
  assert.equal((await one.hear('incoming')).ours, false);
  await far.hear('progress');
  assert.deepEqual(await one.told(), ['registering', 'registered', 'incoming']);
  // The number of the call comes only now.
  await one.act('expect', { callSid: 'call-3' });
  await one.hear('legUp');
  await far.hangUp();
  await one.hear('legEnded');
  // One that rings in is the agent's to answer or to turn away.
  await far.ring('call-4');
  await one.hear('incoming', 2);
  await one.act('hangUp');
  assert.equal((await far.hear('failed')).status, 486);
  assert.equal((await one.hear('legEnded', 2)).wasUp, false);
  await far.ring('call-5');
  await one.hear('incoming', 3);
  await one.act('answer');
  await one.hear('legUp', 2);
  await one.act('stop');
  await Promise.all([one.close(), far.close()]);
});

test('the line is lost in a call and comes back; the agent is still muted, and can hang up', async () => {
  const { one, far } = await inCall();
  await one.forget();
  await exotel.sip.stop();
  assert.deepEqual(await one.hear('lost'), { event: 'lost', reason: 'network', attempts: 1 });
  assert.equal((await one.hear('lost', 2)).attempts, 2);
  // The sound needs no SIP server.
  await one.ear('loud');
  await one.act('mute', true);
  await far.ear('quiet');
  await exotel.sip.start();
  await one.hear('registered');
  await one.act('hangUp');
  assert.deepEqual(await one.hear('legEnded'), { event: 'legEnded', callSid: 'call-1', reason: 'line', wasUp: true });
  // And calls come again.
  const next = await farEnd();
  await one.act('expect', {});
  await next.ring('call-6');
  await one.hear('legUp');
  await next.hear('confirmed');
  await next.ear('loud');
  await one.act('stop');
  await Promise.all([one.close(), far.close(), next.close()]);
});

test('a wrong password is told apart from a network that is down', async () => {
  exotel.state.password = 'not-this-one';
  const one = await agent();
  await one.start();
  assert.deepEqual(await one.hear('lost', 2), { event: 'lost', reason: 'refused', attempts: 2 });
  // Gone offline, it does not try again.
  await one.act('stop');
  await one.forget();
  exotel.state.password = SECRET;
  await one.start();
  await one.hear('registered');
  assert.deepEqual(await one.told(), ['registering', 'registered']);
  await one.act('stop');
  assert.ok(!one.said.join().includes('not-this-one'));
  await one.close();
});

test('every language has the words of English', async () => {
  const one = await agent();
  const keys = await one.page.evaluate(() => Object.values(desk.languages).map((words) => [...words.keys()]));
  for (const of of keys) assert.deepEqual(of, keys[0]);
  assert.ok(keys.length === 3 && keys[0].length > 20);
  await one.close();
});

test('settings that Exotel does not give are told with its reason', async () => {
  const one = await agent();
  exotel.state.answers.app = { status: 401 };
  assert.match((await one.start()).message, /Status: 401/);
  exotel.state.answers = { usermapping: { status: 404 } };
  assert.match((await one.start()).message, /User mapping not found/);
  exotel.state.answers = {};
  const wrong = await one.start({ token: 'of-another' });
  assert.deepEqual([wrong.code, wrong.message.includes('401')], ['voice_settings', true]);
  assert.deepEqual(await one.told(), []);
  await one.close();
});

test('a microphone that is refused, before going online and in the middle of it', async () => {
  const strict = await startBrowser([...MEDIA, ...exotel.args]);
  // Without a person to ask, the browser refuses.
  const one = await agent(strict);
  assert.equal((await one.start()).code, 'microphone_refused');
  assert.deepEqual(await one.told(), ['microphone']);
  assert.deepEqual(exotel.state.asked, [], 'nobody goes online who cannot speak');
  await one.close();

  const two = await agent(strict, { permissions: ['microphone'] });
  const far = await farEnd();
  assert.equal(await two.start(), null);
  await two.hear('registered');
  await two.page.context().clearPermissions();
  await two.act('expect', {});
  await far.ring('call-7');
  assert.equal((await two.hear('microphone')).reason, 'refused');
  assert.equal((await two.hear('legEnded')).reason, 'microphone');
  await far.hear('failed');
  await two.act('stop');
  await Promise.all([two.close(), far.close()]);
  await strict.close();
});

test('microphone and loudspeaker are chosen, and the microphone\'s level is shown', async () => {
  const { one, far } = await inCall();
  const { microphones, speakers } = await one.act('devices');
  assert.ok(microphones.length > 1 && speakers.length > 1 && microphones[1].name, JSON.stringify({ microphones, speakers }));
  await one.act('mute', true);
  await one.act('setMicrophone', microphones.at(-1).id);
  // Another microphone is no reason to be heard again, though its level shows.
  await far.ear('quiet');
  await one.page.waitForFunction(() => voice.level() > 0.05);
  await one.act('mute', false);
  await far.ear('loud');
  await one.act('setSpeaker', speakers.at(-1).id);
  await one.act('setMicrophone', '');
  await far.ear('loud');
  await one.act('hangUp');
  await one.page.waitForFunction(() => voice.level() > 0.05);
  await one.act('stop');
  assert.deepEqual(one.complaints, []);
  await Promise.all([one.close(), far.close()]);
});
