/* Recent calls: callers to call back first, then this customer's calls, then the agent's. */

/* The longest notes, in characters (`shared::notes::LONGEST_NOTES`). */
const LONGEST_NOTES = 20000;

/* Texts that were typed and not saved yet, by call; they outlive the panel. */
const drafts = new Map();

/* Returns how a call ended, in words; empty if both sides talked. */
const outcomeOf = (ribbon, { labels }, call) => {
  if (call.disposition) return labels[call.disposition] || call.disposition;
  if (call.duration > 0 || call.connectedTime) return '';
  const inbound = call.callDirection === 'inbound';
  if (call.reason === 'declined') return ribbon.ask('say', 'state.declined');
  if (call.reason === 'cancelled') return ribbon.ask('say', 'state.cancelled');
  const key = { busy: 'busy', failed: 'failed', missed: 'missed', no_answer: inbound ? 'missed' : 'no-answer' }[call.status];
  return key ? ribbon.ask('say', 'state.' + key) : '';
};

/* Adds the notes of a call, and lets them be edited by the agent whose call it was. */
const addNotes = (ribbon, row, call, mine) => {
  const lines = row.querySelector('.lines');
  const who = whoOf(ribbon, call);
  const written = add(lines, 'span', { class: 'written', dir: 'auto' });
  const edit = iconButton(row, 'edit', 'edit', '');
  const show = () => {
    written.textContent = call.notes || '';
    written.title = call.notes || '';
    written.hidden = !call.notes;
    const name = say(ribbon, call.notes ? 'edit' : 'add', who);
    edit.setAttribute('aria-label', name);
    edit.hidden = !mine;
  };
  show();
  let form = null;
  const close = () => {
    form.remove();
    form = null;
    show();
    edit.focus();
  };
  const open = async () => {
    const path = '/api/ribbon/calls/' + encodeURIComponent(call.sessionId);
    form = add(lines, 'span', { class: 'editor' });
    const field = add(form, 'textarea', { rows: 3, maxlength: LONGEST_NOTES, 'aria-label': edit.getAttribute('aria-label') });
    field.value = drafts.get(call.sessionId) ?? call.notes ?? '';
    written.hidden = true;
    const foot = add(form, 'span', { class: 'later' });
    const save = chip(foot, 'save-notes', ribbon.ask('say', 'save'));
    const cancel = chip(foot, 'cancel-notes', say(ribbon, 'cancel'));
    const message = add(foot, 'span', { class: 'saved', role: 'status' });
    let seen = null;
    const send = async () => {
      save.disabled = true;
      message.textContent = '';
      const mineNow = field.value.trim();
      try {
        // What is stored now may be newer than the list.
        if (!seen) seen = await ribbon.ask('get', path);
        const stored = await ribbon.ask('patch', path, '"notes":' + JSON.stringify(mineNow) + ',"notesVersion":' + (seen.notesVersion || 0));
        drafts.delete(call.sessionId);
        call.notes = stored.notes;
        if ((stored.notes || '').trim() !== mineNow) {
          field.value = stored.notes;
          seen = stored;
          save.disabled = false;
          message.textContent = say(ribbon, 'joined');
        } else if (form) close();
      } catch (error) {
        save.disabled = false;
        message.textContent = typeof error === 'string' ? error : say(ribbon, 'notSaved');
      }
    };
    field.addEventListener('input', () => drafts.set(call.sessionId, field.value));
    save.addEventListener('click', send);
    cancel.addEventListener('click', () => {
      drafts.delete(call.sessionId);
      close();
    });
    form.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send();
      else if (event.key === 'Escape') close();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    field.focus();
    // Another agent or tab may have changed the notes since the list was loaded.
    try {
      seen = await ribbon.ask('get', path);
      if (field.value === (call.notes || '')) field.value = seen.notes || '';
      call.notes = seen.notes;
    } catch {
      // Saving tries again, and says so if it fails.
    }
  };
  edit.addEventListener('click', () => (form ? close() : open()));
  if (mine && drafts.has(call.sessionId)) open();
};

const addCall = (ribbon, list, call, { count = 1, anonymous = false, state }) => {
  const row = add(list, 'div', { class: 'row', role: 'listitem' });
  const inbound = call.callDirection === 'inbound';
  const missed = inbound && call.reason !== 'declined' && (call.status === 'missed' || call.status === 'no_answer');
  const mark = add(row, 'span', { class: missed ? 'mark missed' : 'mark', role: 'img' });
  const way = missed ? ribbon.ask('say', 'state.missed') : say(ribbon, inbound ? 'in' : 'out');
  mark.title = way;
  mark.setAttribute('aria-label', way);
  drawIcon(mark, ICONS.call + ICONS[missed ? 'missed' : inbound ? 'in' : 'out']);
  const lines = add(row, 'span', { class: 'lines' });
  const name = nameOf(call);
  const who = whoOf(ribbon, call);
  const time = when(ribbon, call.startTime, state.now);
  const talked = call.duration > 0 ? duration(call.duration) : call.connectedTime ? say(ribbon, 'answered') : '';
  const outcome = outcomeOf(ribbon, state, call);
  // The customer is the heading of their own calls.
  if (anonymous) nameLine(lines, [time, talked].filter(Boolean).join(' · '), false);
  else nameLine(lines, who + (count > 1 ? ' (' + count + ')' : ''), !name);
  detailLine(lines, anonymous ? [[outcome]] : [[time], [talked], [name && call.phoneNumber, 'number'], [missed && !call.disposition ? '' : outcome]]);
  addNotes(ribbon, row, call, !call.agentId || call.agentId === state.agentId);
  if (dialable(call)) {
    const again = iconButton(row, 'call', 'redial', say(ribbon, 'callWho', who));
    again.addEventListener('click', () => ribbon.ask('call', dialable(call), customerOf(call)));
  }
};

const loadHistory = async (ribbon, state) => {
  const list = (name, id) => ribbon.ask('get', '/api/ribbon/calls?limit=20&' + name + '=' + encodeURIComponent(id));
  const { customerId } = state.customer || {};
  const [own, customers, missed] = await Promise.all([
    list('agentId', state.agentId),
    customerId ? list('customerId', customerId).catch(() => ({ calls: [] })) : { calls: [] },
    ribbon.missed(),
  ]);
  return { own: own.calls, customers: customers.calls, missed };
};

const historyPanel = {
  name: 'past', part: 'history', title: 'history',
  async fill(ribbon, list) {
    const state = ribbon.state();
    const { own, customers, missed } = await loadHistory(ribbon, state);
    const over = (call) => call.status !== 'active';
    const waiting = (call) => missed.some(({ lastCall }) => lastCall.phoneNumber === call.phoneNumber) && call.callDirection === 'inbound' && call.status === 'missed' && call.reason !== 'declined';
    const first = customers.filter(over);
    const rest = own.filter((call) => over(call) && !waiting(call) && !first.some(({ sessionId }) => sessionId === call.sessionId));
    return (sections) => {
      sections('missed', missed, ({ lastCall, count }) => addCall(ribbon, list, lastCall, { count, state }));
      sections('customer', first, (call) => addCall(ribbon, list, call, { anonymous: true, state }));
      sections('recent', rest, (call) => addCall(ribbon, list, call, { state }));
    };
  },
  empty: 'empty',
};
