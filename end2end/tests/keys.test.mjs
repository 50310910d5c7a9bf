// Typing is never taken for a command, and the focus is never taken from the page.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { look } from '../support/axe.mjs';
import { openPage, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { startServer } from '../support/server.mjs';
import { crmPage, startSite } from '../support/site.mjs';

let browser, server, site, rule;
before(async () => {
  [browser, server, site] = await Promise.all([startBrowser(), startServer(), startSite()]);
  const source = await readFile(new URL('../../widget/loader/keys.js', import.meta.url), 'utf8');
  rule = new Function(`${source}\nreturn { means: callRibbonMeans, read: callRibbonReadKeys };`)();
});
after(async () => { await Promise.all([browser?.close(), server?.stop(), site?.stop()]); });

/* A key, held with: a (Alt), c (Ctrl), s (Shift), m (Meta), g (AltGr as a modifier of its own). */
const fact = (key, code, held, more) => ({
  key, code, alt: held.includes('a'), control: held.includes('c'), shift: held.includes('s'), meta: held.includes('m'), altGraph: held.includes('g'), composing: false, apple: false, ...more,
});

test('the rule: what makes a character in a field is typing, on any layout', () => {
  const keys = { ...rule.read(), call: 'Control+Alt+E', mute: 'F8', notes: 'Alt+2' };
  const apple = { apple: true };
  const composing = { composing: true };
  // Key, code, what is held; what it means in a field, and what elsewhere.
  for (const [key, code, held, inField, elsewhere, more] of [
    // Windows and Linux: Alt makes no character.
    ['A', 'KeyA', 'as', 'answer', 'answer'], ['D', 'KeyD', 'as', 'decline', 'decline'], ['h', 'KeyH', 'as', 'hangup', 'hangup'],
    ['2', 'Digit2', 'a', 'notes', 'notes'], ['F8', 'F8', '', 'mute', 'mute'],
    // By the letter on the key: AZERTY, Dvorak.
    ['A', 'KeyQ', 'as', 'answer', 'answer'], ['Q', 'KeyA', 'as', '', ''], ['H', 'KeyJ', 'as', 'hangup', 'hangup'],
    // Letters of another script stand on the key itself: Russian, Hindi, Urdu, Greek by its place.
    ['Ф', 'KeyA', 'as', 'answer', 'answer'], ['ह', 'KeyH', 'as', 'hangup', 'hangup'], ['ح', 'KeyH', 'as', 'hangup', 'hangup'],
    // Option on a Mac, told by the platform or by the character alone.
    ['Å', 'KeyA', 'as', 'typing', 'answer'], ['Å', 'KeyA', 'as', 'typing', 'answer', apple], ['Ó', 'KeyH', 'as', 'typing', 'hangup', apple],
    ['@', 'Digit2', 'a', 'typing', 'notes'], ['@', 'Digit2', 'a', 'typing', 'notes', apple], ['™', 'Digit2', 'a', 'typing', 'notes', apple], ['A', 'KeyA', 'as', 'typing', 'answer', apple],
    ['Â', 'KeyM', 'as', 'typing', '', apple], ['Dead', 'KeyH', 'as', 'typing', 'hangup', apple], ['Dead', 'KeyN', 'as', 'typing', ''],
    // Control and Option make none there.
    ['´', 'KeyE', 'ac', 'call', 'call', apple],
    // AltGr: Spanish, German, Polish, and the euro.
    ['@', 'Digit2', 'ac', 'typing', ''], ['@', 'KeyQ', 'ac', 'typing', ''], ['ą', 'KeyA', 'ac', 'typing', ''], ['€', 'KeyE', 'ac', 'typing', 'call'], ['€', 'KeyE', 'g', 'typing', ''],
    ['Ą', 'KeyA', 'acs', 'typing', ''], ['e', 'KeyE', 'ac', 'call', 'call'], ['A', 'KeyA', 'asg', 'typing', 'answer'],
    // Characters by their number on Windows.
    ['2', 'Numpad2', 'a', 'typing', 'notes'], ['ArrowDown', 'Numpad2', 'a', '', ''],
    // Plain typing, Shift, an input method, a character of two units, one key that makes two.
    ['a', 'KeyA', '', 'typing', ''], ['A', 'KeyA', 's', 'typing', ''], ['Process', 'KeyA', 'as', 'typing', 'typing', composing], ['A', 'KeyA', 'as', 'typing', 'typing', composing],
    ['😀', '', '', 'typing', ''], ['لا', 'KeyB', '', 'typing', ''],
    // Another chord, and no key at all, as where a browser fills a form in.
    ['A', 'KeyA', 'asc', '', ''], ['A', 'KeyA', 'asm', '', ''], ['', '', '', '', ''], ['Enter', 'Enter', 'as', '', ''],
  ]) {
    const said = `${held}+${key} (${code}) ${JSON.stringify(more ?? {})}`;
    // Alt+2 stands for the notes here, which other digits do not.
    assert.equal(rule.means(fact(key, code, held, { ...more, field: true }), keys), inField, `${said} in a field`);
    assert.equal(rule.means(fact(key, code, held, { ...more, field: false }), keys), elsewhere, `${said} elsewhere`);
  }
});

test('keys of init: each mistake is a sentence that names the field', () => {
  const plain = rule.read();
  assert.deepEqual(rule.read(null), plain);
  assert.deepEqual(rule.read(true), plain);
  assert.deepEqual(rule.read(false), {});
  assert.deepEqual(rule.read({ hangup: ' ctrl + ALT+x', mute: 'f8', call: false, notes: undefined }), {
    answer: 'Alt+Shift+A', decline: 'Alt+Shift+D', hangup: 'Control+Alt+X', mute: 'F8', notes: 'Alt+Shift+N', ribbon: 'Alt+Shift+R',
  });
  for (const [given, said] of [
    ['Alt+H', /^keys must be false, or an object/], [7, /^keys must be/], [{ hangUp: 'Alt+H' }, /^keys\.hangUp is no command; the commands are answer,/], [{ toString: 'Alt+H' }, /^keys\.toString is no/],
    [{ mute: 'M' }, /^keys\.mute must be false, a letter/], [{ mute: 'Shift+M' }, /^keys\.mute must/], [{ mute: 'Alt+' }, /^keys\.mute must/], [{ mute: 'Alt+Enter' }, /^keys\.mute must/],
    [{ mute: 'Hyper+M' }, /^keys\.mute must/], [{ mute: '' }, /^keys\.mute must/], [{ mute: 5 }, /^keys\.mute must/], [{ mute: 'F25' }, /^keys\.mute must/], [{ mute: 'Alt+é' }, /^keys\.mute must/],
    [{ mute: 'Shift+Alt+h' }, /^keys\.hangup and keys\.mute are both Alt\+Shift\+H; give each/],
  ]) assert.match(rule.read(given), said, JSON.stringify(given));
});

/* Presses a key as a keyboard of another layout does. */
const ALT = 1, CTRL = 2, SHIFT = 8;
const keyboardOf = async (page) => {
  const devtools = await page.context().newCDPSession(page);
  return async (key, code, modifiers, text = key) => {
    await devtools.send('Input.dispatchKeyEvent', { type: 'keyDown', key, code, modifiers, text });
    await devtools.send('Input.dispatchKeyEvent', { type: 'keyUp', key, code, modifiers });
  };
};

const FIELDS = `<input id="input"><textarea id="textarea"></textarea><div id="editable" contenteditable><p>x</p></div><div id="box" role="textbox" tabindex="0">b</div>
  <select id="select"><option>a</option></select><iframe id="frame" srcdoc="<input id=inner>"></iframe><open-field id="open"></open-field><shut-field id="shut"></shut-field><button id="button">Button</button>
  <script>for (const mode of ['open', 'closed']) customElements.define(mode === 'open' ? 'open-field' : 'shut-field', class extends HTMLElement {
    connectedCallback() { const root = this.attachShadow({ mode }); root.innerHTML = '<input id="in">'; this.enter = () => root.firstChild.focus(); this.typed = () => root.firstChild.value; } });</script>`;
const ENTER = {
  input: () => document.getElementById('input').focus(), textarea: () => document.getElementById('textarea').focus(), editable: () => document.getElementById('editable').focus(),
  box: () => document.getElementById('box').focus(), select: () => document.getElementById('select').focus(), frame: () => document.getElementById('frame').contentDocument.getElementById('inner').focus(),
  open: () => document.getElementById('open').enter(), shut: () => document.getElementById('shut').enter(), designMode: () => { document.activeElement.blur(); document.designMode = 'on'; },
};
const incoming = async (page, from = '+919811122233') => server.post('/api/ribbon/simulator/incoming', { from, agentId: await page.evaluate(() => agent) });

test('Option+Shift+A and AltGr in any field of the page are typing while a call rings in; elsewhere they answer', async () => {
  const { page, context, complaints } = await openPage(browser, site.page('/typing', crmPage(server, { body: FIELDS })));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  const press = await keyboardOf(page);
  await incoming(page);
  await ribbon.reach('incoming');
  for (const name of Object.keys(ENTER)) {
    await page.evaluate(ENTER[name]);
    await press('Å', 'KeyA', ALT | SHIFT);
    await press('Í', 'KeyD', ALT | SHIFT);
    await press('@', 'Digit2', CTRL | ALT);
    if (name === 'designMode') await page.evaluate(() => { document.designMode = 'off'; });
    assert.equal(await page.evaluate(() => ExotelCallRibbon.getState().phase), 'incoming', name);
  }
  const typed = await page.evaluate(() => [document.getElementById('input').value, document.getElementById('textarea').value, document.getElementById('frame').contentDocument.getElementById('inner').value,
    document.getElementById('open').typed(), document.getElementById('shut').typed()]);
  // Whether Chromium inserts a text with Ctrl held is its own affair.
  for (const value of typed) assert.match(value, /^ÅÍ@?$/);
  // In no field, the same key answers; and a chord that types nothing does in every field.
  await page.locator('#button').focus();
  await press('Å', 'KeyA', ALT | SHIFT);
  await ribbon.reach('connected');
  await page.locator('#input').focus();
  await page.keyboard.press('Alt+Shift+KeyM');
  await ribbon.hear('mutetoggle');
  await page.keyboard.press('Alt+Shift+KeyH');
  await ribbon.hear('callEnded');
  assert.match(await page.locator('#input').inputValue(), /^ÅÍ@?$/);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('who has the focus anywhere in the page keeps it when the call ends; the notes open all the same', async () => {
  const { page, context } = await openPage(browser, site.page('/focus', crmPage(server, { body: FIELDS })));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  for (const name of ['open', 'shut', 'frame', 'editable', 'box', 'select', 'input']) {
    await page.evaluate(() => { heard.length = 0; });
    await ribbon.call('makeCall', '+919876543210');
    await ribbon.hear('connected');
    await page.evaluate(ENTER[name]);
    const { sessionId } = await page.evaluate(() => ExotelCallRibbon.getState().call);
    // As the other side does.
    await server.post(`/api/ribbon/calls/${sessionId}/hangup`, {});
    await ribbon.host.locator('.wrap').waitFor();
    await page.keyboard.type('x');
    assert.equal(await page.evaluate(() => document.activeElement.id), name);
    assert.equal(await ribbon.host.locator('.notes').inputValue(), '', name);
    await ribbon.act('notes').click();
    await ribbon.host.locator('.wrap').waitFor({ state: 'hidden' });
  }
  await context.close();
});

test('in the notes, Option+2 and AltGr+2 type, Alt+2 chooses, and Ctrl+2 is the browser\'s', async () => {
  const { page, context } = await openPage(browser, site.page('/notes', crmPage(server)));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await ribbon.call('makeCall', '+919876543210');
  await ribbon.hear('connected');
  await ribbon.call('hangup');
  const notes = ribbon.host.locator('.notes');
  await notes.click();
  const press = await keyboardOf(page);
  await press('@', 'Digit2', ALT);
  await press('@', 'Digit2', CTRL | ALT);
  await press('2', 'Numpad2', ALT, '');
  // Whether Chromium inserts a text with Ctrl held is its own affair.
  assert.match(await notes.inputValue(), /^@+$/);
  assert.equal(await page.evaluate(() => ExotelCallRibbon.getState().disposition), null);
  await ribbon.host.locator('.chip').first().focus();
  await press('2', 'Digit2', CTRL, '');
  await press('ArrowDown', 'Numpad2', 0, '');
  assert.equal(await page.evaluate(() => ExotelCallRibbon.getState().disposition), null);
  await notes.focus();
  await page.keyboard.press('Alt+2');
  await page.waitForFunction(() => ExotelCallRibbon.getState().disposition);
  await context.close();
});

test('the open keypad takes typed and pasted digits from the whole bar, one tone a press, and Escape closes it', async () => {
  const { page, context } = await openPage(browser, site.page('/keypad', crmPage(server, { body: '<input id="crm">' })));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await ribbon.call('makeCall', '+919876543210 ext. 42');
  await ribbon.hear('connected');
  // The first digits are the slowest on their way, and still no other overtakes them.
  let slow = 300;
  let under = 0;
  let most = 0;
  await page.route('**/dtmf', async (route) => {
    under += 1;
    most = Math.max(most, under);
    await new Promise((resolve) => { setTimeout(resolve, slow); });
    slow /= 4;
    await route.continue();
    under -= 1;
  });
  const digits = (wanted) => ribbon.host.locator('.digits', { hasText: new RegExp(`^${wanted.replaceAll('*', '\\*')}$`) }).waitFor();
  await ribbon.act('keypad').click();
  await page.keyboard.type('12#');
  await digits('12#');
  // From another button of the bar, and by the key's place where it has a digit of its own script.
  await ribbon.act('mute').focus();
  const press = await keyboardOf(page);
  await press('५', 'Digit5', 0);
  await digits('12#5');
  const devtools = await context.newCDPSession(page);
  for (const autoRepeat of [false, true, true, true]) await devtools.send('Input.dispatchKeyEvent', { type: 'keyDown', key: '7', code: 'Digit7', text: '7', autoRepeat });
  await devtools.send('Input.dispatchKeyEvent', { type: 'keyUp', key: '7', code: 'Digit7' });
  const paste = (text) => page.evaluate((given) => {
    const data = new DataTransfer();
    data.setData('text', given);
    document.querySelector('call-ribbon').shadowRoot.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, composed: true }));
  }, text);
  await digits('12#57');
  await paste(' 0-46 \n');
  await page.keyboard.type('31');
  await digits('12#5704631');
  await ribbon.host.locator('.key.extension').click();
  await digits('12#570463142');
  // Not a number, and no number is so long: nothing of it is sent.
  await paste('PIN 12');
  await paste('1'.repeat(65));
  await page.locator('#crm').click();
  await page.keyboard.type('99');
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('#crm').inputValue(), '99');
  await ribbon.act('mute').focus();
  await page.keyboard.press('8');
  await digits('12#5704631428');
  await page.keyboard.press('Escape');
  await ribbon.host.locator('.keypad').waitFor({ state: 'hidden' });
  await page.waitForFunction(() => document.querySelector('call-ribbon').shadowRoot.activeElement?.dataset.act === 'keypad');
  assert.equal((await ribbon.heard()).filter((event) => event === 'dtmf').length, 13);
  assert.equal(most, 1);
  await context.close();
});

test('every command has its key, from the page and from the bar, and goes back where one was', async () => {
  const { page, context } = await openPage(browser, site.page('/commands', crmPage(server, { body: '<input id="crm">', options: { keys: { mute: 'F8' } } })));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await ribbon.call('setCustomer', { name: 'Asha Rao', phoneNumber: '+919876543210' });
  const focused = (wanted) => page.waitForFunction((name) => {
    const inside = document.querySelector('call-ribbon').shadowRoot.activeElement;
    return (inside ? inside.dataset.act ?? inside.className : document.activeElement.id) === name;
  }, wanted);
  await page.locator('#crm').focus();
  await page.keyboard.press('Alt+Shift+KeyR');
  await focused('main');
  await page.keyboard.press('Alt+Shift+KeyR');
  await focused('crm');
  await ribbon.main.and(page.locator('[data-settling="false"]')).waitFor();
  await ribbon.main.and(page.locator('[aria-keyshortcuts="Alt+Shift+C"]')).waitFor();
  await page.keyboard.press('Alt+Shift+KeyC');
  await ribbon.hear('connected');
  await ribbon.act('mute').and(page.locator('[aria-label="Mute"][aria-keyshortcuts="F8"]')).waitFor();
  await page.keyboard.press('F8');
  await ribbon.hear('mutetoggle');
  await page.keyboard.press('Alt+Shift+KeyN');
  await focused('notes');
  await page.keyboard.type('Hm');
  await page.keyboard.press('Alt+Shift+KeyN');
  await focused('crm');
  await ribbon.host.locator('.wrap').waitFor({ state: 'hidden' });
  await page.keyboard.press('Alt+Shift+KeyR');
  await focused('main');
  await page.keyboard.press('Alt+Shift+KeyH');
  await ribbon.hear('callEnded');
  await focused('notes');
  // At once after a panel has closed, while buttons take no click.
  await page.keyboard.press('Escape');
  await focused('main');
  await page.keyboard.press('Alt+Shift+KeyN');
  await focused('notes');
  await context.close();
});

test('a page that replaces its document keeps the commands, the keypad and the help', async () => {
  const { page, context, complaints } = await openPage(browser, site.page('/swapped', crmPage(server, { options: { keys: { mute: 'F8' } } })));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  for (const round of [1, 2]) {
    await page.evaluate(() => {
      document.open();
      document.write('<!doctype html><html lang="en"><head><title>Next</title></head><body><input id="crm"></body></html>');
      document.close();
      heard.length = 0;
    });
    await ribbon.host.locator('.main').waitFor();
    const agentId = await page.evaluate(() => ExotelCallRibbon.agent);
    await server.post('/api/ribbon/simulator/incoming', { from: '+919811122233', agentId });
    await ribbon.reach('incoming');
    await page.locator('#crm').focus();
    await page.keyboard.press('Alt+Shift+KeyA');
    await ribbon.hear('connected');
    // Heard once: twice would leave it as it was.
    await page.keyboard.press('F8');
    await page.waitForFunction(() => ExotelCallRibbon.getState().call.muted);
    await ribbon.act('keypad').click();
    await page.keyboard.type('5');
    await ribbon.hear('dtmf');
    assert.equal((await ribbon.heard()).filter((event) => event === 'mutetoggle' || event === 'dtmf').length, 2, `round ${round}`);
    await page.keyboard.press('Alt+Shift+KeyH');
    await ribbon.hear('callEnded');
    await ribbon.act('notes').click();
    // The button has no room beside the one that leaves the call.
    await ribbon.act('dismiss').click();
    await ribbon.act('help').click();
    await ribbon.host.locator('.help').waitFor();
    await page.keyboard.press('Escape');
    await ribbon.host.locator('.help').waitFor({ state: 'detached' });
  }
  assert.deepEqual(complaints, []);
  await context.close();
});

test('keys: false leaves the page all keys; a mistake is told in a sentence', async () => {
  const { page, context } = await openPage(browser, site.page('/off', crmPage(server, { options: { keys: false } })));
  const ribbon = ribbonOf(page);
  await ribbon.ready();
  await page.evaluate(() => { window.pressed = []; addEventListener('keydown', (event) => pressed.push(event.defaultPrevented)); });
  await incoming(page);
  await ribbon.reach('incoming');
  assert.equal(await ribbon.main.getAttribute('aria-keyshortcuts'), null);
  await page.keyboard.press('Alt+Shift+KeyA');
  assert.equal(await page.evaluate(() => ExotelCallRibbon.getState().phase), 'incoming');
  assert.ok(await page.evaluate(() => pressed.length >= 1 && !pressed.includes(true)));
  const { error } = await ribbon.call('init', { apiKey: 'demo-api-key-789', keys: { mute: 'M' } });
  assert.equal(error.code, 'invalid_argument');
  assert.match(error.message, /^init: keys\.mute must be false, a letter or a digit with Alt/);
  await context.close();
});

for (const [locale, title] of [['en', 'Keyboard shortcuts'], ['hi', 'कुंजियाँ'], ['ur', 'کلیدیں']]) {
  test(`the help panel shows the keys, is closed by Escape, and gives the focus back: ${locale}`, async () => {
    const { page, context } = await openPage(browser, site.page(`/help-${locale}`, crmPage(server, { options: { locale, keys: { hangup: 'Ctrl+Alt+X', decline: false } } })));
    const ribbon = ribbonOf(page);
    await ribbon.ready();
    const panel = ribbon.host.locator('.help');
    await ribbon.act('help').and(page.locator(`[aria-label="${title}"]`)).click();
    await panel.waitFor();
    const text = await panel.locator('dt').allTextContents();
    assert.ok(text.includes('Ctrl+Alt+X') && text.includes('Alt+Shift+R') && !text.includes('Alt+Shift+D'), text.join());
    assert.equal(await panel.locator('.title').textContent(), title);
    const { faults } = await look(page);
    assert.deepEqual(faults, []);
    const box = await panel.boundingBox();
    assert.ok(box.y >= 0 && box.x >= 0, JSON.stringify(box));
    await panel.locator('button').focus();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    await page.waitForFunction(() => document.querySelector('call-ribbon').shadowRoot.activeElement?.dataset.act === 'help');
    await page.keyboard.press('?');
    await panel.waitFor();
    await ribbon.call('makeCall', '+919876543210');
    await panel.waitFor({ state: 'detached' });
    await context.close();
  });
}
