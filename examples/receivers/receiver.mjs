// Receives webhooks of Call Ribbon: WEBHOOK_KEY=whsec_… PORT=9000 node receiver.mjs
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const key = Buffer.from(process.env.WEBHOOK_KEY.replace(/^whsec_/, ''), 'base64');
// In production a unique column of your database, written in the transaction of the effect.
const seen = new Set();

function isSigned(headers, body) {
  const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signatures } = headers;
  // An old message may have been recorded and sent again by someone else.
  if (!id || Math.abs(Date.now() / 1000 - Number(time)) > 300) return false;
  const signed = createHmac('sha256', key).update(`${id}.${time}.`).update(body).digest();
  return (signatures ?? '').split(' ').some((one) => {
    const given = Buffer.from(one.replace(/^v1,/, ''), 'base64');
    return given.length === signed.length && timingSafeEqual(given, signed);
  });
}

function handle(message) {
  console.log(message.type, message.data.callSid ?? '');
}

createServer((request, response) => {
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece));
  request.on('end', () => {
    const body = Buffer.concat(pieces);
    if (!isSigned(request.headers, body)) return response.writeHead(401).end();
    const id = request.headers['webhook-id'];
    if (!seen.has(id)) {
      handle(JSON.parse(body));
      seen.add(id);
    }
    response.writeHead(204).end();
  });
}).listen(process.env.PORT ?? 9000, '127.0.0.1');
