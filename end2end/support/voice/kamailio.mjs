// A real SIP server: Debian's Kamailio, on a port of its own, as any user.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { killAtExit, stopAtEnd } from '../ends.mjs';

// A user's search path seldom holds the folder where Debian puts it.
const path = `${process.env.PATH}:/usr/sbin`;
const missing = 'Kamailio with its WebSocket module is not here: run `apt-get install kamailio kamailio-websocket-modules` as root';

/** A port that is free now. */
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address();
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}

async function modules() {
  const kinds = await readdir('/usr/lib');
  for (const kind of ['', ...kinds]) {
    const found = join('/usr/lib', kind, 'kamailio/modules');
    if (existsSync(join(found, 'websocket.so'))) return `${found}/`;
  }
  throw new Error(missing);
}

const answers = (port) => new Promise((resolve) => {
  const socket = connect(port, '127.0.0.1');
  socket.on('connect', () => { socket.destroy(); resolve(true); });
  socket.on('error', () => resolve(false));
});

/** Starts the server, with one user. `stop()` kills it, `start()` starts it again on the same port. */
export async function startKamailio({ user, password, domain }) {
  const folder = await mkdtemp(join(tmpdir(), 'call-ribbon-sip-'));
  const port = await freePort();
  const values = { PORT: port, USER: user, PASSWORD: password, DOMAIN: domain, MODULES: await modules() };
  const template = await readFile(new URL('kamailio.cfg', import.meta.url), 'utf8');
  const file = join(folder, 'kamailio.cfg');
  await writeFile(file, template.replace(/%([A-Z]+)%/g, (_, name) => values[name]));
  let child, exited, log = '';
  const start = async () => {
    // A process group of its own: it has children, which are to go with it.
    child = killAtExit(spawn('kamailio', ['-DD', '-E', '-m', '32', '-M', '8', '-f', file, '-Y', folder, '-w', folder], { stdio: ['ignore', 'ignore', 'pipe'], detached: true, env: { PATH: path } }), true);
    child.stderr.on('data', (text) => { log += text; });
    let gone = false;
    exited = new Promise((resolve) => { child.on('exit', () => { gone = true; resolve(); }); });
    child.on('error', () => { gone = true; log += missing; });
    while (!await answers(port)) {
      if (gone) throw new Error(`Kamailio stopped:\n${log}`);
      await pause(10);
    }
  };
  const stop = async () => {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
    await exited;
  };
  await start();
  return {
    port, start, stop,
    log: () => log,
    remove: stopAtEnd(async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    }),
  };
}
