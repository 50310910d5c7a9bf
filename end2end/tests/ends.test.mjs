// A test that fails before it has stopped what it started does not keep the run from its end.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PATIENCE } from '../support/browser.mjs';
import { killAtExit } from '../support/ends.mjs';

test('a file whose test fails ends, and all that it started with it', async () => {
  const { NODE_TEST_CONTEXT, ...env } = process.env;
  const broken = fileURLToPath(new URL('../support/broken.mjs', import.meta.url));
  const child = killAtExit(spawn(process.execPath, ['--test', broken], { env, stdio: ['ignore', 'pipe', 'ignore'], detached: true }), true);
  let said = '';
  child.stdout.on('data', (text) => { said += text; });
  const late = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), PATIENCE);
  const [code, signal] = await new Promise((resolve) => { child.on('close', (...how) => resolve(how)); });
  clearTimeout(late);
  assert.deepEqual([code, signal], [1, null], said);
  assert.match(said, /broken on purpose/);
  const addresses = [...said.matchAll(/running at (\S+)/g)];
  assert.equal(addresses.length, 3);
  for (const [, address] of addresses) await assert.rejects(fetch(address), address);
});
