// The figures of the overview and of Results against a plain recount of the calls.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { asOperator, CLIENTS, isThere, startWithCalls } from '../support/dashboard.mjs';
import { cellsOf, local, sums, talked } from '../support/recount.mjs';

let browser, server;
before(async () => { [browser, server] = await Promise.all([startBrowser(), startWithCalls(6000)]); });
after(async () => { await Promise.all([browser?.close(), server?.stop()]); });

const DAY = 24 * 60 * 60 * 1000;

const duration = (seconds) => {
  const two = (n) => String(n).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours.toLocaleString(locale)}h ${two(minutes)}m` : `${minutes}:${two(seconds % 60)}`;
};
/** The manner in which the page writes numbers: that of the client's country. */
let locale = 'en-US';
const LOCALES = { 'demo-in': 'en-IN', 'demo-us': 'en-US', 'demo-de': 'en-DE' };
const number = (n) => n.toLocaleString(locale);
const percent = (share) => new Intl.NumberFormat(locale, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(share);
const by = (calls, key) => calls.reduce((sums, call) => ({ ...sums, [key(call)]: (sums[key(call)] ?? 0) + 1 }), {});

/** The cells of the table that a card shows in place of its chart. */
async function tableOf(page, title) {
  const card = page.locator('.card').filter({ has: page.getByRole('heading', { name: title }) });
  await card.getByRole('button', { name: 'Show as table' }).click();
  return card.locator('table.plain tbody tr').evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent.trim())));
}

/** The calls of the last 30 days by the client's clocks, each with its day, hour and weekday. */
async function callsOf(client) {
  const { calls: all } = await server.admin('GET', `/clients/${client}/ribbon/export/calls?format=json`);
  const at = local(CLIENTS[client]);
  const last = Date.parse(at(Date.now()).day);
  const days = Array.from({ length: 30 }, (_, n) => new Date(last - (29 - n) * DAY).toISOString().slice(0, 10));
  const dated = all.map((call) => ({ ...call, ...at(call.startTime) }));
  return { all, at, days, today: days[29], dated, calls: dated.filter((call) => days.includes(call.day)) };
}

for (const [client, zone] of Object.entries(CLIENTS)) {
  test(`the overview of ${client} in ${zone} is what its calls come to`, async () => {
    locale = LOCALES[client];
    const { all, at, days, today, calls } = await callsOf(client);
    const connected = calls.filter(talked);
    const seconds = calls.reduce((sum, call) => sum + (call.duration ?? 0), 0);
    const missed = calls.filter((call) => call.callDirection === 'inbound' && call.endTime && !call.connectedTime && !call.duration);
    assert.ok(calls.length > 50, 'there are calls enough to be counted');

    const { context, page, open, complaints } = await asOperator(browser, server);
    await open(client, '/dashboard?range=30d');
    const figures = Object.fromEntries(await page.locator('.figure').evaluateAll((tiles) => tiles.map((tile) => [tile.querySelector('.label').textContent.trim(), tile.querySelector('.value').textContent.trim()])));
    assert.deepEqual(figures, {
      Calls: number(calls.length),
      'Connect rate': percent(connected.length / calls.length),
      'Talk time': duration(seconds),
      'Average talk time': duration(Math.round(seconds / connected.length)),
      Missed: number(missed.length),
      'Active now': '0',
    });

    const daily = await tableOf(page, 'How many calls were there each day?');
    const [ofDays, connectedOfDays] = [by(calls, (call) => call.day), by(connected, (call) => call.day)];
    assert.deepEqual(daily.map((row) => row.slice(1, 3)), days.map((day) => [number(ofDays[day] ?? 0), number(connectedOfDays[day] ?? 0)]));

    await page.getByRole('button', { name: 'Connected calls' }).click();
    const hours = await tableOf(page, 'When do people pick up?');
    const ofHours = by(connected, (call) => `${call.weekday}-${call.hour}`);
    // A week is read from Monday on.
    assert.deepEqual(hours.map((row) => row.slice(1)), Array.from({ length: 24 }, (_, hour) => [1, 2, 3, 4, 5, 6, 0].map((weekday) => number(ofHours[`${weekday}-${hour}`] ?? 0))));

    const lengths = await tableOf(page, 'How long do calls take?');
    const within = (from, to) => number(connected.filter(({ duration: seconds = 0 }) => seconds >= from && seconds < to).length);
    assert.deepEqual(lengths.map((row) => row[1]), [within(0, 30), within(30, 60), within(60, 180), within(180, 300), within(300, Infinity)]);

    const outcomes = await tableOf(page, 'How did the calls end?');
    const { calls: noted } = await server.admin('GET', `/clients/${client}/ribbon/calls?list=all&startDate=${days[0]}&endDate=${today}&limit=500`);
    assert.equal(noted.length, calls.length, 'the list holds all of these days');
    const ofOutcomes = by(noted.filter((call) => call.disposition), (call) => call.disposition);
    const { dispositions } = await server.admin('GET', `/clients/${client}/ribbon/client`);
    const label = (code) => dispositions.find((one) => one.code === code)?.label ?? code;
    assert.deepEqual(Object.fromEntries(outcomes.map(([name, n]) => [name, n])), Object.fromEntries(Object.entries(ofOutcomes).map(([code, n]) => [label(code), number(n)])));

    const customers = await tableOf(page, 'Who do we speak with most?');
    const ofCustomers = by(calls.filter((call) => call.customerData.customerId), (call) => call.customerData.customerId);
    const most = Object.values(ofCustomers).sort((a, b) => b - a).slice(0, 10);
    assert.deepEqual(customers.map((row) => row[1]), most.map(number));

    const month = today.slice(0, 7);
    const used = all.filter((call) => at(call.startTime).day.startsWith(month)).length;
    await page.getByText(new RegExp(`^${number(used)} of `)).waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
  });
}

const CLIENT = 'demo-in';
/** The client whose dialer sends leads. */
const LEADS_OF = 'demo-us';
/** What the codes of the client's outcomes mean. */
async function kindsOf(client = CLIENT) {
  const { dispositions } = await server.admin('GET', `/clients/${client}`);
  return Object.fromEntries(dispositions.filter((one) => one.kind).map(({ code, kind }) => [code, kind]));
}
const rate = (part, whole) => (whole ? percent(part / whole) : '–');
/** Whether a call is one of those that an address of the list of calls shows. */
const isShown = (href) => (call) => {
  const of = new URL(href).searchParams;
  const holds = { agentId: call.agentId, disposition: call.disposition };
  const own = Object.keys(holds).every((name) => !of.get(name) || of.get(name) === holds[name]);
  return own && ['field', 'andField'].every((name) => !of.get(name) || !holds[of.get(name)]);
};

test('the outcomes of each agent are what the calls come to', async () => {
  locale = LOCALES[CLIENT];
  const [{ calls }, kinds] = [await callsOf(CLIENT), await kindsOf()];
  const all = sums(calls, kinds);
  assert.ok(all.promises > 0 && all.payments > 0, 'the made-up calls have outcomes that matter');
  const { context, page, open, complaints } = await asOperator(browser, server);
  await open(CLIENT, '/dashboard/results?range=30d');
  const table = page.getByRole('table', { name: 'Outcomes' });
  await table.waitFor();
  const figures = Object.fromEntries(await page.locator('.figure').evaluateAll((tiles) => tiles.map((tile) => [tile.querySelector('.label').textContent.trim(), tile.querySelector('.value').textContent.trim()])));
  assert.deepEqual(figures, {
    Contacts: number(all.contacts), 'Contact rate': rate(all.contacts, all.calls),
    Promises: number(all.promises), 'Promises of contacts': rate(all.promises, all.contacts),
    Payments: number(all.payments), 'Payments of contacts': rate(all.payments, all.contacts),
  });
  const [, ...rows] = await cellsOf(table);
  const agents = new Set(calls.map((call) => call.agentId ?? ''));
  assert.equal(rows.length, agents.size);
  for (const [name, ...shown] of rows) {
    const of = sums(calls.filter(isShown(name.href)), kinds);
    assert.deepEqual(shown.map((cell) => cell.text), [
      number(of.calls), rate(of.connected, of.calls), number(of.contacts), rate(of.contacts, of.calls), number(of.promises),
      rate(of.promises, of.contacts), number(of.payments), rate(of.payments, of.contacts),
    ], name.text);
  }

  // A row leads to as many calls as it says, and its menu knows the table.
  await table.getByRole('button', { name: 'Promises' }).click();
  await page.waitForURL(/sort=/);
  const best = (await cellsOf(table))[1];
  await table.locator('tbody a').first().click();
  await page.getByRole('heading', { name: 'Calls', exact: true }).waitFor();
  await page.getByRole('status').filter({ hasText: new RegExp(`(^| of )${best[1].text} calls?$`) }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('every number of two fields is the number of its calls', async () => {
  locale = LOCALES[CLIENT];
  const { calls } = await callsOf(CLIENT);
  const { context, page, open, complaints } = await asOperator(browser, server);
  await open(CLIENT, '/dashboard/results?tab=matrix&range=30d');
  const table = page.getByRole('table', { name: 'Calls: agent by outcome' });
  await table.waitFor();
  const [, ...rows] = await cellsOf(table);
  const totals = rows.pop();
  const pairs = new Set(calls.map((call) => `${call.agentId}·${call.disposition}`));
  let linked = 0;
  for (const row of rows) {
    for (const cell of row.slice(1, -1)) {
      assert.equal(Boolean(cell.href), cell.text !== '', row[0].text);
      if (!cell.href) continue;
      linked += 1;
      assert.equal(cell.text, number(calls.filter(isShown(cell.href)).length), `${row[0].text}: ${cell.href}`);
    }
    assert.equal(row.at(-1).text, number(calls.filter(isShown(row[0].href)).length), row[0].text);
  }
  assert.equal(linked, pairs.size);
  assert.equal(totals.at(-1).text, number(calls.length));

  await page.getByLabel('What the cells show').selectOption('rate');
  const rates = page.getByRole('table', { name: 'Connect rate: agent by outcome' });
  await rates.waitFor();
  const [, first] = await cellsOf(rates);
  const of = calls.filter(isShown(first[1].href));
  assert.equal(first[1].text, rate(of.filter(talked).length, of.length));
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the funnel and its attempts are what leads and calls come to', async () => {
  locale = LOCALES[LEADS_OF];
  const [{ calls, days, at }, kinds] = [await callsOf(LEADS_OF), await kindsOf(LEADS_OF)];
  const { leads: every } = await server.admin('GET', `/clients/${LEADS_OF}/ribbon/leads?limit=500`);
  const leads = new Map(every.filter((lead) => days.includes(at(lead.createdAt).day)).map((lead) => [lead.customerId, lead.createdAt]));
  const after = ([id, from]) => calls.filter((call) => call.customerData.customerId === id && call.startTime >= from);
  const got = [...leads].map((lead) => ({ ...sums(after(lead), kinds), out: after(lead).some((call) => call.callDirection === 'outbound') }));
  const step = (has) => number(got.filter(has).length);
  const expected = [
    number(leads.size), step((of) => of.out || of.connected || of.contacts), step((of) => of.connected || of.contacts), step((of) => of.contacts),
    step((of) => of.promises), step((of) => of.payments),
  ];
  const tries = {};
  const made = {};
  for (const call of calls.filter((one) => one.callDirection === 'outbound').sort((a, b) => (a.startTime < b.startTime ? -1 : 1))) {
    const whom = call.customerData.customerId ?? call.phoneNumber;
    made[whom] = (made[whom] ?? 0) + 1;
    const cell = tries[`${call.hour}·${Math.min(made[whom], 6)}`] ??= { calls: 0, connected: 0 };
    cell.calls += 1;
    cell.connected += talked(call) ? 1 : 0;
  }

  const { context, page, open, complaints } = await asOperator(browser, server);
  await open(LEADS_OF, '/dashboard/results?tab=funnel&range=30d');
  const chart = page.locator('.card').filter({ has: page.getByRole('heading', { name: 'How far do leads get?' }) });
  // The steps are drawn in their order, whatever their numbers.
  await chart.getByText('Right person reached').waitFor();
  const drawn = (await chart.locator('.bars').innerText()).match(/Leads|Called|Connected|Right person reached|Promised|Paid/g);
  assert.deepEqual([...new Set(drawn)], ['Leads', 'Called', 'Connected', 'Right person reached', 'Promised', 'Paid']);
  const steps = await tableOf(page, 'How far do leads get?');
  assert.deepEqual(steps.map((row) => row[1]), expected);
  const table = page.getByRole('table', { name: 'Rate by attempt and hour' });
  const [heads, ...rows] = await cellsOf(table);
  const attempts = heads.slice(1, -1).map((head) => Number(head.text.match(/\d+/)[0]));
  const shown = {};
  const hours = [...new Set(Object.keys(tries).map((key) => Number(key.split('·')[0])))].sort((a, b) => a - b);
  assert.equal(rows.length - 1, hours.length);
  rows.slice(0, -1).forEach((row, line) => row.slice(1, -1).forEach((cell, place) => { shown[`${hours[line]}·${attempts[place]}`] = cell.text; }));
  assert.deepEqual(Object.fromEntries(Object.entries(shown).filter(([, text]) => text)), Object.fromEntries(Object.entries(tries).map(([key, of]) => [key, `${rate(of.connected, of.calls)} of ${number(of.calls)}`])));
  assert.deepEqual(complaints, []);
  await context.close();
});

test('two agents and two periods stand side by side as they are', async () => {
  locale = LOCALES[CLIENT];
  const [{ calls, dated, days }, kinds] = [await callsOf(CLIENT), await kindsOf()];
  const { context, page, open, complaints } = await asOperator(browser, server);
  await open(CLIENT, '/dashboard/results?tab=compare&range=30d');
  const table = page.getByRole('table', { name: 'Side by side' });
  const columns = (one, two) => {
    const line = (of) => [number(of.calls), rate(of.connected, of.calls), number(of.contacts), rate(of.contacts, of.calls), number(of.promises)];
    return line(one).map((text, place) => [text, line(two)[place]]);
  };
  const shown = async () => (await cellsOf(table)).slice(1, 6).map((row) => [row[1].text, row[2].text]);
  const ofAgent = (id) => sums(calls.filter((call) => call.agentId === id), kinds);
  await table.waitFor();
  const [one, two] = [await page.getByLabel('First').inputValue(), await page.getByLabel('Second').inputValue()];
  const most = Object.entries(by(calls.filter((call) => call.agentId), (call) => call.agentId)).map(([, n]) => n).sort((a, b) => b - a);
  assert.deepEqual([ofAgent(one).calls, ofAgent(two).calls], most.slice(0, 2));
  assert.deepEqual(await shown(), columns(ofAgent(one), ofAgent(two)));

  await page.getByRole('button', { name: 'Periods' }).click();
  await page.waitForURL(/by=period/);
  await page.getByLabel('Compared with').selectOption('28');
  await page.waitForURL(/two=28/);
  const before = days.map((day) => new Date(Date.parse(day) - 28 * DAY).toISOString().slice(0, 10));
  const expected = columns(sums(dated.filter((call) => before.includes(call.day)), kinds), sums(calls, kinds));
  await table.getByRole('row', { name: new RegExp(`^Calls ${expected[0][0]} ${expected[0][1]} `) }).waitFor();
  assert.deepEqual(await shown(), expected);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('today stands beside the mean of the same weekdays, and agents beside their targets', async () => {
  locale = LOCALES[CLIENT];
  const { apiKey } = await server.admin('POST', `/clients/${CLIENT}/keys`, {});
  const agentId = (await callsOf(CLIENT)).calls.find((call) => call.agentId).agentId;
  const data = { callSid: 'of-today', callDirection: 'outbound', phoneNumber: '+919810000001', customerData: { agentId, customerId: 'TODAY-1', name: 'Asha Rao', phoneNumber: '+919810000001' } };
  for (const [event, more] of [['initiated', {}], ['callConnected', {}], ['callEnded', { duration: 30 }]]) {
    const answer = await fetch(`${server.url}/api/ribbon/log-call`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ apiKey, event, timestamp: new Date().toISOString(), data: { ...data, ...more } }) });
    assert.equal(answer.status, 200, await answer.text());
  }
  await server.admin('PATCH', `/clients/${CLIENT}`, { targets: { everyAgent: { calls: 2 }, agents: {} } });
  const { dated, today, at } = await callsOf(CLIENT);
  const half = (call) => 2 * call.hour + Math.floor(call.minute / 30);
  const weeks = [7, 14, 21, 28].map((n) => new Date(Date.parse(today) - n * DAY).toISOString().slice(0, 10)).filter((day) => dated.some((call) => call.day === day));
  const usual = by(dated.filter((call) => weeks.includes(call.day)), half);
  const mine = by(dated.filter((call) => call.day === today), half);

  const { context, page, open, complaints } = await asOperator(browser, server);
  await open(CLIENT, '/dashboard/results?tab=today');
  const rows = await tableOf(page, 'Is today a usual day?');
  const busy = [...Object.keys(usual), ...Object.keys(mine)].map(Number);
  // From nine to six at least.
  const first = Math.max(0, Math.min(18, ...busy) - 1);
  const now = half(at(Date.now()));
  rows.forEach((row, place) => {
    const slot = first + place;
    if (slot < now) assert.equal(row[1], number(mine[slot] ?? 0), row[0]);
    if (weeks.length) assert.equal(row[3], number(Math.round(100 * (usual[slot] ?? 0) / weeks.length) / 100), row[0]);
  });
  assert.equal(rows.reduce((sum, row) => sum + (Number(row[1]) || 0), 0), dated.filter((call) => call.day === today).length);
  const progress = page.getByRole('table', { name: 'Agents today' });
  assert.deepEqual((await cellsOf(progress)).slice(1).map((row) => row[1].text), ['1 of 2']);
  await page.getByText('0 of 1 agent reached today').waitFor();
  await isThere(page);
  assert.deepEqual(complaints, []);
  await context.close();
});
