// The server of the collections page: serves the page, and keeps what the call server tells by webhook.
//   RIBBON=http://127.0.0.1:8787 WEBHOOK_KEY=whsec_… PORT=9000 node collections.mjs
// Add a receiver with the URL http://127.0.0.1:9000/hooks and the type notes.saved, and open http://127.0.0.1:9000.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const ribbon = (process.env.RIBBON ?? 'http://127.0.0.1:8787').replace(/\/$/, '');
const key = Buffer.from(process.env.WEBHOOK_KEY.replace(/^whsec_/, ''), 'base64');
const MOST_BYTES = 1024 * 1024;
// In production tables of your database. A call's notes are replaced by later ones.
const calls = new Map();

function isSigned(headers, body) {
  const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signatures } = headers;
  // An old message may have been recorded and sent again by someone else.
  if (!id || !(Math.abs(Date.now() / 1000 - Number(time)) < 300)) return false;
  const signed = createHmac('sha256', key).update(`${id}.${time}.`).update(body).digest();
  return (signatures ?? '').split(' ').some((one) => {
    const given = Buffer.from(one.replace(/^v1,/, ''), 'base64');
    return given.length === signed.length && timingSafeEqual(given, signed);
  });
}

/** Keeping the same call twice changes nothing, so this effect needs no memory of ids. */
function keep({ type, data }) {
  if (type === 'notes.saved') calls.set(data.sessionId, data);
}

async function readBody(request) {
  const pieces = [];
  let length = 0;
  for await (const piece of request) {
    length += piece.length;
    if (length > MOST_BYTES) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

async function answer(request, response) {
  if (request.method === 'POST' && request.url === '/hooks') {
    const body = await readBody(request);
    if (!body) return response.writeHead(413).end();
    if (!isSigned(request.headers, body)) return response.writeHead(401).end();
    keep(JSON.parse(body));
    return response.writeHead(204).end();
  }
  // In production behind your own sign-in.
  if (request.url === '/results') {
    const latest = [...calls.values()].sort((one, other) => other.startTime.localeCompare(one.startTime));
    return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ calls: latest }));
  }
  if (request.url === '/') {
    const page = await readFile(new URL('../collections.html', import.meta.url), 'utf8');
    const html = page.replace('src="/call-ribbon.js"', `src="${ribbon}/call-ribbon.js"`).replace('name="results" content=""', 'name="results" content="/results"');
    return response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
  }
  return response.writeHead(404).end();
}

createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error);
    response.writeHead(500).end();
  });
}).listen(process.env.PORT ?? 9000, '127.0.0.1', function ready() {
  console.log(`ready at http://127.0.0.1:${this.address().port}`);
});
