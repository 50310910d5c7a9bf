// Listens to what comes from the other side of a call, on either page.
(() => {
  const tracks = [];
  const Real = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Real {
    constructor(...given) {
      super(...given);
      this.addEventListener('track', ({ track }) => tracks.push(track));
    }
  };

  /* How loud a piece of sound is. */
  const meter = (track) => {
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 2048;
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    return {
      level: () => {
        analyser.getFloatTimeDomainData(samples);
        return Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);
      },
      close: () => context.close(),
    };
  };

  /* How long it listens in vain before it gives up, in milliseconds: it ends a hang. */
  const PATIENCE = 100_000;

  /* Waits until the sound of the latest call has been as it should be for so many milliseconds
   * together. That call's sound may come only while it listens. */
  const wait = (isRight, together) => new Promise((resolve, reject) => {
    const begun = performance.now();
    let [track, heard, since] = [null, null, null];
    const done = (tell, what) => {
      clearInterval(timer);
      heard?.close();
      tell(what);
    };
    const timer = setInterval(() => {
      const now = performance.now();
      if (tracks.at(-1) !== track) {
        heard?.close();
        track = tracks.at(-1);
        [heard, since] = [meter(track), null];
      }
      const right = heard && isRight(heard.level());
      since = right ? since ?? now : null;
      if (right && now - since >= together) done(resolve);
      else if (now - begun > PATIENCE) done(reject, new Error('it never sounded as it should'));
    }, 20);
  });

  window.ear = {
    /* Something is to be heard. The microphone of these tests beeps once a second. */
    loud: () => wait((level) => level > 0.005, 0),
    /* Nothing is, not for one moment of two and a half seconds. */
    quiet: () => wait((level) => level < 0.0005, 2500),
  };
})();
