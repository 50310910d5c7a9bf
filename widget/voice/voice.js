/* An agent's voice in the browser, through Exotel.
 *
 * Exotel's SDK is loaded when the agent first goes online. There is one voice per page, as the SDK
 * is made for one. `tell(event, data)` reports events to the ribbon:
 *
 *   registering                      requesting the line
 *   registered                       calls can arrive
 *   lost        {reason, attempts}   no calls can arrive; retried every few seconds.
 *                                    `network`: no answer. `refused`: the user or the secret is not
 *                                    accepted, or Exotel is in trouble
 *   incoming    {callSid, from, ours} a leg rings; one of `ours` is being answered already
 *   legUp       {callSid}            the agent's leg is up. Only Exotel's callbacks say that the
 *                                    customer has answered
 *   legEnded    {callSid, reason, wasUp} `hangup` here, `remote`, `microphone`, `line`
 *   mute        {on}                 as requested
 *   hold        {on}                 as Exotel has confirmed it
 *   microphone  {reason}             `refused`, `none`, `busy`, `insecure`, or `changed`: the chosen
 *                                    one is missing, and the default one is used
 *   speaker     {reason}             the chosen speaker could not be used
 *
 * The functions' promises reject with `{code, message}`; the message is for the console. */
import { Leg } from './leg.js';
import { level, silence } from './level.js';
import { Line } from './line.js';

const wrong = (code, message) => Object.assign(new Error(message), { code });

/* The time limit for Exotel to confirm the sign-out, in milliseconds. */
const LEAVE = 2000;

let sdk = null;
let phone = null;
let line = null;
let leg = null;
let tell = () => {};
let failure = '';
/* The call that the server has dialed or is about to dial; its `callSid` as soon as it is known. */
let expected = null;

const reasonOf = (name) => ({ NotAllowedError: 'refused', SecurityError: 'refused', NotFoundError: 'none', NotReadableError: 'busy' })[name] ?? 'busy';

/** Goes online: `{token, userId, microphone?, speaker?}`. Resolves when the line was requested. */
export async function start({ token, userId, microphone = '', speaker = '' }, listener) {
  if (phone) await stop();
  tell = listener;
  sdk ??= await import('./sdk.js');
  const { ExotelCRMWebSDK, webrtcSIPPhone, fence } = sdk;
  failure = '';
  fence.begin(heard);
  fence.setMicrophone(microphone);
  fence.setSpeaker(speaker);
  // Now, while the agent is watching, and not with the first call.
  await allowed();
  line = new Line(onLine, () => webrtcSIPPhone.reRegisterWebRTCPhone());
  // The SDK puts the name into an address as it is, and names are often mail addresses.
  const maker = new ExotelCRMWebSDK(token, encodeURIComponent(userId), false);
  phone = await maker.Initialize(onCall, (state) => line?.hear(state), () => {});
  if (!phone) {
    line.end();
    throw wrong('voice_settings', 'Exotel did not give the settings of this agent: ' + (failure || 'it did not say why'));
  }
  addEventListener('pagehide', fence.leave);
  phone.RegisterDevice();
}

/** Goes offline: hangs up, unregisters, and ends everything that the SDK has left behind. */
export async function stop() {
  silence();
  if (!phone) return;
  const { webrtcSIPPhone, fence } = sdk;
  removeEventListener('pagehide', fence.leave);
  if (leg) await hangUp();
  const left = line.leave(LEAVE);
  phone.UnRegisterDevice();
  phone = null;
  await left;
  webrtcSIPPhone.disconnect();
  leg?.ended('hangup');
  expected = null;
  line = null;
  fence.end();
}

/**
 * Announces that the server dials a call, whose leg must be answered when it arrives or has
 * arrived: it may arrive before the answer to the request, which contains the `callSid`.
 * `expect(null)`: no call is expected any more.
 */
export function expect(call) {
  expected = call;
  if (leg && !leg.up && isOurs(leg)) leg.answer();
}

const isOurs = ({ callSid }) => Boolean(expected) && (!expected.callSid || !callSid || expected.callSid === callSid);

/** Answers the ringing leg. */
export function answer() {
  if (!leg) throw wrong('no_call', 'Nothing rings here.');
  leg.answer();
}

/** Hangs up, or rejects the ringing leg. */
export async function hangUp() {
  if (leg) leg.hangUp();
}

/** Sets whether the agent is muted. */
export function mute(on) {
  if (!leg) throw wrong('no_call', 'There is no call here.');
  leg.mute(on);
}

/** Sets whether the call is on hold; resolves when Exotel has confirmed it. */
export async function hold(on) {
  if (!leg) throw wrong('no_call', 'There is no call here.');
  await leg.hold(on);
}

/** Sends a digit: `0` to `9`, `*` or `#`. */
export function digit(d) {
  if (!leg?.up) throw wrong('no_call', 'There is no call here.');
  phone.SendDTMF(d);
}

/** Returns the available devices: `{microphones, speakers}` of `{id, name}`. */
export async function devices() {
  const all = await navigator.mediaDevices.enumerateDevices();
  const of = (kind) => all.filter((one) => one.kind === kind && one.deviceId).map(({ deviceId, label }) => ({ id: deviceId, name: label }));
  return { microphones: of('audioinput'), speakers: of('audiooutput') };
}

/** Changes the microphone, also during a call. Empty is the default one. */
export async function setMicrophone(id) {
  if (!sdk) return;
  const { webrtcSIPPhone, fence } = sdk;
  fence.setMicrophone(id);
  silence();
  if (!leg?.up) return;
  await new Promise((resolve, reject) => {
    const refused = (error) => reject(wrong('microphone', 'The microphone could not be changed: ' + (error.message ?? error)));
    webrtcSIPPhone.changeAudioInputDevice(id || 'default', resolve, refused, true);
  });
  leg.sound();
}

/** Changes the speaker, also during a call. Empty is the default one. */
export const setSpeaker = (id) => sdk?.fence.setSpeaker(id);

/**
 * Returns the microphone's current level, from 0 to 1: opens the microphone on the first call, and
 * releases it when calls end.
 */
const volume = () => level(leg?.up ? sdk.fence.stream() : null, sdk.fence.getUserMedia);
export { volume as level };

/* Requests permission for the microphone and releases it immediately. */
async function allowed() {
  if (!navigator.mediaDevices) {
    tell('microphone', { reason: 'insecure' });
    throw wrong('microphone_insecure', 'Browsers allow the microphone only on HTTPS pages.');
  }
  try {
    const stream = await sdk.fence.getUserMedia({ audio: true });
    for (const track of stream.getTracks()) track.stop();
  } catch (error) {
    throw wrong('microphone_' + reasonOf(error.name), 'The microphone cannot be used: ' + error.message);
  }
}

/* Handles the events from the fence. */
function heard(kind, text, more) {
  if (kind === 'microphone') {
    if (leg) leg.deaf = true;
    tell('microphone', { reason: reasonOf(text) });
  } else if (kind === 'microphone-gone') tell('microphone', { reason: 'changed' });
  else if (kind === 'speaker') tell('speaker', { reason: text });
  else if (kind === 'stream') leg?.sound();
  else if (kind === 'connection') leg?.connection(text);
  else if (text.includes('Initialization failed')) failure = more[0]?.message ?? String(more[0]);
  else leg?.line(text);
}

function onLine(event, data) {
  if (event === 'lost') leg?.abandon();
  tell(event, data);
}

function onCall(event, data) {
  if (event === 'incoming') {
    // Exotel does not ring an agent whose previous call it still has, so that call is over.
    leg?.hangUp();
    // `callSid` itself stays from one call to the next.
    const callSid = data.sipHeaders['X-Exotel-Callsid'] ?? '';
    const over = () => { leg = null; };
    leg = new Leg({ callSid, phone, core: sdk.webrtcSIPPhone, fence: sdk.fence, tell, over });
    const ours = isOurs(leg);
    tell('incoming', { callSid, from: data.callFromNumber ?? '', ours });
    if (ours) leg.answer();
  } else if (event === 'connected') {
    expected = null;
    leg?.connected();
  } else if (event === 'callEnded') {
    leg?.ended('remote');
  }
}
