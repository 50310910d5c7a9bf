// The adapters for other CRMs, each with the other side of its published messages.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import esbuild from 'esbuild';
import { openPage, startBrowser } from '../support/browser.mjs';
import { ribbonOf } from '../support/ribbon.mjs';
import { KEY, startServer } from '../support/server.mjs';
import { startSite } from '../support/site.mjs';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const read = (name) => readFile(path(name), 'utf8');
const script = { 'content-type': 'text/javascript' };

let browser, server, crm, own;
before(async () => { [browser, server, crm, own] = await Promise.all([startBrowser(), startServer(), startSite(), startSite()]); });
after(async () => { await Promise.all([browser?.close(), server?.stop(), crm?.stop(), own?.stop()]); });

/** Puts an adapter on the integrator's own site, as its README says. */
async function serve(file, more = {}) {
  let html = (await read(`../../integrations/${file}`)).replace('https://ribbon.example.com', server.url).replace("'your-key'", `'${KEY}'`);
  for (const [old, now] of Object.entries(more)) html = html.replace(old, now);
  return own.page(`/${file}`, html);
}

/** Waits until the other side was told something, and returns it. */
const toldBy = (page) => async (name) => {
  const found = await page.waitForFunction((wanted) => told.find(([one]) => one === wanted), name);
  return (await found.jsonValue())[1];
};

/** Enters notes and an outcome in the bar, and saves them. */
async function wrapUp(page, ribbon, notes) {
  await ribbon.reach('ended');
  await ribbon.host.locator('.notes').fill(notes);
  await ribbon.host.locator('.chip').first().click();
  await ribbon.host.locator('.chip[aria-pressed="true"]').waitFor();
  await ribbon.settled();
  await ribbon.main.click();
}

test('Salesforce: a click calls, a caller’s record opens, and each call becomes a task', async () => {
  crm.page('/opencti_min.js', await read('../support/opencti.js'), script);
  const address = await serve('salesforce/softphone.html', { 'https://your-domain.my.salesforce.com/support/api/62.0/lightning/opencti_min.js': `${crm.origin}/opencti_min.js` });
  const { page, context, complaints } = await openPage(browser, address, { viewport: { width: 400, height: 480 } });
  const ribbon = ribbonOf(page);
  const told = toldBy(page);
  await told('enableClickToDial');
  await ribbon.reach('idle');
  assert.deepEqual(await told('setSoftphonePanelHeight'), { heightPX: 480 });
  await page.evaluate(() => clickToDial({ number: '+919900095011', recordId: '003xx000004TmiQAAS', recordName: 'Emily Carter', objectType: 'Contact', accountId: '001xx000003DGbXAAW' }));
  await ribbon.reach('connected');
  await ribbon.says(ribbon.name, 'Emily Carter');
  const { activeCalls: [call] } = await server.get('/api/ribbon/active-calls');
  assert.deepEqual([call.agentId, call.agentName, call.customerData.customerId], ['005xx000001SwiUAAS', 'Meera Nair', '003xx000004TmiQAAS']);
  await ribbon.call('hangup');
  await wrapUp(page, ribbon, 'Wants a demo');
  const { value } = await told('saveLog');
  assert.match(value.ActivityDate, /^\d{4}-\d\d-\d\d$/);
  assert.equal(typeof value.CallDurationInSeconds, 'number');
  assert.deepEqual(value, {
    entityApiName: 'Task', TaskSubtype: 'Call', Status: 'Completed', ActivityDate: value.ActivityDate, Subject: 'Call to +919900095011', CallType: 'Outbound',
    CallDurationInSeconds: value.CallDurationInSeconds, CallObject: call.callSid, CallDisposition: value.CallDisposition, Description: 'Wants a demo', WhoId: '003xx000004TmiQAAS',
  });
  assert.equal(value.CallDisposition, 'promise to pay');
  await told('refreshView');

  // An incoming call of an account that Salesforce finds.
  await page.evaluate(() => {
    told.length = 0;
    returns.searchAndScreenPop = { '001xx000003DGbXAAW': { Id: '001xx000003DGbXAAW', Name: 'Harborline' } };
  });
  await server.post('/api/ribbon/simulator/incoming', { from: '+919900095012', agentId: '005xx000001SwiUAAS' });
  assert.deepEqual(await told('searchAndScreenPop'), { searchParams: '+919900095012', callType: 'inbound', deferred: false });
  assert.deepEqual(await told('setSoftphonePanelVisibility'), { visible: true });
  await ribbon.reach('incoming');
  await ribbon.call('answer');
  await ribbon.reach('connected');
  // What Salesforce refuses is said.
  await page.evaluate(() => { returns.saveLog = { failure: 'Insufficient privileges.' }; });
  await ribbon.call('hangup');
  await wrapUp(page, ribbon, '');
  const inbound = (await told('saveLog')).value;
  assert.deepEqual([inbound.CallType, inbound.Subject, inbound.WhatId, inbound.WhoId], ['Inbound', 'Call from +919900095012', '001xx000003DGbXAAW', undefined]);
  await page.getByText('The call is not in Salesforce: Insufficient privileges.').waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('HubSpot: the page and the SDK’s host tell each other each step of a call', async () => {
  const { outputFiles: [sdk] } = await esbuild.build({ entryPoints: [path('../../integrations/hubspot/sdk.js')], nodePaths: [path('../node_modules')], bundle: true, write: false });
  const { outputFiles: [host] } = await esbuild.build({ entryPoints: [path('../support/hubspot-host.js')], bundle: true, write: false });
  own.page('/hubspot/hubspot-sdk.js', sdk.text, script);
  crm.page('/host.js', host.text, script);
  const address = await serve('hubspot/calling.html');
  const { page, context, complaints } = await openPage(browser, crm.page('/hubspot', '<!doctype html><title>Contact</title><div id="host"></div><script src="/host.js"></script>'));
  await page.evaluate((src) => start(src), address);
  const frame = page.frameLocator('#hubspot-calling-extension-iframe');
  const bar = (look) => frame.locator(`call-ribbon .bar[data-look="${look}"]`).waitFor();
  const told = toldBy(page);
  const send = (type, data) => page.evaluate((message) => host.sendMessage(message), { type, data });
  assert.deepEqual(await told('INITIALIZED'), { isLoggedIn: true, sizeInfo: { width: 400, height: 600 } });
  await told('USER_AVAILABLE');
  await bar('idle');

  await send('DIAL_NUMBER', { phoneNumber: '+919900096011', ownerId: 11811111, subjectId: 101, objectId: 101, objectType: 'CONTACT', portalId: 62515, countryCode: 'IN', calleeInfo: { calleeId: 101, calleeObjectTypeId: '0-1' }, startTimestamp: Date.now() });
  const begun = await told('OUTGOING_CALL_STARTED');
  assert.deepEqual(Object.keys(begun).sort(), ['callStartTime', 'createEngagement', 'externalCallId', 'toNumber']);
  assert.deepEqual([begun.toNumber, begun.createEngagement], ['+919900096011', true]);
  const { activeCalls: [call] } = await server.get('/api/ribbon/active-calls');
  assert.deepEqual([call.callSid, call.agentId, call.customerData.customerId], [begun.externalCallId, '11811111', 'hubspot-101']);
  await send('CREATE_ENGAGEMENT_SUCCEEDED', { externalCallId: begun.externalCallId, engagementId: 4711 });
  assert.deepEqual(await told('CALL_ANSWERED'), { externalCallId: begun.externalCallId });
  await send('END_CALL', {});
  assert.deepEqual(await told('CALL_ENDED'), { externalCallId: begun.externalCallId, engagementId: 4711, callEndStatus: 'COMPLETED' });
  await bar('ended');
  await frame.locator('call-ribbon .notes').fill('Send the offer');
  await frame.locator('call-ribbon .chip').first().click();
  await frame.locator('call-ribbon .chip[aria-pressed="true"]').waitFor();
  await frame.locator('call-ribbon [data-main][aria-disabled="false"]').click();
  const { engagementProperties, ...completed } = await told('CALL_COMPLETED');
  assert.deepEqual(completed, { externalCallId: begun.externalCallId, engagementId: 4711, hideWidget: false });
  assert.equal(typeof engagementProperties.hs_timestamp, 'number');
  assert.match(engagementProperties.hs_call_duration, /^\d+$/);
  assert.deepEqual([engagementProperties.hs_call_direction, engagementProperties.hs_call_status, engagementProperties.hs_call_title, engagementProperties.hs_call_body], ['OUTBOUND', 'COMPLETED', 'Call to +919900096011', 'promise to pay: Send the offer']);

  // An incoming call, whose caller HubSpot knows.
  await server.post('/api/ribbon/simulator/incoming', { from: '+919900096012', agentId: '11811111' });
  const incoming = await told('INCOMING_CALL');
  assert.equal(incoming.fromNumber, '+919900096012');
  const objectCoordinates = { portalId: 62515, objectId: 102, objectTypeId: '0-1' };
  await send('CALLER_ID_MATCH_SUCCEEDED', { callerIdMatches: [{ callerIdType: 'CONTACT', objectCoordinates, firstName: 'Asha', lastName: 'Rao', email: 'asha@example.com' }] });
  assert.deepEqual(await told('NAVIGATE_TO_RECORD'), { objectCoordinates });
  await server.giveUp(incoming.externalCallId);
  await page.waitForFunction((id) => told.some(([type, data]) => type === 'CALL_ENDED' && data.externalCallId === id && data.callEndStatus === 'MISSED'), incoming.externalCallId);
  assert.deepEqual(complaints, []);
  await context.close();
});
