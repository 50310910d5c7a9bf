/* The line to Exotel: whether calls can arrive and, if not, why. */

export class Line {
  #tell;
  #asked = false;
  #registered = false;
  #attempts = 0;
  #left = null;
  #again;

  /** `renew` requests the line again immediately. */
  constructor(tell, renew) {
    this.#tell = tell;
    // A laptop that slept or changed its network would otherwise notice minutes later.
    this.#again = () => { if (this.#registered) renew(); };
    addEventListener('online', this.#again);
  }

  /**
   * Handles a state that the SDK reports. It reports less than it knows: only whether credentials
   * were requested shows why it failed.
   */
  hear(state) {
    if (state === 'sent_request') {
      // The second one answers a request for the password.
      if (!this.#asked && !this.#registered && !this.#left && !this.#attempts) this.#tell('registering', {});
      this.#asked = true;
    } else if (state === 'registered') {
      this.#asked = false;
      this.#attempts = 0;
      // Reported with every renewal.
      if (!this.#registered) this.#tell('registered', {});
      this.#registered = true;
    } else if (state === 'unregistered') {
      if (this.#left) {
        this.#left();
        return;
      }
      const refused = this.#asked && !this.#registered;
      this.#asked = false;
      this.#registered = false;
      this.#attempts += 1;
      this.#tell('lost', { reason: refused ? 'refused' : 'network', attempts: this.#attempts });
    }
  }

  /** Resolves when the line is given up, or after `patience` milliseconds. */
  leave(patience) {
    const registered = this.#registered;
    this.end();
    if (!registered) {
      this.#left = () => {};
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, patience);
      this.#left = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  end() {
    removeEventListener('online', this.#again);
    this.#left ??= () => {};
  }
}
