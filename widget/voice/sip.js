/* An agent's voice in the browser, over SIP to a PBX of the client's own. It has the same functions
 * as voice.js and reports the same events; differences:
 *
 *   incoming    {callSid, ours}      `callSid` is what the PBX calls the call, or empty
 *   quality     {heard, said}        percent of the sound that got lost on the way here and there
 *   hold, digit                      the server has the PBX do it, so they are not here
 *
 * This file and JsSIP in it are loaded when the agent goes online. */
import JsSIP from 'jssip';
import { level, silence } from './level.js';
import { SipLeg } from './sip/leg.js';
import { SipLine } from './sip/line.js';
import { Sound } from './sip/sound.js';

const wrong = (code, message) => Object.assign(new Error(message), { code });

/* The header of a leg that names its call, and how the server's own calls are named. */
const HEADER = 'X-Call-Ribbon';
const OURS = /^ses_/;
/* The time limit for the PBX to confirm the sign-out, in milliseconds. */
const LEAVE = 2000;
/* How long the PBX may ring, in seconds: longer than any account's `ringSeconds`. */
const RING = 310;
/* How long a registration is valid, in seconds. It is renewed after half of that. */
const EXPIRES = 120;

let phone = null;
let line = null;
let sound = null;
let leg = null;
let servers = [];
let request = null;
let tell = () => {};
/* Whether the server has dialed, or is about to. */
let expected = false;
/* Counts the agent's wishes: one that is late must not undo the next. */
let wish = 0;

/**
 * Goes online: `ask()` resolves with the answer of `voice-line`, and is called again when the PBX no
 * longer accepts it. Resolves when the line was requested.
 */
export async function start({ ask, microphone = '', speaker = '' }, listener) {
  await stop();
  wish += 1;
  const mine = wish;
  tell = listener;
  request = ask;
  sound = new Sound({ microphone, speaker, tell: (event, data) => heard(event, data) });
  // Now, while the agent is watching, and not with the first call.
  await sound.allow();
  const given = await ask();
  if (mine !== wish) return;
  servers = given.iceServers;
  phone = new JsSIP.UA({
    sockets: [new JsSIP.WebSocketInterface(given.webSocketUrl)],
    uri: `sip:${given.user}@${given.domain}`,
    password: given.password,
    register_expires: EXPIRES,
    session_timers: false,
    no_answer_timeout: RING,
    connection_recovery_min_interval: 1,
    connection_recovery_max_interval: 5,
    user_agent: 'Call Ribbon',
  });
  phone.on('newRTCSession', onCall);
  line = new SipLine(phone, {
    tell: onLine,
    renew: async () => {
      const next = await ask();
      servers = next.iceServers;
      return next.password;
    },
  });
  addEventListener('pagehide', leave);
  phone.start();
}

/**
 * Goes offline: hangs up and unregisters. `forget` is whether the agent wished it: then the password
 * is replaced by one that nobody has.
 */
export async function stop(forget = false) {
  wish += 1;
  silence();
  if (!phone) return;
  removeEventListener('pagehide', leave);
  leg?.hangUp();
  const [left, old] = [line.leave(LEAVE), phone];
  phone = null;
  expected = false;
  old.stop();
  await left;
  leg?.ended('hangup');
  sound.close();
  // If the server is away, the next one replaces it.
  if (forget) request().catch(() => {});
}

/* Hangs up and unregisters at once: the page is left. */
function leave() {
  line.end();
  phone.stop();
}

/** Announces that the server dials a call, whose leg must be answered; `null`: none is expected. */
export function expect(call) {
  expected = Boolean(call);
  if (leg && !leg.up && isOurs(leg.callSid)) leg.answer();
}

/* A PBX without the header names no leg. */
const isOurs = (name) => expected && (!name || OURS.test(name));

/** Answers the ringing leg. */
export function answer() {
  if (!leg) throw wrong('no_call', 'Nothing rings here.');
  leg.answer();
}

/** Hangs up, or rejects the ringing leg. */
export async function hangUp() {
  leg?.hangUp();
}

/** Sets whether the agent is muted. */
export function mute(on) {
  if (!leg) throw wrong('no_call', 'The call is not heard in this tab.');
  leg.mute(on);
}

/** Changes the microphone, also during a call. Empty is the default one. */
export async function setMicrophone(id) {
  silence();
  if (!sound) return;
  sound.microphone = id;
  await leg?.changeMicrophone();
}

/** Changes the speaker, also during a call. Empty is the default one. */
export const setSpeaker = (id) => sound?.setSpeaker(id);

const volume = () => level(leg?.up ? leg.stream : null, () => sound.open());
export { volume as level };

function heard(event, data) {
  if (event === 'microphone' && data.reason !== 'changed' && leg) leg.deaf = true;
  tell(event, data);
}

function onLine(event, data) {
  if (event === 'registered') leg?.restore();
  if (event === 'lost') leg?.abandon();
  tell(event, data);
}

function onCall({ originator, session, request }) {
  if (originator !== 'remote') return;
  if (leg) {
    // One call at a time.
    session.terminate({ status_code: 486 });
    return;
  }
  const callSid = request.getHeader(HEADER) ?? '';
  leg = new SipLeg({
    callSid, session, sound, servers, tell,
    up: () => { expected = false; },
    over: () => { leg = null; },
  });
  const ours = isOurs(callSid);
  tell('incoming', { callSid, from: '', ours });
  if (ours) leg?.answer();
}
