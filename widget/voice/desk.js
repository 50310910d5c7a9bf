/* Connects the ribbon and the voice: an agent's desk. This is the file that the ribbon loads.
 *
 * The ribbon reports the state of the call (`see`) and the agent's actions (`act`). The desk
 * reports events that only this page has seen (`told`); they go to the server through the
 * outbox. The tab that owns the ribbon's stream has the line; the other tabs forward the agent's
 * actions to it. */
import { Tabs } from './tabs.js';
import { carriers } from './carriers.js';
import { kindOf, RINGS_WITHIN } from './kinds.js';
import { panel } from './panel.js';
import { speak } from './words.js';

export * as voice from './voice.js';
export { kindOf } from './kinds.js';
export { languages } from './words.js';

/* The name under which the browser stores an agent's choices. */
const NAME = 'call-ribbon.voice';
/* The percentage of lost sound from which a line is called poor. */
const POOR = 4;
const LIVE = ['dialing', 'ringing', 'incoming', 'connected', 'on-hold'];

const remembered = () => {
  try {
    return JSON.parse(localStorage.getItem(NAME)) ?? {};
  } catch {
    return {};
  }
};
const remember = (what) => {
  try {
    localStorage.setItem(NAME, JSON.stringify(what));
  } catch {
    // A browser without storage asks the agent again the next time.
  }
};

/**
 * Opens the desk of an agent whose client has several accounts, or whose voice is in this browser:
 * `providers` and `voice` are as in the answer of `init`.
 */
export function open(given) {
  const chooses = (place) => carriers(place, (id) => given.told({ event: 'carrier', value: id }));
  let choice = chooses(given.place);
  let { providers } = given;
  const kind = kindOf(given.voice);
  const line = kind ? openLine(given, kind) : null;
  let [words, language] = [speak(''), ''];
  choice.offer(given.providers);
  return {
    /** Updates the desk: `getState`, whether this tab owns the stream, and the agent's language. */
    see: (state, owns, tag) => {
      if (tag !== language) [words, language] = [speak(tag), tag];
      choice.see(words, LIVE.includes(state.phase));
      line?.see(state, owns, tag);
    },
    /** Performs the agent's action; returns a promise, or nothing if the server must do it. */
    act: (verb, value) => line?.act(verb, value),
    /** Receives the answer of a new sign-in. */
    renew: (next) => {
      ({ providers } = next);
      choice.offer(providers);
      line?.renew(next);
    },
    /** Shows everything in another place. */
    move: (place) => {
      if (place === given.place) return;
      given.place = place;
      choice.remove();
      choice = chooses(place);
      choice.offer(providers);
      line?.move(place);
    },
    close: () => {
      choice.remove();
      line?.close();
    },
  };
}

/**
 * Opens the line. `token` and `userId` are for the SDK, or `token`, `base` and `apiKey` for requests
 * to the server; `place` is the element that contains the bar, `agentId` is our id of the agent,
 * `offset` is the server's clock minus the page's own (`platform::now`) in milliseconds, and
 * `legConnects` is whether only this page learns that a call was answered.
 * `told({id, event, value, body, call})` receives the events that the page has seen.
 */
function openLine(given, kind) {
  const { place, told } = given;
  let [words, language] = [speak(''), ''];
  let access = given;
  let voice = kind.before;
  let choice = remembered();
  let owns = false;
  let call = null; // the ribbon's current call
  let leg = null; // the voice's: {callSid, from, ours, up}
  let cancelled = false; // the agent hung up before Exotel rang here
  let fresh = true; // no event was seen yet
  let waiting = []; // events from before the server had named the call
  let answering = null; // the agent has answered a call that does not ring here yet
  let poor = false; // much of the sound gets lost
  let line = 'off';
  let notice = { key: 'off', filling: '', alert: false };

  const show = () => drawn.show({
    line, owns, words, poor, microphone: choice.microphone, speaker: choice.speaker, alert: notice.alert,
    says: owns ? words(notice.key, notice.filling) : words('elsewhere'),
  });
  const note = (key, alert = false, filling = '') => {
    notice = { key, alert, filling };
    show();
    if (alert) drawn.open(true);
  };
  const keep = (change) => {
    choice = { ...choice, ...change };
    remember(choice);
  };

  /* Reports an event, once the server has named the call. */
  const say = (event, value, fields = {}, about = call) => {
    if (!about) return;
    if (!about.callSid) {
      waiting.push([event, value, fields]);
      return;
    }
    const { callSid, phoneNumber, callDirection } = about;
    const id = `voice-${crypto.randomUUID()}`;
    const data = { callSid, phoneNumber, callDirection, agentId: access.agentId, ...fields };
    told({ id, event, value, call: callSid, body: JSON.stringify({ event, eventId: id, timestamp: new Date(performance.timeOrigin + performance.now() + access.offset).toISOString(), data }) });
  };

  const heard = (event, data) => {
    if (event === 'registering') {
      line = 'asking';
      note('asking');
    } else if (event === 'registered') {
      line = 'on';
      note('on');
      drawn.list();
    } else if (event === 'lost') {
      line = 'lost';
      // One refusal may be a line that broke at the wrong moment.
      const refused = data.reason === 'refused' && data.attempts > 1;
      note(leg?.up ? `lost.call${kind.words}` : refused ? `lost.refused${kind.words}` : 'lost.network', true);
    } else if (event === 'microphone') note(`microphone.${data.reason}`, true);
    else if (event === 'speaker') note('speaker.failed', true);
    else if (event === 'quality') judges(data);
    else if (event === 'incoming') rings(data);
    else if (event === 'legUp') {
      leg.up = true;
      if (!kind.tells) return;
      if (!leg.ours) say('connected', null);
      else if (access.legConnects) say('connected', null, { agentLegOnly: true });
    } else if (event === 'legEnded') ended(data);
    else if (event === 'mute') say('mutetoggle', data.on, { muted: data.on });
    else if (event === 'hold') say('holdtoggle', data.on, { onHold: data.on });
  };

  /* A few percent are not heard. */
  const judges = ({ heard: here, said }) => {
    const worst = Math.max(here, said);
    if (worst >= POOR) {
      poor = true;
      note(said >= here ? 'quality.said' : 'quality.heard', false, String(worst));
    } else if (poor && worst < POOR / 2) {
      poor = false;
      note('on');
    }
  };

  const rings = ({ callSid, from, ours }) => {
    leg = { callSid, from, ours, up: false };
    answering?.();
    if (!kind.tells) return;
    if (cancelled) {
      // A leg that is rejected keeps Exotel from ringing the customer.
      cancelled = false;
      voice.hangUp();
    } else if (!ours && callSid && call?.callSid !== callSid) {
      say('incoming', null, {}, { callSid, phoneNumber: from, callDirection: 'inbound' });
    }
  };

  const ended = ({ reason, wasUp }) => {
    const over = leg;
    leg = null;
    if (poor) {
      poor = false;
      note('on');
    }
    if (!kind.tells) {
      // The PBX tells the server all else, as soon as it hears of it.
      if (reason === 'hangup' && wasUp) say('callEnded', 'hangup', { reason: 'hangup' });
      return;
    }
    const why = { microphone: 'the microphone was refused', line: 'the line was lost', remote: '', hangup: 'hangup' }[reason];
    const about = call ?? (over && !over.ours && { callSid: over.callSid, phoneNumber: over.from, callDirection: 'inbound' });
    if (!about) return;
    if (wasUp || about.callDirection === 'outbound') say('callEnded', why, { reason: why || undefined }, about);
    else say('missed', reason === 'hangup' ? 'declined' : why, { reason: reason === 'hangup' ? 'declined' : why || undefined }, about);
  };

  const online = async (on) => {
    keep({ online: on });
    if (!on) {
      await voice.stop(true);
      line = 'off';
      note('off');
      return;
    }
    line = 'asking';
    note('asking');
    try {
      voice = await kind.load();
      await voice.start({ ...kind.given(() => access), microphone: choice.microphone, speaker: choice.speaker }, heard);
      if (call && !leg && isOutbound()) voice.expect({});
    } catch ({ code, message }) {
      line = 'failed';
      // The voice has reported what is wrong with the microphone.
      if (!code?.startsWith('microphone_')) note('failed', true, message);
      else show();
    }
  };

  const isOutbound = () => call.callDirection === 'outbound';

  /* Answers a call of which the server has told, but whose leg may still be on its way. */
  const answer = () => {
    if (leg || !kind.waits) return voice.answer();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        answering = null;
        reject(Object.assign(new Error('The call does not ring in this browser.'), { code: 'no_call' }));
      }, RINGS_WITHIN);
      answering = () => {
        clearTimeout(timer);
        answering = null;
        resolve(voice.answer());
      };
    });
  };

  const does = {
    answer,
    hangup: async () => {
      if (leg) return voice.hangUp();
      voice.expect(null);
      cancelled = line === 'on';
      say('callEnded', 'cancelled', { reason: 'cancelled', status: 'no_answer' });
      return undefined;
    },
    mute: (on) => voice.mute(on),
    hold: (on) => voice.hold(on),
    dtmf: (digit) => {
      voice.digit(digit);
      say('dtmf', digit, { digit });
    },
  };
  // False if the line is elsewhere: another tab answers.
  const tabs = new Tabs(access.userId, async (verb, value) => (owns ? void await does[verb](value) : false));

  const draws = {
    online,
    devices: voice.devices,
    level: voice.level,
    microphone: (id) => { keep({ microphone: id }); if (line !== 'off') voice.setMicrophone(id).catch(() => note('microphone.busy', true)); },
    speaker: (id) => { keep({ speaker: id }); if (line !== 'off') voice.setSpeaker(id); },
  };
  let drawn = panel(place, draws);
  show();

  return {
    see: (state, ownsNow, tag) => {
      if (tag !== language) {
        [words, language] = [speak(tag), tag];
        show();
      }
      const had = call;
      call = LIVE.includes(state.phase) ? state.call : null;
      if (call?.callSid) for (const [event, value, fields] of waiting.splice(0)) say(event, value, fields);
      if (ownsNow !== owns) {
        owns = ownsNow;
        if (owns && choice.online) online(true);
        else if (!owns && line !== 'off') voice.stop().then(() => { line = 'off'; note('off'); });
        show();
      }
      if (kind.tells && owns && fresh && ['connected', 'on-hold'].includes(state.phase)) {
        // The page was reloaded: the audio ended with it.
        say('callEnded', 'the page was left', { reason: 'the page was left' });
      }
      fresh = false;
      if (call && !had && isOutbound()) {
        cancelled = false;
        voice.expect({});
      } else if (had && !call) {
        voice.expect(null);
        waiting = [];
        // The server was notified of the end first.
        if (leg) voice.hangUp();
      }
    },
    act: (verb, value) => {
      if (!kind.verbs.includes(verb)) return undefined;
      if (!kind.tells && verb === 'hangup' && !(owns && leg && line === 'on')) {
        // The server ends it at the PBX, wherever it is heard.
        if (owns && leg) voice.hangUp();
        return undefined;
      }
      if (!owns) return tabs.ask(verb, value);
      // It is heard elsewhere: on another tab's line, or on the agent's phone.
      if (!leg && (verb === 'answer' ? !kind.waits || line !== 'on' : !kind.tells)) return undefined;
      return Promise.resolve().then(() => does[verb](value));
    },
    renew: (next) => {
      access = next;
      if (!kind.tells && line === 'failed' && owns && choice.online) online(true);
    },
    move: (next) => {
      drawn.remove();
      drawn = panel(next, draws);
      show();
    },
    close: () => {
      voice.stop();
      tabs.close();
      drawn.remove();
    },
  };
}
