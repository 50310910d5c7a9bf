// A reporter for node's test runner: writes the tests that failed for `cargo xtask test`, a line
// each, and `done` after the last test: a run that was cut off has no such line.

/** The last cause of an error says what happened; the others say that a test failed. */
function messageOf(error) {
  return error?.cause ? messageOf(error.cause) : String(error?.message ?? error);
}

export default async function* writeFailures(events) {
  for await (const { type, data } of events) {
    if (type !== 'test:fail') continue;
    // A file that ends early has no test to name.
    const cells = [data.file ?? data.name, data.name, messageOf(data.details?.error)];
    yield `${cells.map((cell) => cell.replace(/\s+/g, ' ')).join('\t')}\n`;
  }
  yield 'done\n';
}
