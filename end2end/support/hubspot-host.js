// HubSpot's side of a calling page: the SDK's own IFrameManager, which HubSpot's page runs too. `window.told` gathers the messages.
import IFrameManager from '@hubspot/calling-extensions-sdk/src/IFrameManager.ts';

/** HubSpot's first message says who is signed in; the SDK's own does not. */
class Host extends IFrameManager {
  sendMessage(message, callback) {
    super.sendMessage(message.type === 'SYNC' ? { ...message, portalId: 62515, userId: 100, ownerId: 11811111 } : message, callback);
  }
}

window.told = [];
window.start = (src) => {
  window.host = new Host({
    iFrameOptions: { src, width: '400', height: '600', hostElementSelector: '#host' },
    debugMode: false,
    onMessageHandler: ({ type, data }) => window.told.push([type, data]),
  });
};
