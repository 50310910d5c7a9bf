// Browsers that are not Chromium, driven by WebDriver: Firefox, and a WebKit by WebKitGTK.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { Builder, Capabilities } from 'selenium-webdriver';

const KINDS = {
  firefox: {
    driver: (port) => [process.env.GECKODRIVER ?? 'geckodriver', '--port', String(port)],
    wants: {
      browserName: 'firefox',
      'moz:firefoxOptions': {
        binary: process.env.FIREFOX ?? '/usr/bin/firefox-esr', args: ['-headless'],
        // Nothing is to be fetched from elsewhere.
        prefs: { 'app.update.enabled': false, 'network.captive-portal-service.enabled': false, 'network.connectivity-service.enabled': false },
      },
    },
  },
  webkit: {
    // Its window needs a display, which `xvfb-run` makes.
    driver: (port) => ['xvfb-run', '-a', process.env.WEBKIT_DRIVER ?? 'WebKitWebDriver', `--port=${port}`],
    wants: {
      browserName: 'MiniBrowser',
      'webkitgtk:browserOptions': { binary: process.env.WEBKIT ?? '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser', args: ['--automation'] },
    },
  },
};

/** The browser that was asked for. */
export const kind = process.env.BROWSER;
if (!KINDS[kind]) throw new Error('BROWSER must be firefox or webkit; run these tests with `cargo xtask browsers`');

const freePort = () => new Promise((resolve) => {
  const probe = createServer();
  probe.listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => resolve(port));
  });
});

/** Waits until a condition of the page holds, and returns what it gave. */
export async function until(what, condition, { patience = 20_000 } = {}) {
  const end = Date.now() + patience;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
}

/** Starts a driver and a browser. */
export async function startBrowser() {
  const port = await freePort();
  const { driver, wants } = KINDS[kind];
  const [program, ...args] = driver(port);
  // A group of its own, so that what it starts ends with it.
  const child = spawn(program, args, { stdio: 'ignore', detached: true });
  const url = `http://127.0.0.1:${port}`;
  await until('the driver listens', () => fetch(`${url}/status`).then((answer) => answer.ok, () => false));
  const browser = await new Builder().usingServer(url).withCapabilities(new Capabilities(wants)).build();
  return {
    browser,
    /** Runs a script in the page; a promise is waited for. */
    run: (script, ...args_) => browser.executeAsyncScript(
      'const args = [...arguments], done = args.pop();' +
      `Promise.resolve().then(() => (${script})(...args)).then(done, (error) => done({ error: { code: error.code, message: error.message } }));`, ...args_),
    stop: async () => {
      await browser.quit().catch(() => {});
      process.kill(-child.pid);
    },
  };
}
