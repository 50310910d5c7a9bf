import type { CallEventMap, CallEventName, Customer } from './index.js';
import type { CallRibbon, CallRibbonFailure, CallRibbonOptions } from './shared.js';

export type { CallRibbon, CallRibbonFailure, CallRibbonOptions } from './shared.js';

/** How the ribbon stands. */
export interface CallRibbonStatus {
  /** Whether the ribbon has signed in. */
  readonly ready: boolean;
  readonly error: CallRibbonFailure | null;
  /** Always the same object. */
  readonly ribbon: CallRibbon;
}

/**
 * Opens the ribbon while the component is mounted, and applies options that change. Functions may be
 * new in each rendering. Without options, or with null, it only returns how the ribbon stands.
 *
 * Use it with options once, near the root of your application. If several components do, the options
 * of the one that was mounted last apply.
 */
export function useCallRibbon(options?: CallRibbonOptions | null): CallRibbonStatus;

/** Calls the listener of the latest rendering for each event of this name. */
export function useCallEvent<E extends CallEventName>(event: E, listener: (data: CallEventMap[E]) => void): void;

/** Shows a customer in the ribbon, and again when its data have changed; null changes nothing. */
export function useCustomer(customer: Customer | null | undefined): void;
