import type { CallRibbonError, ExotelCallRibbon, InitOptions, LoadOptions } from './index.js';

/** The options of `init`, and how the script is loaded. */
export interface CallRibbonOptions extends InitOptions, LoadOptions {
  /** The server's address, such as `https://ribbon.example.com`. */
  apiUrl: string;
}

/**
 * The ribbon's methods. They can be called at any time and are done once the ribbon was opened. A page
 * may ignore their promises.
 */
export type CallRibbon = Pick<
  ExotelCallRibbon,
  | 'setCustomer' | 'makeCall' | 'canCall' | 'setPosition' | 'setVisible' | 'setMinimized' | 'answer' | 'hangup' | 'setMuted'
  | 'setHold' | 'sendDtmf' | 'setNotes' | 'setDisposition' | 'diagnose' | 'getState'
>;

/** Why there is no ribbon: the script could not be loaded, or the server refused to sign in. */
export type CallRibbonFailure = Error & CallRibbonError;
