/* Measures the microphone's level. */

/* The time after which an unread meter is removed, in milliseconds. */
const UNREAD = 1500;

let meter = null;
let opening = null;

/**
 * Returns the current level, from 0 to 1. `stream` is the call's; without one `open` opens the
 * microphone, until the level is no longer read.
 */
export function level(stream, open) {
  if (meter && meter.of !== stream) silence();
  if (!meter) {
    opening ??= begin(stream, open).catch(() => {}).finally(() => { opening = null; });
    return 0;
  }
  clearTimeout(meter.unread);
  meter.unread = setTimeout(silence, UNREAD);
  meter.analyser.getFloatTimeDomainData(meter.samples);
  let sum = 0;
  for (const sample of meter.samples) sum += sample * sample;
  // Speech is some 20 dB below the maximum.
  return Math.min(1, Math.sqrt(sum / meter.samples.length) * 8);
}

async function begin(stream, open) {
  const source = stream ?? await open({ audio: true });
  // A separate track, so that it also shows what a muted agent says.
  const [track] = stream ? [stream.getAudioTracks()[0].clone()] : source.getAudioTracks();
  track.enabled = true;
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  meter = { of: stream, track, context, analyser, samples: new Float32Array(analyser.fftSize), unread: setTimeout(silence, UNREAD) };
}

/** Releases the microphone. */
export function silence() {
  if (!meter) return;
  clearTimeout(meter.unread);
  meter.track.stop();
  meter.context.close();
  meter = null;
}
