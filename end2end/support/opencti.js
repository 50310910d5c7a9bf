// Stands in for Salesforce's opencti_min.js in Lightning Experience: the methods and arguments of the Open CTI Developer
// Guide, and nothing else. `window.told` gathers the calls; a call that the guide does not know throws.
(() => {
  const ARGUMENTS = {
    runApex: ['apexClass', 'methodName', 'methodParams', 'callback'],
    enableClickToDial: ['callback'],
    onClickToDial: ['listener'],
    setSoftphonePanelHeight: ['heightPX', 'callback'],
    setSoftphonePanelVisibility: ['visible', 'callback'],
    setSoftphoneItemLabel: ['label', 'callback'],
    searchAndScreenPop: ['searchParams', 'queryParams', 'defaultFieldValues', 'callType', 'deferred', 'callback'],
    saveLog: ['value', 'callback'],
    refreshView: ['callback'],
  };
  window.told = [];
  /** What methods return; a test changes it. An `Error` is a failure. */
  window.returns = { runApex: { runApex: '005xx000001SwiUAAS|Meera Nair' }, searchAndScreenPop: {}, saveLog: '00Txx0000012345EAA' };
  const opencti = { CALL_TYPE: { INBOUND: 'inbound', OUTBOUND: 'outbound', INTERNAL: 'internal' } };
  for (const [method, names] of Object.entries(ARGUMENTS)) {
    opencti[method] = (args) => {
      const unknown = Object.keys(args).filter((name) => !names.includes(name));
      if (unknown.length) throw new Error(`${method} has no argument ${unknown}`);
      const { callback, listener, ...rest } = args;
      if (method === 'saveLog' && !rest.value.entityApiName && !rest.value.Id) throw new Error('saveLog needs entityApiName or Id');
      window.told.push([method, rest]);
      if (listener) window.clickToDial = listener;
      const returnValue = window.returns[method] ?? true;
      const failed = typeof returnValue === 'object' && 'failure' in returnValue;
      setTimeout(() => callback?.(failed ? { success: false, returnValue: null, errors: [{ code: 1, description: returnValue.failure }] } : { success: true, returnValue, errors: null }));
    };
  }
  window.sforce = { opencti };
})();
