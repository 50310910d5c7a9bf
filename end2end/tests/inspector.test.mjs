// The pages that an integrator tries first: the event inspector, and the examples to copy from.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from '../support/browser.mjs';
import { startServer } from '../support/server.mjs';

let browser, server;
before(async () => { [browser, server] = await Promise.all([startBrowser(), startServer()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop()]); });

test('the inspector makes every event, and shows what both sides have of it', async () => {
  // Its calls ring for all agents.
  const own = await startServer();
  const { page, context, complaints } = await openPage(browser, `${own.url}/inspector`);
  const lines = (kind) => page.locator(`#heard li[data-kind="${kind}"] b`).allTextContents().then((all) => all.reverse());
  const press = (label) => page.getByRole('button', { name: label, exact: true }).click();
  /** Waits for an event of the page, and takes all that were heard so far. */
  const until = async (event) => {
    await page.locator('#heard li[data-kind="event"] b', { hasText: new RegExp(`^${event}$`) }).first().waitFor();
    const heard = await lines('event');
    await press('Clear');
    return heard;
  };
  const seen = new Set();
  const hear = async (event) => (await until(event)).forEach((one) => seen.add(one));
  await hear('onReady');
  await press('is answered');
  await hear('connected');
  for (const [label, event] of [['mute', 'mutetoggle'], ['unmute', 'mutetoggle'], ['hold', 'holdtoggle'], ['resume', 'holdtoggle'], ['press 5', 'dtmf'], ['hang up', 'callEnded']]) {
    await press(label);
    await hear(event);
  }
  for (const label of ['is busy', 'nobody answers', 'fails', 'drops during the call']) {
    await press(label);
    await hear('callEnded');
  }
  await press('a known customer');
  await page.locator('#heard li b', { hasText: /^incoming$/ }).waitFor();
  assert.match(await page.locator('#heard li', { has: page.locator('b', { hasText: /^incoming$/ }) }).locator('pre').textContent(), /"customerId": "INSPECTOR-1"/);
  await press('answer');
  await hear('connected');
  await page.locator('#logged li b', { hasText: 'connected' }).waitFor();
  assert.deepEqual(await page.locator('#logged li b').allTextContents(), ['incoming', 'connected']);
  await press('hang up');
  await hear('callEnded');
  await press('an unknown number');
  await hear('incoming');
  const { activeCalls: [stranger] } = await own.get('/api/ribbon/active-calls');
  await own.giveUp(stranger.callSid);
  await hear('missed');
  await press('an unknown number, to all agents');
  await hear('incoming');
  await press('hang up');
  await hear('callEnded');
  assert.deepEqual([...seen].sort(), ['callEnded', 'connected', 'dialing', 'dtmf', 'failed', 'holdtoggle', 'incoming', 'missed', 'mutetoggle', 'onReady', 'ringing']);
  // What is refused is shown with its sentence; the other methods bring what they bring. To hang up once
  // more is no mistake, so it is a mute.
  await press('mute');
  await page.locator('#heard li[data-kind="error"] pre').first().waitFor();
  await press('diagnose');
  await page.locator('#heard li[data-kind="method"] pre', { hasText: '"ok": true' }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
  await own.stop();
});

test('in an application, a call outlives the element that began it', async () => {
  const { page, context, complaints } = await openPage(browser, `${server.url}/examples/web-component.html`);
  const card = (name) => page.locator('crm-contact', { hasText: name });
  await card('Rohan Kulkarni').getByRole('button').click();
  await card('Rohan Kulkarni').getByText('In call').waitFor();
  await page.getByRole('link', { name: 'Partners' }).click();
  await card('Peter D’Souza').waitFor();
  assert.equal(await page.locator('crm-contact[calling]').count(), 0);
  // The element that is made again receives the call's state.
  await page.getByRole('link', { name: 'Team' }).click();
  await card('Rohan Kulkarni').getByText('In call').waitFor();
  assert.equal(await page.locator('crm-contact[calling]').count(), 1);
  await page.evaluate(() => ExotelCallRibbon.hangup());
  await page.waitForFunction(() => document.querySelectorAll('crm-contact[calling]').length === 0);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the example pages do nothing that their policies forbid', async () => {
  for (const path of ['', 'inspector', 'examples/', 'examples/collections.html', 'examples/sales.html', 'examples/support.html', 'examples/web-component.html']) {
    const { page, context, complaints } = await openPage(browser, 'about:blank');
    page.on('console', (message) => { if (message.text().includes('Content Security Policy')) complaints.push(message.text()); });
    await page.goto(`${server.url}/${path}`);
    if (/html/.test(path)) await page.locator('call-ribbon .bar').waitFor();
    assert.deepEqual(complaints, [], path);
    await context.close();
  }
});

test('the frame runs the ribbon’s own methods only', async () => {
  const { page, context } = await openPage(browser, `${server.url}/examples/`);
  const outcomes = await page.evaluate(async (methods) => {
    const frame = document.createElement('iframe');
    frame.src = '/embed';
    document.body.append(frame);
    await new Promise((resolve) => { frame.onload = resolve; });
    const { port1, port2 } = new MessageChannel();
    frame.contentWindow.postMessage('call-ribbon', '*', [port2]);
    return Promise.all(methods.map((method, place) => new Promise((resolve) => {
      port1.addEventListener('message', ({ data }) => { if (data.answer === place + 1) resolve(data.error?.code ?? 'done'); });
      port1.start();
      port1.postMessage({ ask: place + 1, method, args: [] });
    })));
  }, ['getState', 'constructor', 'toString', 'hasOwnProperty', '__proto__', 'version', 'nothing']);
  assert.deepEqual(outcomes, ['done', ...Array(6).fill('unknown_method')]);
  await context.close();
});
