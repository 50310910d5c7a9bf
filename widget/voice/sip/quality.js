/* How much of a call's sound gets lost, from the browser's statistics of RTP. */

/* How often it is read, in milliseconds: the PBX reports every five seconds. */
const READ = 5000;

/**
 * Returns the percentages that were lost since the last reading, and what the next one needs:
 * `{heard, said, seen}`. `said` is what the other side reported.
 */
export function readLoss(stats, before = { got: 0, lost: 0 }) {
  let [heard, said, seen] = [0, 0, before];
  for (const one of stats.values()) {
    if (one.kind !== 'audio') continue;
    if (one.type === 'inbound-rtp') {
      seen = { got: one.packetsReceived ?? 0, lost: Math.max(0, one.packetsLost ?? 0) };
      const [got, lost] = [seen.got - before.got, seen.lost - before.lost];
      heard = got + lost > 0 ? Math.max(0, Math.round((100 * lost) / (got + lost))) : 0;
    } else if (one.type === 'remote-inbound-rtp') said = Math.round(100 * (one.fractionLost ?? 0));
  }
  return { heard, said, seen };
}

/** Calls `found({heard, said})` every few seconds; returns the function that ends it. */
export function watchQuality(connection, found) {
  let before;
  const timer = setInterval(async () => {
    const { heard, said, seen } = readLoss(await connection.getStats(), before);
    before = seen;
    if (connection.connectionState === 'connected') found({ heard, said });
  }, READ);
  return () => clearInterval(timer);
}
