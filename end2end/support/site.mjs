// A CRM's own web server: pages on another origin than the call server.
import { createServer } from 'node:http';
import { stopAtEnd } from './ends.mjs';

/** Starts a site. `page(path, html, headers)` puts a page there and returns its address. */
export async function startSite() {
  const pages = new Map();
  const server = createServer((request, response) => {
    const found = pages.get(request.url.split('?')[0]);
    response.writeHead(found ? 200 : 404, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', ...found?.headers });
    response.end(found?.html ?? 'not here');
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  // Another host name as well as another port: to the browser, another site.
  const origin = `http://localhost:${server.address().port}`;
  return {
    origin,
    page(path, html, headers = {}) {
      pages.set(path, { html, headers });
      return origin + path;
    },
    stop: stopAtEnd(() => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(resolve);
    })),
  };
}

let agents = 0;

/** A page with the script tag, for an agent of its own. What the ribbon tells is gathered in `heard`, `errors`, `ready`. */
export function crmPage(server, { head = '', body = '<main><h1>CRM</h1><p id="text">A customer page.</p></main>', tag, options = {}, then = '' } = {}) {
  agents += 1;
  const all = { apiKey: 'demo-api-key-789', agentId: `agent-of-page-${agents}`, ...options };
  const init = JSON.stringify(all);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>CRM</title>${head}
    ${tag ?? `<script src="${server.url}/call-ribbon.js"></script>`}
    <script>
      window.heard = []; window.errors = []; window.ready = 0; window.agent = '${all.agentId}';
      window.begin = () => ExotelCallRibbon.init(Object.assign(${init}, {
        onCallEvent: (event, data) => heard.push({ event, data }),
        onReady: () => { ready += 1; },
        onError: (error) => errors.push(error),
      }));
      ${tag ? '' : 'begin();'}
      ${then}
    </script></head><body>${body}</body></html>`;
}
