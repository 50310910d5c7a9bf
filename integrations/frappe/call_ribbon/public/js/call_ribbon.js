// The ribbon on leads, deals and contacts, and "Make call" beside their numbers: in the desk and in Frappe CRM.
(() => {
  // /app/crm-lead/NAME in the desk; /crm/leads/NAME in Frappe CRM.
  const PLACES = [
    [/^\/app\/crm-lead\/([^/]+)/, 'CRM Lead'], [/^\/app\/crm-deal\/([^/]+)/, 'CRM Deal'], [/^\/app\/contact\/([^/]+)/, 'Contact'],
    [/^\/crm\/leads\/([^/]+)/, 'CRM Lead'], [/^\/crm\/deals\/([^/]+)/, 'CRM Deal'], [/^\/crm\/contacts\/([^/]+)/, 'Contact'],
  ];
  const LISTS = ['view', 'new'];
  let customer = null;
  let shown = '';

  async function ask(method, args = {}) {
    const answer = await fetch(`/api/method/call_ribbon.api.${method}?${new URLSearchParams(args)}`, { headers: { accept: 'application/json' } });
    if (!answer.ok) return null;
    return (await answer.json()).message;
  }

  function load(serverUrl) {
    return new Promise((resolve, reject) => {
      const script = document.createElement('script');
      script.src = `${serverUrl}/call-ribbon.js`;
      script.onload = () => resolve(window.ExotelCallRibbon);
      script.onerror = () => reject(new Error(`${script.src} could not be loaded`));
      document.head.append(script);
    });
  }

  /** The record that the address names. */
  function place() {
    for (const [pattern, doctype] of PLACES) {
      const found = location.pathname.match(pattern);
      if (found && !LISTS.includes(found[1])) return { doctype, name: decodeURIComponent(found[1]) };
    }
    return null;
  }

  /** Shows the record of the page in the ribbon, once for each record. */
  async function follow(ribbon) {
    const here = place();
    const id = here ? `${here.doctype}:${here.name}` : '';
    if (id === shown) return;
    shown = id;
    customer = null;
    if (!here) return;
    const found = await ask('get_customer', here);
    if (shown !== id || !found) return;
    customer = found;
    ribbon.setCustomer(customer);
    mark(ribbon);
  }

  const digits = (text) => (text ?? '').replace(/\D/g, '');

  /** Puts a button beside each number of the record that has none. */
  function mark(ribbon) {
    const number = digits(customer?.phoneNumber);
    if (number.length < 6) return;
    for (const field of document.querySelectorAll('[data-fieldname="mobile_no"], [data-fieldname="phone"], a[href^="tel:"]')) {
      const text = digits(field.getAttribute('href') ?? field.querySelector('input, .control-value')?.value ?? field.textContent);
      if (text !== number || field.querySelector('.call-ribbon-call') || field.nextElementSibling?.matches('.call-ribbon-call')) continue;
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'btn btn-xs btn-default call-ribbon-call';
      button.textContent = 'Make call';
      button.addEventListener('click', (event) => {
        event.preventDefault();
        event.stopPropagation();
        // A refusal was told to the agent already.
        ribbon.setCustomer(customer).then(() => ribbon.makeCall()).catch(() => {});
      });
      if (field.matches('a')) field.after(button);
      else field.append(button);
    }
  }

  /** Opens the record of somebody who calls, in the part of Frappe that the agent is in. */
  function open({ customerData }) {
    const [doctype, ...rest] = String(customerData.customerId ?? '').split(':');
    const paths = location.pathname.startsWith('/crm') ? { 'CRM Lead': '/crm/leads/', 'CRM Deal': '/crm/deals/', Contact: '/crm/contacts/' } : { 'CRM Lead': '/app/crm-lead/', 'CRM Deal': '/app/crm-deal/', Contact: '/app/contact/' };
    if (!paths[doctype]) return;
    const target = paths[doctype] + encodeURIComponent(rest.join(':'));
    if (location.pathname !== target) location.assign(target);
  }

  async function start() {
    const settings = await ask('get_page_settings');
    if (!settings?.enabled) return;
    const ribbon = await load(settings.serverUrl);
    const { apiKey, agentId, agentName, position } = settings;
    // The page may be left when the call is answered, not while it rings.
    ribbon.on('connected', (data) => { if (data.callDirection === 'inbound' && !data.replayed) open(data); });
    await ribbon.init({ apiKey, agentId, agentName, position });
    // Both are single-page applications, which draw a record after its address has changed.
    new MutationObserver(() => {
      follow(ribbon);
      mark(ribbon);
    }).observe(document.body, { childList: true, subtree: true });
    follow(ribbon);
  }

  start().catch((error) => console.error('Call ribbon:', error.message));
})();
