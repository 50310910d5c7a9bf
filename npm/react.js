// React hooks for the ribbon.
import { useEffect, useInsertionEffect, useRef, useSyncExternalStore } from 'react';
import { CLOSED, describe, holdRibbon, listen, readStatus, settle, showCustomer, watchStatus } from './shared.js';

const useStatus = () => useSyncExternalStore(watchStatus, readStatus, () => CLOSED);

/** Returns a reference to the value of the last rendering that was shown. */
function useLatest(value) {
  const latest = useRef(value);
  useInsertionEffect(() => { latest.current = value; });
  return latest;
}

export function useCallRibbon(options) {
  const latest = useLatest(options);
  const text = describe(options);
  const holds = text !== null;
  useEffect(() => (holds ? holdRibbon(() => latest.current) : undefined), [holds, latest]);
  useEffect(() => { if (holds) settle(); }, [holds, text]);
  return useStatus();
}

export function useCallEvent(event, listener) {
  const latest = useLatest(listener);
  useEffect(() => listen(event, () => latest.current), [event, latest]);
}

export function useCustomer(customer) {
  const latest = useLatest(customer);
  const text = describe(customer);
  useEffect(() => (text === null ? undefined : showCustomer(latest.current)), [text, latest]);
}
