// A file of tests that leaves running whatever it has started; see tests/ends.test.mjs.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openKept, openPage, startBrowser } from './browser.mjs';
import { startWithCalls } from './dashboard.mjs';
import { startServer } from './server.mjs';
import { startSite } from './site.mjs';
import { startPages } from './voice/browser.mjs';
import { startExotel } from './voice/exotel.mjs';

test('a test that fails', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'call-ribbon-kept-'));
  const [browser, site, server] = await Promise.all([startBrowser(), startSite(), startServer()]);
  const address = site.page('/', '<!doctype html><title>A page</title>');
  await Promise.all([openPage(browser, address), openKept(folder, address), startWithCalls(10), startPages(), startExotel()]);
  const again = await startServer({ folder: server.folder });
  await again.kill('SIGKILL');
  const second = await startServer();
  for (const { url } of [server, second, { url: site.origin }]) console.log(`running at ${url}`);
  throw new Error('broken on purpose');
});
