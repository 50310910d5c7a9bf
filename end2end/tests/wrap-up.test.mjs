// After the call: notes saved as they are typed, a disposition, a follow-up.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PATIENCE, openPage, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

let browser, server, site;
before(async () => { [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

/** A page whose agent has just talked to somebody. */
async function talked(path, options = {}) {
  const opened = await openPage(browser, site.page(path, crmPage(server, { options })));
  const ribbon = ribbonOf(opened.page);
  const call = async () => {
    await opened.page.evaluate(() => { heard.length = 0; });
    const { value } = await ribbon.call('makeCall', '+919876543210');
    await ribbon.hear('connected');
    await ribbon.call('hangup');
    await ribbon.hear('callEnded');
    return value.sessionId;
  };
  return { ...opened, ribbon, panel: ribbon.host.locator('.wrap'), call, session: await call() };
}

/** Waits until the server has written down what is expected of a call. */
async function kept(session, expected) {
  for (const until = Date.now() + PATIENCE; ;) {
    const call = await server.get(`/api/ribbon/calls/${session}`);
    try {
      assert.deepEqual({ notes: call.notes, disposition: call.disposition }, expected);
      return call;
    } catch (error) {
      if (Date.now() > until) throw error;
    }
  }
}

test('notes are typed at once, saved as they are typed, and chosen by keys', async () => {
  const { page, ribbon, panel, session, context, complaints } = await talked('/notes');
  await panel.waitFor();
  await page.waitForFunction(() => ExotelCallRibbon.getState().phase === 'wrap-up');
  await page.waitForFunction(() => document.querySelector('call-ribbon').shadowRoot.activeElement?.matches('.notes'));
  await page.keyboard.type('Pays 2 parts on Friday');
  // A digit is a digit while one types; with Alt it chooses.
  await kept(session, { notes: 'Pays 2 parts on Friday', disposition: undefined });
  await page.keyboard.press('Alt+2');
  const chosen = panel.locator('.chip[aria-pressed="true"]');
  await chosen.filter({ hasText: /^2/ }).waitFor();
  const { disposition } = await page.evaluate(() => ExotelCallRibbon.getState());
  await kept(session, { notes: 'Pays 2 parts on Friday', disposition });
  // Outside of the text the digit alone is enough, and a second time takes it back.
  await panel.locator('.chip').first().focus();
  await page.keyboard.press('2');
  await page.waitForFunction(() => ExotelCallRibbon.getState().disposition === null);
  await page.keyboard.press('1');

  await panel.locator('[data-act="soon"]').click();
  await panel.locator('.about').fill('the second part');
  await panel.locator('.saved', { hasText: 'Saved' }).waitFor();
  await page.keyboard.press('Control+Enter');
  await panel.waitFor({ state: 'hidden' });
  await ribbon.reach('idle');
  for (let call; call?.followUp?.note !== 'the second part';) {
    call = await server.get(`/api/ribbon/calls/${session}`);
    const due = new Date(call.followUp?.at ?? 0) - Date.now();
    assert.ok(!call.followUp || Math.abs(due - 7_200_000) < 60_000, `due in ${due} ms`);
  }
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a chip shows what is chosen and takes it back; a time that has passed is refused', async () => {
  const { page, ribbon, panel, session, context } = await talked('/chips');
  const chosen = panel.locator('.later .chip[aria-pressed="true"]');
  for (const [name, label] of [['soon', 'In two hours'], ['tomorrow', 'Tomorrow 10:00']]) {
    const chip = panel.locator(`[data-act="${name}"]`);
    await chip.click();
    await ribbon.says(chosen, label);
    await chip.click();
    await chosen.waitFor({ state: 'detached' });
    await page.waitForFunction(() => document.querySelector('call-ribbon').shadowRoot.querySelector('.at').value === '');
  }
  await panel.locator('.at').fill('2020-01-01T10:00');
  await panel.locator('.saved', { hasText: 'This time has passed. Choose a later one.' }).waitFor();
  await panel.locator('.at[aria-invalid="true"]').waitFor();
  await panel.locator('.notes').fill('no follow-up');
  const call = await kept(session, { notes: 'no follow-up', disposition: undefined });
  assert.equal(call.followUp, undefined);
  await context.close();
});

test('Ctrl+Shift+Enter saves and calls the next customer; the pill offers the notes', async () => {
  const { page, ribbon, panel, session, context } = await talked('/power');
  await ribbon.call('setCustomer', { name: 'Imran Qureshi', phoneNumber: '+919811100042', customerId: 'P-2', context: { amountDue: 5200, daysOverdue: 12, currency: 'INR' } });
  await ribbon.says(ribbon.main, 'Save and call Imran');
  await ribbon.says(ribbon.advice, 'Next: Imran Qureshi · ₹5,200 · 12 days');
  await ribbon.call('setMinimized', true);
  await panel.waitFor({ state: 'hidden' });
  await ribbon.act('notes').click();
  await panel.waitFor();
  await panel.locator('.notes').fill('about the first');
  await ribbon.settled();
  await page.evaluate(() => { heard.length = 0; });
  await panel.locator('.notes').press('Control+Shift+Enter');
  assert.equal((await ribbon.hear('dialing')).phoneNumber, '+919811100042');
  await kept(session, { notes: 'about the first', disposition: undefined });
  await context.close();
});

test('who types elsewhere keeps the keyboard; Escape closes, and the notes open again as they were', async () => {
  const { page, context } = await openPage(browser, site.page('/typing', crmPage(server, { body: '<input id="crm">' })));
  const ribbon = ribbonOf(page);
  const panel = ribbon.host.locator('.wrap');
  await ribbon.call('makeCall', '+919876543210');
  await ribbon.hear('connected');
  await page.locator('#crm').focus();
  await ribbon.call('hangup');
  await panel.waitFor();
  await page.keyboard.type('crm');
  assert.equal(await page.locator('#crm').inputValue(), 'crm');
  await panel.locator('.notes').fill('kept');
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'hidden' });
  await page.waitForFunction(() => ExotelCallRibbon.getState().phase === 'ended');
  await ribbon.act('notes').click();
  assert.equal(await panel.locator('.notes').inputValue(), 'kept');
  await context.close();
});

test('the next call waits for nobody, and what was typed is saved all the same', async () => {
  const { page, panel, ribbon, session, call, context } = await talked('/next-call');
  await panel.locator('.notes').pressSequentially('half a sen');
  await ribbon.act('redial-last').click();
  await panel.waitFor({ state: 'hidden' });
  await ribbon.hear('connected');
  await kept(session, { notes: 'half a sen', disposition: undefined });
  await ribbon.call('hangup');
  await ribbon.reach('ended');
  const next = await call();
  await panel.locator('.notes').fill('another');
  await kept(next, { notes: 'another', disposition: undefined });
  await kept(session, { notes: 'half a sen', disposition: undefined });
  assert.notEqual(next, session);
  await page.close();
  await context.close();
});

test('setNotes and setDisposition: a promise each, and a sentence for what is wrong', async () => {
  const { page, ribbon, session, context } = await talked('/methods');
  assert.equal((await ribbon.call('setNotes', 'by the page')).error, undefined);
  const code = 'promise_to_pay';
  assert.equal((await ribbon.call('setDisposition', code)).error, undefined);
  await kept(session, { notes: 'by the page', disposition: code });
  const state = await page.evaluate(() => ExotelCallRibbon.getState());
  assert.deepEqual([state.notes, state.disposition, state.followUp], ['by the page', code, null]);
  for (const [method, given, sentence] of [
    ['setNotes', 5, /setNotes: text must be a string/],
    ['setDisposition', 'nothing_we_know', /setDisposition: code must be one of .*promise_to_pay/],
    ['setDisposition', {}, /setDisposition: code must be a string, or null/],
  ]) {
    const { error } = await ribbon.call(method, given);
    assert.match(error.message, sentence);
  }
  assert.equal((await ribbon.call('setDisposition', null)).error, undefined);
  await kept(session, { notes: 'by the page', disposition: undefined });
  await ribbon.call('destroy');
  await page.evaluate(() => begin());
  await ribbon.reach('idle');
  assert.match((await ribbon.call('setNotes', 'x')).error.message, /there is no call/);
  await context.close();
});

test('notes wait for a server that is away', async () => {
  const { page, panel, session, context } = await talked('/away');
  await page.route('**/api/ribbon/calls/*', (route) => route.abort());
  await panel.locator('.notes').fill('written on the train');
  await panel.locator('.saved', { hasText: 'Not saved yet' }).waitFor();
  await page.unroute('**/api/ribbon/calls/*');
  await panel.locator('.saved', { hasText: /^Saved$/ }).waitFor();
  await kept(session, { notes: 'written on the train', disposition: undefined });
  await context.close();
});

test('a half-typed note is there again after a reload, and saved', async () => {
  const { page, panel, ribbon, session, context } = await talked('/reload-notes');
  await page.route('**/api/ribbon/calls/*', (route) => route.abort());
  await panel.locator('.notes').fill('before the reload');
  await panel.locator('[data-act="tomorrow"]').click();
  await page.unroute('**/api/ribbon/calls/*');
  await page.reload();
  await panel.waitFor();
  await page.waitForFunction(() => {
    const { notes, followUp } = ExotelCallRibbon.getState();
    return notes === 'before the reload' && followUp && new Date(followUp.at).getHours() === 10;
  });
  assert.equal(await panel.locator('.notes').inputValue(), 'before the reload');
  await kept(session, { notes: 'before the reload', disposition: undefined });
  await ribbon.call('destroy');
  await context.close();
});
