// The API document, as tools read it that are not ours: a judge of documents, and a maker of typed clients.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import openapiTS, { astToString } from 'openapi-typescript';
import { openWorkshop } from '../support/npm/apps.mjs';
import { startServer } from '../support/server.mjs';

const own = fileURLToPath(new URL('..', import.meta.url));
const run = (program, args, cwd) => promisify(execFile)(process.execPath, [join(own, 'node_modules', program), ...args], {
  cwd, maxBuffer: 1e8, env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
});
/** What a program says if it fails; nothing if all is right. */
const complaints = (...args) => run(...args).then(() => '', ({ stdout, stderr }) => `${stdout}${stderr}`);

let server, workshop, document;
before(async () => {
  [server, workshop] = await Promise.all([startServer(), openWorkshop()]);
  document = await (await fetch(`${server.url}/api/openapi.json`)).json();
});
after(async () => { await Promise.all([server?.stop(), workshop?.close()]); });

test('Redocly finds nothing wrong in the document', async () => {
  await workshop.write('openapi.json', JSON.stringify(document));
  const found = async (file) => {
    const args = ['lint', '--config', join(own, 'redocly.yaml'), '--format=json', '--max-problems=1000', join(workshop.folder, file)];
    const { stdout } = await run('@redocly/cli/bin/cli.js', args, workshop.folder).catch((error) => error);
    return JSON.parse(stdout.slice(stdout.indexOf('{'), stdout.lastIndexOf('}') + 1)).problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`);
  };
  assert.deepEqual(await found('openapi.json'), []);
  // Were nothing judged, this would go through as well.
  const broken = structuredClone(document);
  broken.components.schemas.InitAnswer.properties.features.items.examples = [7];
  broken.paths['/api/ribbon/calls'].get.parameters[0].in = 'body';
  await workshop.write('broken.json', JSON.stringify(broken));
  const rules = (await found('broken.json')).map((line) => line.split(':')[0]);
  assert.deepEqual([...new Set(rules)].sort(), ['no-invalid-schema-examples', 'struct']);
});

test('typed clients are made of the document, and the examples compile with them', async () => {
  const types = astToString(await openapiTS(document));
  await workshop.copyExample('typescript');
  await workshop.copyExample('react');
  const vue = await workshop.copyExample('vue');
  await workshop.write('typescript/src/api.d.ts', types);
  const uses = await readFile(new URL('../support/npm/clients.ts', import.meta.url), 'utf8');
  await workshop.write('typescript/src/clients.ts', uses);
  const tsc = (name) => complaints('typescript/bin/tsc', ['-p', '.'], join(workshop.folder, name));
  assert.equal(await tsc('react'), '');
  assert.equal(await tsc('typescript'), '');
  const vueTsc = () => complaints('vue-tsc/bin/vue-tsc.js', ['-p', '.', '--noEmit'], vue);
  assert.equal(await vueTsc(), '');
  // Templates are looked at, too.
  const app = await readFile(join(vue, 'src/App.vue'), 'utf8');
  assert.ok(app.includes('{{ agent.name }}'));
  await workshop.write('vue/src/App.vue', app.replace('{{ agent.name }}', '{{ agent.nam }}'));
  assert.match(await vueTsc(), /App\.vue.* error TS\d+: .*'nam'/);
  // Each line that is marked is wrong.
  const marked = uses.split('\n').filter((line) => line.includes('@ts-expect-error')).length;
  await workshop.write('typescript/src/clients.ts', uses.replaceAll('// @ts-expect-error', '//'));
  const found = await tsc('typescript');
  assert.equal(found.match(/error TS/g)?.length, marked, found);
});
