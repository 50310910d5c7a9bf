// What an integrator writes with React. Each line that is wrong says so: should it compile, this file does not.
import { useCallEvent, useCallRibbon, useCustomer, type CallRibbonOptions } from 'call-ribbon/react';

const options: CallRibbonOptions = { apiUrl: 'https://ribbon.example.com', apiKey: 'k', nonce: 'n', theme: 'dark', onCallEvent: (event, data) => console.log(event, data.callSid) };

export function Page({ id }: { id: string | null }) {
  const { ready, error, ribbon } = useCallRibbon(options);
  useCallRibbon();
  useCallRibbon(id ? options : null);
  useCustomer(id ? { customerId: id, phoneNumber: '+919876543210' } : null);
  useCallEvent('callEnded', ({ status, duration, customerData }) => console.log(status.length, duration + 1, customerData.name?.length));
  const done: Promise<{ callSid: string }> = ribbon.makeCall();
  // @ts-expect-error a connected call has no reason
  useCallEvent('connected', ({ reason }) => console.log(reason));
  // @ts-expect-error there is no such event
  useCallEvent('hungup', () => {});
  // @ts-expect-error the server's address is needed
  useCallRibbon({ apiKey: 'k' });
  // @ts-expect-error there is no such option
  useCallRibbon({ ...options, postion: 'top' });
  // @ts-expect-error there is no such field
  useCustomer({ phone: '1' });
  // @ts-expect-error the hook opens and removes the ribbon
  ribbon.destroy();
  // @ts-expect-error a status is read
  useCallRibbon().ready = true;
  // @ts-expect-error there may be no error
  console.log(done, error.code);
  return ready ? <p>{error?.code} {error?.message}</p> : null;
}
