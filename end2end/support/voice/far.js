// Exotel's end of a call, played by JsSIP: it rings the agent's browser and speaks in a tone.
import JsSIP from 'jssip';

window.heard = [];
let session = null;
const note = (event, data = {}) => window.heard.push({ event, ...data });

/** A tone that never ends. */
function tone() {
  const context = new AudioContext();
  const oscillator = context.createOscillator();
  const out = context.createMediaStreamDestination();
  oscillator.frequency.value = 500;
  oscillator.connect(out);
  oscillator.start();
  return out.stream;
}

window.far = {
  /** Joins the SIP server; resolves when it is there. */
  join: (server, domain) => new Promise((resolve) => {
    const ua = new JsSIP.UA({ sockets: [new JsSIP.WebSocketInterface(server)], uri: `sip:exotel@${domain}`, register: false, session_timers: false });
    ua.on('connected', resolve);
    ua.start();
    window.far.ua = ua;
  }),
  /** Rings the agent. */
  ring: (address, callSid) => {
    session = window.far.ua.call(address, {
      mediaStream: tone(),
      extraHeaders: callSid ? [`X-Exotel-Callsid: ${callSid}`] : [],
      pcConfig: { iceServers: [] },
      fromDisplayName: '09876543210',
    });
    session.on('progress', () => note('progress'));
    session.on('confirmed', () => note('confirmed'));
    session.on('failed', ({ cause, message }) => note('failed', { cause, status: message?.status_code }));
    session.on('ended', ({ originator }) => note('ended', { originator }));
    session.on('newDTMF', ({ dtmf }) => note('digit', { digit: dtmf.tone }));
    session.on('hold', () => note('hold'));
    session.on('unhold', () => note('unhold'));
    // Without an element that plays it, Chromium brings no sound to WebAudio.
    session.connection.addEventListener('track', ({ track }) => {
      const audio = new Audio();
      audio.srcObject = new MediaStream([track]);
      audio.play();
    });
  },
  hangUp: () => session.terminate(),
};
