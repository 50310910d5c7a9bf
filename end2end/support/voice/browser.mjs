// A browser with a microphone that beeps, the agent's page in it, and the far end of the call.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { stopAtEnd } from '../ends.mjs';

/** What lets the browser hear and speak without a person and without devices. */
export const MEDIA = [
  '--use-fake-device-for-media-stream', '--autoplay-policy=no-user-gesture-required', '--allow-loopback-in-peer-connection',
];
/** And without being asked. */
export const ALLOWED = '--use-fake-ui-for-media-stream';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Builds the voice as the ribbon gets it, and serves it with the two pages. */
export async function startPages() {
  const folder = await mkdtemp(join(tmpdir(), 'call-ribbon-voice-'));
  const [{ stdout }, far] = await Promise.all([
    promisify(execFile)(process.execPath, [here('../../../widget/voice/build.mjs'), folder]),
    build({ entryPoints: [here('far.js')], bundle: true, write: false, format: 'iife', define: { global: 'window' }, logLevel: 'error' }),
  ]);
  const ear = await readFile(here('ear.js'), 'utf8');
  const page = (script) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Voice</title><body><p>A page.</p><script>${ear}</script>${script}`;
  const made = {
    '/agent': ['text/html', page(`<script type="module">
      window.told = [];
      window.desk = await import('/${stdout.trim()}');
      window.voice = desk.voice;
      window.tell = (event, data) => told.push({ event, ...data });
    </script>`)],
    '/far': ['text/html', page('<script src="/far.js"></script>')],
    '/far.js': ['text/javascript', far.outputFiles[0].text],
  };
  const asked = [];
  const server = createServer(async (request, response) => {
    asked.push(request.url);
    if (request.url === '/favicon.ico') return void response.writeHead(204).end();
    const [type, body] = made[request.url] ?? [request.url.endsWith('.wav') ? 'audio/wav' : 'text/javascript', await readFile(join(folder, request.url)).catch(() => null)];
    response.writeHead(body === null ? 404 : 200, { 'content-type': `${type}; charset=utf-8` });
    response.end(body);
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    origin: `http://localhost:${server.address().port}`,
    asked,
    stop: stopAtEnd(async () => {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true, force: true });
    }),
  };
}
