// The dashboard, as staff use it.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newProfile } from './browser.mjs';
import { killAtExit, stopAtEnd } from './ends.mjs';
import { ADMIN_TOKEN, startServer } from './server.mjs';

/** The clients that `demo-data` makes, with their time zones. */
export const CLIENTS = { 'demo-in': 'Asia/Kolkata', 'demo-us': 'America/New_York', 'demo-de': 'Europe/Berlin' };

/** Every view, by a name and its address; `{call}`, `{customer}` and `{agent}` stand for ones that are there. */
export const VIEWS = {
  overview: '/dashboard?range=30d',
  live: '/dashboard/live',
  calls: '/dashboard/calls?range=30d',
  call: '/dashboard/calls/{call}',
  ask: '/dashboard/ask?by=context.daysOverdue&range=30d',
  results: '/dashboard/results?range=30d',
  'two fields': '/dashboard/results?tab=matrix&range=30d',
  compare: '/dashboard/results?tab=compare&range=30d',
  funnel: '/dashboard/results?tab=funnel&range=30d',
  today: '/dashboard/results?tab=today',
  targets: '/dashboard/settings?tab=targets',
  'follow-ups': '/dashboard/follow-ups',
  alerts: '/dashboard/settings?tab=alerts',
  clients: '/dashboard/clients',
  customers: '/dashboard/customers',
  customer: '/dashboard/customers/{customer}',
  leads: '/dashboard/leads',
  agents: '/dashboard/agents?range=30d',
  agent: '/dashboard/agents/{agent}?range=30d',
  campaigns: '/dashboard/campaigns?range=30d',
  'saved views': '/dashboard/views',
  settings: '/dashboard/settings',
};

/** A server with a year of made-up calls of three clients. */
export async function startWithCalls(calls = 3000) {
  const folder = await mkdtemp(join(tmpdir(), 'call-ribbon-'));
  await run(['demo-data', '--calls', String(calls), '--demo-client', '--database', `sqlite:${join(folder, 'calls.db')}`]);
  const server = await startServer({ folder });
  return {
    ...server,
    stop: stopAtEnd(async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    }),
  };
}

function run(args) {
  const child = killAtExit(spawn(process.env.CALL_RIBBON_BIN, args, { stdio: ['ignore', 'ignore', 'pipe'] }));
  let said = '';
  child.stderr.on('data', (text) => { said += text; });
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${args[0]} ended with ${code}: ${said}`))));
  });
}

/** Signs in by a key, by a token, or as a person. */
export async function signIn(page, { key, token, email, password }) {
  const way = key ? 'API key' : token ? 'Token' : 'Account';
  await page.getByRole('button', { name: way, exact: true }).click();
  if (email) {
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill(password);
  } else {
    await page.getByLabel(key ? 'API key' : 'Admin token', { exact: true }).fill(key ?? token);
  }
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** A profile in which the operator is signed in already. */
export async function asOperator(browser, server, options = {}) {
  // The page's policy keeps out axe-core too, which is put into it to look at it.
  const context = await newProfile(browser, { viewport: { width: 1280, height: 900 }, locale: 'en-US', bypassCSP: true, reducedMotion: 'reduce', ...options });
  const answer = await context.request.post(`${server.url}/api/admin/session`, { headers: { 'X-Call-Ribbon': 'test' }, data: { token: ADMIN_TOKEN } });
  if (!answer.ok()) throw new Error(`the operator could not sign in: ${await answer.text()}`);
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  /** Opens a view of a client and waits until all of it is there. */
  const open = async (client, address) => {
    const url = new URL(address, server.url);
    url.searchParams.set('client', client);
    await page.goto(url.href);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await isThere(page);
  };
  return { context, page, complaints, open };
}

/** Waits until nothing is on its way any more. */
export async function isThere(page) {
  await page.waitForFunction(() => document.querySelector('h1') && !document.querySelector('.skeleton, [aria-busy="true"]'));
}

/** What stands in a view's address, for a client of the made-up ones. */
export async function filledIn(server, client, address) {
  if (!address.includes('{')) return address;
  const { calls } = await server.admin('GET', `/clients/${client}/ribbon/calls?list=all&connected=true&limit=200`);
  const call = calls.find((one) => one.disposition && one.customerData.customerId && one.agentId);
  return address.replace('{call}', call.sessionId).replace('{customer}', encodeURIComponent(call.customerData.customerId)).replace('{agent}', call.agentId);
}
