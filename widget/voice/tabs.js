/* The tabs of one agent: one of them has the line, and the others send requests to it. */

/* The time limit for the tab with the line, in milliseconds: the same as Exotel's for a hold. */
const PATIENCE = 12000;

export class Tabs {
  #channel;
  #waiting = new Map();
  #asked = 0;

  /**
   * `does(verb, value)` is called in each tab when another one asks; in a tab without the line it
   * does nothing.
   */
  constructor(name, does) {
    this.#channel = new BroadcastChannel(`call-ribbon.voice.${name}`);
    const me = crypto.randomUUID();
    this.me = me;
    this.#channel.onmessage = async ({ data: { from, ask, verb, value, to, answer, error } }) => {
      if (verb) {
        const outcome = await Promise.resolve(does(verb, value)).then((done) => (done === false ? null : {}), ({ message }) => ({ error: message }));
        if (outcome) this.#channel.postMessage({ to: from, answer: ask, ...outcome });
      } else if (to === me) {
        this.#waiting.get(answer)?.(error);
        this.#waiting.delete(answer);
      }
    };
  }

  /** Asks the tab with the line to do it. */
  ask(verb, value) {
    this.#asked += 1;
    const ask = this.#asked;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(ask);
        reject(new Error('The tab that has the line does not answer.'));
      }, PATIENCE);
      this.#waiting.set(ask, (error) => {
        clearTimeout(timer);
        if (error) reject(new Error(error));
        else resolve();
      });
      this.#channel.postMessage({ from: this.me, ask, verb, value });
    });
  }

  close() {
    this.#channel.close();
  }
}
