/* Exports Exotel's SDK as published, and the fence's interface. */
export { ExotelCRMWebSDK } from '@exotel-npm-dev/exotel-ip-calling-crm-websdk';
/* The layer below it. The SDK only toggles, from a state that it carries over from one call to
 * the next; this layer takes the intended value. */
export { webrtcSIPPhone } from '@exotel-npm-dev/webrtc-core-sdk';
export { fence } from './fence.js';
