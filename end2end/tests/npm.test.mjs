// The npm package: installed from its own tarball, as an integrator would.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { openPage, startBrowser } from '../support/browser.mjs';
import { startServer } from '../support/server.mjs';
import { startSite } from '../support/site.mjs';

const top = fileURLToPath(new URL('../..', import.meta.url));
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
const run = (program, args, cwd) => promisify(execFile)(program, args, { cwd, env: { ...process.env, npm_config_audit: 'false', npm_config_fund: 'false' } });

/** The files of end2end/support/npm/ that must compile, except for the lines that are marked. */
const USES = ['uses.ts', 'uses-react.tsx', 'uses-vue.ts'];

let folder, installed;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'call-ribbon-npm-'));
  await run('npm', ['pack', '--pack-destination', folder], join(top, 'npm'));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'crm', private: true, type: 'module' }));
  const version = JSON.parse(await readFile(join(top, 'npm/package.json'))).version;
  await run('npm', ['install', '--offline', '--ignore-scripts', `./call-ribbon-${version}.tgz`], folder);
  installed = join(folder, 'node_modules/call-ribbon');
  for (const name of ['react', '@types', 'csstype', 'vue', '@vue', '@babel']) {
    await symlink(fileURLToPath(new URL(`../node_modules/${name}`, import.meta.url)), join(folder, 'node_modules', name));
  }
});
after(() => rm(folder, { recursive: true, force: true }));

/** What `tsc --strict` says about some sources in the project; nothing where all is right. */
async function complaints(name, sources, options) {
  const project = join(folder, name);
  await mkdir(project);
  for (const [file, source] of Object.entries(sources)) await writeFile(join(project, file), source);
  const compilerOptions = { strict: true, noEmit: true, target: 'es2022', lib: ['es2022', 'dom', 'dom.iterable'], jsx: 'react-jsx', types: [], ...options };
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: Object.keys(sources) }));
  return run(process.execPath, [tsc, '-p', project], folder).then(() => '', ({ stdout }) => stdout);
}

/** A file that does not compile if a function of an entry takes or returns `any`. */
const HOLES = `
  import * as plain from 'call-ribbon';
  import * as react from 'call-ribbon/react';
  import * as vue from 'call-ribbon/vue';
  type IsAny<T> = 0 extends 1 & T ? true : false;
  type Hole<T> = T extends (...args: infer A) => infer R ? (true extends IsAny<R> | IsAny<A[0]> | IsAny<A[1]> ? true : never) : IsAny<T> extends true ? true : never;
  type Holes<M> = { [N in keyof M]: Hole<M[N]> extends never ? never : N }[keyof M];
  const none: [Holes<typeof plain> | Holes<typeof react> | Holes<typeof vue>] extends [never] ? true : false = true;
  export { none };`;

test('the types let through what is right and nothing else', async () => {
  const texts = await Promise.all(USES.map((file) => readFile(new URL(`../support/npm/${file}`, import.meta.url), 'utf8')));
  const uses = Object.fromEntries(USES.map((file, place) => [file, texts[place]]));
  const nodenext = { module: 'nodenext', moduleResolution: 'nodenext' };
  for (const [name, options] of [
    ['nodenext', nodenext],
    ['bundler', { module: 'esnext', moduleResolution: 'bundler', exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true }],
  ]) {
    assert.equal(await complaints(name, { ...uses, 'holes.ts': HOLES }, options), '');
  }
  // Were nothing checked at all, the lines that are wrong would go through as well.
  const wrong = texts.join('\n').split('\n').filter((line) => line.includes('@ts-expect-error')).length;
  assert.ok(wrong >= 30);
  const bare = Object.fromEntries(Object.entries(uses).map(([file, text]) => [file, text.replaceAll('// @ts-expect-error', '//')]));
  const found = await complaints('bare', bare, nodenext);
  assert.equal(found.match(/error TS/g).length, wrong, found);
});

/** The names of an interface's members, as the declarations have them. */
async function members(name) {
  const text = await readFile(join(installed, 'index.d.ts'), 'utf8');
  const source = ts.createSourceFile('index.d.ts', text, ts.ScriptTarget.Latest);
  const found = source.statements.find((node) => ts.isInterfaceDeclaration(node) && node.name.text === name);
  return found.members.map((member) => member.name.text).sort();
}

test('the declarations name what the loader has, and the contract', async () => {
  const loader = await readFile(join(top, 'widget/loader/call-ribbon.js'), 'utf8');
  const context = { document: { currentScript: null }, window: { Promise, Object, Array, console, addEventListener() {} } };
  const script = loader.replace('__GLOBALS__', '[]');
  new Function('window', 'document', script)(context.window, context.document);
  const api = context.window.ExotelCallRibbon;
  assert.deepEqual(await members('ExotelCallRibbon'), Object.keys(api).sort());
  const events = ['dialing', 'ringing', 'incoming', 'connected', 'mutetoggle', 'holdtoggle', 'dtmf', 'missed', 'failed', 'callEnded', 'notPermitted'];
  assert.deepEqual(await members('CallEventMap'), events.sort());
});

test('the package holds what it names, in the version of the whole', async () => {
  const own = JSON.parse(await readFile(join(installed, 'package.json')));
  const cargo = await readFile(join(top, 'Cargo.toml'), 'utf8');
  assert.equal(own.version, cargo.match(/^version = "(.+)"$/m)[1]);
  assert.equal(own.dependencies, undefined);
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json'], join(top, 'npm'));
  const files = JSON.parse(stdout)[0].files.map((file) => file.path).sort();
  assert.deepEqual(files, ['README.md', 'index.d.ts', 'index.js', 'package.json', 'react.d.ts', 'react.js', 'shared.d.ts', 'shared.js', 'vue.d.ts', 'vue.js']);
});

test('loadCallRibbon adds the script once, and says what is wrong', async () => {
  const [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]);
  try {
    const code = await readFile(join(installed, 'index.js'), 'utf8');
    site.page('/call-ribbon/index.js', code, { 'content-type': 'text/javascript' });
    site.page('/other/call-ribbon.js', 'window.other = true;', { 'content-type': 'text/javascript' });
    const policy = `script-src 'nonce-abc' ${site.origin} ${server.url} 'wasm-unsafe-eval'; require-trusted-types-for 'script'; trusted-types call-ribbon`;
    const html = `<!doctype html><script type="module" nonce="abc">
      import { loadCallRibbon } from './call-ribbon/index.js';
      window.loadCallRibbon = loadCallRibbon;
    </script>`;
    const { page, context, complaints: thrown } = await openPage(browser, site.page('/crm', html, { 'content-security-policy': policy }));
    await page.waitForFunction(() => window.loadCallRibbon);
    const attempt = (address, options) => page.evaluate(async ([url, more]) => {
      try {
        return typeof (await loadCallRibbon(url, more)).init;
      } catch (error) {
        return { code: error.code, message: error.message, isError: error instanceof Error };
      }
    }, [address, options]);
    assert.equal((await attempt('http://[')).code, 'invalid_argument');
    const away = await attempt(`${site.origin}/nothing`);
    assert.deepEqual([away.code, away.isError], ['server_unreachable', true]);
    assert.ok(away.message.includes(`${site.origin}/nothing/call-ribbon.js`), away.message);
    assert.equal((await attempt(`${site.origin}/other`)).code, 'unexpected_answer');
    assert.equal((await attempt(server.url, { integrity: 'sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC' })).code, 'server_unreachable');
    // Where not even the policy may be made, the refusal says which one is wanted.
    const other = await openPage(browser, site.page('/closed', html, { 'content-security-policy': policy.replace('trusted-types call-ribbon', "trusted-types 'none'") }));
    await other.page.waitForFunction(() => window.loadCallRibbon);
    const closed = await other.page.evaluate((url) => loadCallRibbon(url).catch(({ code, message }) => ({ code, message })), server.url);
    assert.equal(closed.code, 'policy');
    assert.ok(closed.message.includes('trusted-types call-ribbon'));
    await other.context.close();
    const both = await page.evaluate(async (url) => {
      const [one, other] = await Promise.all([loadCallRibbon(url), loadCallRibbon(`${url}/`)]);
      return one === other && one === window.ExotelCallRibbon && (await loadCallRibbon(url)) === one;
    }, server.url);
    assert.ok(both);
    assert.equal(await page.locator(`script[src="${server.url}/call-ribbon.js"]`).count(), 1);
    assert.equal(await page.evaluate(() => ExotelCallRibbon.getState().phase), 'signed-out');
    assert.deepEqual(thrown, []);
    await context.close();
  } finally {
    await Promise.all([browser.close(), server.stop(), site.stop()]);
  }
});
