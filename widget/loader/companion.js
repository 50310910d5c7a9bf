/* Opens the panels of the companion: recent calls, follow-ups, dialing by hand, and the customer's
 * data.
 *
 * The build puts this function in front of the ribbon's glue. The panels themselves are a script of
 * their own, `companion/`. It is loaded when a panel is opened, or when a follow-up or a missed call
 * waits for the agent. `ask` asks the ribbon; `runtime/companion.rs` lists the questions. */
const CALL_RIBBON_OPENERS = '[data-act=history],[data-act=follow-ups],[data-act=dial],[data-open]';

/* Pause before the server is asked what waits: signing in comes first. In milliseconds. */
const CALL_RIBBON_PAUSE = 400;

const callRibbonCompanion = (host, ask, files) => {
  const shadow = host.shadowRoot;
  let loading = null;
  let panels = null;
  let permission = null;
  let timer = 0;
  let stopped = false;

  const load = () => {
    loading ??= callRibbonImport(files + '/' + callRibbonFiles.companion).then(({ start }) => {
      if (!stopped) panels = start(host, ask, { kind: callRibbonKind, value: callRibbonValue, label: callRibbonLabel, currency: callRibbonCurrency, facts: callRibbonCustomerFacts });
      return panels;
    });
    // Another attempt may succeed.
    loading.catch(() => { loading = null; });
    return loading;
  };

  const open = async (event) => {
    const opener = event.target.closest && event.target.closest(CALL_RIBBON_OPENERS);
    if (!opener || opener.getAttribute('aria-disabled') === 'true') return;
    if (event.type === 'keydown') {
      if (!opener.dataset.open || (event.key !== 'Enter' && event.key !== ' ')) return;
      event.preventDefault();
    }
    try {
      (await load()).toggle(opener);
    } catch (error) {
      console.error('Call ribbon: the panel could not be loaded.', error);
    }
  };

  const look = async () => {
    const { agentId, ready } = ask('state') || {};
    if (!ready || document.hidden || panels) return;
    const agent = encodeURIComponent(agentId);
    try {
      const [due, missed] = await Promise.all([ask('get', '/api/ribbon/follow-ups?limit=1&agentId=' + agent), ask('get', '/api/ribbon/missed-calls?limit=1&agentId=' + agent)]);
      if (due.followUps.length || missed.missedCalls.length) (await load())?.refresh();
    } catch {
      // An old server, or none at the moment: the next look may find something.
    }
  };

  const refresh = () => {
    clearTimeout(timer);
    if (stopped || !host.isConnected) return;
    timer = setTimeout(() => (panels ? panels.refresh() : look()), CALL_RIBBON_PAUSE);
  };

  shadow.addEventListener('click', open);
  shadow.addEventListener('keydown', open);
  document.addEventListener('visibilitychange', refresh);
  return {
    refresh,
    // What a decision about a call says, and what the agent can do about it.
    permission: () => {
      permission ??= callRibbonImport(files + '/' + callRibbonFiles.permission).then(({ start }) => start(host, ask, callRibbonLocale, refresh));
      permission.catch(() => { permission = null; });
      return permission;
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      shadow.removeEventListener('click', open);
      shadow.removeEventListener('keydown', open);
      document.removeEventListener('visibilitychange', refresh);
      if (panels) panels.stop();
      if (permission) permission.then((one) => one.stop(), () => {});
    },
  };
};
