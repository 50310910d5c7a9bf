/* The agent's leg of one call. It keeps the state that the SDK's toggles do not carry. */

/* The time limit for Exotel to confirm a hold, in milliseconds. */
const PATIENCE = 10000;

export class Leg {
  up = false;
  muted = false;
  held = false;
  /* The microphone was refused when the leg was to be answered. */
  deaf = false;
  /* The line was lost and the SDK no longer knows the call; its audio may continue. */
  orphan = false;
  #answering = false;
  #hungUp = false;
  #over = false;
  #holding = null;

  /** `over` is called when it has ended. */
  constructor(given) {
    const { callSid, phone, core, fence, tell, over } = given;
    Object.assign(this, { callSid, phone, core, fence, tell, over });
  }

  answer() {
    if (this.#answering || this.up) return;
    this.#answering = true;
    this.phone.AcceptCall();
  }

  hangUp() {
    this.#hungUp = true;
    if (this.orphan) {
      this.fence.cut();
      this.ended('line');
    } else if (this.up || !this.#answering) this.phone.HangupCall();
    // Otherwise the SDK refuses, as the request for the microphone is running: see `connected`.
  }

  connected() {
    this.up = true;
    if (this.muted) this.core.muteAction(true);
    this.sound();
    this.tell('legUp', { callSid: this.callSid });
    if (this.#hungUp) this.phone.HangupCall();
  }

  ended(reason) {
    if (this.#over) return;
    this.#over = true;
    this.#holding?.(false);
    this.over();
    const why = this.#hungUp && !this.orphan ? 'hangup' : this.deaf && !this.up ? 'microphone' : reason;
    this.tell('legEnded', { callSid: this.callSid, reason: why, wasUp: this.up });
  }

  mute(on) {
    this.muted = on;
    // The SDK must know it for its actions after a hold.
    if (this.up && !this.orphan) this.core.muteAction(on);
    this.sound();
    this.tell('mute', { on });
  }

  /* Lets the agent be heard, or not. The SDK loses that state when the microphone is changed,
   * and lets a held call be spoken into when it is unmuted. */
  sound() {
    for (const track of this.fence.stream()?.getAudioTracks() ?? []) track.enabled = !this.muted && !this.held;
  }

  async hold(on) {
    if (!this.up || this.orphan) throw Object.assign(new Error('This call cannot be held now.'), { code: 'cannot_hold' });
    if (this.#holding) throw Object.assign(new Error('Exotel has not answered the last hold yet.'), { code: 'cannot_hold' });
    const taken = new Promise((resolve) => { this.#holding = resolve; });
    const timer = setTimeout(() => this.#holding?.(false), PATIENCE);
    this.core.holdAction(on);
    const done = await taken;
    this.#holding = null;
    clearTimeout(timer);
    if (!done) throw Object.assign(new Error('Exotel did not take it.'), { code: 'cannot_hold' });
    this.held = on;
    this.sound();
    this.tell('hold', { on });
  }

  /* The SDK reports the outcome of a hold only in its log. */
  line(text) {
    if (text.includes('re-invite request was accepted')) this.#holding?.(true);
    else if (text.includes('re-invite request was rejected') || text.includes('Error in hold request')) this.#holding?.(false);
  }

  /* A new line knows nothing of this call; it continues as long as there is audio. */
  abandon() {
    this.orphan = true;
    this.#holding?.(false);
    if (!this.up) this.ended('line');
  }

  connection(state) {
    if (state === 'failed' && this.up) {
      this.fence.cut();
      this.ended('line');
    }
  }
}
