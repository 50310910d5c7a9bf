// Components that use the hooks in every order. The test renders them through `window.show`.
import { useCallEvent, useCallRibbon, useCustomer } from 'call-ribbon/react';
import { StrictMode } from 'react';
import { createRoot, hydrateRoot } from 'react-dom/client';

/** Holds the ribbon; `log` gathers what its functions and listeners receive. */
function Holder({ options, mark, children }) {
  const { ready, error } = useCallRibbon(options && {
    ...options,
    onReady: () => log(mark, 'onReady'),
    onError: ({ code }) => log(mark, 'onError', code),
    onCallEvent: (event) => log(mark, 'onCallEvent', event),
  });
  return <div><p id={`status-${mark}`}>{error ? error.code : ready ? 'ready' : 'closed'}</p>{children}</div>;
}

function Listener({ mark }) {
  useCallEvent('dialing', ({ customerData }) => log(mark, 'dialing', customerData.customerId));
  useCallEvent('callEnded', ({ customerData }) => log(mark, 'callEnded', customerData.customerId));
  return null;
}

function Shown({ customer }) {
  useCustomer(customer);
  return null;
}

export function Page({ holders = [], listeners = [], customer }) {
  return (
    <StrictMode>
      {holders.map(({ mark, options }) => <Holder key={mark.split('/')[0]} mark={mark} options={options} />)}
      {listeners.map((mark) => <Listener key={mark.split('/')[0]} mark={mark} />)}
      {customer !== undefined && <Shown customer={customer} />}
    </StrictMode>
  );
}

const log = (...what) => globalThis.logged.push(what.join(' '));

if (typeof document !== 'undefined') {
  globalThis.logged = [];
  const place = document.getElementById('root');
  const root = place.firstChild ? hydrateRoot(place, <Page {...globalThis.given} />, { onRecoverableError: (error) => log('hydration', error.message) }) : createRoot(place);
  globalThis.show = (props) => root.render(<Page {...props} />);
}
