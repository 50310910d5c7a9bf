/* Loads the second file of the ribbon's WebAssembly.
 *
 * The first file holds what a page needs until an agent can call. Each function of the second file
 * has a stand-in in the first. The second file is loaded as soon as the page is idle. If a function
 * is needed before that, its stand-in calls `callRibbonLoadRestNow`, and the page waits. */
const CALL_RIBBON_REST_TIMEOUT = 1000;
/* Pauses between two attempts, in milliseconds: each is twice as long as the one before. */
const CALL_RIBBON_REST_PAUSE = 500;
const CALL_RIBBON_REST_LONGEST_PAUSE = 30000;

let callRibbonRestImports;
let callRibbonHasRest = false;

const callRibbonRestAddress = () => new URL('../' + callRibbonFiles.rest, callRibbonHere).href;

/* Loads it in the background, and tries again until it succeeds. */
const callRibbonLoadRest = async (pause) => {
  if (callRibbonHasRest) return;
  try {
    const response = await fetch(callRibbonRestAddress(), { credentials: 'omit' });
    await WebAssembly.instantiate(await response.arrayBuffer(), callRibbonRestImports);
    callRibbonHasRest = true;
  } catch {
    setTimeout(callRibbonLoadRest, pause, Math.min(pause * 2, CALL_RIBBON_REST_LONGEST_PAUSE));
  }
};

/* Begins when the first file has been instantiated. */
const callRibbonBeginRest = (first, imports) => {
  callRibbonRestImports = { ...imports, f: first };
  const load = () => callRibbonLoadRest(CALL_RIBBON_REST_PAUSE);
  if (requestIdleCallback) requestIdleCallback(load, { timeout: CALL_RIBBON_REST_TIMEOUT });
  else setTimeout(load, CALL_RIBBON_REST_TIMEOUT);
};

/* Loads it at once. */
const callRibbonLoadRestNow = () => {
  const request = new XMLHttpRequest();
  request.open('GET', callRibbonRestAddress(), false);
  // A request that a page waits for brings no bytes, only characters.
  request.overrideMimeType('text/plain; charset=x-user-defined');
  request.send();
  const bytes = Uint8Array.from(request.responseText, (character) => character.charCodeAt(0) & 255);
  new WebAssembly.Instance(new WebAssembly.Module(bytes), callRibbonRestImports);
  callRibbonHasRest = true;
};
