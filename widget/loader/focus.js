/* Keeps the keyboard focus in the ribbon when what had it is gone.
 *
 * A browser gives the focus to the page's body when a focused element is hidden or removed (HTML,
 * "focus fixup"), so an agent without a mouse would start from the top of the page: after a call
 * from a list, or after the button that leaves a call. Packed with `tips.js`, which is loaded when
 * something in the ribbon gets the focus for the first time. */

/* What had the focus last, until the agent leaves it. */
let held = null;
const kept = new WeakSet();

const isShown = (part) => part.isConnected && part.getClientRects().length > 0;

/* An element that is being removed is still shown when the browser says that it loses the focus. */
const release = async () => {
  await null;
  if (held && isShown(held)) held = null;
};

const restore = (shadow) => {
  const active = document.activeElement;
  const nowhere = !active || active === document.body || active === document.documentElement || active === shadow.host;
  if (!held || isShown(held) || !nowhere || shadow.activeElement && isShown(shadow.activeElement)) return;
  // Enter that is on its way to something else must not answer a call.
  const parts = shadow.querySelectorAll(shadow.querySelector('.bar[data-look=incoming]') ? '[data-act=fold]' : '.main,[data-act=fold]');
  const next = [...parts].find(isShown);
  if (next) next.focus();
};

/** Notes which part of the ribbon has the focus. */
const keepFocus = (shadow, part) => {
  held = part;
  // Again for each part, as a page may have removed all listeners; the same one is added once.
  shadow.addEventListener('focusout', release);
  if (kept.has(shadow)) return;
  kept.add(shadow);
  new Observer(() => {
    // The ribbon itself may be about to focus something.
    if (held && !isShown(held) && shadow.host.isConnected) later(restore, 0, shadow);
  }).observe(shadow, { subtree: true, childList: true, attributes: true, attributeFilter: ['hidden', 'data-minimized'] });
};
