// Run with `cargo xtask browsers`. Load, a call, every event, reload, two tabs and offline, in a browser that is not Chromium.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';
import { kind, startBrowser, until } from './browser.mjs';

let driver, server, site;
before(async () => { [driver, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]); }, { timeout: 60_000 });
after(async () => { await Promise.all([driver?.stop(), server?.stop(), site?.stop()]); });

const CUSTOMER = { phoneNumber: '+919876543210', name: 'Asha', customerId: 'C-1', context: { list: [1, [2, 'x']], nothing: null } };

const phase = () => driver.run('() => ExotelCallRibbon.getState().phase');
const reach = (wanted) => until(`the ribbon is ${wanted}`, async () => (await phase()) === wanted);
const heard = () => driver.run('() => heard.map((one) => one.event)');
const hear = (event) => until(`the page hears ${event}`, () => driver.run('(event) => heard.find((one) => one.event === event)?.data ?? null', event));
const call = (method, ...args) => driver.run('(method, args) => ExotelCallRibbon[method](...args).then((value) => ({ value }))', method, args);
const ready = () => until('calls can be made', () => driver.run('() => ready > 0'));
/** Clicks as an agent does, on what the shadow root holds. */
const press = (selector) => driver.run('(selector) => document.querySelector("call-ribbon").shadowRoot.querySelector(selector).click()', selector);
const open = async (path, options = {}) => {
  await driver.browser.get(site.page(path, crmPage(server, options)));
  await ready();
};

test(`${kind}: a call with every event, as the page and the server know it`, async () => {
  await open('/call');
  await call('setCustomer', CUSTOMER);
  await press('[data-main]');
  const connected = await hear('connected');
  assert.deepEqual(connected.customerData, CUSTOMER);
  assert.equal(connected.callDirection, 'outbound');
  await press('[data-act="mute"]');
  assert.equal((await hear('mutetoggle')).muted, true);
  await press('[data-act="hold"]');
  assert.equal((await hear('holdtoggle')).onHold, true);
  await press('[data-act="hold"]');
  await call('sendDtmf', '5');
  assert.equal((await hear('dtmf')).digit, '5');
  await press('[data-main]');
  const ended = await hear('callEnded');
  assert.equal(ended.status, 'completed');
  assert.deepEqual(await heard(), ['dialing', 'ringing', 'connected', 'mutetoggle', 'holdtoggle', 'holdtoggle', 'dtmf', 'callEnded']);
  const { logs } = await server.get('/api/ribbon/call-logs?event=all');
  const ours = logs.filter((row) => row.data.callSid === ended.callSid).map((row) => row.event).reverse();
  assert.deepEqual(ours, ['initiated', 'ringing', 'connected', 'mutetoggle', 'holdtoggle', 'holdtoggle', 'dtmf', 'callEnded']);
});

test(`${kind}: an incoming call rings, is answered and ended`, async () => {
  await open('/incoming');
  const agent = await driver.run('() => agent');
  const { status } = await server.post('/api/ribbon/simulator/incoming', { from: '+919800000001', agentId: agent });
  assert.ok(status < 300, `the simulator answered ${status}`);
  assert.equal((await hear('incoming')).callDirection, 'inbound');
  await reach('incoming');
  await press('[data-main]');
  await hear('connected');
  await call('hangup');
  await hear('callEnded');
});

test(`${kind}: a page that is reloaded in a call has it again`, async () => {
  await open('/reload');
  await call('setCustomer', CUSTOMER);
  const started = await call('makeCall');
  await hear('connected');
  await driver.browser.navigate().refresh();
  await reach('connected');
  assert.equal(await driver.run('() => ExotelCallRibbon.getState().call.callSid'), started.value.callSid);
  await call('hangup');
  await hear('callEnded');
});

test(`${kind}: two tabs show one call, and each hears each event once`, async () => {
  await open('/tabs', { options: { agentId: 'agent-of-two-tabs' } });
  const first = await driver.browser.getWindowHandle();
  await driver.browser.switchTo().newWindow('tab');
  const second = await driver.browser.getWindowHandle();
  await driver.browser.get(site.origin + '/tabs');
  await ready();
  await call('makeCall', '+919876543210');
  await hear('connected');
  await driver.browser.switchTo().window(first);
  await hear('connected');
  await call('hangup');
  await hear('callEnded');
  const events = ['dialing', 'ringing', 'connected', 'callEnded'];
  assert.deepEqual(await heard(), events);
  await driver.browser.switchTo().window(second);
  await hear('callEnded');
  assert.deepEqual(await heard(), events);
  await driver.browser.close();
  await driver.browser.switchTo().window(first);
});

test(`${kind}: the server goes away and comes back in a call`, async () => {
  const own = await startServer();
  await driver.browser.get(site.page('/away', crmPage(own)));
  await ready();
  await call('makeCall', '+919876543210');
  await hear('connected');
  await own.kill('SIGKILL');
  const again = await startServer({ port: Number(own.port), folder: own.folder });
  await call('hangup');
  await until('the call is over', async () => {
    if ((await heard()).includes('callEnded')) return true;
    await call('hangup');
    return false;
  });
  assert.equal((await heard()).filter((event) => event === 'callEnded').length, 1);
  await again.stop();
  await driver.browser.get('about:blank');
});

test(`${kind}: destroy leaves nothing, and init works again`, async () => {
  await open('/destroy');
  await call('destroy');
  assert.equal(await driver.run('() => document.querySelectorAll("call-ribbon").length'), 0);
  await driver.run('() => begin()');
  await reach('idle');
});

test(`${kind}: where no WebAssembly may run, the ribbon works all the same`, async () => {
  const policy = `default-src 'none'; script-src ${server.url} 'nonce-abc'; connect-src ${server.url}; frame-src ${server.url}`;
  const html = crmPage(server).replaceAll('<script>', '<script nonce="abc">');
  await driver.browser.get(site.page('/no-wasm', html, { 'content-security-policy': policy }));
  await ready();
  await call('makeCall', '+919876543210');
  await hear('connected');
  await call('hangup');
  await hear('callEnded');
});
