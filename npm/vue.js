// Vue composables for the ribbon.
import { onActivated, onDeactivated, onMounted, onScopeDispose, shallowReadonly, shallowRef, toRaw, toValue, watch } from 'vue';
import { CLOSED, describe, holdRibbon, listen, readStatus, settle, showCustomer, watchStatus } from './shared.js';

export function useCallRibbon(options) {
  const ready = shallowRef(false);
  const error = shallowRef(null);
  const see = () => {
    ({ ready: ready.value, error: error.value } = readStatus());
  };
  const read = () => plain(toValue(options)) ?? null;
  const whileMounted = follow(() => {
    see();
    return watchStatus(see);
  });
  const held = follow(() => holdRibbon(read));
  watch(() => describe(read()), (text) => {
    if (text === null) held.end();
    else if (!held.begin()) settle();
  }, { flush: 'post' });
  onMounted(() => {
    whileMounted.allow();
    held.allow(read() !== null);
  });
  return { ready: shallowReadonly(ready), error: shallowReadonly(error), ribbon: CLOSED.ribbon };
}

export function useCallEvent(event, listener) {
  const heard = follow(() => listen(event, () => listener));
  onMounted(() => heard.allow());
}

export function useCustomer(customer) {
  const read = () => plain(toValue(customer)) ?? null;
  const shown = follow(() => showCustomer(read()));
  const show = () => {
    shown.end();
    if (read()) shown.begin();
  };
  onMounted(() => {
    shown.allow(false);
    show();
  });
  // A view in KeepAlive that is not seen shows no customer.
  onDeactivated(() => shown.forbid());
  onActivated(() => {
    shown.allow(false);
    show();
  });
  watch(() => describe(read()), show, { flush: 'post' });
}

/** What `begin` starts and the returned function ends, at most once at a time and never after the component's end. */
function follow(start) {
  let stop = null;
  let allowed = false;
  const follower = {
    /** Returns whether it has begun now. */
    begin() {
      if (!allowed || stop) return false;
      stop = start();
      return true;
    },
    end() {
      stop?.();
      stop = null;
    },
    allow(begins = true) {
      allowed = true;
      if (begins) follower.begin();
    },
    forbid() {
      allowed = false;
      follower.end();
    },
  };
  onScopeDispose(() => follower.forbid());
  return follower;
}

/** The value without Vue's proxies, which cannot be copied. */
function plain(value) {
  const raw = toRaw(value);
  if (Array.isArray(raw)) return raw.map(plain);
  if (raw && Object.getPrototypeOf(raw) === Object.prototype) return Object.fromEntries(Object.entries(raw).map(([name, inner]) => [name, plain(inner)]));
  return raw;
}
