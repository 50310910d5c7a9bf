// Pictures of the dashboard: sheets of every view in both themes, wide and on a phone, and single
// views for the documents.
import { mkdir, writeFile } from 'node:fs/promises';
import { asOperator, filledIn, startWithCalls, VIEWS } from './dashboard.mjs';
import { fewColours } from './palette.mjs';
import { drawSheet } from './sheet.mjs';

const CLIENT = 'demo-in';
const SIZES = {
  wide: { viewport: { width: 1280, height: 1000 }, deviceScaleFactor: 0.5, columns: 4 },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 0.75, hasTouch: true, columns: 7 },
};
/** The views that the documents show. */
const SHOWN = ['overview', 'live', 'calls', 'results', 'follow-ups', 'alerts'];

const MINUTE = 60_000;

/** A server with a year of calls, of which some are in progress and some wait for another call. */
async function startWithWork() {
  const server = await startWithCalls(9000);
  const { apiKey } = await server.admin('POST', `/clients/${CLIENT}/keys`, {});
  const send = async (method, path, body) => {
    const answer = await fetch(`${server.url}/api/ribbon/${path}`, { method, headers: { 'content-type': 'application/json', 'X-API-Key': apiKey }, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  };
  const { calls } = await server.admin('GET', `/clients/${CLIENT}/ribbon/calls?list=all&connected=true&limit=200`);
  const known = calls.filter((call) => call.customerData.customerId && call.agentId);
  const at = (minutes) => new Date(Date.now() + minutes * MINUTE).toISOString();
  for (const [place, call] of known.slice(0, 8).entries()) {
    await send('PATCH', `calls/${call.sessionId}`, { followUp: { at: at([-2000, -600, -90, -20, 60, 180, 1500, 3000][place]), note: ['Wants a statement', 'Ask about the second instalment'][place % 2] } });
  }
  for (const [place, { agentId, agentName, phoneNumber, customerData }] of known.slice(8, 16).entries()) {
    const data = { callSid: `live-${place}`, phoneNumber, callDirection: place % 3 ? 'outbound' : 'inbound', agentId, agentName, customerData };
    await send('POST', 'log-call', { event: place < 6 ? 'connected' : 'initiated', timestamp: at(-place - 1), data });
  }
  return server;
}

/** Waits for the calls in progress, which come with the stream, after the page. */
async function showCalls(page, view) {
  if (view === 'live') await page.getByText('8 calls', { exact: true }).waitFor();
}

/** Makes the sheets. */
export async function drawDashboardSheets(browser, folder) {
  await mkdir(folder, { recursive: true });
  const server = await startWithWork();
  for (const [size, { columns, ...options }] of Object.entries(SIZES)) {
    for (const theme of ['light', 'dark']) {
      const { context, open, page } = await asOperator(browser, server, { ...options, colorScheme: theme });
      const pictures = [];
      for (const [state, address] of Object.entries(VIEWS)) {
        await open(CLIENT, await filledIn(server, CLIENT, address));
        await showCalls(page, state);
        pictures.push({ state, png: await page.screenshot() });
      }
      await context.close();
      await drawSheet(browser, `${folder}${size}-${theme}.png`, `The dashboard · ${size} · ${theme}`, pictures, { columns, dark: theme === 'dark' });
    }
  }
  await server.stop();
}

/** Takes the pictures of single views. */
export async function photographViews(browser, folder) {
  await mkdir(folder, { recursive: true });
  const server = await startWithWork();
  const { context, open, page } = await asOperator(browser, server, { viewport: { width: 1280, height: 900 }, colorScheme: 'light' });
  for (const name of SHOWN) {
    await open(CLIENT, VIEWS[name]);
    await showCalls(page, name);
    await writeFile(`${folder}${name}.png`, await fewColours(page, await page.screenshot()));
  }
  await context.close();
  await server.stop();
}
