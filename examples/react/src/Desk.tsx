import { useCallEvent, useCallRibbon, useCustomer } from 'call-ribbon/react';
import { useState } from 'react';
import type { Agent } from './App';
import { ACCOUNTS, rupees, type Account } from './accounts';

/** The accounts of one agent. The ribbon is on the page while this component is. */
export function Desk({ agent, signOut }: { agent: Agent; signOut: () => void }) {
  const [account, setAccount] = useState<Account | null>(null);
  const [inCall, setInCall] = useState<string | null>(null);
  const [calls, setCalls] = useState<string[]>([]);
  const [onTop, setOnTop] = useState(false);

  // 1. Open the ribbon for the agent. Options that change are applied, and keep a call in progress.
  const { ready, error, ribbon } = useCallRibbon({
    apiUrl: import.meta.env.VITE_CALL_RIBBON ?? 'http://127.0.0.1:8787',
    apiKey: 'demo-api-key-789',
    agentId: agent.id,
    agentName: agent.name,
    position: onTop ? 'top' : 'bottom',
  });

  // 2. Show whom the agent works on.
  useCustomer(account && {
    customerId: account.id,
    name: account.name,
    phoneNumber: account.phone,
    callType: 'collections',
    context: { due: account.due, daysOverdue: account.days, currency: 'INR' },
  });

  // 3. Follow the calls. A listener sees the state of the latest rendering, so `calls` is never old.
  useCallEvent('connected', ({ customerData }) => setInCall(customerData.name ?? 'an unknown caller'));
  useCallEvent('callEnded', ({ customerData, status, duration }) => {
    setInCall(null);
    setCalls([`${calls.length + 1}. ${customerData.name ?? customerData.phoneNumber}: ${status}, ${duration} s`, ...calls]);
  });

  return (
    <main>
      <header>
        <h1>Payment desk</h1>
        <p>{agent.name} · {error ? error.message : ready ? 'ready' : 'connecting…'}</p>
        <button onClick={() => setOnTop(!onTop)}>Move the bar</button>
        <button onClick={signOut}>Sign out</button>
      </header>
      <p className="now" role="status">{inCall ? `Talking to ${inCall}` : 'No call'}</p>
      <ul className="accounts">
        {ACCOUNTS.map((one) => (
          <li key={one.id} aria-current={one === account}>
            <button onClick={() => setAccount(one)}>{one.name}<small>{rupees(one.due)}, {one.days} days</small></button>
          </li>
        ))}
      </ul>
      {/* 4. Or call from a button of your own. */}
      <button className="call" disabled={!account} onClick={() => ribbon.makeCall()}>Call {account?.name}</button>
      <h2>Calls of today</h2>
      <ol>{calls.map((call) => <li key={call}>{call}</li>)}</ol>
    </main>
  );
}
