// Every state of the ribbon, one after the other, as an agent comes to them.
import { openPage } from './browser.mjs';
import { ribbonOf } from './ribbon.mjs';
import { crmPage } from './site.mjs';

export const CUSTOMER = {
  customerId: 'CUST-1001', name: 'Asha Rao', phoneNumber: '+91 98765 43210', callType: 'collections',
  context: { amountDue: 12450.5, daysOverdue: 34, loanId: 'LN-20871' },
};
const LONG = { ...CUSTOMER, name: 'Venkatanarasimharajuvaripeta Lakshminarayanan Subramaniam', phoneNumber: '+91 99000 10001' };

/** Where the ribbon stands, and in which window. */
export const POSITIONS = {
  bottom: { position: 'bottom', viewport: { width: 1100, height: 640 } },
  top: { position: 'top', viewport: { width: 1100, height: 640 } },
  floating: { position: 'floating', viewport: { width: 420, height: 640 } },
  phone: { position: 'bottom', viewport: { width: 320, height: 640 } },
};

/** Opens a page of its own for each group of states, and has `visit(state, page, ribbon)` look at each. The server's simulator is `STILL`. */
export async function visitStates({ browser, server, site, name, position, theme, locale, visit }) {
  const { viewport, position: at } = POSITIONS[position];
  const dark = theme === 'dark';
  const open = async (group, { customer = CUSTOMER, options = {} } = {}) => {
    const style = `<style>body { margin: 0; padding: 80px 24px; font: 16px system-ui; ${dark ? 'background: #20242c; color: #fff' : 'background: #eef1f5'} }</style>`;
    const html = crmPage(server, { options: { position: at, theme, locale, ...options }, head: style });
    const { page, context } = await openPage(browser, site.page(`/${name}-${group}`, html), { viewport, reducedMotion: 'reduce' });
    const ribbon = ribbonOf(page);
    if (customer) {
      await ribbon.ready();
      await page.evaluate((given) => ExotelCallRibbon.setCustomer(given), customer);
    }
    await page.waitForFunction((tag) => document.querySelector('call-ribbon')?.shadowRoot.querySelector('.place')?.lang === tag, locale);
    const happens = async (event, data) => {
      const found = await page.waitForFunction(() => ExotelCallRibbon.getState().call?.callSid);
      await server.tell(event, await found.jsonValue(), data);
    };
    return { page, context, ribbon, happens, see: (state) => visit(state, page, ribbon) };
  };

  let { page, context, ribbon, happens, see } = await open('call');
  await ribbon.reach('idle');
  await see('idle');
  await ribbon.main.click();
  await ribbon.reach('dialing');
  await see('dialing');
  await happens('ringing');
  await ribbon.reach('ringing');
  await see('ringing');
  await happens('connected');
  await ribbon.reach('connected');
  await ribbon.host.locator('.timer', { hasText: /0:0[1-9]/ }).waitFor();
  await see('in call');
  await ribbon.act('mute').click();
  await ribbon.hear('mutetoggle');
  await see('muted');
  await ribbon.act('keypad').click();
  await ribbon.digit('5').click();
  await ribbon.hear('dtmf');
  await see('keypad');
  await ribbon.act('keypad').click();
  await ribbon.act('hold').click();
  await ribbon.reach('on-hold');
  await see('on hold');
  await ribbon.call('setMinimized', true);
  await see('minimized');
  await ribbon.call('setMinimized', false);
  const incoming = async (from) => server.post('/api/ribbon/simulator/incoming', { from, agentId: await page.evaluate(() => agent) });
  const { body: second } = await incoming('+919811122233');
  const strip = ribbon.host.locator('.place[data-waiting="true"]');
  await strip.waitFor();
  await see('call waiting');
  await ribbon.call('setMinimized', true);
  await see('call waiting, minimized');
  await ribbon.call('setMinimized', false);
  await server.post(`/api/ribbon/calls/${second.sessionId}/hangup`, {});
  await strip.waitFor({ state: 'detached' });
  await ribbon.main.click();
  await ribbon.host.locator('.wrap').waitFor();
  await ribbon.host.locator('.notes').fill('Pays 5,000 on Friday and the rest by the end of the month.');
  await ribbon.host.locator('.chip').first().click();
  // Saved, in whatever language that is said: the sentence is not the one of before.
  const saved = page.waitForResponse((answer) => answer.request().method() === 'PATCH' && answer.ok() && /followUp/.test(answer.request().postData()));
  await ribbon.host.locator('[data-act="tomorrow"]').click();
  await saved;
  await see('wrap-up');
  await ribbon.act('notes').click();
  await see('ended');
  await incoming('+919811122233');
  await ribbon.reach('incoming');
  await see('incoming');
  await happens('missed', { reason: 'nobody answered' });
  await ribbon.reach('failed');
  await see('missed');
  await ribbon.act('history').click();
  await ribbon.host.locator('.row').first().waitFor();
  await see('history');
  await ribbon.host.locator('.past [data-act="close"]').click();
  await ribbon.act('dismiss').click();
  await page.route('**/api/ribbon/calls*', (route) => route.abort());
  await ribbon.act('history').click();
  await ribbon.host.locator('.note').filter({ hasNotText: '…' }).waitFor();
  await see('history, failed');
  await ribbon.host.locator('.past [data-act="close"]').click();
  await ribbon.call('makeCall', '+919876543210');
  await see('no server');
  await context.close();

  ({ page, context, ribbon, happens, see } = await open('unsent'));
  await page.route('**/api/ribbon/calls/*/hangup', (route) => route.abort('connectionrefused'));
  const hangUp = async (calls) => {
    await ribbon.reach('connected');
    await ribbon.main.click();
    await page.waitForFunction((wanted) => ExotelCallRibbon.getState().waiting === wanted, calls);
    await ribbon.act('notes').click();
  };
  await ribbon.main.click();
  await happens('connected');
  await hangUp(1);
  // To the server the agent is still in the first call, so the second is one that rings in.
  await server.post('/api/ribbon/simulator/incoming', { from: CUSTOMER.phoneNumber, agentId: await page.evaluate(() => agent) });
  await ribbon.reach('incoming');
  await ribbon.main.click();
  await hangUp(2);
  await see('calls waiting to be sent');
  await context.close();

  ({ page, context, ribbon, happens, see } = await open('busy', { customer: LONG }));
  await ribbon.main.click();
  await happens('failed', { status: 'busy', reason: 'busy' });
  await ribbon.reach('failed');
  await see('busy, long name');
  await ribbon.call('makeCall', '98x65');
  await see('no number');
  await context.close();

  ({ context, ribbon, see } = await open('key', { customer: null, options: { apiKey: 'wrong' } }));
  await ribbon.reach('failed');
  await see('wrong key');
  await context.close();

  ({ context, ribbon, see } = await open('offline', { customer: null, options: { apiUrl: 'http://127.0.0.1:1' } }));
  await ribbon.reach('offline');
  await see('offline');
  await context.close();
}
