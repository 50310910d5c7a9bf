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

  /* Waits until the sound has been as it should be for so many milliseconds together. */
  const wait = (isRight, together) => new Promise((resolve) => {
    const { level, close } = meter(tracks.at(-1));
    let since = null;
    const timer = setInterval(() => {
      const right = isRight(level());
      since = right ? since ?? performance.now() : null;
      if (right && performance.now() - since >= together) {
        clearInterval(timer);
        close();
        resolve();
      }
    }, 20);
  });

  window.ear = {
    /* Something is to be heard. The microphone of these tests beeps once a second. */
    loud: () => wait((level) => level > 0.005, 0),
    /* Nothing is, not for one moment of two and a half seconds. */
    quiet: () => wait((level) => level < 0.0005, 2500),
  };
})();
