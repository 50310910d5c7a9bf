// Names, contexts and notes that are markup: they are shown as they are, and nothing in them runs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from '../support/browser.mjs';
import { asOperator, isThere } from '../support/dashboard.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { KEY, startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

let browser, server, site;
before(async () => { [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

// What runs a script if it is taken for markup, an address, a style or part of a script.
const SCRIPTS = [
  '<script>ran()</script>', '<img src=x onerror=ran()>', '<svg onload=ran()>', '<svg><script>ran()</script></svg>',
  '<iframe srcdoc="<script>parent.ran()</script>">', '<iframe src="javascript:parent.ran()">', '<body onload=ran()>',
  '<input autofocus onfocus=ran()>', '<details open ontoggle=ran()>', '<video><source onerror=ran()></video>',
  '<object data="javascript:ran()">', '<embed src="javascript:ran()">', '<math><mtext><img src=x onerror=ran()></mtext></math>',
  '<a href="javascript:ran()" autofocus onfocus=ran()>x</a>', '<style onload=ran()></style>', '<link rel=stylesheet href=x onerror=ran()>',
  '<audio src=x onerror=ran()>', '<marquee onstart=ran()>', 'javascript:ran()', '{{constructor.constructor("ran()")()}}',
  '${ran()}', '<template><img src=x onerror=ran()></template>', '<noscript><img title="</noscript><img src=x onerror=ran()>">',
  '<form><button formaction="javascript:ran()">', '&lt;img src=x onerror=ran()&gt;',
];
// What ends the place in which a text may stand.
const ENDS = ['', '">', "'>", '</textarea>', '</title>', '--><!-- -->', '</script>', '"onmouseover="ran()" x="'];
const TEXTS = ENDS.flatMap((end) => SCRIPTS.map((script) => end + script));

/** Has the page note what runs, and closes dialogs, which are noted too. */
async function watch(page) {
  const ran = [];
  page.on('dialog', (dialog) => { ran.push(dialog.message()); dialog.dismiss(); });
  await page.exposeFunction('ran', () => { ran.push(page.url()); });
  return ran;
}

/** Logs a call with each text wherever a page may send one, and notes; returns one of the sessions. */
async function logCalls() {
  const events = TEXTS.map((text, n) => ({
    event: 'callEnded',
    eventId: `markup-${n}`,
    data: {
      callSid: `markup-${n}`, phoneNumber: `+9198765${String(n).padStart(5, '0')}`, agentId: text.slice(0, 60), agentName: text, reason: text,
      customerData: { customerId: text.slice(0, 60), name: text, callType: text.slice(0, 60), context: { [text.slice(0, 60)]: text, plain: text } },
    },
  }));
  const { status, body } = await server.post('/api/ribbon/log-calls', { events });
  assert.equal(status, 200);
  assert.deepEqual(body.results.filter((one) => !one.success), []);
  const { calls } = await server.admin('GET', '/clients/client-demo/ribbon/calls?list=all&limit=200');
  assert.equal(calls.length, TEXTS.length);
  for (const { sessionId } of calls) {
    const noted = await fetch(`${server.url}/api/ribbon/calls/${sessionId}`, {
      method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ apiKey: KEY, notes: TEXTS.join('\n').slice(0, 2000) }),
    });
    assert.equal(noted.status, 200, await noted.text());
  }
  return calls;
}

test('texts with markup and scripts are shown as they are: in the ribbon', async () => {
  const { page, context, complaints } = await openPage(browser, 'about:blank');
  const ran = await watch(page);
  await page.goto(site.page('/markup', crmPage(server)));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  assert.equal(TEXTS.length, 200);
  for (const [n, text] of TEXTS.entries()) {
    const customer = { customerId: `M-${n}`, name: text, phoneNumber: '+919876543210', callType: text, context: { [text]: text } };
    await page.evaluate((one) => ExotelCallRibbon.setCustomer(one), customer);
    await page.waitForFunction((name) => document.querySelector('call-ribbon').shadowRoot.querySelector('.name')?.textContent === name, text);
  }
  await ribbon.main.click();
  await ribbon.hear('connected');
  await ribbon.call('setNotes', TEXTS.join('\n').slice(0, 2000));
  await ribbon.call('hangup');
  await ribbon.hear('callEnded');
  await ribbon.act('history').click();
  await ribbon.host.locator('.past .row').first().waitFor();
  assert.deepEqual(ran, []);
  assert.deepEqual(complaints, []);
  // Markup that is taken for markup would be noticed.
  await page.evaluate((html) => document.body.insertAdjacentHTML('beforeend', html), '<img src=x onerror="ran().then(() => { document.title = `it ran` })">');
  await page.waitForFunction(() => document.title === 'it ran');
  assert.equal(ran.length, 1);
  await context.close();
});

test('texts with markup and scripts are shown as they are: in the dashboard', async () => {
  const calls = await logCalls();
  const { context, page, complaints, open } = await asOperator(browser, server);
  const ran = await watch(page);
  const [{ sessionId, customerData, agentId }] = calls;
  const views = [
    '/dashboard', '/dashboard/live', '/dashboard/calls', `/dashboard/calls/${sessionId}`, '/dashboard/customers',
    `/dashboard/customers/${encodeURIComponent(customerData.customerId)}`, '/dashboard/agents', `/dashboard/agents/${encodeURIComponent(agentId)}`,
    '/dashboard/campaigns', '/dashboard/ask?by=context.plain', '/dashboard/ask?by=agentId',
  ];
  for (const view of views) {
    await open('client-demo', view);
    const shown = await page.locator('body').innerText();
    assert.ok(!shown.includes('This could not be loaded'), view);
  }
  // All rows: each name is shown whole.
  await open('client-demo', '/dashboard/calls');
  while (await page.getByRole('button', { name: 'Show more' }).isVisible()) {
    await page.getByRole('button', { name: 'Show more' }).click();
    await isThere(page);
  }
  const rows = await page.locator('tbody').innerText();
  assert.deepEqual(TEXTS.filter((text) => !rows.includes(text)), []);
  assert.deepEqual(ran, []);
  assert.deepEqual(complaints, []);
  await context.close();
});
