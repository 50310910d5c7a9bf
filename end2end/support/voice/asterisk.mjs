// A real PBX: Asterisk, with phones that behave as the last four digits of their number say
// (`xtask/asterisk/`).
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { killAtExit, stopAtEnd } from '../ends.mjs';

const FOLDER = 'CALL_RIBBON_TEST_ASTERISK';
const TEMPLATES = fileURLToPath(new URL('../../../xtask/asterisk/', import.meta.url));
const PASSWORD = 'a-password-of-the-tests';
/* Ports for sound: half of them for the phones. */
const RTP_PORTS = 400;

/** The folder of Asterisk; nothing, said aloud, if this machine has none. */
export const ROOT = process.env[FOLDER] && existsSync(join(process.env[FOLDER], 'usr/sbin/asterisk')) ? process.env[FOLDER] : null;
if (!ROOT) console.error(`NOT TESTED: the voice in the browser at a real Asterisk, because ${FOLDER} names no folder of it; \`cargo xtask test\` sets it`);

/** A number that answers and sends back what it hears, and one that hangs up soon. */
export const [ANSWERS, BRIEF] = ['+919876500100', '+919876500005'];

const listen = (server) => new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve(server.address().port)); });
async function tcpPort() {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}
const udpPort = () => new Promise((resolve) => {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1', () => {
    const { port } = socket.address();
    socket.close(() => resolve(port));
  });
});

/** A program of the folder, which finds its libraries beside it. */
function run(program, args, options) {
  const folders = ['usr/lib', 'usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu', 'usr/lib/aarch64-linux-gnu', 'lib/aarch64-linux-gnu'];
  const env = { PATH: process.env.PATH, TERM: 'xterm', LD_LIBRARY_PATH: folders.map((one) => join(ROOT, one)).join(':') };
  return killAtExit(spawn(join(ROOT, program), args, { stdio: 'ignore', env, ...options }));
}

/** Starts it. `kill()` ends it with all calls, `revive()` starts it again, `cut()` breaks the browsers' connections. */
export async function startAsterisk() {
  const folder = await mkdtemp(join(tmpdir(), 'call-ribbon-asterisk-'));
  const [http, sip, phones, dead] = await Promise.all([tcpPort(), udpPort(), udpPort(), udpPort()]);
  const rtp = 40_000 + (http % 50) * RTP_PORTS;
  const values = {
    folder, root: ROOT, http, sip, phones, dead, rtp_start: rtp, rtp_end: rtp + RTP_PORTS / 2 - 1, password: PASSWORD,
  };
  await Promise.all(['etc', 'var/spool'].map((part) => mkdir(join(folder, part), { recursive: true })));
  for (const name of await readdir(TEMPLATES)) {
    const text = await readFile(join(TEMPLATES, name), 'utf8');
    await writeFile(join(folder, 'etc', name), text.replace(/@([a-z_]+)@/g, (whole, key) => values[key] ?? whole));
  }
  const people = run('usr/bin/sipp', [
    '-sf', 'etc/phones.xml', '-i', '127.0.0.1', '-p', String(phones), '-nostdin', '-mi', '127.0.0.1', '-mp', String(rtp + RTP_PORTS / 2), '-rtp_echo',
    '-trace_msg', '-message_file', 'messages.log',
  ], { cwd: folder });

  const ari = (method, path) => fetch(`http://127.0.0.1:${http}/ari/${path}`, {
    method, headers: { authorization: `Basic ${Buffer.from(`ribbon:${PASSWORD}`).toString('base64')}` },
  });
  let pbx;
  const log = () => readFile(join(folder, 'var/messages'), 'utf8').catch(() => '');
  const revive = async () => {
    pbx = run('usr/sbin/asterisk', ['-f', '-C', join(folder, 'etc/asterisk.conf')]);
    while (!(await ari('GET', 'asterisk/info').catch(() => null))?.ok) {
      if (pbx.exitCode !== null) throw new Error(`Asterisk stopped:\n${await log()}`);
      await pause(50);
    }
  };
  const kill = async (child = pbx) => {
    const gone = new Promise((resolve) => { child.on('exit', resolve); });
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await gone;
    }
  };
  await revive();

  // Browsers come by a pipe, which can break.
  const sockets = new Set();
  const pipe = createServer((outside) => {
    const inside = connect(http, '127.0.0.1');
    for (const [one, other] of [[outside, inside], [inside, outside]]) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => {});
      one.on('close', () => { other.destroy(); sockets.delete(one); });
    }
  });
  const pipePort = await listen(pipe);
  const cut = () => { for (const socket of sockets) socket.destroy(); };

  return {
    log, revive, kill: () => kill(), cut, ari,
    /** The settings of an account whose agents talk in the browser. */
    settings: (app) => ({
      ariUrl: `http://127.0.0.1:${http}`, user: 'ribbon', password: PASSWORD, app, trunk: 'PJSIP/{number}@trunk', callerId: '+912233445566', ringSeconds: 20,
      browserCalling: { webSocketUrl: `ws://127.0.0.1:${pipePort}/ws` },
    }),
    /** What the phones sent and received. */
    messages: () => readFile(join(folder, 'messages.log'), 'latin1').catch(() => ''),
    channels: async () => (await (await ari('GET', 'channels')).json()).map(({ id }) => id),
    /** Has a caller call these agents; the caller sends back what they hear. */
    callIn: async (app, agents, number) => {
      const query = new URLSearchParams({ endpoint: `Local/${app}*${agents}@incoming/n`, context: 'caller', extension: 'talk', priority: 1, callerId: number });
      const answer = await ari('POST', `channels?${query}`);
      if (!answer.ok) throw new Error(`calling in: ${answer.status} ${await answer.text()}`);
      return (await answer.json()).id;
    },
    stop: stopAtEnd(async () => {
      cut();
      pipe.close();
      await Promise.all([kill(), kill(people)]);
      await rm(folder, { recursive: true, force: true });
    }),
  };
}
