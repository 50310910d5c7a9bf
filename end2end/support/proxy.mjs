// A site's reverse proxy, which has the call server below a path.
import { createServer, request as ask } from 'node:http';

/**
 * Starts a proxy that forwards what is asked below `path`, such as `/ribbon`. With `strips` the
 * server is asked without the path. `forward(url)` names the server, `beside` gathers the addresses
 * that were asked beside the path.
 */
export async function startProxy(path, { strips }) {
  let to;
  const beside = [];
  const proxy = createServer((request, response) => {
    // As nginx answers where its location ends with a slash.
    if (request.url === path) return response.writeHead(301, { location: `${path}/` }).end();
    if (!request.url.startsWith(`${path}/`)) {
      // A browser asks for this one if a page names no icon.
      if (request.url !== '/favicon.ico') beside.push(request.url);
      return response.writeHead(404).end();
    }
    const asked = ask({
      host: to.hostname, port: to.port, method: request.method, headers: request.headers,
      path: strips ? request.url.slice(path.length) : request.url,
    });
    asked.on('response', (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      // An event stream begins with nothing.
      response.flushHeaders();
      answer.pipe(response);
    });
    asked.on('error', () => response.destroy());
    response.on('close', () => asked.destroy());
    request.pipe(asked);
  });
  await new Promise((resolve) => { proxy.listen(0, '127.0.0.1', resolve); });
  const origin = `http://127.0.0.1:${proxy.address().port}`;
  return {
    origin, beside,
    /** The address of the server for browsers. */
    url: origin + path,
    forward(url) { to = new URL(url); },
    stop: () => new Promise((resolve) => {
      proxy.closeAllConnections();
      proxy.close(resolve);
    }),
  };
}
