/* Exotel's SDK as it was published, and the other side of the fence around it. */
export { ExotelCRMWebSDK } from '@exotel-npm-dev/exotel-ip-calling-crm-websdk';
/* The layer below it. The SDK itself only toggles, from a state that it carries over from one
 * call to the next; this says what is meant. */
export { webrtcSIPPhone } from '@exotel-npm-dev/webrtc-core-sdk';
export { fence } from './fence.js';
