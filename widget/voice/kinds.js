/* The kinds of voice in the browser: Exotel's SDK, and SIP to a PBX of the client's own. */
import * as exotel from './voice.js';

/* How long a call may take to ring here that the agent has already answered, and how long the
 * server may take to give a line, in milliseconds. */
export const RINGS_WITHIN = 3000;
const PATIENCE = 15000;

const wrong = (code, message) => Object.assign(new Error(message), { code });

/** What an agent is before going online: nothing of SIP is loaded. */
const NOTHING = {
  ...exotel,
  stop: async () => {},
  hangUp: async () => {},
  expect: () => {},
  setMicrophone: async () => {},
  setSpeaker: () => {},
  level: () => 0,
};

/** Asks the server for the agent's line. */
async function askLine({ base, apiKey, token }) {
  const answer = await fetch(`${base}/api/ribbon/voice-line`, {
    method: 'POST',
    credentials: 'omit',
    headers: { 'content-type': 'application/json', 'x-session-token': token },
    body: JSON.stringify({ apiKey }),
    signal: AbortSignal.timeout(PATIENCE),
  });
  const body = await answer.json();
  if (answer.ok) return body;
  throw wrong(body.code, [body.error, body.detail].filter(Boolean).join(' '));
}

/*
 * `verbs`: what the page itself does; the server does the rest.
 * `tells`: whether the server learns only from the page how a call goes.
 * `waits`: whether a call may be answered before it rings here.
 * `words`: what is added to the names of words that differ.
 */
const KINDS = {
  'exotel-browser': {
    verbs: ['answer', 'hangup', 'mute', 'hold', 'dtmf'], tells: true, waits: false, words: '', before: exotel,
    load: async () => exotel,
    given: (access) => ({ token: access().token, userId: access().userId }),
  },
  'asterisk-browser': {
    verbs: ['answer', 'hangup', 'mute'], tells: false, waits: true, words: '.pbx', before: NOTHING,
    load: () => import('./sip.js'),
    given: (access) => ({ ask: () => askLine(access()) }),
  },
};

/** Returns the kind of a voice; nothing if its calls are heard elsewhere. */
export const kindOf = (voice) => KINDS[voice];
