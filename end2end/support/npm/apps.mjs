// Applications that use the npm package, built as an integrator builds them.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import esbuild from 'esbuild';
import { build } from 'vite';

const top = fileURLToPath(new URL('../../..', import.meta.url));
const run = promisify(execFile);
const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html; charset=utf-8' };

/** A folder with the package in it, as `npm install` leaves it. Other packages are found in end2end/. */
export async function openWorkshop() {
  const folder = await mkdtemp(join(top, 'end2end/.apps-'));
  const installed = join(folder, 'node_modules/call-ribbon');
  await mkdir(installed, { recursive: true });
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: join(top, 'npm') });
  await run('tar', ['-xzf', join(folder, JSON.parse(stdout)[0].filename), '--strip-components=1', '-C', installed]);
  await cp(join(top, 'end2end/support/npm'), join(folder, 'cases'), { recursive: true });
  return {
    folder, installed,
    /** Copies an example, and returns its folder. */
    async copyExample(name) {
      const filter = (path) => !/\/(node_modules|dist)(\/|$)/.test(path.slice(top.length));
      await cp(join(top, 'examples', name), join(folder, name), { recursive: true, filter });
      return join(folder, name);
    },
    /** Builds a copied example for this server, puts it on the site and returns its address. */
    async serveExample(name, server, site, mode = 'production') {
      const root = join(folder, name);
      // Vite reads both: the first decides which React there is, the other reaches the example.
      Object.assign(process.env, { NODE_ENV: mode, VITE_CALL_RIBBON: server.url });
      await build({ root, mode, base: `/${name}/`, logLevel: 'warn', build: { target: 'es2022' } });
      const dist = join(root, 'dist');
      for (const file of await readdir(dist, { recursive: true })) {
        const type = TYPES[extname(file)];
        if (type) site.page(`/${name}/${file}`, await readFile(join(dist, file), 'utf8'), { 'content-type': type });
      }
      return `${site.origin}/${name}/index.html`;
    },
    /** Bundles a file of end2end/support/npm/ for a page. */
    async bundle(file) {
      const { outputFiles: [{ text }] } = await esbuild.build({
        entryPoints: [join(folder, 'cases', file)], bundle: true, write: false, format: 'esm', jsx: 'automatic',
        define: { 'process.env.NODE_ENV': '"development"', __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'true' },
      });
      return text;
    },
    /** Compiles a file of end2end/support/npm/ for Node, beside it. */
    compile: (file, into) => esbuild.build({ entryPoints: [join(folder, 'cases', file)], outfile: join(folder, 'cases', into), format: 'esm', jsx: 'automatic' }),
    /** Writes a file into a copied example or beside it. */
    write: (path, text) => writeFile(join(folder, path), text),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/**
 * Has a page record the options of each `init`, and returns a function that reads them. Requests tell
 * less: the ribbon may sign in again when it likes.
 */
export async function recordInits(page) {
  await page.addInitScript(() => {
    window.inits = [];
    let api;
    Object.defineProperty(window, 'ExotelCallRibbon', {
      configurable: true,
      get: () => api,
      set(given) {
        const { init } = given;
        given.init = (options) => {
          window.inits.push(JSON.parse(JSON.stringify(options)));
          return init(options);
        };
        api = given;
      },
    });
  });
  return () => page.evaluate(() => window.inits);
}
