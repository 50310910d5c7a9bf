/* Follow-ups: whom the agent has promised to call, and the reminder when the time has come. */

const HOUR = 60 * 60 * 1000;

/* A timer cannot wait longer, in milliseconds. */
const LONGEST_WAIT = 2 ** 31 - 1;

/* How often what waits is looked up again, in milliseconds. */
const LOOK_AGAIN = 5 * 60 * 1000;

/* The key of the reminders that were dismissed, in the browser's storage; all tabs share it. */
const DISMISSED = 'call-ribbon.dismissed';

const dueAt = (call) => Date.parse(call.followUp.at);

const reminderId = (call) => call.sessionId + ' ' + call.followUp.at;

const readDismissed = () => {
  try {
    return JSON.parse(localStorage.getItem(DISMISSED)) || [];
  } catch {
    // A page may be forbidden to store anything.
    return [];
  }
};

const dismiss = (calls) => {
  try {
    localStorage.setItem(DISMISSED, JSON.stringify([...calls.map(reminderId), ...readDismissed()].slice(0, 100)));
  } catch {
    // Then it is shown again on the next page.
  }
};

/* Changes a follow-up: another time, or null for done. One without a call has no id of a call. */
const changeFollowUp = (ribbon, call, at) => {
  const { note } = call.followUp;
  const value = at ? { at: new Date(at).toISOString(), ...(note && { note }) } : null;
  return ribbon.ask('patch', '/api/ribbon/' + (call.callSid ? 'calls/' : 'follow-ups/') + encodeURIComponent(call.sessionId), '"followUp":' + JSON.stringify(value));
};

const addFollowUp = (ribbon, list, call, state) => {
  const row = add(list, 'div', { class: 'row', role: 'listitem' });
  const lines = add(row, 'span', { class: 'lines' });
  const who = whoOf(ribbon, call);
  nameLine(lines, who, !nameOf(call));
  detailLine(lines, [[when(ribbon, call.followUp.at, state.now)], [call.followUp.note]]);
  if (call.notes) add(lines, 'span', { class: 'written', dir: 'auto', title: call.notes }, call.notes);
  const foot = add(lines, 'span', { class: 'later' });
  const message = add(foot, 'span', { class: 'saved', role: 'status' });
  const old = dueAt(call);
  const change = (act, text, at) => {
    const button = chip(foot, act, text);
    button.addEventListener('click', async () => {
      for (const one of foot.querySelectorAll('.chip')) one.disabled = true;
      try {
        await changeFollowUp(ribbon, call, at);
        row.dataset.done = String(act !== 'undo');
        for (const one of foot.querySelectorAll('.chip')) one.remove();
        message.textContent = act === 'undo' ? '' : at ? when(ribbon, at, state.now) : say(ribbon, 'doneNow');
        if (act === 'undo') buttons();
        else change('undo', say(ribbon, 'undo'), old);
        foot.querySelector('.chip').focus();
        ribbon.refresh();
      } catch (error) {
        for (const one of foot.querySelectorAll('.chip')) one.disabled = false;
        message.textContent = typeof error === 'string' ? error : say(ribbon, 'notSaved');
      }
    });
  };
  const buttons = () => {
    change('done', say(ribbon, 'doneNow'), null);
    change('hour', say(ribbon, 'hour'), state.now + HOUR);
    change('tomorrow', say(ribbon, 'tomorrow'), tomorrowAtTen(state.now));
  };
  buttons();
  if (dialable(call)) {
    const again = iconButton(row, 'call', 'redial', say(ribbon, 'callWho', who));
    again.addEventListener('click', () => ribbon.ask('call', dialable(call), customerOf(call)));
  }
};

const followUpsPanel = {
  name: 'due', part: 'follow-ups', title: 'followUps',
  async fill(ribbon, list) {
    const state = ribbon.state();
    const calls = await ribbon.followUps();
    const today = midnight(state.now);
    const row = (call) => addFollowUp(ribbon, list, call, state);
    return (sections) => {
      sections('overdue', calls.filter((call) => dueAt(call) < today), row);
      sections('due', calls.filter((call) => dueAt(call) >= today && dueAt(call) <= state.now), row);
      sections('later', calls.filter((call) => dueAt(call) > state.now), row);
    };
  },
  empty: 'noFollowUps',
};

/* Counts what waits, and reminds of follow-ups when they are due: in the tab that the agent looked
 * at last, which holds a lock. It never takes the keyboard focus. */
const watchFollowUps = (ribbon) => {
  let timer = 0;
  let strip = null;
  let holds = false;
  let stopped = false;
  let known = [];
  let release = () => {};

  const hide = () => {
    if (strip) strip.remove();
    strip = null;
  };

  const draw = (state) => {
    const dismissed = readDismissed();
    const due = known.filter((call) => dueAt(call) <= state.now && !dismissed.includes(reminderId(call)));
    if (!holds || !due.length || !ribbon.bar()) return hide();
    const about = due.map(reminderId).join();
    if (strip && strip.isConnected && strip.dataset.about === about) return;
    hide();
    const [call] = due;
    const single = due.length === 1;
    strip = add(ribbon.bar(), 'div', { class: 'remind', part: 'reminder' });
    const said = add(strip, 'span', { class: 'said', role: 'status', dir: 'auto' });
    strip.dataset.about = about;
    // A screen reader announces a change of a region, and not a new region.
    const text = single ? say(ribbon, 'one', whoOf(ribbon, call)) + (call.followUp.note ? ' · ' + call.followUp.note : '') : say(ribbon, 'many', due.length);
    requestAnimationFrame(() => { said.textContent = text; });
    said.title = text;
    const press = (act, name, then) => add(strip, 'button', { type: 'button', class: 'act', 'data-act': act }, name).addEventListener('click', async (event) => {
      event.stopPropagation();
      try {
        await then();
        hide();
      } catch {
        said.textContent = say(ribbon, 'notSaved');
      }
      look();
    });
    if (single) {
      if (dialable(call)) press('remind-call', ribbon.ask('say', 'call'), () => { dismiss(due); ribbon.ask('call', dialable(call), customerOf(call)); });
      press('remind-hour', say(ribbon, 'hour'), () => changeFollowUp(ribbon, call, ribbon.state().now + HOUR));
      press('remind-done', say(ribbon, 'doneNow'), () => changeFollowUp(ribbon, call, null));
    } else press('remind-show', say(ribbon, 'show'), () => { dismiss(due); ribbon.open(followUpsPanel); });
    press('remind-dismiss', say(ribbon, 'dismiss'), () => dismiss(due));
  };

  const look = async () => {
    clearTimeout(timer);
    const state = ribbon.state();
    if (stopped || !state.ready || document.hidden) return;
    try {
      const [calls, missed] = await Promise.all([ribbon.followUps(), ribbon.missed()]);
      if (stopped || ribbon.state().agentId !== state.agentId) return;
      known = calls;
      ribbon.ask('counts', calls.filter((call) => dueAt(call) <= state.now).length, missed.length);
      draw(state);
    } catch {
      // The counts stay as they are until the server answers again.
      if (stopped) return;
    }
    const next = known.map((call) => dueAt(call) - state.now).filter((wait) => wait > 0);
    clearTimeout(timer);
    timer = setTimeout(look, Math.min(LOOK_AGAIN, LONGEST_WAIT, ...next.map((wait) => wait + 100)));
  };

  /* Takes the lock from the other tabs of this agent, whenever this one is shown. */
  const take = () => {
    if (document.hidden || holds || stopped) return;
    holds = true;
    if (!navigator.locks) return;
    const held = new Promise((resolve) => { release = resolve; });
    navigator.locks.request('call-ribbon-reminders', { steal: true }, () => held).catch(() => {
      holds = false;
      hide();
    });
  };

  const seen = () => {
    take();
    look();
  };
  document.addEventListener('visibilitychange', seen);
  addEventListener('focus', seen);
  take();
  return {
    look,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      release();
      hide();
      document.removeEventListener('visibilitychange', seen);
      removeEventListener('focus', seen);
    },
  };
};
