/* Opens the panels, one at a time. */

const STYLES = `
  .companion .row { align-items: flex-start; padding-block: 6px; }
  .companion .row .lines { align-self: center; }
  .companion .written { display: block; margin-top: 2px; font-size: 12.5px; line-height: 17px; white-space: pre-line; overflow: hidden; overflow-wrap: anywhere; max-height: 51px; color: var(--text); }
  .companion .written[hidden] { display: none; }
  .companion .editor { display: block; margin-top: 6px; }
  .companion .later { margin-top: 6px; }
  .companion .later .saved { order: 1; }
  .companion .row[data-done=true] .name { text-decoration: line-through; }
  .companion .chip[disabled] { opacity: 0.6; }
  .companion .data { display: grid; grid-template-columns: minmax(0, auto) minmax(0, 1fr); gap: 6px 16px; margin: 10px 0 0; }
  .companion .data dt { color: var(--soft); font-size: 12.5px; }
  .companion .data dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
  .companion .said-script { margin: 8px 0 0; white-space: pre-line; overflow-wrap: anywhere; }
  .companion .list[hidden] { display: none; }
  .remind { grid-column: 1 / -1; order: -1; margin-bottom: 4px; display: flex; flex-wrap: wrap; align-items: center; gap: 6px 8px; min-width: 0; width: 100%; }
  .bar:not([data-look=idle]) .remind, .place[data-minimized=true] .remind { display: none; }
  @container (max-width: 480px) { .remind .said.said { flex-basis: 100%; } }
  .remind .said { flex: 1 1 160px; overflow: hidden; overflow-wrap: anywhere; max-height: 40px; font-weight: 600; }
`;

const openerOf = (shadow, panel) => shadow.querySelector({ history: '[data-act=history]', followUps: '[data-act=follow-ups]', dial: '[data-act=dial]', card: '[data-open]' }[panel.title]);

const panelOf = (opener, ribbon) => {
  if (opener.dataset.open) return ribbon.state().customer || ribbon.state().phone ? cardPanel : dialPanel;
  return { history: historyPanel, 'follow-ups': followUpsPanel, dial: dialPanel }[opener.dataset.act];
};

/** Starts the panels on the ribbon's element. `ask` asks the ribbon; `format` is how the bar formats. */
export const start = (host, ask, format) => {
  const shadow = host.shadowRoot;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLES);
  shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet];
  let opened = null;

  const ribbon = {
    ask,
    format,
    place: () => shadow.querySelector('.place'),
    bar: () => shadow.querySelector('.bar'),
    state: () => {
      const state = ask('state') || {};
      return { ...state, labels: state.dispositions || {} };
    },
    followUps: async () => (await ask('get', '/api/ribbon/follow-ups?limit=100&agentId=' + encodeURIComponent(ribbon.state().agentId))).followUps.filter((call) => call.followUp),
    missed: async () => {
      const { agentId, now } = ribbon.state();
      const since = new Date(lastWorkingDay(now)).toISOString();
      return (await ask('get', '/api/ribbon/missed-calls?limit=100&since=' + since + '&agentId=' + encodeURIComponent(agentId))).missedCalls;
    },
    refresh: () => watch.look(),
    open: (panel, opener = openerOf(shadow, panel)) => open(panel, opener),
  };

  const close = () => {
    if (!opened) return;
    const { box, opener, gone } = opened;
    opened = null;
    gone.disconnect();
    const inside = box.contains(shadow.activeElement);
    box.remove();
    opener.setAttribute('aria-expanded', 'false');
    if (inside && opener.isConnected) opener.focus();
  };

  const fill = async (panel, box, list) => {
    list.textContent = '';
    const status = add(list, 'p', { class: 'note', role: 'status' }, panel.empty ? say(ribbon, 'loading') : '');
    const still = () => opened && opened.box === box;
    try {
      const draw = await panel.fill(ribbon, list);
      if (!still()) return;
      status.remove();
      if (!draw) return;
      list.setAttribute('role', 'list');
      let rows = 0;
      draw((key, items, row) => {
        if (!items.length) return;
        rows += items.length;
        add(list, 'div', { class: 'section' }, say(ribbon, key));
        items.forEach(row);
      });
      if (rows) return;
      list.removeAttribute('role');
      add(list, 'p', { class: 'note', role: 'status' }, say(ribbon, panel.empty));
    } catch {
      if (!still()) return;
      status.textContent = say(ribbon, 'failed');
      chip(list, 'again', say(ribbon, 'again')).addEventListener('click', () => {
        // The button goes, and the focus must stay in the panel.
        box.querySelector('.small').focus();
        fill(panel, box, list);
      });
    }
  };

  const open = (panel, opener) => {
    close();
    for (const other of shadow.querySelectorAll('[data-act=notes], [data-act=keypad]')) {
      if (other.getAttribute('aria-pressed') === 'true') other.click();
    }
    const title = say(ribbon, panel.title);
    const box = add(ribbon.place(), 'section', { class: 'panel companion ' + panel.name, part: panel.part, 'aria-label': title });
    const head = add(box, 'div', { class: 'head' });
    add(head, 'b', { class: 'title' }, title);
    const cross = iconButton(head, 'close', 'close', ask('say', 'close'));
    cross.addEventListener('click', close);
    const list = add(box, 'div', { class: 'list' });
    box.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') {
        event.preventDefault();
        event.stopPropagation();
        close();
      } else moveFocus(box, event);
    });
    // A call that begins, another panel, or another customer takes its place.
    const { phone, customer } = ribbon.state();
    const about = JSON.stringify([phone, (customer || {}).customerId]);
    const gone = new MutationObserver(() => {
      const other = [...shadow.querySelectorAll('.panel:not(.companion), .keypad')].some((one) => !one.hidden && one.isConnected);
      const state = ribbon.state();
      const changed = panel === cardPanel ? JSON.stringify([state.phone, (state.customer || {}).customerId]) !== about : state.live;
      if (other || changed || opener.hidden || !box.isConnected || ribbon.place().dataset.minimized === 'true') close();
    });
    opened = { panel, box, opener, gone };
    opener.setAttribute('aria-expanded', 'true');
    gone.observe(shadow, { subtree: true, childList: true, attributes: true, attributeFilter: ['hidden', 'data-look', 'data-minimized', 'title'] });
    fill(panel, box, list);
    (panel.focus ? box.querySelector(panel.focus) : cross).focus();
  };

  const watch = watchFollowUps(ribbon);
  return {
    toggle: (opener) => {
      const panel = panelOf(opener, ribbon);
      if (opened && opened.panel === panel) close();
      else open(panel, opener);
    },
    refresh: watch.look,
    stop: () => {
      close();
      watch.stop();
      shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets].filter((one) => one !== sheet);
    },
  };
};
