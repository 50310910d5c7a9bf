/* The agent's leg of one call. */
import { watchQuality } from './quality.js';

/* How long to look for further ways for the sound once one is known, in milliseconds. A STUN server
 * that does not answer would hold up the call for ten seconds. */
const GATHER = 700;
/* Causes by which JsSIP says that nothing arrives any more. */
const LINE = ['RTP Timeout', 'Connection Error', 'Request Timeout', 'No ACK'];

export class SipLeg {
  up = false;
  /* The microphone was refused when the leg was to be answered. */
  deaf = false;
  /* The microphone's stream. */
  stream = null;
  #muted = false;
  #answering = false;
  #hungUp = false;
  #over = false;
  /* The line was lost meanwhile. */
  #away = false;
  #unwatch = () => {};

  /** `up` is called when it is up, `over` when it has ended. */
  constructor({ callSid, session, sound, servers, tell, up, over }) {
    this.callSid = callSid;
    this.session = session;
    this.sound = sound;
    this.servers = servers;
    this.tell = tell;
    this.over = over;
    let gathering = null;
    session.on('icecandidate', ({ ready }) => { gathering ??= setTimeout(ready, GATHER); });
    session.on('peerconnection', ({ peerconnection }) => {
      peerconnection.addEventListener('track', ({ track }) => sound.play(track));
      this.#unwatch = watchQuality(peerconnection, (found) => tell('quality', found));
    });
    session.on('confirmed', () => {
      this.up = true;
      up();
      tell('legUp', { callSid });
    });
    for (const event of ['ended', 'failed']) session.on(event, ({ cause }) => this.ended(LINE.includes(cause) ? 'line' : 'remote'));
  }

  async answer() {
    if (this.#answering || this.up) return;
    this.#answering = true;
    try {
      this.stream = await this.sound.open();
    } catch {
      // Told by `sound`.
      this.deaf = true;
      if (!this.#over) this.session.terminate({ status_code: 480 });
      return;
    }
    if (this.#over) {
      this.#release();
      return;
    }
    this.#apply();
    this.session.answer({ mediaStream: this.stream, pcConfig: { iceServers: this.servers } });
  }

  hangUp() {
    if (this.#over) return;
    this.#hungUp = true;
    this.session.terminate(this.up ? {} : { status_code: 486 });
  }

  ended(reason) {
    if (this.#over) return;
    this.#over = true;
    this.#unwatch();
    this.#release();
    this.sound.quiet();
    this.over();
    const why = this.deaf && !this.up ? 'microphone' : this.#hungUp ? 'hangup' : reason;
    this.tell('legEnded', { callSid: this.callSid, reason: why, wasUp: this.up });
  }

  mute(on) {
    this.#muted = on;
    this.#apply();
    this.tell('mute', { on });
  }

  async changeMicrophone() {
    if (!this.up) return;
    const stream = await this.sound.open();
    const sender = this.session.connection.getSenders().find(({ track }) => track?.kind === 'audio');
    if (this.#over || !sender) {
      for (const track of stream.getTracks()) track.stop();
      return;
    }
    await sender.replaceTrack(stream.getAudioTracks()[0]);
    this.#release();
    this.stream = stream;
    this.#apply();
  }

  /* A leg that rings cannot be answered without a line. One that is up goes on. */
  abandon() {
    this.#away = true;
  }

  /* The line is back: the PBX learns where to reach this leg now. */
  restore() {
    if (this.#away && this.up && !this.#over) this.session.renegotiate();
    this.#away = false;
  }

  #apply() {
    for (const track of this.stream?.getAudioTracks() ?? []) track.enabled = !this.#muted;
  }

  #release() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
  }
}
