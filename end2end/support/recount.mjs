// Counts of calls, made again from a client's export.

/** Whether both sides talked. */
export const talked = (call) => Boolean(call.connectedTime) || call.duration > 0;

/** The sums of calls; `kinds` says what each disposition means. */
export function sums(calls, kinds) {
  const kind = (call) => kinds[call.disposition];
  return {
    calls: calls.length,
    connected: calls.filter(talked).length,
    contacts: calls.filter(kind).length,
    promises: calls.filter((call) => kind(call) === 'promise').length,
    payments: calls.filter((call) => kind(call) === 'payment').length,
    recorded: calls.filter((call) => call.disposition).length,
    seconds: calls.reduce((sum, call) => sum + (call.duration ?? 0), 0),
  };
}

/** The parts of a moment by a zone's clocks. */
export function local(zone) {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', weekday: 'short', hourCycle: 'h23' });
  const WEEK = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(new Date(at)).map(({ type, value }) => [type, value]));
    return { day: `${parts.year}-${parts.month}-${parts.day}`, hour: Number(parts.hour), minute: Number(parts.minute), weekday: WEEK.indexOf(parts.weekday) };
  };
}

/** The texts of a table's visible cells, with the address of each that is a link. */
export const cellsOf = (table) => table.evaluate((one) => [...one.rows].map((row) => [...row.cells].filter((cell) => !cell.hidden).map((cell) => ({
  text: cell.innerText.trim(), href: cell.querySelector('a')?.href,
}))));
