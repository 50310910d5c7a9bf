// The complete JavaScript API of the ribbon.

/** The position of the bar. */
export type Position = 'top' | 'bottom' | 'floating';

/** `auto` follows the system. */
export type Theme = 'auto' | 'light' | 'dark';

/** The direction of a call. */
export type CallDirection = 'outbound' | 'inbound';

/** The status of a call. */
export type CallStatus = 'active' | 'completed' | 'missed' | 'failed' | 'no_answer' | 'busy' | 'abandoned';

/** The purpose of a call; any text, these are the usual ones. */
export type CallType = 'collections' | 'sales' | 'support' | 'customer_service' | 'follow_up' | (string & {});

/** A value in an event's `context` or `metadata`, as JSON keeps it: a date has become a text. */
export type Json = string | number | boolean | null | undefined | readonly Json[] | { readonly [name: string]: Json };

/** How a fact is shown: text by default, numbers and dates in the manner of the page's language. */
export type FactKind = 'text' | 'number' | 'money' | 'date' | 'days';

/** One fact in the bar: a label over a value. */
export interface Fact {
  /** 1 to 60 characters. */
  label: string;
  /** A fact whose value is null or missing is left out. A number is written without separators. */
  value?: string | number | Date | null;
  /** By default, chosen by the value. */
  kind?: FactKind | null;
  /** The currency of `money` (ISO 4217), such as `INR`. */
  currency?: string | null;
}

/** A customer, as a page passes one to `setCustomer`. */
export interface Customer {
  /** The number to call. A customer without one is shown, with Call disabled. */
  phoneNumber?: string | number | null;
  /** What the server's answers to a key without numbers have beside `phoneNumber`; it is dialed. */
  phoneNumberHandle?: string | null;
  /** The display name. */
  name?: string;
  /** The customer's id in your own system. */
  customerId?: string | number;
  email?: string;
  /**
   * Facts for the agent and for analytics. Unless `facts` is given, the bar shows the first entries
   * as facts, by their names and values; amounts are in the `currency` of the context. Any
   * object that JSON can hold.
   */
  context?: object;
  /** What the bar shows instead of the context, at most 12; those that fit are shown. */
  facts?: readonly Fact[] | null;
  /** The purpose of the call. The outcomes offered after it may depend on it. */
  callType?: CallType;
  /** What to say to this customer: a line in the bar, and in whole in the customer's card. */
  script?: string | null;
  /**
   * The ribbon's agent from now on, or after the current call if there is one: calls belong to this
   * agent, and the agent's incoming calls ring here. If missing or empty, the agent stays.
   */
  agentId?: string | number | null;
  /** The agent's display name. Without an id, it belongs to the agent named before. */
  agentName?: string | null;
  /** Data that is returned with the call and not shown to agents. */
  metadata?: object;
  /** Call immediately. */
  autoCall?: boolean;
}

/**
 * The customer of a call: the argument of `setCustomer`, or the customer with that number, or at
 * least `{phoneNumber}`.
 */
export interface CustomerData {
  phoneNumber?: string | number | null;
  /** Present if the key may not see numbers: `phoneNumber` is then only partly shown. */
  phoneNumberHandle?: string | null;
  name?: string;
  customerId?: string | number;
  email?: string;
  context?: { readonly [name: string]: Json };
  facts?: readonly { readonly [name: string]: Json }[] | null;
  callType?: CallType;
  script?: string | null;
  agentId?: string | number | null;
  agentName?: string | null;
  metadata?: { readonly [name: string]: Json };
  /**
   * How many customers share the number of an incoming call, at most 20. Then no customer is named:
   * `customerId` and `name` are missing.
   */
  sharedBy?: number;
  /** Up to five of the customers who share it, the most recently changed first. */
  sharedCustomers?: readonly { readonly customerId: string; readonly name: string | null }[];
  [name: string]: unknown;
}

/** The data of each event. */
export interface CallEvent {
  callSid: string;
  /** Empty if the caller withheld it. */
  phoneNumber: string;
  /** Present if the key may not see numbers: `phoneNumber` is then only partly shown; dial this. */
  phoneNumberHandle?: string;
  callDirection: CallDirection;
  /** Seconds of talk so far, or in total. */
  duration: number;
  /** Always an object. */
  customerData: CustomerData;
  /** RFC 3339 in UTC, by the server's clock. */
  timestamp: string;
  /** Set if a listener was added during the call and receives the call's current state. */
  replayed?: true;
}

/** The data of an event that ends a call. */
export interface CallEndedEvent extends CallEvent {
  status: CallStatus;
  /** The reason, in words; may be empty. */
  reason: string;
}

export interface MuteToggleEvent extends CallEvent { muted: boolean }
export interface HoldToggleEvent extends CallEvent { onHold: boolean }
export interface DtmfEvent extends CallEvent { digit: string }

/** The data of `notPermitted`. No call was made, so `callSid` is empty. */
export interface NotPermittedEvent extends CallEvent { decision: CallDecision }

/** All events, by name. */
export interface CallEventMap {
  /** The call was requested. */
  dialing: CallEvent;
  /** The other side's phone rings. */
  ringing: CallEvent;
  /** An incoming call rings. */
  incoming: CallEvent;
  /** Both sides talk. */
  connected: CallEvent;
  mutetoggle: MuteToggleEvent;
  holdtoggle: HoldToggleEvent;
  /** A digit was sent. */
  dtmf: DtmfEvent;
  /** An incoming call was not answered; `callEnded` follows. */
  missed: CallEndedEvent;
  /** The call could not be made; `callEnded` follows. */
  failed: CallEndedEvent;
  /** The call is over. Sent once per call, whichever side ended it. */
  callEnded: CallEndedEvent;
  /** The server did not permit a call, whichever way it was asked for. */
  notPermitted: NotPermittedEvent;
}

export type CallEventName = keyof CallEventMap;

/** An event's name with the matching data. */
export type NamedCallEvent = { [E in CallEventName]: [event: E, data: CallEventMap[E]] }[CallEventName];

/** An error, as `onError` receives it. The promises of all methods reject with an `Error` that has it. */
export interface CallRibbonError {
  /** A stable code for programs, such as `invalid_api_key`. */
  code: string;
  /** What happened and what to do. */
  message: string;
  /** With the code `call_not_permitted`: why, and when the call is permitted. */
  decision?: CallDecision;
}

/** Whether a call may be made, and why. */
export interface CallDecision {
  allowed: boolean;
  /** The rules that the call would break. */
  because: CallRuleFinding[];
  /** When the call is permitted next, in milliseconds since 1970; missing: time does not help, or see `notBefore`. */
  nextAllowed?: number;
  notBefore?: number; // Not permitted before this time; later times were not tried.
  /** The time zones in which the called person may be. */
  zones: string[];
  zoneKnownBy?: 'customer' | 'number' | 'several' | 'client-default';
  purpose?: 'recovery' | 'sales' | 'service' | 'transactional';
  followUp?: { at: string; note: string | null }; // The agent's open one for the customer.
}

/** A decision, and what the agent reads: why not and when, or what to mind; empty if no rule objects. */
export interface CallPermission extends CallDecision { said: string }

/** A rule that a call would break. */
export interface CallRuleFinding {
  pack: string;
  version: number;
  rule: string;
  /** What is wrong, in numbers. */
  reason: { kind: string; [detail: string]: unknown };
  /** What is wrong, in a sentence. */
  said: string;
  effect: 'block' | 'warn';
  standing: 'in-force' | 'draft' | 'unconfirmed' | 'policy';
  source: string;
  until?: number; // When the rule no longer objects, in milliseconds since 1970.
  mayOverride: 'nobody' | 'admin' | 'agent';
  overridden: boolean;
}

/** A command that an agent can give by a key anywhere on the page. */
export type Command = 'answer' | 'decline' | 'hangup' | 'mute' | 'call' | 'notes' | 'ribbon';

/** Keys that replace the ribbon's own: `Alt`, `Ctrl` or `Meta`, also with `Shift`, and a letter or a
 * digit, or a function key; false for none. */
export type Keys = { readonly [C in Command]?: string | false | null };

/** The options of `init`. */
export interface InitOptions {
  apiKey: string;
  /** The server's address; by default, the one that the script was loaded from. */
  apiUrl?: string;
  /** `bottom` by default. */
  position?: Position;
  /** The bar's distance from the window's upper and lower edge, in pixels from 0 to 1000. */
  offset?: { readonly top?: number; readonly bottom?: number };
  onCallEvent?: (...event: NamedCallEvent) => void;
  onReady?: () => void;
  onError?: (error: CallRibbonError) => void;
  /**
   * The agent who works with this ribbon. `setCustomer` may name another agent; the last one named
   * applies. If none is named, the browser generates an id for the agent and stores it.
   */
  agentId?: string | number | null;
  agentName?: string | null;
  /**
   * Who the agent is, signed by your own server (docs/agent-identity.md), or a function that returns
   * it. The function is called whenever a session is opened or renewed; a text expires after ten
   * minutes. `setCustomer` cannot name another agent then.
   */
  agentToken?: string | (() => string | Promise<string>);
  /** Each `setCustomer` calls immediately. */
  autoCall?: boolean;
  theme?: Theme;
  /** The language, such as `en` or `hi`; by default, the page's. */
  locale?: string;
  /** Keys that replace the ribbon's own, or false for none. */
  keys?: Keys | boolean;
  /** Whether `tel:` links of the page call through the ribbon. */
  linkTel?: boolean;
}

/** The ids of a call that was started. */
export interface StartedCall { callSid: string; sessionId: string }

/** When to speak with the customer again, and about what. */
export interface FollowUp {
  /** RFC 3339 in UTC. */
  at: string;
  /** May be empty. */
  note: string;
  /** Who has to make it. Only the server's answers have it: `getState` is about the agent's own call. */
  agentId?: string;
}

/** The state that the bar shows. */
export type Phase =
  | 'loading' | 'signed-out' | 'signing-in' | 'idle' | 'dialing' | 'ringing' | 'incoming' | 'connected'
  | 'on-hold' | 'wrap-up' | 'ended' | 'failed' | 'offline';

/** The current call, or the last one. */
export interface CallState {
  callSid: string;
  sessionId: string;
  phoneNumber: string;
  /** Present if the key may not see numbers: `phoneNumber` is then only partly shown; dial this. */
  phoneNumberHandle?: string;
  callDirection: CallDirection;
  status: CallStatus;
  muted: boolean;
  onHold: boolean;
  /** Seconds of talk so far, or in total. */
  duration: number;
}

/** The state of the ribbon. Before `init`, only `phase` is set. */
export interface RibbonState {
  phase: Phase;
  /** The ribbon's agent. */
  agentId?: string;
  agentName?: string | null;
  position?: Position;
  visible?: boolean;
  minimized?: boolean;
  /** The space that the bar takes along its edge, in pixels; 0 if it takes none. */
  height?: number;
  customerData?: CustomerData | null;
  call?: CallState | null;
  /** The call that rings during the current one. */
  callWaiting?: CallState | null;
  /** Whether the shown customer may be called; null: not asked, as the client has no rules, or no answer. */
  permission?: CallPermission | null;
  /** After-call work, if there is a call. */
  notes?: string;
  disposition?: string | null;
  followUp?: FollowUp | null;
  /** The number of calls about which something waits to be sent to the server. */
  waiting?: number;
}

/** The result of one check of `diagnose()`. */
export interface Check {
  name:
    | 'server' | 'key' | 'domain' | 'policy' | 'microphone' | 'clock' | 'network' | 'storage';
  ok: boolean;
  /** The finding and, if the check failed, what to do. */
  message: string;
}

export interface Diagnosis {
  /** Whether all checks passed. */
  ok: boolean;
  checks: Check[];
}

/**
 * The ribbon's API. No method throws: each returns a promise, which rejects with an `Error` that is a
 * `CallRibbonError`. A page may ignore the promise: no unhandled rejection is reported.
 */
export interface ExotelCallRibbon {
  /** Signs in and shows the ribbon; settles as `onReady` and `onError` do. */
  init(options: InitOptions): Promise<void>;
  /**
   * Shows a customer; during a call, the next one. A customer whose JSON has more than 64 KiB is
   * called too, but fields beyond that are not stored with the call; the console says so.
   */
  setCustomer(customer: Customer): Promise<void>;
  /** Calls the number, or the current customer. */
  makeCall(phoneNumber?: string | number): Promise<StartedCall>;
  /** Whether a customer or a number may be called now; by default the customer that is shown. */
  canCall(customer?: Customer | string | number | null): Promise<CallPermission>;
  setPosition(position: Position): Promise<void>;
  setVisible(visible: boolean): Promise<void>;
  setMinimized(minimized: boolean): Promise<void>;
  /** Removes everything; `init` works again after it. */
  destroy(): Promise<void>;
  answer(): Promise<void>;
  /** Ends the call, or declines an incoming one. Does nothing if the call is already over. */
  hangup(): Promise<void>;
  setMuted(muted: boolean): Promise<void>;
  setHold(onHold: boolean): Promise<void>;
  /** One of 0–9, *, #, A–D. */
  sendDtmf(digit: string | number): Promise<void>;
  /** Saves notes on the current call, or the last one. */
  setNotes(text: string): Promise<void>;
  /** Saves the disposition: a code of the client's own list, if any; null for none. `fields`: what it asks for. */
  setDisposition(code: string | null, fields?: Record<string, string | number>): Promise<void>;
  /**
   * Adds a listener. A listener that is added during a call immediately receives the call's state,
   * once, marked `replayed`.
   */
  on<E extends CallEventName>(event: E, listener: (data: CallEventMap[E]) => void): Promise<void>;
  off<E extends CallEventName>(event: E, listener: (data: CallEventMap[E]) => void): Promise<void>;
  /** Checks the set-up and reports in plain words. Also works if `init` failed. */
  diagnose(): Promise<Diagnosis>;
  getState(): RibbonState;
  readonly version: string;
}

/** Options for adding the script. */
export interface LoadOptions {
  /** The `integrity` of `call-ribbon.js` of this very version. */
  integrity?: string;
  /** The nonce that the page's Content-Security-Policy requires. */
  nonce?: string;
}

/** Adds the ribbon's script to the page, once, and resolves with its API. */
export function loadCallRibbon(apiUrl: string, options?: LoadOptions): Promise<ExotelCallRibbon>;

/** The space that the bar takes, in pixels. */
export interface BarRoom {
  /** Along its edge. */
  height: number;
  /** To leave free at the window's upper edge, `offset` included. */
  top: number;
  /** To leave free at the lower edge. */
  bottom: number;
}

type CallRibbonDomEvents = {
  [E in CallEventName as `callribbon:${E}`]: CustomEvent<CallEventMap[E]>;
} & {
  'callribbon:resize': CustomEvent<BarRoom>;
};

declare global {
  interface Window {
    ExotelCallRibbon?: ExotelCallRibbon;
  }
  /** Set once the script tag has run. */
  const ExotelCallRibbon: import('call-ribbon').ExotelCallRibbon;
  interface WindowEventMap extends CallRibbonDomEvents {}
}
