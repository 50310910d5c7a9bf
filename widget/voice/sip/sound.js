/* The agent's microphone and speaker. */

const reasonOf = (name) => ({ NotAllowedError: 'refused', SecurityError: 'refused', NotFoundError: 'none', NotReadableError: 'busy' })[name] ?? 'busy';
const wrong = (code, message) => Object.assign(new Error(message), { code });

export class Sound {
  #tell;
  #speaker;
  /* It is never in the page. */
  #audio = new Audio();

  /** `microphone` and `speaker` are the chosen ones; empty is the default. */
  constructor({ microphone, speaker, tell }) {
    this.microphone = microphone;
    this.#speaker = speaker;
    this.#tell = tell;
    this.#audio.autoplay = true;
    if (speaker) this.setSpeaker(speaker);
  }

  /** Requests permission for the microphone and releases it immediately. */
  async allow() {
    if (!navigator.mediaDevices) {
      this.#tell('microphone', { reason: 'insecure' });
      throw wrong('microphone_insecure', 'Browsers allow the microphone only on HTTPS pages.');
    }
    const stream = await this.open();
    for (const track of stream.getTracks()) track.stop();
  }

  /** Opens the microphone. */
  async open() {
    const chosen = this.microphone;
    try {
      return await navigator.mediaDevices.getUserMedia({ audio: chosen ? { deviceId: { exact: chosen } } : true });
    } catch (error) {
      // The chosen one was unplugged: a call with another one is better than none.
      if (chosen && (error.name === 'OverconstrainedError' || error.name === 'NotFoundError')) {
        this.microphone = '';
        this.#tell('microphone', { reason: 'changed' });
        return this.open();
      }
      const reason = reasonOf(error.name);
      this.#tell('microphone', { reason });
      throw wrong('microphone_' + reason, 'The microphone cannot be used: ' + error.message);
    }
  }

  /** Plays what the other side says. */
  play(track) {
    this.#audio.srcObject = new MediaStream([track]);
    // It fails if the call ends at once.
    this.#audio.play().catch(() => {});
  }

  async setSpeaker(id) {
    this.#speaker = id;
    try {
      await this.#audio.setSinkId?.(id);
    } catch {
      if (this.#speaker === id) this.#tell('speaker', { reason: 'failed' });
    }
  }

  /** Ends what is played. */
  quiet() {
    this.#audio.srcObject = null;
  }

  close() {
    this.quiet();
    this.#tell = () => {};
  }
}
