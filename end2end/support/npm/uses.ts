// What an integrator writes. Each line that is wrong says so: should it compile, this file does not.
import { loadCallRibbon } from 'call-ribbon';
import type {
  CallEndedEvent, CallEventMap, CallPermission, CallRibbonError, Check, Customer, Diagnosis, InitOptions, Position, RibbonState,
} from 'call-ribbon';

const ribbon = await loadCallRibbon('https://ribbon.example.com', { integrity: 'sha384-x', nonce: 'n' });

await ribbon.init({
  apiKey: 'key',
  apiUrl: 'https://ribbon.example.com',
  position: 'floating',
  offset: { bottom: 60 },
  theme: 'dark',
  locale: 'hi',
  linkTel: true,
  keys: { hangup: 'Ctrl+Alt+X', mute: 'F8', call: false },
  autoCall: false,
  agentId: 'agent1',
  agentName: 'Ravi',
  onReady: () => {},
  onError: (error: CallRibbonError) => console.log(error.code, error.message, error.decision?.because[0]?.said.length),
  // Name and data belong together.
  onCallEvent: (event, data) => {
    const common: string = data.callSid + data.phoneNumber + data.timestamp + data.callDirection;
    if (event === 'dtmf') console.log(data.digit.length, common);
    if (event === 'mutetoggle') console.log(data.muted === true);
    if (event === 'holdtoggle') console.log(data.onHold === true);
    if (event === 'notPermitted') console.log(data.decision.because[0]?.rule, data.customerData.name);
    if (event === 'callEnded') console.log(data.duration + 1, data.status === 'no_answer', data.reason.length);
    if (event === 'incoming') console.log(data.customerData.sharedBy ?? data.customerData.customerId, data.replayed === true);
    // @ts-expect-error a connected call has no digit
    if (event === 'connected') console.log(data.digit);
    // @ts-expect-error there is no such event
    if (event === 'hungup') console.log(data);
  },
});

// A listener that takes what every event has serves for all.
const options: InitOptions = { apiKey: 'k', onCallEvent: (event, { callSid, customerData }) => console.log(event, callSid, customerData.phoneNumber) };
await ribbon.init(options);
await ribbon.init({ apiKey: 'k', agentToken: 'ey.ey.x' });
await ribbon.init({ apiKey: 'k', agentToken: () => 'ey.ey.x' });
await ribbon.init({ apiKey: 'k', agentToken: () => fetch('/my/agent-token').then((answer) => answer.text()) });
// @ts-expect-error a token is a text
await ribbon.init({ apiKey: 'k', agentToken: () => 7 });

const customer: Customer = {
  phoneNumber: '+91 98765 43210',
  name: 'Asha Rao',
  customerId: 1001,
  email: 'asha@example.com',
  callType: 'collections',
  context: { amountDue: 12450.5, loan: { amount: 1, currency: 'INR' }, tags: ['a', null] },
  metadata: { campaign: 'november' },
  facts: [{ label: 'Amount due', value: 12450.5, kind: 'money', currency: 'INR' }, { label: 'Since', value: new Date() }, { label: 'Owner', value: null }],
  script: 'Namaste, this is Ravi of Acme.',
};
// @ts-expect-error a fact has a label
await ribbon.setCustomer({ facts: [{ value: 1 }] });
// @ts-expect-error there is no such kind
await ribbon.setCustomer({ facts: [{ label: 'Due', value: 1, kind: 'cash' }] });
await ribbon.setCustomer(customer);
await ribbon.setCustomer({ name: 'Asha' });
await ribbon.setCustomer({ name: 'Asha', phoneNumber: null });
await ribbon.setCustomer({ phoneNumber: 919876543210, callType: 'a type of our own' });
await ribbon.setCustomer({ phoneNumber: '+919876543210', agentId: 7, agentName: null });

const { callSid, sessionId }: { callSid: string; sessionId: string } = await ribbon.makeCall('+919876543210');
await ribbon.makeCall();
console.log(callSid, sessionId);

const place: Position = 'top';
await ribbon.setPosition(place);
await ribbon.setVisible(false);
await ribbon.setMinimized(true);
await ribbon.answer();
await ribbon.hangup();
await ribbon.setMuted(true);
await ribbon.setHold(false);
await ribbon.sendDtmf('#');
await ribbon.sendDtmf(5);
await ribbon.setNotes('Asked for a plan');
await ribbon.setDisposition('promise_to_pay');
await ribbon.setDisposition(null);

const ended = (data: CallEndedEvent) => console.log(data.status);
await ribbon.on('callEnded', ended);
await ribbon.on('failed', (data) => console.log(data.reason));
await ribbon.off('callEnded', ended);
const anyEvent = <E extends keyof CallEventMap>(event: E, data: CallEventMap[E]) => console.log(event, data.callSid);
anyEvent('dtmf', {} as CallEventMap['dtmf']);

const state: RibbonState = ribbon.getState();
const agentId: string | undefined = state.agentId;
console.log(agentId, state.agentName?.length, state.permission?.said.length, state.permission?.nextAllowed);
const may: CallPermission = await ribbon.canCall({ phoneNumber: '+919876543210', callType: 'recovery' });
console.log(may.allowed, may.because.map(({ said }) => said), (await ribbon.canCall()).said, (await ribbon.canCall('+919876543210')).allowed);
// @ts-expect-error a list is no customer
ribbon.canCall([1]);
console.log(state.followUp?.at, state.followUp?.note.length, state.followUp?.agentId?.length, state.callWaiting?.phoneNumberHandle, state.customerData?.facts?.[0]?.label);
if (state.call) console.log(state.call.duration, state.phase === 'on-hold', state.customerData?.name);
const found: Diagnosis = await ribbon.diagnose();
const wrong: Check[] = found.checks.filter((check) => !check.ok);
console.log(wrong.map((check) => check.message), ribbon.version.length);
await ribbon.destroy();

// The global of the script tag, and the events of the window.
ExotelCallRibbon.on('incoming', ({ customerData }) => console.log(customerData.name));
console.log(window.ExotelCallRibbon?.version);
window.addEventListener('callribbon:holdtoggle', ({ detail }) => console.log(detail.onHold));

// @ts-expect-error a key is needed
ribbon.init({});
// @ts-expect-error there is no such position
ribbon.init({ apiKey: 'k', position: 'left' });
// @ts-expect-error there is no such option
ribbon.init({ apiKey: 'k', postion: 'top' });
// @ts-expect-error a number is a text or a number
ribbon.setCustomer({ phoneNumber: ['1'] });
// An interface has no index signature, and a date is written as a text.
interface Loan { loanId: string; due: Date; parts?: Loan[] }
const loan: Loan = { loanId: 'L-1', due: new Date() };
await ribbon.setCustomer({ phoneNumber: '1', context: loan, metadata: loan });
// @ts-expect-error an object
ribbon.setCustomer({ phoneNumber: '1', context: 'x' });
// @ts-expect-error there is no such field
ribbon.setCustomer({ phoneNumber: '1', contxt: {} });
// @ts-expect-error there is no such field
ribbon.setCustomer({ phoneNumber: '1', customerid: 'C-1' });
// @ts-expect-error a name is a text
ribbon.setCustomer({ phoneNumber: '1', name: { first: 'A' } });
// @ts-expect-error a script is a text
ribbon.setCustomer({ phoneNumber: '1', script: 7 });
// @ts-expect-error a text, which may be empty
ribbon.setNotes(null);
// @ts-expect-error true or false
ribbon.setMuted('yes');
// @ts-expect-error there is no such place
ribbon.setPosition('middle');
// @ts-expect-error there is no such event
ribbon.on('ended', () => {});
// @ts-expect-error a listener of another event
ribbon.on('connected', (data: CallEndedEvent) => console.log(data.status));
// @ts-expect-error there is no such method
ribbon.transfer('+91');
// @ts-expect-error the version is read only
ribbon.version = '2';
// @ts-expect-error the state is a value and no promise
ribbon.getState().then(() => {});
// @ts-expect-error a follow-up that the ribbon shows need not name its agent
console.log(state.followUp?.agentId.length);
// @ts-expect-error the call may not be there
console.log(state.call.duration);
// @ts-expect-error the address is a text
loadCallRibbon(8787);
// @ts-expect-error no digit in a hold
window.addEventListener('callribbon:holdtoggle', ({ detail }) => console.log(detail.digit));

addEventListener('callribbon:resize', ({ detail }) => {
  const room: number = detail.height + detail.top + detail.bottom + (ribbon.getState().height ?? 0);
  console.log(room);
});
// @ts-expect-error an offset is in pixels
await ribbon.init({ apiKey: 'k', offset: { bottom: '60px' } });
