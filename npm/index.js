// Adds the one script of a call ribbon server to the page, once, and hands out its global.

const NAME = 'ExotelCallRibbon';

/** What is being loaded, by the script's address. */
const loading = new Map();

/**
 * Loads the ribbon of a server.
 *
 * @param {string} apiUrl The server's address, such as https://ribbon.example.com
 * @param {{ integrity?: string, nonce?: string }} [options]
 * @returns {Promise<import('call-ribbon').ExotelCallRibbon>}
 */
export function loadCallRibbon(apiUrl, { integrity, nonce } = {}) {
  if (typeof document === 'undefined') {
    return refused('no_document', 'loadCallRibbon works in a browser only; call it after the page is there.');
  }
  let src;
  try {
    src = new URL('call-ribbon.js', new URL(String(apiUrl).replace(/\/*$/, '/'), document.baseURI)).href;
  } catch {
    return refused('invalid_argument', 'loadCallRibbon: apiUrl must be an address such as https://ribbon.example.com.');
  }
  const known = window[NAME];
  if (known && known.init) return Promise.resolve(known);
  // A second call while the first is on its way waits for the same script.
  if (!loading.has(src)) {
    const started = add(src, integrity, nonce);
    loading.set(src, started);
    // After a failure it may be tried again.
    started.catch(() => loading.delete(src));
  }
  return loading.get(src);
}

function add(src, integrity, nonce) {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.async = true;
    if (integrity) {
      script.integrity = integrity;
      script.crossOrigin = 'anonymous';
    }
    if (nonce) script.nonce = nonce;
    script.onload = () => {
      const ribbon = window[NAME];
      if (ribbon && ribbon.init) resolve(ribbon);
      else reject(trouble('unexpected_answer', `${src} was loaded, and is no call ribbon. Check the address.`));
    };
    script.onerror = () => {
      script.remove();
      reject(trouble('server_unreachable', `${src} could not be loaded. Check that the server is running, ` +
        'that the page\'s Content-Security-Policy allows it, and that the integrity is that of this version.'));
    };
    try {
      script.src = trusted(src);
    } catch (error) {
      reject(trouble('policy', 'This page requires Trusted Types: let its Content-Security-Policy have "trusted-types call-ribbon". (' + error.message + ')'));
      return;
    }
    (document.head || document.documentElement).append(script);
  });
}

let policy;

// A page that requires Trusted Types lets only what a policy has passed become a script's address.
// A policy of one name can be made once.
function trusted(src) {
  const { trustedTypes } = window;
  try {
    if (!policy && trustedTypes) policy = trustedTypes.createPolicy('call-ribbon', { createScriptURL: (url) => url });
  } catch {
    // Not allowed, or made before by another copy of this; the browser says what it makes of the text.
  }
  return policy ? policy.createScriptURL(src) : src;
}

function refused(code, message) {
  return Promise.reject(trouble(code, message));
}

function trouble(code, message) {
  return Object.assign(new Error(message), { code });
}
