// Bundles the agent's voice in the browser: `node build.mjs <folder>`.
//
// The output files are named by their content, like all files in /assets:
//
//   voice-<hash>.js        ours; the ribbon loads it for an agent of a client with browser calling
//   exotel-sdk-<hash>.js   Exotel's SDK within its fence; `voice` loads it when the agent goes online
//   sip-<hash>.js          JsSIP and ours around it; loaded instead for an agent of a PBX
//   ringtone-<hash>.wav    and other tones of the SDK
//
// The last line on standard output is the name of the first.
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const [out] = process.argv.slice(2);
if (!out) throw new Error('say where to: node build.mjs <folder>');

/** Names a file by its content as `cargo xtask pack` does, so that the server lets it be cached for a year. */
async function place(stem, extension, content) {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 16);
  const name = `${stem}-${hash}.${extension}`;
  await writeFile(join(out, name), content);
  return name;
}

/** The SDK requires its tones as under webpack: it receives their URLs. */
const tones = {
  name: 'tones',
  setup({ onLoad }) {
    onLoad({ filter: /\.wav$/ }, async ({ path }) => {
      const name = await place(basename(path, '.wav'), 'wav', await readFile(path));
      return { contents: `module.exports = toneAddress(${JSON.stringify(name)});` };
    });
  },
};

/** Our bundle names the files that it loads later, which are not part of it. */
const beside = (files) => ({
  name: 'beside',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/(sdk|sip)\.js$/ }, ({ path }) => ({ path: `./${files[path.slice(2)]}`, external: true }));
  },
});

/** JsSIP logs by this library if the page's localStorage says so: requests with numbers in them. */
const unlogged = {
  name: 'unlogged',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^debug$/ }, () => ({ path: 'debug', namespace: 'unlogged' }));
    onLoad({ filter: /.*/, namespace: 'unlogged' }, () => ({ contents: 'const quiet = () => () => {}; module.exports = quiet; quiet.default = quiet;' }));
  },
};

const bundle = async (entry, options) => {
  const { outputFiles: [file] } = await build({
    absWorkingDir: here,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2021',
    // The licences of the bundled code must be kept with it.
    legalComments: 'eof',
    logLevel: 'warning',
    ...options,
  });
  return file.contents;
};

await mkdir(out, { recursive: true });
const sdk = await place('exotel-sdk', 'js', await bundle('sdk.js', {
  plugins: [tones],
  inject: ['fence.js'],
  define: {
    'window.localStorage': 'localStorage',
    'window.onunload': 'fencedWindow.onunload',
    'window.addEventListener': 'fencedWindow.addEventListener',
    'window.removeEventListener': 'fencedWindow.removeEventListener',
  },
}));
const sip = await place('sip', 'js', await bundle('sip.js', { plugins: [unlogged] }));
console.log(await place('voice', 'js', await bundle('desk.js', { plugins: [beside({ 'sdk.js': sdk, 'sip.js': sip })], loader: { '.txt': 'text' } })));
