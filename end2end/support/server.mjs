// The real server on a database of its own.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { killAtExit, stopAtEnd } from './ends.mjs';

const program = process.env.CALL_RIBBON_BIN;
if (!program) throw new Error('CALL_RIBBON_BIN is not set; run these tests with `cargo xtask test --only e2e`');

export const KEY = 'demo-api-key-789';
export const ADMIN_TOKEN = 'admin-token-of-the-tests';
// Under which the server keeps what opens its providers.
const SECRET_KEY = 'secret-key-of-the-tests-which-is-long-enough';

// A simulator that is quick, and does nothing unasked to a call that the test has to do something
// with: one that rings in rings until it is answered, declined, or given up (`giveUp`).
const SIMULATOR = {
  'ring-after': 150, 'answer-after': 500, 'no-answer-after': 900, 'drop-after': 500, 'talk-for': 600_000,
  'caller-gives-up-after': 600_000,
};
/** Times of a simulator that leaves calls as they are: the test tells what happens to them (`tell`). */
export const STILL = { 'ring-after': 600_000, 'answer-after': 600_000, 'no-answer-after': 600_000 };

/** Starts a server; `simulator` changes the simulator's times (milliseconds). */
export async function startServer({ simulator = {}, port = 0, folder, args = [] } = {}) {
  const own = !folder;
  folder ??= await mkdtemp(join(tmpdir(), 'call-ribbon-'));
  const times = Object.entries({ ...SIMULATOR, ...simulator }).flatMap(([name, ms]) => [`--simulator-${name}`, String(ms)]);
  const child = killAtExit(spawn(program, ['serve', '--listen', `127.0.0.1:${port}`, '--database', `sqlite:${join(folder, 'calls.db')}`, ...times, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH, CALL_RIBBON_ADMIN_TOKEN: ADMIN_TOKEN, CALL_RIBBON_SECRET_KEY: SECRET_KEY, CALL_RIBBON_LOG: 'debug',
      // Emulated providers are on this machine.
      CALL_RIBBON_ALLOW_PRIVATE_ADDRESSES: '127.0.0.0/8',
    },
  }));
  let log = '';
  child.stderr.on('data', (text) => { log += text; });
  const exited = new Promise((resolve) => { child.on('exit', resolve); });
  const kill = async (signal) => {
    child.kill(signal);
    await exited;
  };
  const stop = stopAtEnd(async () => {
    await kill('SIGTERM');
    if (own) await rm(folder, { recursive: true, force: true });
  });
  const url = await new Promise((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      const found = line.match(/ready at (http:\/\/\S+)/);
      if (found) resolve(found[1]);
    });
    exited.then((code) => reject(new Error(`the server stopped with code ${code}:\n${log}`)));
  });
  const get = async (path) => {
    const answer = await fetch(url + path, { headers: { 'X-API-Key': KEY } });
    return answer.json();
  };
  const post = async (path, body) => {
    const answer = await fetch(url + path, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ apiKey: KEY, ...body }),
    });
    return { status: answer.status, body: await answer.json() };
  };
  /** Changes what a page may change, with the demo client's key. */
  const patch = async (path, body) => {
    const answer = await fetch(url + path, {
      method: 'PATCH', headers: { 'content-type': 'application/json', 'x-api-key': KEY }, body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`PATCH ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  /** A request of the operator's; the path begins after `/api/admin`. */
  const admin = async (method, path, body) => {
    const answer = await fetch(`${url}/api/admin${path}`, {
      method, headers: { 'content-type': 'application/json', authorization: `Bearer ${ADMIN_TOKEN}` }, body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  /** Runs a command of the program beside the server, on its database. */
  const command = (...words) => promisify(execFile)(program, [...words, '--database', `sqlite:${join(folder, 'calls.db')}`]);
  /** Has an event happen to a call, at the moment at which the test wants it. */
  const tell = async (event, callSid, data = {}) => {
    const { status, body } = await post('/api/ribbon/log-call', { event, data: { callSid, ...data } });
    if (status !== 200) throw new Error(`${event} of ${callSid}: ${status} ${JSON.stringify(body)}`);
  };
  /** Has the caller of a call that rings in give up. */
  const giveUp = (callSid) => tell('missed', callSid, { reason: 'nobody answered' });
  return {
    url, port: new URL(url).port, folder, get, post, patch, admin, command, tell, giveUp, kill, stop,
    log: () => log,
  };
}
