// Exotel as the browser meets it: its settings over HTTPS, and its SIP server behind TLS.
import { execFile } from 'node:child_process';
import { createCipheriv, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTls } from 'node:tls';
import { promisify } from 'node:util';
import { stopAtEnd } from '../ends.mjs';
import { startKamailio } from './kamailio.mjs';

export const AGENT = 'agent+user-7@example.com';
export const TOKEN = 'token-of-the-tests';
const ACCOUNT = 'exotelt1';
const USER = 'sipuser7';
const DOMAIN = `${ACCOUNT}.voip.exotel.com`;
const APP = { Id: 'app-1', Secret: 'app-secret-of-the-tests', Entity: 'app' };
/** What must never be seen in a page. */
export const SECRET = 'sip-secret-of-the-tests';

// The key is in Exotel's package, so that this hides nothing.
const KEY = Buffer.from('change this password to a secret');

function hidden(secret) {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cfb', KEY, iv);
  return iv.toString('hex') + cipher.update(secret, 'utf8', 'hex') + cipher.final('hex');
}

/** A certificate that nobody trusts; the browser of these tests takes any. */
async function certificate() {
  const folder = await mkdtemp(join(tmpdir(), 'call-ribbon-tls-'));
  const [keyFile, certFile] = ['key.pem', 'cert.pem'].map((name) => join(folder, name));
  await promisify(execFile)('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
    '-subj', '/CN=exotel.test', '-keyout', keyFile, '-out', certFile]);
  const [key, cert] = await Promise.all([readFile(keyFile), readFile(certFile)]);
  await rm(folder, { recursive: true, force: true });
  return { key, cert };
}

const CORS = { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'authorization,content-type', 'access-control-allow-methods': 'GET,POST' };

const listen = (server) => new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve(server.address().port)); });

/**
 * Starts all of it. `answers` changes what an address of the settings answers, by the last part of
 * its path: `{status, body}`; `password` what the agent's settings say the SIP secret is; `dialed` is
 * called with what a server asks to be dialed, before it is answered.
 */
export async function startExotel() {
  const [tls, sip] = await Promise.all([certificate(), startKamailio({ user: USER, password: SECRET, domain: DOMAIN })]);
  const state = { answers: {}, password: SECRET, asked: [], calls: 0, dialed: () => {} };
  const envelope = (Data, Code = 200, Error = null) => ({ RequestId: 'r-1', Status: Error ? 'failed' : 'success', Code, Error, Data });
  const settings = (path, query) => ({
    app: () => ({ ExotelAccountSid: ACCOUNT, AppID: 'app-1' }),
    app_setting: () => [],
    usermapping: () => query.get('user_id') === AGENT && {
      AppID: 'app-1', AppUserId: AGENT, SipSecret: hidden(state.password), SipId: `sip:${USER}`, ExotelUserName: 'Asha', customer_id: 'customer-1',
    },
  })[path]?.();

  const bodyOf = async (request) => {
    let text = '';
    for await (const part of request) text += part;
    return JSON.parse(text || 'null');
  };
  const answer = async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'https://integrationscore.mum1.exotel.com');
    const path = pathname.split('/').pop();
    const say = (status, body) => {
      response.writeHead(status, { 'content-type': 'application/json', ...CORS });
      response.end(JSON.stringify(body));
    };
    if (request.method === 'OPTIONS') return say(200, {});
    state.asked.push(path);
    const made = state.answers[path];
    if (made) return say(made.status, made.body ?? envelope(null, made.status, { message: 'as the test wants it' }));
    const body = request.method === 'POST' ? await bodyOf(request) : null;
    if (path === 'token') {
      const known = Object.entries(APP).every(([name, value]) => body[name] === value);
      return known ? say(200, envelope(TOKEN)) : say(401, envelope(null, 401, { message: 'Unauthorized' }));
    }
    if (request.headers.authorization !== TOKEN) return say(401, envelope(null, 401, { message: 'Unauthorized' }));
    if (path === 'outbound_call') {
      // Exotel may ring the browser before it has answered.
      await state.dialed(body);
      state.calls += 1;
      return say(200, envelope({ CallSid: `exotel-call-${state.calls}` }));
    }
    const data = settings(path, searchParams);
    return data ? say(200, envelope(data)) : say(404, envelope(null, 404, { message: 'not found' }));
  };
  // Browsers come by HTTPS; our server, which trusts no certificate of a test, without.
  const [https, http] = [createHttps(tls, answer), createHttp(answer)];
  const sockets = new Set();
  const pipe = createTls(tls, (outside) => {
    const inside = connect(sip.port, '127.0.0.1');
    for (const [one, other] of [[outside, inside], [inside, outside]]) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => {});
      one.on('close', () => { other.destroy(); sockets.delete(one); });
    }
  });
  const [httpsPort, httpPort, pipePort] = await Promise.all([listen(https), listen(http), listen(pipe)]);
  return {
    state, sip,
    /** Where a call for the agent goes. */
    address: `sip:${USER}@${DOMAIN}`,
    domain: DOMAIN,
    /** What an account at our server is set to. */
    account: {
      accountSid: ACCOUNT, apiKey: 'key-of-the-tests', apiToken: 'api-token-of-the-tests', callerId: '08047112345', baseUrl: `http://127.0.0.1:${httpPort}`,
      browserCalling: { appId: APP.Id, appSecret: APP.Secret, baseUrl: `http://127.0.0.1:${httpPort}` },
    },
    /** How a browser finds all this at Exotel's own names. */
    args: [
      `--host-resolver-rules=MAP integrationscore.mum1.exotel.com:443 127.0.0.1:${httpsPort},MAP voip.in1.exotel.com:443 127.0.0.1:${pipePort}`,
      '--ignore-certificate-errors',
    ],
    stop: stopAtEnd(async () => {
      for (const one of [https, http]) {
        one.closeAllConnections();
        one.close();
      }
      for (const socket of sockets) socket.destroy();
      pipe.close();
      await sip.remove();
    }),
  };
}
