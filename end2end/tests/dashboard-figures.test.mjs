// Every figure of the overview against a plain recount of the calls, for clients in three zones.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { asOperator, CLIENTS, startWithCalls } from '../support/dashboard.mjs';

let browser, server;
before(async () => { [browser, server] = await Promise.all([startBrowser(), startWithCalls(6000)]); });
after(async () => { await Promise.all([browser?.close(), server?.stop()]); });

const DAY = 24 * 60 * 60 * 1000;
const WEEK = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** The parts of a moment by a zone's clocks. */
function local(zone) {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', weekday: 'short', hourCycle: 'h23' });
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(new Date(at)).map(({ type, value }) => [type, value]));
    return { day: `${parts.year}-${parts.month}-${parts.day}`, hour: Number(parts.hour), weekday: WEEK.indexOf(parts.weekday) };
  };
}

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

for (const [client, zone] of Object.entries(CLIENTS)) {
  test(`the overview of ${client} in ${zone} is what its calls come to`, async () => {
    locale = LOCALES[client];
    const { calls: all } = await server.admin('GET', `/clients/${client}/ribbon/export/calls?format=json`);
    const at = local(zone);
    const today = at(Date.now()).day;
    const last = Date.parse(today);
    const days = Array.from({ length: 30 }, (_, n) => new Date(last - (29 - n) * DAY).toISOString().slice(0, 10));
    const calls = all.map((call) => ({ ...call, ...at(call.startTime) })).filter((call) => days.includes(call.day));
    const connected = calls.filter((call) => call.connectedTime || call.duration > 0);
    const talked = calls.reduce((sum, call) => sum + (call.duration ?? 0), 0);
    const missed = calls.filter((call) => call.callDirection === 'inbound' && call.endTime && !call.connectedTime && !call.duration);
    assert.ok(calls.length > 50, 'there are calls enough to be counted');

    const { context, page, open, complaints } = await asOperator(browser, server);
    await open(client, '/dashboard?range=30d');
    const figures = Object.fromEntries(await page.locator('.figure').evaluateAll((tiles) => tiles.map((tile) => [tile.querySelector('.label').textContent.trim(), tile.querySelector('.value').textContent.trim()])));
    assert.deepEqual(figures, {
      Calls: number(calls.length),
      'Connect rate': percent(connected.length / calls.length),
      'Talk time': duration(talked),
      'Average talk time': duration(Math.round(talked / connected.length)),
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
    const within = (from, to) => number(calls.filter(({ duration: seconds = 0 }) => seconds >= from && seconds < to).length);
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
