import { loadCallRibbon, type CallRibbonError, type Customer } from 'call-ribbon';
import createClient from 'openapi-fetch';
// Written by `npm run api` from the document of your server, so that each path, parameter and answer has its type.
import type { paths } from './api';

const server: string = import.meta.env.VITE_CALL_RIBBON ?? 'http://127.0.0.1:8787';
const apiKey = 'demo-api-key-789';
const api = createClient<paths>({ baseUrl: server, headers: { 'X-API-Key': apiKey } });

const STOPS: Customer[] = [
  { customerId: 'DEL-1', name: 'Lakshmi Venkataraman', phoneNumber: '+919900080011', context: { parcel: 'P-881', floor: 3 } },
  { customerId: 'DEL-2', name: 'Peter D’Souza', phoneNumber: '+919900080001', context: { parcel: 'P-882', cashToCollect: 1250 } },
];

const ribbon = await loadCallRibbon(server);
ribbon.on('callEnded', showCalls);
ribbon.on('connected', ({ customerData }) => say(`Talking to ${customerData.name}`));
ribbon.on('callEnded', ({ status, duration }) => say(`${status}, ${duration} s`));

try {
  await ribbon.init({ apiKey, apiUrl: server });
  say('ready');
} catch (error) {
  say((error as CallRibbonError).message);
}

for (const stop of STOPS) {
  const button = document.createElement('button');
  button.textContent = `${stop.name}`;
  button.addEventListener('click', async () => {
    await ribbon.setCustomer({ ...stop, callType: 'delivery', agentId: 'RIDER-4', agentName: 'Joseph' });
    // A refusal was told to the agent already.
    ribbon.makeCall().catch(() => {});
  });
  const line = document.createElement('li');
  line.append(button);
  document.getElementById('stops')!.append(line);
}
await showCalls();

/** Reads the last calls through the typed client. */
async function showCalls() {
  const { data, error } = await api.GET('/api/ribbon/calls', { params: { query: { list: 'all', pageSize: 5 } } });
  if (error) return say(error.error);
  document.getElementById('calls')!.replaceChildren(...data.calls.map((call) => {
    const line = document.createElement('li');
    // To the server, a customer is an object of the page's own.
    const { name } = (call.customerData ?? {}) as Customer;
    line.textContent = `${name ?? call.phoneNumber}: ${call.status}, ${call.duration} s`;
    return line;
  }));
}

function say(sentence: string) {
  document.getElementById('state')!.textContent = sentence;
}
