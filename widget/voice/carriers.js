/* Chooses the account that carries the agent's calls if several can and the client has set no
 * default: the agent chooses, and this browser remembers the choice. */

const NAME = 'call-ribbon.carrier';
const STYLES = `
  .carrier { height: 36px; max-width: 170px; padding: 0 8px; font: inherit; font-size: 13px; color: var(--text); background: var(--surface);
    border: 1px solid color-mix(in srgb, var(--text) 46%, var(--surface)); border-radius: calc(var(--radius) - 2px); }
  .carrier:focus-visible { outline: 2px solid var(--accent); }
  .place[data-minimized="true"] .carrier { display: none; }
`;

const remembered = () => {
  try {
    return localStorage.getItem(NAME) ?? '';
  } catch {
    return '';
  }
};
const remember = (id) => {
  try {
    localStorage.setItem(NAME, id);
  } catch {
    // A browser without storage asks again on the next page.
  }
};

/** Returns whether the agent has to choose an account: `providers` as in the answer of `init`. */
export const asks = (providers) => providers?.length > 1 && !providers.some((one) => one.default);

/** Adds the choice to the bar. `chosen(accountId)` receives it, immediately if it is remembered. */
export function carriers(place, chosen) {
  const root = place.getRootNode();
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLES);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  const field = document.createElement('select');
  field.className = 'carrier';
  field.dataset.voice = 'carrier';
  place.querySelector('.do').prepend(field);

  let [offers, words] = [[], (key) => key];
  const draw = () => {
    const had = field.value || remembered();
    const options = [['', words('carrier.choose')], ...offers.map(({ accountId, name, provider }) => [accountId, name || provider])];
    field.replaceChildren(...options.map(([value, text]) => {
      const option = document.createElement('option');
      [option.value, option.textContent] = [value, text];
      return option;
    }));
    field.value = offers.some(({ accountId }) => accountId === had) ? had : '';
    field.setAttribute('aria-label', words('carrier'));
    field.title = words('carrier');
    field.hidden = !asks(offers);
    chosen(field.hidden ? '' : field.value);
  };
  field.addEventListener('change', () => {
    remember(field.value);
    chosen(field.value);
  });

  return {
    offer: (next) => { offers = next ?? []; draw(); },
    /* The account cannot change during a call. */
    see: (next, inCall) => {
      if (next !== words) {
        words = next;
        draw();
      }
      field.disabled = inCall;
    },
    remove: () => {
      field.remove();
      root.adoptedStyleSheets = [...root.adoptedStyleSheets].filter((one) => one !== sheet);
    },
  };
}
