// What the guides for integrators have a page do, on pages of another origin: each page is open
// with a client of its own, a call goes through where it has a ribbon, and the figures are right.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { newProfile, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { startSite } from '../support/site.mjs';

const read = (path) => readFile(new URL(path, import.meta.url), 'utf8');

let browser, server, site;
before(async () => {
  [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]);
  site.page('/favicon.ico', '');
  site.page('/chart.js', await read('../node_modules/chart.js/dist/chart.umd.js'), { 'content-type': 'text/javascript' });
});
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

// Five calls of October 2025, a Sunday and two Mondays, and one of now; each with its length in
// seconds, null where nobody talked.
const CALLS = [
  ['CUST-A', 'Asha Rao', 'outbound', '2025-10-12T10:05:00Z', 100],
  ['CUST-A', 'Asha Rao', 'outbound', '2025-10-12T10:45:00Z', 200],
  ['CUST-B', 'Bela Sen', 'inbound', '2025-10-12T11:00:00Z', null],
  ['CUST-A', 'Asha Rao', 'outbound', '2025-10-13T10:00:00Z', 60],
  ['CUST-B', 'Bela Sen', 'inbound', '2025-10-20T10:30:00Z', 3600],
  ['CUST-C', 'Carl Dias', 'outbound', null, 90],
];

/** A client of its own, with the calls above where the page is about figures. */
async function client(name, withCalls) {
  const { clientId, apiKey } = await server.admin('POST', '/clients', { name, plan: 'professional' });
  const asked = async (path) => (await fetch(`${server.url}/api/ribbon/${path}`, { headers: { 'X-API-Key': apiKey } })).json();
  const events = !withCalls ? [] : CALLS.flatMap(([customerId, customer, callDirection, at, duration], number) => {
    const start = at ? Date.parse(at) : Date.now() - 1000;
    const event = (name, seconds, more) => ({
      event: name, timestamp: new Date(start + seconds * 1000).toISOString(),
      data: { callSid: `old-${number}`, phoneNumber: '+919876543210', callDirection, customerData: { customerId, name: customer }, ...more },
    });
    if (duration === null) return [event('incoming', 0), event('missed', 20)];
    return [event('connected', 0), event('callEnded', at ? duration : 1, { duration })];
  });
  if (events.length) {
    const { body: { results } } = await server.post('/api/ribbon/log-calls', { apiKey, events });
    assert.ok(results.every((result) => result.success), JSON.stringify(results));
  }
  return { clientId, apiKey, asked };
}

/** Opens a page of a guide. Whatever fails on it, or is said on the console as an error, is gathered. */
async function open(name, { withCalls = false, ...options } = {}) {
  const own = await client(name, withCalls);
  const html = (await read(`../guides/${name}.html`)).replaceAll('{{server}}', server.url).replaceAll('{{key}}', own.apiKey);
  const context = await newProfile(browser, { timezoneId: 'UTC', ...options });
  const page = await context.newPage();
  const wrong = [];
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('console', (line) => { if (line.type() === 'error') wrong.push(line.text()); });
  page.on('response', (answer) => { if (answer.status() >= 400) wrong.push(`${answer.status()} ${answer.url()}`); });
  page.on('requestfailed', (request) => { if (!leaves(request)) wrong.push(`${request.url()} ${request.failure().errorText}`); });
  await page.goto(site.page(`/${name}`, html));
  return {
    ...own, page, ribbon: ribbonOf(page),
    text: (id) => page.locator(id).textContent(),
    done: async () => {
      assert.deepEqual(wrong, [], name);
      await context.close();
    },
  };
}

/** A stream ends with its page, and a download takes a navigation's place. */
const leaves = (request) => request.failure().errorText === 'net::ERR_ABORTED' && /\/(events|export\/calls)\?/.test(request.url());

/** Presses Call, talks until the clock goes, and hangs up. */
async function talk({ ribbon }) {
  await ribbon.reach('idle');
  await ribbon.main.click();
  await ribbon.reach('connected');
  await ribbon.timer.filter({ hasText: /0:0[1-9]/ }).waitFor();
  await ribbon.act('mute').click();
  await ribbon.host.locator('[data-act="mute"][aria-pressed="true"]').waitFor();
  await ribbon.call('hangup');
}

// The pages that name their agent with the customer: what each shows while and after they talk, and
// by which field of the context its calls are told apart.
const WITH_AGENT = [
  {
    name: 'collections', choose: '#LOAN-7', talking: ['.status', 'TALKING'], over: ['.status', 'CALLED'], customer: 'LOAN-7', agent: ['COL-4', 'Farida Khan'],
    callType: 'collections', field: 'context.daysOverdue', value: 48, metadata: { campaign: 'second-reminder', bucket: '30-60', attempt: 3 },
  },
  {
    name: 'sales', choose: '#lead', talking: ['#stage', 'talking with Nikhil Bose'], over: ['#stage', 'L-31 was called'], customer: 'L-31', agent: ['SAL-2', 'Grace Thomas'],
    callType: 'sales', field: 'context.expectedValue', value: 185000.5, metadata: { campaign: 'autumn', stage: 'Qualified', nextAction: 'Send an offer' },
  },
  {
    name: 'support', choose: '#ticket', talking: ['#panel', 'T-88 is open'], over: ['#panel', 'T-88 is solved'], customer: 'ACC-12', agent: ['SUP-9', 'Imran Ali'],
    callType: 'customer_service', field: 'context.issueType', value: 'Billing', metadata: { department: 'Second line', sla: '4h', escalated: false },
  },
];
for (const { name, choose, talking, over, customer, agent: [agentId, agentName], callType, field, value, metadata } of WITH_AGENT) {
  test(`a call on the ${name} page goes from the click to the figures`, async () => {
    const { page, ribbon, asked, done } = await open(name);
    await page.locator(choose).click();
    const talked = page.locator(talking[0], { hasText: talking[1] }).waitFor();
    await talk({ ribbon });
    await talked;
    await page.locator(over[0], { hasText: over[1] }).waitFor();
    if (name === 'support') await page.locator('#history', { hasText: '1 calls so far' }).waitFor();
    const { logs: [row], pagination } = await asked('call-logs');
    assert.deepEqual(
      [pagination.total, row.customer_id_external, row.call_type, row.call_status, row.agent_name, row.metadata],
      [1, customer, callType, 'completed', agentName, metadata],
    );
    const { rows, summary: all } = await asked(`analytics/breakdown?by=${field}`);
    assert.equal(all.calls, 1);
    const found = rows.find((one) => one.calls === 1);
    if (typeof value === 'number') assert.ok((found.from ?? -Infinity) <= value && value < (found.to ?? Infinity), JSON.stringify(found));
    else assert.equal(found.value, value);
    const { agents } = await asked('analytics/agents');
    assert.deepEqual(agents.map((one) => [one.agentId, one.calls]), [[agentId, 1]]);
    const { recentCalls: [call], summary } = await asked('analytics');
    assert.deepEqual([call.duration, call.customerData.agentId, summary.totalDuration], [row.duration, agentId, row.duration]);
    await done();
  });
}

test('a whole CRM calls, is called and looks back', async () => {
  const { page, ribbon, apiKey, asked, done } = await open('whole-crm');
  const says = (line) => page.locator('#log li', { hasText: line }).first().waitFor();
  const alerts = [];
  page.on('dialog', (dialog) => { alerts.push(dialog.message()); dialog.accept(); });
  await page.locator('#customer').click();
  await says('saved true C 12/ä');
  await says('history 0 calls, 0 shown, 0 s');
  await talk({ ribbon });
  await says('connected C 12/ä');
  await says('ended C 12/ä true Wants a statement.');
  await says('history 1 calls, 1 shown,');
  const { customer, totalCalls } = await asked('customer/C%2012%2F%C3%A4');
  assert.deepEqual([customer.email, customer.customFields, totalCalls], ['ravi@example.com', { segment: 'gold', balance: 1200.5 }, 1]);
  // A customer of whom the CRM knows neither an address nor fields of its own.
  await page.locator('#half').click();
  await says('saved true C-13');
  // Two incoming calls: one from a customer of the CRM, and one from a stranger.
  for (const [from, incoming, connected] of [['+919900776655', 'incoming Ravi Shetty', 'connected C 12/ä'], ['+911122334455', 'incoming undefined', 'connected undefined']]) {
    await page.locator('#log').evaluate((log) => log.replaceChildren());
    await server.post('/api/ribbon/simulator/incoming', { apiKey, from });
    await says(incoming);
    assert.equal(alerts.at(-1), `A call from ${from}`);
    await ribbon.call('answer');
    await says(connected);
    await ribbon.call('hangup');
    await says('done');
  }
  const { summary } = await asked('analytics');
  assert.deepEqual([summary.inboundCalls, summary.outboundCalls, summary.missedCalls], [2, 1, 0]);
  await done();
});

test('a board that looks again by itself shows a call while it runs', async () => {
  const { page, apiKey, done } = await open('live-dashboard', { withCalls: true });
  const shows = (id, text) => page.locator(id, { hasText: new RegExp(`^${text}$`) }).waitFor();
  await shows('#total-calls', 6);
  await shows('#total-duration', '1h');
  await shows('#active-calls', 0);
  await shows('#usage', '0%');
  const { body: { sessionId } } = await server.post('/api/ribbon/calls', { apiKey, to: '+919876543210', agentId: 'a' });
  await shows('#active-calls', 1);
  await shows('#total-calls', 7);
  await server.post(`/api/ribbon/calls/${sessionId}/hangup`, { apiKey });
  await shows('#active-calls', 0);
  await done();
});

test('cards show the figures of a client', async () => {
  const { page, text, done } = await open('cards-dashboard', { withCalls: true });
  await page.locator('body[data-done]').waitFor();
  assert.deepEqual(await Promise.all(['#total-calls', '#total-duration', '#active-calls', '#usage'].map(text)), ['6', '1h', '0', '0%']);
  await done();
});

test('a dashboard that gives no dates shows all calls', async () => {
  const { page, text, done } = await open('analytics-dashboard', { withCalls: true });
  await page.locator('body[data-done]').waitFor();
  assert.deepEqual(await Promise.all(['#total-calls', '#total-duration', '#active-calls'].map(text)), ['6', '1h 7m', '0']);
  assert.deepEqual(await page.locator('#customers li').allTextContents(), ['Asha Rao 3', 'Bela Sen 2', 'Carl Dias 1']);
  const { durationBuckets, callsByHour, callsByDayOfWeek, recentActivity } = await page.evaluate(() => detailed);
  assert.deepEqual(durationBuckets, { '0-30s': 1, '30s-1m': 0, '1m-3m': 3, '3m-5m': 1, '5m+': 1 });
  assert.deepEqual([callsByHour['10'], callsByHour['11'], callsByDayOfWeek['0'], recentActivity.length], [4 + isNow(10), 1 + isNow(11), 3 + isSunday(), 6]);
  await done();
});
const isNow = (hour) => Number(new Date(Date.now() - 1000).getUTCHours() === hour);
const isSunday = () => Number(new Date(Date.now() - 1000).getUTCDay() === 0);

test('reports of a day, a month and a customer are right', async () => {
  const { page, done } = await open('reports', { withCalls: true });
  const asked = (call) => page.evaluate(call);
  const day = await asked(() => daily('2025-10-12'));
  assert.deepEqual([day.totalCalls, day.totalDuration, day.avgDuration, day.peakHour], [3, 300, 100, ['10', 2]]);
  assert.deepEqual(day.topCustomer, { customerId: 'CUST-A', customerName: 'Asha Rao', phoneNumber: '+919876543210', callCount: 2, totalDuration: 300 });
  const quiet = await asked(() => daily('2025-10-14'));
  assert.deepEqual([quiet.totalCalls, quiet.avgDuration, quiet.topCustomer ?? null, quiet.peakHour], [0, 0, null, ['0', 0]]);
  const month = await asked(() => monthly(2025, 10));
  assert.deepEqual(month.summary, { totalCalls: 5, totalDuration: 3960, avgDuration: 792, inboundCalls: 2, outboundCalls: 3, missedCalls: 1 });
  assert.deepEqual([month.busiestDay, month.topCustomers.length, month.distribution['5m+']], [['0', 3], 2, 1]);
  const customer = await asked(() => ofCustomer('CUST-A'));
  assert.deepEqual([customer.totalCalls, customer.totalDuration, customer.avgDuration, customer.lastCall, customer.recent], [3, 360, 120, '2025-10-13T10:00:00Z', 3]);
  assert.ok(customer.daysSince > 300);
  // Of somebody without calls, or before the page knows of whom.
  for (const id of ['CUST-Z', undefined, null]) {
    const nobody = await page.evaluate((asked) => ofCustomer(asked === 'undefined' ? undefined : asked), id === undefined ? 'undefined' : id);
    assert.deepEqual([nobody.totalCalls, nobody.totalDuration, nobody.daysSince, nobody.recent], [0, 0, null, 0]);
  }
  assert.deepEqual((await asked(() => mail('2025-10-12'))).split('\n'), ['3 calls, 5 minutes, 100 seconds each', '1 in, 2 out', '1. Asha Rao: 2', '2. Bela Sen: 1']);
  await done();
});

test('a chart has a bar an hour', async () => {
  const { page, done } = await open('chart', { withCalls: true });
  await page.locator('body[data-done]').waitFor();
  const { labels, counts } = await page.evaluate(() => ({ labels: chart.data.labels, counts: chart.data.datasets[0].data }));
  assert.deepEqual(labels, Array.from({ length: 24 }, (_, hour) => String(hour)));
  assert.equal(counts.reduce((one, other) => one + other), 6);
  assert.equal(counts[10], 4 + isNow(10));
  await done();
});

test('a file is saved by script and by a link', async () => {
  const { page, done } = await open('export', { withCalls: true });
  for (const [button, name, calls] of [['#fetched', 'calls-2025-10-01-2025-10-31.csv', 5], ['#open-ended', 'calls-undefined-undefined.csv', 6], ['#link', 'call-logs-2025-10-01-to-2025-10-31.csv', 5]]) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator(button).click()]);
    assert.equal(download.suggestedFilename(), name);
    const chunks = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk);
    const lines = Buffer.concat(chunks).toString().trim().split('\r\n');
    assert.equal(lines[0], 'Session ID,Customer Name,Phone Number,Direction,Start Time,End Time,Duration (s),Customer ID');
    assert.equal(lines.length, calls + 1, button);
    assert.match(lines.at(-1), /,Asha Rao,\+919876543210,outbound,2025-10-12T10:05:00Z,2025-10-12T10:06:40Z,100,CUST-A$/);
  }
  await done();
});

test('a page that asks every few seconds sees who is on the line', async () => {
  const { page, apiKey, done } = await open('polling', { withCalls: true });
  const shows = (id, text) => page.locator(id, { hasText: new RegExp(`^${text}$`) }).waitFor();
  await shows('#active', 0);
  await shows('#recent', 6);
  const { body: { sessionId } } = await server.post('/api/ribbon/calls', { apiKey, to: '+919876543210', agentId: 'a', customerData: { name: 'Dina Roy', customerId: 'D' } });
  await shows('#active', 1);
  await shows('#names', 'Dina Roy');
  await server.post(`/api/ribbon/calls/${sessionId}/hangup`, { apiKey });
  await shows('#active', 0);
  await shows('#recent', 7);
  await done();
});

test('a phone shows the calls of the day', async () => {
  const { page, text, done } = await open('mobile', { withCalls: true, viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true });
  await page.locator('body[data-done]').waitFor();
  assert.deepEqual(await Promise.all(['#today-calls', '#today-duration', '#active'].map(text)), ['1', '1m', '0']);
  assert.deepEqual(await page.locator('#recent li').allTextContents(), ['Carl Dias 90']);
  await done();
});

test('the log answers every question of the guides', async () => {
  const { page, done } = await open('queries', { withCalls: true });
  const { nothing, connected, history, seen, ...found } = await page.evaluate(() => all());
  assert.deepEqual(found, { page: 6, range: 5, today: 1, customer: 3, outbound: 4, month: 1, ofCustomer: 1, plan: 'professional' });
  delete nothing.nextCursor;
  assert.deepEqual(nothing, { page: 1, pageSize: 50, total: 6, totalPages: 1 });
  assert.deepEqual(connected, Array(5).fill('connected'));
  assert.deepEqual([history.customerId, history.calls.length, history.events.length, history.totalCalls, history.totalDuration], ['CUST-A', 3, 6, 3, 360]);
  assert.deepEqual(seen.sort(), ['callHistory', 'customer', 'totalCalls', 'totalDuration']);
  await done();
});
