// The JavaScript contract, line by line: docs are written from the same list.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

let browser, server, site;
before(async () => { [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

let pages = 0;
/** A page of its own; `begin()` on it signs in. */
async function fresh(options = {}, more = {}) {
  pages += 1;
  const opened = await openPage(browser, site.page(`/api-${pages}`, crmPage(server, { options, ...more })));
  return { ...opened, ribbon: ribbonOf(opened.page) };
}
const errors = (page) => page.evaluate(() => errors);

// What each method does not take: the arguments, and the field that the sentence names.
const WRONG = [
  ['setCustomer', [], 'customer'],
  ['setCustomer', [[{ phoneNumber: '+919876543210' }]], 'customer'],
  ['setCustomer', [{ phoneNumber: {} }], 'phoneNumber'],
  ['makeCall', [{}], 'phoneNumber'],
  ['makeCall', [true], 'phoneNumber'],
  ['setPosition', ['left'], 'position'],
  ['setPosition', [], 'position'],
  ['setVisible', ['yes'], 'visible'],
  ['setMinimized', [1], 'minimized'],
  ['setMuted', [], 'muted'],
  ['setHold', [null], 'onHold'],
  ['sendDtmf', ['12'], 'digit'],
  ['sendDtmf', [], 'digit'],
  ['setNotes', [5], 'text'],
  ['setNotes', [], 'text'],
  ['setDisposition', [{}], 'code'],
  ['on', ['ended'], 'event'],
  ['on', [5], 'event'],
  ['on', ['connected'], 'listener'],
  ['off', ['connected', 'x'], 'listener'],
];
const WRONG_INIT = [
  [[], 'options'],
  [['key'], 'options'],
  [[[{ apiKey: 'k' }]], 'options'],
  [[{ apiKey: 'k', offset: 40 }], 'offset'],
  [[{ apiKey: 'k', offset: [40] }], 'offset'],
  [[{ apiKey: 'k', offset: { bottom: '40' } }], 'offset\\.bottom'],
  [[{ apiKey: 'k', keys: ['Alt+H'] }], 'keys'],
  [[{}], 'apiKey'],
  [[{ apiKey: ' ' }], 'apiKey'],
  [[{ apiKey: 5 }], 'apiKey'],
  [[{ apiKey: 'k', apiUrl: 'ftp://x' }], 'apiUrl'],
  [[{ apiKey: 'k', position: 'left' }], 'position'],
  [[{ apiKey: 'k', theme: 'blue' }], 'theme'],
  [[{ apiKey: 'k', onCallEvent: 'x' }], 'onCallEvent'],
  [[{ apiKey: 'k', onReady: 1 }], 'onReady'],
  [[{ apiKey: 'k', onError: {} }], 'onError'],
  [[{ apiKey: 'k', agentId: {} }], 'agentId'],
];

test('wrong arguments reject with one clear sentence that names the field, and throw nothing', async () => {
  const { page, context, complaints, ribbon } = await fresh();
  await ribbon.ready();
  const said = [];
  page.on('console', (line) => { if (line.type() === 'error') said.push(line.text()); });
  for (const [method, args, field] of WRONG) {
    const { error } = await ribbon.call(method, ...args);
    const what = `${method}(${JSON.stringify(args)})`;
    assert.equal(error?.code, 'invalid_argument', what);
    assert.match(error.message, new RegExp(`^${method}: ${field} .+\\.$`), what);
    assert.deepEqual((await errors(page)).at(-1), error, what);
    assert.ok(said.at(-1).includes(error.message), what);
  }
  assert.equal((await errors(page)).length, WRONG.length, 'each was told once');
  // A customer without a number is no mistake: it is shown, and cannot be called.
  for (const customer of [{ name: 'Asha' }, { name: 'Asha', phoneNumber: null }]) {
    assert.deepEqual(await ribbon.call('setCustomer', customer), { value: undefined }, JSON.stringify(customer));
    assert.equal(await ribbon.main.getAttribute('aria-disabled'), 'true');
  }
  for (const [args, field] of WRONG_INIT) {
    const { error } = await ribbon.call('init', ...args);
    assert.equal(error?.code, 'invalid_argument', JSON.stringify(args));
    assert.match(error.message, new RegExp(`^init: ${field} .+\\.$`), JSON.stringify(args));
  }
  // The ribbon that is there goes on.
  assert.equal((await ribbon.call('getState')).value.phase, 'idle');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a getter that throws is an error with the name of its field, and never an exception', async () => {
  const { page, context, complaints, ribbon } = await fresh();
  await ribbon.ready();
  const found = await page.evaluate(async () => {
    const throws = (name, rest) => Object.defineProperty({ ...rest }, name, { enumerable: true, get() { throw new Error('a secret of the page'); } });
    const calls = [
      ['setCustomer', throws('phoneNumber', { name: 'Asha' })], ['setCustomer', throws('context', { name: 'Asha' })], ['setCustomer', throws('facts', {})],
      ['setCustomer', { name: 'Asha', context: throws('amount', {}) }],
      ['setCustomer', { facts: [throws('label', {})] }], ['init', { apiKey: 'k', keys: throws('hangup', {}) }],
      ['init', throws('apiKey', {})], ['init', throws('offset', { apiKey: 'k' })], ['init', throws('onError', { apiKey: 'k' })],
    ];
    const said = [];
    for (const [method, given] of calls) {
      const before = errors.length;
      const error = await ExotelCallRibbon[method](given).catch(({ code, message }) => ({ code, message }));
      said.push([error?.code, error?.message, errors.length - before]);
    }
    return said;
  });
  const expected = ['setCustomer: phoneNumber', 'setCustomer: context', 'setCustomer: facts', 'setCustomer: context', 'setCustomer: facts\\[0\\]', 'init: keys.hangup', 'init: apiKey', 'init: offset', 'init: onError'];
  for (const [place, [code, message, told]] of found.entries()) {
    assert.equal(code, 'invalid_argument', expected[place]);
    assert.match(message, new RegExp(`^${expected[place]} .*cannot be read.*\\.$`));
    // The page's onError is told of customers; these options have none of their own.
    assert.equal(told, place < 5 ? 1 : 0, expected[place]);
  }
  assert.equal((await ribbon.call('getState')).value.phase, 'idle');
  assert.deepEqual(complaints, []);
  await context.close();
});

const NEED_INIT = [
  ['makeCall', ['+919876543210']], ['setPosition', ['top']], ['setVisible', [true]], ['setMinimized', [false]], ['answer', []],
  ['hangup', []], ['setMuted', [true]], ['setHold', [true]], ['sendDtmf', ['5']],
  ['setNotes', ['n']], ['setDisposition', ['call_back']],
];

test('before init and after destroy each method says what to do first', async () => {
  const { page, context, complaints, ribbon } = await fresh({}, { tag: `<script src="${server.url}/call-ribbon.js"></script>` });
  const refused = async () => {
    for (const [method, args] of NEED_INIT) {
      const { error } = await ribbon.call(method, ...args);
      assert.deepEqual(error, { code: 'not_initialised', message: `${method}: call init with an apiKey first.` });
    }
    assert.deepEqual((await ribbon.call('getState')).value, { phase: 'signed-out' });
  };
  await refused();
  // These may come first.
  assert.deepEqual(await ribbon.call('setCustomer', { phoneNumber: '+919876543210', name: 'Asha Rao' }), { value: undefined });
  assert.deepEqual(await ribbon.call('destroy'), { value: undefined });
  assert.deepEqual(await ribbon.call('setCustomer', { phoneNumber: '+919876543210', name: 'Asha Rao' }), { value: undefined });
  const isOn = await page.evaluate(() => ExotelCallRibbon.on('connected', () => heard.push({ event: 'on connected' })));
  assert.equal(isOn, undefined);
  await page.evaluate(() => begin());
  await ribbon.ready();
  assert.equal(await ribbon.name.textContent(), 'Asha Rao');
  await ribbon.call('makeCall');
  await ribbon.hear('on connected');
  // A promise that waits when the ribbon goes is refused.
  const waiting = page.evaluate(() => ExotelCallRibbon.setHold(true).then(() => 'kept', (error) => error.code));
  await ribbon.call('destroy');
  assert.ok(['kept', 'destroyed'].includes(await waiting));
  await refused();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('each method does what it says, and its promise brings what it says', async () => {
  const { page, context, complaints, ribbon } = await fresh();
  await ribbon.ready();
  assert.match(await page.evaluate(() => ExotelCallRibbon.version), /^\d+\.\d+\.\d+/);
  const promises = await page.evaluate(() => {
    const names = Object.keys(ExotelCallRibbon).filter((name) => !['version', 'getState', 'destroy', 'init', 'diagnose'].includes(name));
    return names.filter((name) => typeof ExotelCallRibbon[name]().then !== 'function');
  });
  assert.deepEqual(promises, []);
  const nothing = { value: undefined };
  for (const [method, ...args] of [
    ['setPosition', 'top'], ['setPosition', 'floating'], ['setPosition', 'bottom'], ['setMinimized', true], ['setMinimized', false],
    ['setVisible', false], ['setVisible', true], ['setCustomer', { phoneNumber: '+91 98765 43210', name: 'Asha', context: { n: 1.5 } }],
  ]) {
    assert.deepEqual(await ribbon.call(method, ...args), nothing, method);
  }
  const before = (await ribbon.call('getState')).value;
  assert.deepEqual([before.phase, before.position, before.visible, before.minimized, before.call], ['idle', 'bottom', true, false, null]);
  const { value: call } = await ribbon.call('makeCall');
  assert.deepEqual([typeof call.callSid, typeof call.sessionId, Object.keys(call).length], ['string', 'string', 2]);
  await ribbon.hear('connected');
  for (const [method, ...args] of [['setMuted', true], ['setHold', true], ['setHold', false], ['setMuted', false], ['sendDtmf', '#'], ['sendDtmf', 5]]) {
    assert.deepEqual(await ribbon.call(method, ...args), nothing, method);
  }
  await page.waitForFunction(() => heard.filter((one) => one.event === 'dtmf').length === 2);
  const during = (await ribbon.call('getState')).value;
  assert.deepEqual([during.phase, during.call.callSid, during.call.sessionId], ['connected', call.callSid, call.sessionId]);
  assert.deepEqual([during.call.muted, during.call.onHold, during.call.status, during.call.callDirection], [false, false, 'active', 'outbound']);
  assert.deepEqual(during.customerData, { phoneNumber: '+91 98765 43210', name: 'Asha', context: { n: 1.5 } });
  // What cannot be done just now is refused and changes nothing.
  assert.equal(typeof (await ribbon.call('answer')).error.code, 'string');
  assert.equal(typeof (await ribbon.call('makeCall', '+919876543211')).error.code, 'string');
  assert.deepEqual(await ribbon.call('hangup'), nothing);
  const end = await ribbon.hear('callEnded');
  assert.deepEqual([end.status, typeof end.reason, typeof end.duration], ['completed', 'string', 'number']);
  // A hang-up of a call that is over has nothing to do, whether the page knows of the end yet or not.
  const troubles = (await errors(page)).length;
  assert.deepEqual(await ribbon.call('hangup'), nothing);
  assert.equal((await errors(page)).length, troubles);
  assert.notEqual((await ribbon.call('getState')).value.phase, 'failed');
  // A call that rings in.
  await server.post('/api/ribbon/simulator/incoming', { from: '+919876543210', agentId: await page.evaluate(() => agent) });
  await ribbon.hear('incoming');
  assert.deepEqual(await ribbon.call('answer'), nothing);
  await page.waitForFunction(() => heard.filter((one) => one.event === 'connected').length === 2);
  const both = await page.evaluate(() => Promise.allSettled([ExotelCallRibbon.hangup(), ExotelCallRibbon.hangup()]));
  assert.deepEqual(both.map(({ status, reason }) => [status, reason]), [['fulfilled', undefined], ['fulfilled', undefined]]);
  await page.waitForFunction(() => heard.filter((one) => one.event === 'callEnded').length === 2);
  assert.equal((await errors(page)).length, troubles);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a customer with a large context is called', async () => {
  const { page, context, ribbon } = await fresh();
  await ribbon.ready();
  await ribbon.call('setCustomer', { phoneNumber: '+919876543210', name: 'Asha', context: { remark: 'x'.repeat(65_000) } });
  const { value, error } = await ribbon.call('makeCall');
  assert.deepEqual([typeof value?.callSid, error], ['string', undefined]);
  await ribbon.hear('connected');
  await ribbon.call('hangup');
  await ribbon.hear('callEnded');
  await context.close();
});

test('a customer beyond the limit is called, and stored as far as it fits', async () => {
  const { page, context, ribbon } = await fresh();
  const warnings = [];
  page.on('console', (message) => warnings.push(message.text()));
  await ribbon.ready();
  // 65,536 bytes and two more, in letters of three bytes.
  const given = { phoneNumber: '+919876543210', context: { remark: 'न'.repeat(21_900) }, name: 'Asha', customerId: 'CUST-7' };
  assert.equal((await ribbon.call('setCustomer', given)).error, undefined);
  assert.match(warnings.join(), /setCustomer.*65536 bytes.*Bytes given: 65\d\d\d/);
  const { value, error } = await ribbon.call('makeCall');
  assert.deepEqual([typeof value?.callSid, error], ['string', undefined]);
  const connected = await ribbon.hear('connected');
  assert.deepEqual(connected.customerData, given, 'the page gets back what it gave');
  const stored = await server.get(`/api/ribbon/calls/${value.sessionId}`);
  assert.deepEqual(stored.customerData, { phoneNumber: given.phoneNumber, name: 'Asha', customerId: 'CUST-7' });
  await ribbon.call('hangup');
  await ribbon.hear('callEnded');
  await page.waitForFunction(() => ExotelCallRibbon.getState().waiting === 0);
  await context.close();
});

test('who listens late hears once how the call stands', async () => {
  const { page, context, ribbon } = await fresh();
  await ribbon.ready();
  await ribbon.call('setCustomer', { phoneNumber: '+919876543210', name: 'Asha' });
  await ribbon.call('makeCall');
  await ribbon.hear('connected');
  await ribbon.call('setMuted', true);
  await ribbon.hear('mutetoggle');
  await page.waitForFunction(() => ExotelCallRibbon.getState().call.duration >= 1);
  await page.evaluate(async () => {
    window.late = [];
    window.listen = (event) => ExotelCallRibbon.on(event, (data) => late.push([event, data]));
    for (const event of ['dialing', 'ringing', 'incoming', 'connected', 'mutetoggle', 'holdtoggle', 'dtmf', 'callEnded']) await listen(event);
    window.same = (data) => late.push(['same', data]);
    await ExotelCallRibbon.on('connected', same);
    await ExotelCallRibbon.on('connected', same);
  });
  const late = await page.evaluate(() => late);
  assert.deepEqual(late.map(([event]) => event), ['connected', 'mutetoggle', 'same']);
  const told = await ribbon.hear('connected');
  const [, replayed] = late[0];
  assert.deepEqual({ ...replayed, duration: 0, replayed: undefined }, { ...told, replayed: undefined });
  assert.ok(replayed.replayed === true && replayed.duration >= 1);
  assert.equal(late[1][1].muted, true);
  // What happens from then on is heard as ever, and nobody else heard the replay.
  await ribbon.call('setMuted', false);
  await page.waitForFunction(() => late.some(([event, data]) => event === 'mutetoggle' && data.muted === false));
  assert.equal((await page.evaluate(() => late)).at(-1)[1].replayed, undefined);
  assert.equal((await ribbon.heard()).filter((event) => event === 'connected').length, 1);
  // One that throws is reported.
  await page.evaluate(() => ExotelCallRibbon.on('connected', () => { throw new Error('mine'); }));
  assert.equal((await errors(page)).at(-1).code, 'callback_failed');

  // After a reload the call is there again, and listeners that were there before it hear of it.
  const listening = `window.early = []; ExotelCallRibbon.on('connected', (data) => early.push(data));`;
  site.page(new URL(page.url()).pathname, crmPage(server, { options: { agentId: await page.evaluate(() => agent) }, then: listening }));
  await page.reload();
  await page.waitForFunction(() => early.length > 0);
  await ribbon.ready();
  const early = await page.evaluate(() => early);
  assert.deepEqual([early.length, early[0].replayed, early[0].callSid], [1, true, told.callSid]);
  await ribbon.call('hangup');
  await ribbon.hear('callEnded');
  await context.close();
});

test('who listens late hears it from the frame of a strict page too', async () => {
  pages += 1;
  const policy = `script-src 'unsafe-inline' ${server.url}; frame-src ${server.url}`;
  const { page, context } = await openPage(browser, site.page(`/api-${pages}`, crmPage(server), { 'content-security-policy': policy }));
  await page.waitForFunction(() => ready > 0);
  await page.evaluate(() => ExotelCallRibbon.makeCall('+919876543210'));
  await page.waitForFunction(() => heard.some((one) => one.event === 'connected'));
  const late = await page.evaluate(async () => {
    const told = [];
    const listener = (data) => told.push(data);
    await ExotelCallRibbon.on('connected', listener);
    await ExotelCallRibbon.on('connected', listener);
    await ExotelCallRibbon.on('ringing', (data) => told.push(data));
    return told;
  });
  assert.deepEqual([late.length, late[0].replayed, late[0].phoneNumber], [1, true, '+919876543210']);
  const wrong = await page.evaluate(() => ExotelCallRibbon.on('ended', () => {}).catch(({ code, message }) => ({ code, message })));
  assert.equal(wrong.code, 'invalid_argument');
  await page.evaluate(() => ExotelCallRibbon.hangup());
  await page.waitForFunction(() => heard.some((one) => one.event === 'callEnded'));
  await context.close();
});

test('a second init keeps the call, and onReady comes at once', async () => {
  const { page, context, ribbon } = await fresh();
  await ribbon.ready();
  const { value: call } = await ribbon.call('makeCall', '+919876543210');
  await ribbon.hear('connected');
  const outcome = await page.evaluate(async (url) => {
    window.second = [];
    await ExotelCallRibbon.init({
      apiKey: 'demo-api-key-789', apiUrl: url, position: 'top', agentId: agent,
      onReady: () => second.push('ready'), onCallEvent: (event) => second.push(event),
    });
    return second;
  }, server.url);
  assert.deepEqual(outcome, ['ready']);
  const state = (await ribbon.call('getState')).value;
  assert.deepEqual([state.phase, state.position, state.call.callSid], ['connected', 'top', call.callSid]);
  assert.equal(await ribbon.host.count(), 1);
  await ribbon.call('hangup');
  await page.waitForFunction(() => second.includes('callEnded'));
  assert.deepEqual((await ribbon.heard()).includes('callEnded'), false, 'the new callbacks take the place of the old');
  await context.close();
});

test('tel: links call through the ribbon, and only while it is asked for', async () => {
  const body = `<a id="plain" href="tel:+91-98765-43210;ext=5"><b id="inside">Call Asha</b></a> <a id="mail" href="mailto:a@b.test">Mail</a>
    <div id="tree"></div><button id="other">No link</button>`;
  const { page, context, complaints, ribbon } = await fresh({ linkTel: true }, { body });
  await ribbon.ready();
  await page.evaluate(() => {
    window.clicks = [];
    document.addEventListener('click', (event) => {
      clicks.push([event.target.id, event.defaultPrevented]);
      // No test may leave the page, nor open a program.
      event.preventDefault();
    });
    const late = document.createElement('a');
    late.href = 'tel:+919876543211';
    late.id = 'late';
    late.textContent = 'Added later';
    document.body.append(late);
    const root = document.getElementById('tree').attachShadow({ mode: 'open' });
    root.innerHTML = '<a id="deep" href="tel:+91 98765 43212">In a shadow root</a>';
  });
  const calls = async (selector, number, options) => {
    await page.evaluate(() => { heard.length = 0; });
    await page.locator(selector).click(options);
    await ribbon.hear('connected');
    assert.equal((await ribbon.call('getState')).value.call.phoneNumber.replaceAll(/[ -]/g, ''), number);
    await ribbon.call('hangup');
    await ribbon.hear('callEnded');
  };
  await calls('#inside', '+919876543210x5');
  await calls('#late', '+919876543211');
  await calls('#deep', '+919876543212');
  assert.deepEqual(await page.evaluate(() => clicks), [['inside', true], ['late', true], ['tree', true]]);
  await page.evaluate(() => { heard.length = 0; clicks.length = 0; });
  await page.locator('#plain').click({ modifiers: ['Control'] });
  await page.locator('#mail').click();
  await page.locator('#other').click();
  assert.deepEqual((await page.evaluate(() => clicks)).map(([, prevented]) => prevented), [false, false, false]);
  // Without the option, and after destroy, a link is the browser's again.
  await page.evaluate((url) => ExotelCallRibbon.init({ apiKey: 'demo-api-key-789', apiUrl: url, agentId: agent, onCallEvent: (event, data) => heard.push({ event, data }) }), server.url);
  await page.locator('#plain').click();
  await page.evaluate((url) => ExotelCallRibbon.init({ apiKey: 'demo-api-key-789', apiUrl: url, agentId: agent, linkTel: true, onCallEvent: (event, data) => heard.push({ event, data }) }), server.url);
  await ribbon.call('destroy');
  await page.locator('#plain').click();
  assert.deepEqual((await page.evaluate(() => clicks)).slice(3).map(([, prevented]) => prevented), [false, false]);
  assert.deepEqual(await ribbon.heard(), []);
  assert.deepEqual(complaints, []);
  await context.close();
});
