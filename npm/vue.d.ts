import type { MaybeRefOrGetter, ShallowRef } from 'vue';
import type { CallEventMap, CallEventName, Customer } from './index.js';
import type { CallRibbon, CallRibbonFailure, CallRibbonOptions } from './shared.js';

export type { CallRibbon, CallRibbonFailure, CallRibbonOptions } from './shared.js';

/** How the ribbon stands. */
export interface CallRibbonStatus {
  /** Whether the ribbon has signed in. */
  readonly ready: Readonly<ShallowRef<boolean>>;
  readonly error: Readonly<ShallowRef<CallRibbonFailure | null>>;
  readonly ribbon: CallRibbon;
}

/**
 * Opens the ribbon while the component is mounted, also while it is kept by `KeepAlive`, and applies
 * options that change: give a ref or a getter for that. Without options, or with null, it only returns
 * how the ribbon stands.
 *
 * Use it with options once, near the root of your application. If several components do, the options
 * of the one that was mounted last apply.
 */
export function useCallRibbon(options?: MaybeRefOrGetter<CallRibbonOptions | null | undefined>): CallRibbonStatus;

/** Listens to an event until the component is unmounted. */
export function useCallEvent<E extends CallEventName>(event: E, listener: (data: CallEventMap[E]) => void): void;

/**
 * Shows a customer in the ribbon, again when its data have changed, and when a view that `KeepAlive`
 * kept is seen again; null changes nothing.
 */
export function useCustomer(customer: MaybeRefOrGetter<Customer | null | undefined>): void;
