/* Loads the second file of the dashboard's WebAssembly.
 *
 * The first file holds the sign-in and the overview. At another address both are loaded before the
 * dashboard begins; else the second one follows when the page is idle, and clicks wait for it. Code
 * that is needed before that makes the page wait. The build puts this in front of the glue. */
const CALL_RIBBON_REST = new URL('__REST__', import.meta.url);
/* Pauses between two attempts, in milliseconds: each is twice as long as the one before. */
const CALL_RIBBON_PAUSE = 500;
const CALL_RIBBON_LONGEST_PAUSE = 15000;

let callRibbonImports;
let callRibbonWhole = false;
/* The second file, if the dashboard begins with both. */
let callRibbonAwaited = null;
/* What was clicked last. */
let callRibbonClicked = null;

const callRibbonSleep = (milliseconds) => new Promise((resolve) => {
  setTimeout(resolve, milliseconds);
  addEventListener('online', resolve, { once: true });
});

/* Fetches and compiles it; tries again until it succeeds. */
const callRibbonFetch = async () => {
  for (let pause = CALL_RIBBON_PAUSE; ; pause = Math.min(pause * 2, CALL_RIBBON_LONGEST_PAUSE)) {
    try {
      // A wrong answer may be in the browser's cache.
      const response = await fetch(CALL_RIBBON_REST, { cache: pause > CALL_RIBBON_PAUSE ? 'reload' : 'default' });
      if (response.ok) return await WebAssembly.compile(await response.arrayBuffer());
    } catch {
      // The network is away, or something else has answered.
    }
    await callRibbonSleep(pause);
  }
};

const callRibbonLink = (module) => {
  if (callRibbonWhole) return;
  new WebAssembly.Instance(module, callRibbonImports);
  callRibbonWhole = true;
  document.removeEventListener('click', callRibbonHold, true);
  if (callRibbonClicked) callRibbonClicked.click();
};

/* A click waits for the second file, and is repeated. */
const callRibbonHold = (event) => {
  // A click with a modifier key opens a link in another tab.
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  callRibbonClicked = event.target.closest('a,button,input,select,label,summary');
};

/* Begins when the first file has been instantiated. */
const callRibbonBegin = (first, imports) => {
  callRibbonImports = { ...imports, f: first };
  if (callRibbonAwaited) return callRibbonLink(callRibbonAwaited);
  document.addEventListener('click', callRibbonHold, true);
  const load = async () => callRibbonLink(await callRibbonFetch());
  if (window.requestIdleCallback) requestIdleCallback(load, { timeout: 1000 });
  else setTimeout(load, 1000);
};

/* Loads it at once, while the page waits. */
const callRibbonLoadNow = () => {
  const request = new XMLHttpRequest();
  request.open('GET', CALL_RIBBON_REST, false);
  // A request that a page waits for brings no bytes, only characters.
  request.overrideMimeType('text/plain; charset=x-user-defined');
  request.send();
  const bytes = Uint8Array.from(request.responseText, (character) => character.charCodeAt(0) & 255);
  callRibbonLink(new WebAssembly.Module(bytes));
};

const callRibbonStart = async (init) => {
  if (!/\/(dashboard)?$/.test(location.pathname)) callRibbonAwaited = await callRibbonFetch();
  init();
};
