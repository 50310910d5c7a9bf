// What a test starts ends with its file, also when the test fails before it stops it: a server that is
// left running keeps the file, and so the whole run, from its end.

/** How long one test may take, in milliseconds: a promise that nobody keeps ends here. */
const WHOLE_TEST = 600_000;
/** How long a file of tests may take in all, in milliseconds. */
const WHOLE_FILE = 1_200_000;

const running = new Set();
const children = new Set();

/** Returns a function that calls `stop` once, however often it is called. It is called at the end of the file at the latest. */
export function stopAtEnd(stop) {
  let stopped;
  const once = () => {
    running.delete(once);
    stopped ??= stop();
    return stopped;
  };
  running.add(once);
  return once;
}

/** Kills a program that was started, with its group if it has one of its own, when this process exits before it does. */
export function killAtExit(child, group = false) {
  children.add([child, group]);
  return child;
}

const giveUp = (what, most) => setTimeout(() => {
  console.error(`${what} was not done after ${most / 60_000} minutes`);
  process.exit(1);
}, most).unref();

process.on('exit', () => {
  for (const [child, group] of children) {
    try {
      if (child.exitCode === null && child.signalCode === null) process.kill(group ? -child.pid : child.pid, 'SIGKILL');
    } catch {
      // It has ended just now, or was never started.
    }
  }
});

// The scripts beside the tests start servers and browsers as well.
if (process.env.NODE_TEST_CONTEXT) {
  const { after, afterEach, beforeEach } = await import('node:test');
  after(() => Promise.allSettled([...running].map((stop) => stop())));
  giveUp('this file of tests', WHOLE_FILE);
  let hangs;
  beforeEach((test) => {
    clearTimeout(hangs);
    hangs = giveUp(test?.name ?? 'this test', WHOLE_TEST);
  });
  afterEach(() => clearTimeout(hangs));
}
