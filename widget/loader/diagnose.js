/* Finds what is wrong, in plain words: `ExotelCallRibbon.diagnose()`.
 *
 * Few pages ever call it, so it is loaded on demand. It changes nothing: it signs in once more,
 * as any page would, opens a stream and closes it again, and requests no permission. Its
 * messages are for the page's developers, so they are in English. */

/* The time limit for the server, in milliseconds. */
const PATIENCE = 8000;
/* The clock difference, in milliseconds, from which the clock counts as wrong. */
const CLOCK = 120000;

/* A failure with a more precise message. */
const says = (answer, otherwise) => (answer && answer.error) || otherwise;

/* Resolves with the value, or with nothing if that takes too long. */
const inTime = (promise) => new Promise((resolve) => {
  const timer = setTimeout(resolve, PATIENCE);
  const over = (value) => {
    clearTimeout(timer);
    resolve(value);
  };
  promise.then(over, () => over());
});

const minutes = (milliseconds) => {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`;
};

/**
 * `base` is the URL that the script was loaded from, `options` are those of the last `init`, if
 * there was one. `core` is the ribbon, if it is loaded; it knows the agent that the page has named
 * since then.
 */
export default async ({ base, options, core }) => {
  const server = ((options && options.apiUrl) || base).replace(/\/+$/, '');
  if (core && core.framed && core.framed()) return fromFrame(await core.call('diagnose', []), server);
  const broken = new Set();
  const violation = ({ disposition, blockedURI, effectiveDirective }) => {
    if (disposition === 'enforce' && blockedURI.startsWith(new URL(server).origin)) broken.add(effectiveDirective);
  };
  document.addEventListener('securitypolicyviolation', violation);
  try {
    const { agentId = options?.agentId, agentName = options?.agentName } = core?.call('getState', []) ?? {};
    return await look(server, options && { ...options, agentId, agentName }, broken);
  } finally {
    document.removeEventListener('securitypolicyviolation', violation);
  }
};

/* Returns the findings of the frame, where the ribbon's requests are made, in terms of this
 * page. */
const fromFrame = ({ ok, checks }, server) => {
  const frame = new URL(server);
  const said = ({ name, ok: right, message }) => {
    if (name === 'policy' && right) return { name, ok: right, message: judged(false, new Set(), server)[1] };
    const here = message.replaceAll(`pages of ${frame.origin}`, `pages of ${location.origin}`).replaceAll(`Have ${frame.host} `, `Have ${location.host} `);
    return { name, ok: right, message: here };
  };
  return { ok, checks: checks.map(said) };
};

const look = async (server, options, broken) => {
  const began = performance.now();
  // A request that any page may send, but of which it can only see that it was answered.
  const there = inTime(fetch(server + '/health', { mode: 'no-cors', credentials: 'omit', cache: 'no-store' }).then(() => true));
  const entered = options && options.apiKey ? inTime(enter(server, options)) : Promise.resolve();
  const [reachable, entry, policy, microphone, storage] = await Promise.all([there, entered, wasm(), permission(), stored()]);
  const took = Math.round(performance.now() - began);
  const answer = entry && entry.ok ? entry.body : undefined;
  const stream = answer ? await opens(server + answer.eventsUrl) : false;

  const checks = [];
  const check = (name, ok, message) => checks.push({ name, ok, message });
  const blocked = broken.has('connect-src');
  check('server', Boolean(reachable), reachable ? `The server at ${server} answers.`
    : blocked ? `This page's Content-Security-Policy forbids requests to ${server}, so it is not known whether the server runs.`
      : `The server at ${server} cannot be reached. Check that it runs, that the address is right, and that this computer is online.`);
  key(check, options, entry, reachable);
  domain(check, server, options, entry, reachable);
  check('policy', ...judged(policy, broken, server));
  check('microphone', ...heard(microphone, answer));
  check('clock', ...timely(answer, entry));
  check('network', ...connected(answer, stream, took));
  check('storage', storage, storage ? 'This browser can store unsent data.'
    : 'This browser stores nothing for this page (private window, or site data is blocked). Calls work, but unsent data is lost when the tab closes.');
  return { ok: checks.every((one) => one.ok), checks };
};

const enter = async (server, { apiKey, agentId, agentName }) => {
  const response = await fetch(server + '/api/ribbon/init', {
    method: 'POST', credentials: 'omit', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ apiKey, agentId, agentName }),
  });
  const at = Date.now();
  const body = await response.json().catch(() => undefined);
  return { ok: response.ok && Boolean(body && body.eventsUrl), status: response.status, body, at };
};

const key = (check, options, entry, reachable) => {
  if (!options || !options.apiKey) return check('key', false, 'init was not called yet with an apiKey, so no key could be checked.');
  if (entry && entry.ok) {
    const { clientInfo, agentId, agentName } = entry.body;
    const agent = agentName ? `${agentId}, ${agentName}` : `${agentId}, who has no name at the server; name your own agents as agentId in init`;
    return check('key', true, `The key is valid. It belongs to ${clientInfo.name}. The agent is ${agent}.`);
  }
  const about = entry && (entry.status === 401 || /scope|suspended/.test((entry.body && entry.body.code) || ''));
  if (about) return check('key', false, says(entry.body, 'The server does not accept this key.'));
  const otherwise = reachable ? 'The key could not be checked, because the server does not allow this page; see domain.' : 'The key could not be checked, because the server cannot be reached.';
  return check('key', false, entry ? says(entry.body, `The server answered the key with status ${entry.status}.`) : otherwise);
};

const domain = (check, server, options, entry, reachable) => {
  const { origin } = location;
  if (entry && entry.body && entry.body.code === 'domain_not_allowed') return check('domain', false, entry.body.error);
  if (entry) return check('domain', true, `The server allows pages of ${origin}.`);
  if (!options || !options.apiKey) return check('domain', true, 'Which domains are allowed depends on the key, and no key was given yet.');
  // A browser hides even the refusal from a page whose origin is not allowed.
  if (reachable) return check('domain', false, `The server answers, but not to pages of ${origin}. Have ${location.host} added to the allowed domains of this key's client.`);
  return check('domain', true, `Whether pages of ${origin} are allowed is unknown, because ${server} cannot be reached.`);
};

/* Returns whether WebAssembly may run. */
const wasm = async () => {
  try {
    // The smallest possible program.
    return Boolean(new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])));
  } catch {
    return false;
  }
};

const judged = (allowed, broken, server) => {
  if (broken.size) {
    const wanted = [...broken].map((directive) => `${directive} ${new URL(server).origin}`);
    return [false, `This page's Content-Security-Policy blocks the ribbon. Add to it: ${wanted.join('; ')}.`];
  }
  if (!allowed) {
    return [true, `This page's Content-Security-Policy blocks WebAssembly, so the ribbon runs in a frame of ${server}. To run it in the page itself, add script-src 'wasm-unsafe-eval'.`];
  }
  return [true, 'This page\'s Content-Security-Policy allows the ribbon.'];
};

/* Returns what the browser would answer to a request for the microphone, without requesting it. */
const permission = async () => {
  try {
    return (await navigator.permissions.query({ name: 'microphone' })).state;
  } catch {
    return 'unknown';
  }
};

const heard = (state, answer) => {
  const needed = Boolean(answer && answer.voice === 'browser');
  if (answer && !needed) return [true, 'No microphone is needed: the sound of calls does not go through this page.'];
  const where = needed ? '' : ' It is needed only if the sound of calls goes through the page.';
  if (!window.isSecureContext) return [!needed, 'Browsers allow the microphone only on HTTPS pages. Serve this page over HTTPS.' + where];
  if (state === 'denied') return [!needed, 'The microphone is blocked for this page; allow it in the browser\'s site settings.' + where];
  return [true, (state === 'granted' ? 'The microphone may be used.' : 'The browser will ask for the microphone with the first call.') + where];
};

const timely = (answer, entry) => {
  if (!answer) return [true, 'The clock could not be checked, because the server did not sign this page in.'];
  const off = entry.at - answer.serverTime;
  if (Math.abs(off) < CLOCK) return [true, 'This computer\'s clock is right.'];
  return [false, `This computer's clock is ${minutes(Math.abs(off))} ${off > 0 ? 'fast' : 'slow'}. The ribbon uses the server's, but other programs do not: correct it.`];
};

/* Checks whether the live stream can be opened. */
const opens = async (address) => {
  const stream = new EventSource(address);
  const outcome = new Promise((resolve) => {
    stream.onopen = () => resolve(true);
    stream.onerror = () => resolve(false);
  });
  const open = await inTime(outcome);
  stream.close();
  return Boolean(open);
};

const connected = (answer, stream, took) => {
  if (navigator.onLine === false) return [false, 'This computer is offline.'];
  if (!answer) return [true, 'The computer is online; the live stream could not be checked, because the server did not sign this page in.'];
  if (!stream) return [false, 'The live stream of calls cannot be opened: a proxy or filter between this browser and the server blocks or buffers it.'];
  return [true, `The live stream of calls opens; the server answered within ${took} ms.`];
};

/* Checks whether something can be stored. */
const stored = async () => {
  try {
    localStorage.setItem('call-ribbon:diagnose', '1');
    localStorage.removeItem('call-ribbon:diagnose');
    return true;
  } catch {
    return false;
  }
};
