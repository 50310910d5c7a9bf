import { useState } from 'react';
import { Desk } from './Desk';

export interface Agent { id: string; name: string }

const AGENTS: Agent[] = [{ id: 'AGT-7', name: 'Meera Nair' }, { id: 'AGT-9', name: 'Arjun Das' }];

/** Who is signed in decides whether there is a desk, and with it a ribbon. */
export function App() {
  const [agent, setAgent] = useState<Agent | null>(null);
  if (agent) return <Desk key={agent.id} agent={agent} signOut={() => setAgent(null)} />;
  return (
    <main className="sign-in">
      <h1>Payment desk</h1>
      <p>Who are you?</p>
      {AGENTS.map((one) => <button key={one.id} onClick={() => setAgent(one)}>{one.name}</button>)}
    </main>
  );
}
