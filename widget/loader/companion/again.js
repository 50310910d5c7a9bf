/* A follow-up after a call that nobody answered: one press in the bar, and another one undoes it. */

const IN_TWO_HOURS = 2 * 60 * 60 * 1000;

/* How long it ignores presses when it appears, as the main button does. In milliseconds. */
const AGAIN_SETTLES = 700;

const watchUnanswered = (ribbon, shadow) => {
  let button = null;

  const remove = () => {
    if (!button) return;
    const inside = button === shadow.activeElement;
    button.remove();
    button = null;
    if (inside) shadow.querySelector('.main').focus();
  };

  const look = () => {
    const { unanswered, planned, now } = ribbon.state();
    if (!unanswered) return remove();
    if (button && (button.about !== unanswered || !button.isConnected)) remove();
    if (!button) {
      button = chip(shadow.querySelector('.do'), 'again', '');
      button.about = unanswered;
      button.classList.add('act');
      button.dataset.settling = 'true';
      const made = button;
      setTimeout(() => { delete made.dataset.settling; }, AGAIN_SETTLES);
      button.addEventListener('click', () => {
        const { planned: before, now: at } = ribbon.state();
        if (made.dataset.settling) return;
        ribbon.ask('plan', before ? '' : String(at + IN_TWO_HOURS));
        look();
      });
    }
    const text = planned ? say(ribbon, 'plannedAt', when(ribbon, planned, now)) : say(ribbon, 'inTwoHours');
    // The observer hears what is written here.
    if (button.textContent !== text) button.textContent = text;
    if (button.getAttribute('aria-pressed') !== String(!!planned)) button.setAttribute('aria-pressed', String(!!planned));
  };

  const watcher = new MutationObserver(look);
  watcher.observe(shadow, { subtree: true, attributes: true, attributeFilter: ['data-look', 'data-main', 'title', 'lang', 'aria-pressed'] });
  look();
  return {
    look,
    stop: () => {
      watcher.disconnect();
      remove();
    },
  };
};
