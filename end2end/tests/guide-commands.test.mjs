// The guides in docs/guides: each one's commands run in a shell of their own, from an empty folder, in
// the order in which they stand; its page is opened in the browser; and what the guide says they show
// is what they show.
//
//     ```sh             runs; ```sh postgres runs where the tests have a PostgreSQL server
//     ```console        does not run: it needs Docker, a cluster, the service manager or the network
//     ```html page.html is written to the folder; so are ```json FILE and ```toml FILE
//     ```js page.html   runs in that page, as in its console
//     ```text           what the block before has shown, line by line; "…" stands for anything
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { newProfile, PATIENCE, startBrowser } from '../support/browser.mjs';
import { killAtExit } from '../support/ends.mjs';

const GUIDES = new URL('../../docs/guides/', import.meta.url);
const POSTGRES = process.env.CALL_RIBBON_TEST_POSTGRES;
/** What a command that does not run begins with: its test would need what no test machine has. */
const NOT_HERE = /^(podman|docker|kubectl|helm|systemctl|install|cp|cd|cargo|deploy\/|printf|call-ribbon provider validate|  |\$)/;

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser?.close());

/** The blocks of a guide: kind, name, and text. */
const blocksOf = (text) =>
  [...text.matchAll(/^```(\w+)(?: (\S+))?\n(.*?)^```$/gms)].map(([, kind, name, body]) => ({ kind, name, body }));

/** Opens a page of a server that a guide's command has only just started. */
async function openWhenServed(page, address) {
  for (const last = Date.now() + PATIENCE; ;) {
    try {
      return await page.goto(address);
    } catch (error) {
      if (!String(error).includes('ERR_CONNECTION_REFUSED') || Date.now() > last) throw error;
      await new Promise((resolve) => { setTimeout(resolve, 50); });
    }
  }
}

/** Ports that are free now. */
async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
  })));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => { server.close(resolve); })));
  return ports;
}

/** Waits until the lines are in the output, in this order. */
async function shows(expected, output, where) {
  const parts = expected.trimEnd().split('\n').map((line) =>
    line.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^\\n]*'));
  const pattern = new RegExp(parts.join('[^]*?'));
  const end = Date.now() + PATIENCE;
  while (!pattern.test(output())) {
    assert.ok(Date.now() < end, `${where}: this was expected:\n${expected}\nand this was shown:\n${output()}`);
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
}

/** A shell in the folder, to which commands are given one block after the other. */
function openShell(folder, environment) {
  const child = killAtExit(spawn('bash', ['--norc', '-euo', 'pipefail'], {
    cwd: folder, env: environment, stdio: ['pipe', 'pipe', 'pipe'], detached: true,
  }));
  let shown = '';
  child.stdout.on('data', (text) => { shown += text; });
  child.stderr.on('data', (text) => { shown += text; });
  const ended = new Promise((resolve) => { child.on('exit', resolve); });
  let count = 0;
  return {
    /** Runs a block to its end; returns a function for what it has shown so far. */
    async run(commands) {
      const from = shown.length;
      const done = `@@ block ${count += 1} is done`;
      child.stdin.write(`${commands}\necho; echo '${done}'\n`);
      const until = (async () => {
        while (!shown.includes(done, from)) await new Promise((resolve) => { setTimeout(resolve, 20); });
        return true;
      })();
      const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE, 'it takes too long').unref(); });
      const result = await Promise.race([until, late, ended.then((code) => `it failed with ${code}`)]);
      assert.equal(result, true, `${commands}\n${result}:\n${shown.slice(from)}`);
      return () => shown.slice(from);
    },
    /** Ends the shell and all that it has started. */
    async close() {
      try { process.kill(-child.pid, 'SIGKILL'); } catch { /* It has ended. */ }
      await ended;
    },
  };
}

/** A user and a server for commands that name none, as the environment of PostgreSQL's tools. */
function postgresEnvironment() {
  if (!POSTGRES) return {};
  const url = new URL(POSTGRES);
  return {
    PGHOST: url.searchParams.get('host') ?? decodeURIComponent(url.hostname), PGPORT: url.port || '5432',
    PGUSER: decodeURIComponent(url.username), PGPASSWORD: decodeURIComponent(url.password), PGDATABASE: 'postgres',
  };
}

async function follow(name, text) {
  const folder = await mkdtemp(join(tmpdir(), 'call-ribbon-guide-'));
  const tools = await mkdtemp(join(tmpdir(), 'call-ribbon-tools-'));
  await symlink(process.env.CALL_RIBBON_BIN, join(tools, 'call-ribbon'));
  const [port, pages, receiver] = await freePorts(3);
  // Databases of tests that run beside this one have other names.
  const adapt = (body) => body
    .replaceAll('127.0.0.1:8787', `127.0.0.1:${port}`)
    .replaceAll(/\b5500\b/g, pages).replaceAll(/\b9000\b/g, receiver)
    .replaceAll(/\bcall_ribbon(_copy)?\b(?!_)/g, `call_ribbon_guide_${port}$1`);
  const shell = openShell(folder, {
    HOME: folder, PATH: `${tools}:${process.env.PATH}`, CALL_RIBBON_LISTEN: `127.0.0.1:${port}`, LC_ALL: 'C.UTF-8',
    PYTHONUNBUFFERED: '1', ...postgresEnvironment(),
  });
  const context = await newProfile(browser);
  const opened = new Map();
  const wrong = [];
  const counts = { run: 0, notRun: 0 };
  let shown = () => '';
  try {
    for (const { kind, name: label, body } of blocksOf(text)) {
      if (kind === 'sh' && (label !== 'postgres' || POSTGRES)) {
        shown = await shell.run(adapt(body));
        counts.run += 1;
      } else if (kind === 'sh' || kind === 'console') {
        if (kind === 'console') for (const line of body.trimEnd().split('\n')) assert.match(line, NOT_HERE, 'can this not be run?');
        counts.notRun += 1;
      } else if (['html', 'json', 'toml'].includes(kind) && label) {
        await writeFile(join(folder, label), adapt(body));
      } else if (kind === 'js' && label) {
        if (!opened.has(label)) {
          const page = await context.newPage();
          const lines = [];
          page.on('console', (line) => lines.push(line.text()));
          page.on('pageerror', (error) => wrong.push(String(error)));
          await openWhenServed(page, `http://127.0.0.1:${pages}/${label}`);
          opened.set(label, { page, lines });
        }
        const { page, lines } = opened.get(label);
        shown = () => lines.join('\n');
        await page.evaluate(`(async () => { ${body} })()`);
        counts.run += 1;
      } else if (kind === 'text') {
        await shows(adapt(body), shown, name);
      } else {
        assert.ok(kind === 'js' && !label, `${name}: nothing is done with a block of ${kind} ${label ?? ''}`);
      }
    }
    assert.deepEqual(wrong, []);
    return counts;
  } finally {
    await context.close();
    await shell.close();
    if (POSTGRES) {
      const cleaner = openShell(tools, { PATH: process.env.PATH, HOME: tools, ...postgresEnvironment() });
      await cleaner.run(`for one in '' _copy; do dropdb --if-exists --force call_ribbon_guide_${port}$one 2>&1; done`);
      await cleaner.close();
    }
    await Promise.all([folder, tools].map((one) => rm(one, { recursive: true, force: true })));
  }
}

const files = (await readdir(GUIDES)).filter((file) => file.endsWith('.md')).sort();
for (const file of files) {
  const text = await readFile(new URL(file, GUIDES), 'utf8');
  if (!blocksOf(text).length) continue;
  test(`${file} does what it says`, async (t) => {
    const { run, notRun } = await follow(file, text);
    t.diagnostic(`${file}: ${run} blocks run, ${notRun} not run`);
    assert.ok(run > 0 || file === 'containers.md', `${file} has no command that runs`);
  });
}
