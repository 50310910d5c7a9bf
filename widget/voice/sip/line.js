/* The line to the PBX: whether calls can arrive and, if not, why. */

/* The pauses before a refused registration is tried with a new password, in milliseconds. The last
 * one repeats. */
const PAUSES = [500, 2000, 5000, 15000];

export class SipLine {
  #phone;
  #tell;
  #renew;
  #registered = false;
  #asked = false;
  #attempts = 0;
  #timer = null;
  #over = false;
  #again;

  /** `renew()` resolves with a new password. */
  constructor(phone, { tell, renew }) {
    this.#phone = phone;
    this.#tell = tell;
    this.#renew = renew;
    phone.on('connecting', () => this.#begin());
    phone.on('registered', () => this.#there());
    phone.on('registrationFailed', ({ response }) => this.#refused(response));
    phone.on('disconnected', () => this.#lost('network'));
    // A laptop that slept or changed its network would otherwise notice a minute later.
    this.#again = () => { if (this.#registered) phone.register(); };
    addEventListener('online', this.#again);
  }

  #begin() {
    if (this.#asked || this.#over) return;
    this.#asked = true;
    this.#tell('registering', {});
  }

  #there() {
    if (this.#over) return;
    this.#attempts = 0;
    this.#registered = true;
    this.#tell('registered', {});
  }

  #lost(reason) {
    if (this.#over) return;
    this.#registered = false;
    this.#attempts += 1;
    this.#tell('lost', { reason, attempts: this.#attempts });
  }

  /* The password may have been replaced, or the PBX was started again and no longer has it. */
  #refused(response) {
    if (this.#over) return;
    // Without an answer the connection is broken, which is told, too.
    if (!response && !this.#phone.isConnected()) return;
    this.#lost(response ? 'refused' : 'network');
    const pause = PAUSES[Math.min(this.#attempts, PAUSES.length) - 1];
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#retry(), pause);
  }

  async #retry() {
    try {
      const password = await this.#renew();
      if (this.#over) return;
      this.#phone.set('password', password);
      if (this.#phone.isConnected()) this.#phone.register();
    } catch {
      this.#refused({});
    }
  }

  /** Resolves when the line is given up, or after `patience` milliseconds. */
  leave(patience) {
    const registered = this.#registered;
    this.end();
    if (!registered) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, patience);
      this.#phone.once('unregistered', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  end() {
    this.#over = true;
    clearTimeout(this.#timer);
    removeEventListener('online', this.#again);
  }
}
