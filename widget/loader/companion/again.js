/* A follow-up after a call that nobody answered: one press in the bar, and another one undoes it. */

const IN_TWO_HOURS = 2 * 60 * 60 * 1000;

/* How long it ignores presses when it appears, as the main button does. In milliseconds. */
const AGAIN_SETTLES = 700;

/* How long saving a press may take before the button goes. In milliseconds. */
const AGAIN_SAVES = 2000;

const watchUnanswered = (ribbon, shadow) => {
  let button = null;
  /* The ribbon forgets notes that are saved and closed; this keeps what was planned here, by call. */
  const plans = {};
  /* While a press is saved, the notes count as open, and the button stays. */
  let saving = 0;

  const remove = () => {
    if (!button) return;
    const inside = button === shadow.activeElement;
    button.remove();
    button = null;
    if (inside) shadow.querySelector('.main').focus();
  };

  const look = () => {
    const { unanswered, planned: noted, live, now } = ribbon.state();
    const about = unanswered || (saving && !live && button && button.about);
    if (!about) return remove();
    if (noted) plans[about] = noted;
    const planned = plans[about];
    if (button && (button.about !== about || !button.isConnected)) remove();
    if (!button) {
      button = chip(shadow.querySelector('.do'), 'again', '');
      button.about = about;
      button.classList.add('act');
      button.dataset.settling = 'true';
      const made = button;
      setTimeout(() => { delete made.dataset.settling; }, AGAIN_SETTLES);
      button.addEventListener('click', () => {
        if (made.dataset.settling) return;
        const at = plans[made.about] ? 0 : ribbon.state().now + IN_TWO_HOURS;
        plans[made.about] = at;
        clearTimeout(saving);
        saving = setTimeout(() => { saving = 0; look(); }, AGAIN_SAVES);
        ribbon.ask('plan', at ? String(at) : '');
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
      clearTimeout(saving);
      remove();
    },
  };
};
