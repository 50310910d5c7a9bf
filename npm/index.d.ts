// The whole of the ribbon's JavaScript API.

/** Where the bar stands. */
export type Position = 'top' | 'bottom' | 'floating';

/** `auto` follows the system. */
export type Theme = 'auto' | 'light' | 'dark';

/** Which way a call goes. */
export type CallDirection = 'outbound' | 'inbound';

/** How a call stands, or how it ended. */
export type CallStatus = 'active' | 'completed' | 'missed' | 'failed' | 'no_answer' | 'busy' | 'abandoned';

/** What a call is about; any text, these are the usual ones. */
export type CallType = 'collections' | 'sales' | 'support' | 'customer_service' | 'follow_up' | (string & {});

/** What may stand in `context` and `metadata`: kept and handed back as it is. */
export type Json = string | number | boolean | null | undefined | readonly Json[] | { readonly [name: string]: Json };

/** A customer, as a page shows one to the ribbon. */
export interface Customer {
  /** The number to call. A customer without one is shown, with Call off. */
  phoneNumber?: string | number | null;
  /** For people. */
  name?: string;
  /** The customer's id in your own system. */
  customerId?: string | number;
  email?: string;
  /** Facts for the agent and for analytics. */
  context?: { readonly [name: string]: Json };
  callType?: CallType;
  /**
   * The ribbon's agent from now on, or after the call where one goes on: calls are theirs, and
   * their incoming calls ring here. Without one, or empty, the agent stays.
   */
  agentId?: string | number | null;
  /** The agent's name for people. Without an id it is that of the agent who was named before. */
  agentName?: string | null;
  /** What you want back with the call, and nobody is shown. */
  metadata?: { readonly [name: string]: Json };
  /** Call at once. */
  autoCall?: boolean;
  /** Whatever else you give comes back with each event. */
  [name: string]: unknown;
}

/**
 * The customer of a call: what `setCustomer` was given, or the customer whose number it is, or at
 * the least `{phoneNumber}`.
 */
export interface CustomerData {
  phoneNumber?: string | number | null;
  name?: string;
  customerId?: string | number;
  email?: string;
  context?: { readonly [name: string]: Json };
  callType?: CallType;
  agentId?: string;
  agentName?: string;
  metadata?: { readonly [name: string]: Json };
  /**
   * How many customers share the number of a call that came in, at most 20. Then no customer is
   * named: `customerId` and `name` are missing.
   */
  sharedBy?: number;
  /** Up to five of the customers who share it, the last changed first. */
  sharedCustomers?: readonly { readonly customerId: string; readonly name: string | null }[];
  [name: string]: unknown;
}

/** What each event tells. */
export interface CallEvent {
  callSid: string;
  /** Empty where the caller withheld it. */
  phoneNumber: string;
  callDirection: CallDirection;
  /** Seconds talked so far, or in all. */
  duration: number;
  /** Always an object. */
  customerData: CustomerData;
  /** RFC 3339 in UTC, by the server's clock. */
  timestamp: string;
  /** Only where a listener came late and hears how the current call stands. */
  replayed?: true;
}

/** What an event tells that ends a call. */
export interface CallEndedEvent extends CallEvent {
  status: CallStatus;
  /** Why, in words; may be empty. */
  reason: string;
}

export interface MuteToggleEvent extends CallEvent {
  muted: boolean;
}

export interface HoldToggleEvent extends CallEvent {
  onHold: boolean;
}

export interface DtmfEvent extends CallEvent {
  digit: string;
}

/** All events, by name. */
export interface CallEventMap {
  /** The call is asked for. */
  dialing: CallEvent;
  /** It rings at the other side. */
  ringing: CallEvent;
  /** It rings in. */
  incoming: CallEvent;
  /** Both sides talk. */
  connected: CallEvent;
  mutetoggle: MuteToggleEvent;
  holdtoggle: HoldToggleEvent;
  /** A digit was sent. */
  dtmf: DtmfEvent;
  /** Nobody answered a call that rang in; `callEnded` follows. */
  missed: CallEndedEvent;
  /** The call could not be made; `callEnded` follows. */
  failed: CallEndedEvent;
  /** The call is over. Sent once per call, whichever side ended it. */
  callEnded: CallEndedEvent;
}

export type CallEventName = keyof CallEventMap;

/** An event's name and data, which belong together. */
export type NamedCallEvent = { [E in CallEventName]: [event: E, data: CallEventMap[E]] }[CallEventName];

/** What went wrong; also what the promises of all methods reject with. */
export interface CallRibbonError {
  /** A stable word for programs, such as `invalid_api_key`. */
  code: string;
  /** What happened and what to do. */
  message: string;
}

/** What an agent can do by a key, wherever on the page the keyboard is. */
export type Command = 'answer' | 'decline' | 'hangup' | 'mute' | 'call' | 'notes' | 'ribbon';

/**
 * Other keys than the ribbon's own: `Alt`, `Ctrl` or `Meta`, also with `Shift`, and a letter or a
 * digit, or a function key; false for none.
 */
export type Keys = { readonly [C in Command]?: string | false | null };

/** The options of `init`. */
export interface InitOptions {
  apiKey: string;
  /** The server's address; without one, where the script came from. */
  apiUrl?: string;
  /** `bottom` by default. */
  position?: Position;
  /** How far the bar stands from the window's upper and lower edge, in pixels from 0 to 1000. */
  offset?: { readonly top?: number; readonly bottom?: number };
  onCallEvent?: (...event: NamedCallEvent) => void;
  onReady?: () => void;
  onError?: (error: CallRibbonError) => void;
  /**
   * Who works with this ribbon. `setCustomer` may name another agent; the one named last counts.
   * Where nobody is named, the browser gives the agent a name and keeps it.
   */
  agentId?: string | number | null;
  agentName?: string | null;
  /** Each `setCustomer` calls at once. */
  autoCall?: boolean;
  theme?: Theme;
  /** The language, such as `en` or `hi`; without one, the page's. */
  locale?: string;
  /** Other keys than the ribbon's own, or false for none. */
  keys?: Keys | boolean;
  /** `tel:` links of the page call through the ribbon. */
  linkTel?: boolean;
}

/** What the server calls a call that was started. */
export interface StartedCall {
  callSid: string;
  sessionId: string;
}

/** When to speak again, and about what. */
export interface FollowUp {
  at: string;
  note: string;
}

/** What the bar shows. */
export type Phase =
  | 'loading' | 'signed-out' | 'signing-in' | 'idle' | 'dialing' | 'ringing' | 'incoming' | 'connected'
  | 'on-hold' | 'wrap-up' | 'ended' | 'failed' | 'offline';

/** The current call, or the last one. */
export interface CallState {
  callSid: string;
  sessionId: string;
  phoneNumber: string;
  callDirection: CallDirection;
  status: CallStatus;
  muted: boolean;
  onHold: boolean;
  /** Seconds talked so far, or in all. */
  duration: number;
}

/** How the ribbon stands. Before `init`, `phase` alone is there. */
export interface RibbonState {
  phase: Phase;
  /** Whose ribbon it is. */
  agentId?: string;
  agentName?: string | null;
  position?: Position;
  visible?: boolean;
  minimized?: boolean;
  /** The room that the bar takes along its edge, in pixels; 0 if it takes none. */
  height?: number;
  customerData?: CustomerData | null;
  call?: CallState | null;
  /** The call that rings in beside it. */
  callWaiting?: CallState | null;
  /** After-call work, if there is a call. */
  notes?: string;
  disposition?: string | null;
  followUp?: FollowUp | null;
  /** Things that wait to be sent to the server. */
  waiting?: number;
}

/** One thing that `diagnose()` looked at. */
export interface Check {
  name:
    | 'server' | 'key' | 'domain' | 'policy' | 'microphone' | 'clock' | 'network' | 'storage';
  ok: boolean;
  /** What was found and, if it is not right, what to do. */
  message: string;
}

export interface Diagnosis {
  /** Whether all checks are right. */
  ok: boolean;
  checks: Check[];
}

/**
 * The ribbon's API. No method throws: each returns a promise, which rejects with a
 * `CallRibbonError`. A page that does not look at the promise is not bothered.
 */
export interface ExotelCallRibbon {
  /** Signs in and shows the ribbon; settles as `onReady` and `onError` do. */
  init(options: InitOptions): Promise<void>;
  /** Shows a customer; during a call, the next one. */
  setCustomer(customer: Customer): Promise<void>;
  /** Calls the number, or the current customer. */
  makeCall(phoneNumber?: string | number): Promise<StartedCall>;
  setPosition(position: Position): Promise<void>;
  setVisible(visible: boolean): Promise<void>;
  setMinimized(minimized: boolean): Promise<void>;
  /** Removes everything; `init` works again after it. */
  destroy(): Promise<void>;
  answer(): Promise<void>;
  /** Ends the call, or declines one that rings in. */
  hangup(): Promise<void>;
  setMuted(muted: boolean): Promise<void>;
  setHold(onHold: boolean): Promise<void>;
  /** One of 0–9, *, #, A–D. */
  sendDtmf(digit: string | number): Promise<void>;
  /** Keeps notes with the current call, or the last one. */
  setNotes(text: string): Promise<void>;
  /** Saves the disposition: a code of the client's own list if it has one; null for none. */
  setDisposition(code: string | null): Promise<void>;
  /**
   * Listens. Who comes while a call goes on hears at once how it stands, once, marked
   * `replayed`.
   */
  on<E extends CallEventName>(event: E, listener: (data: CallEventMap[E]) => void): Promise<void>;
  off<E extends CallEventName>(event: E, listener: (data: CallEventMap[E]) => void): Promise<void>;
  /** Looks for what is wrong, in plain words. Works also where `init` failed. */
  diagnose(): Promise<Diagnosis>;
  getState(): RibbonState;
  readonly version: string;
}

/** How the script is added. */
export interface LoadOptions {
  /** The `integrity` of `call-ribbon.js` of this very version. */
  integrity?: string;
  /** The nonce that the page's Content-Security-Policy asks for. */
  nonce?: string;
}

/** Adds the ribbon's script to the page, once, and resolves with its API. */
export function loadCallRibbon(apiUrl: string, options?: LoadOptions): Promise<ExotelCallRibbon>;

/** The room that the bar takes, in pixels. */
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
  /** There once the script tag has run. */
  const ExotelCallRibbon: import('call-ribbon').ExotelCallRibbon;
  interface WindowEventMap extends CallRibbonDomEvents {}
}
