/* The customer's data: everything that the page gave, not only what fits in the bar. */

/* The most rows, and the deepest object that is shown. */
const MOST_ROWS = 100;
const DEEPEST = 4;

/* Formats a value as the bar does; `name` is its field's, which says whether it is money. */
const fieldValue = ({ format }, name, value, currency) => {
  if (typeof value === 'boolean') return value ? '✓' : '–';
  return format.value(value, format.kind(name, value) || 'text', currency, format.label(name));
};

/* Returns all simple values in an object, as label and value. Amounts are in its `currency`. */
const flatten = (ribbon, name, value, label, depth, currency, rows) => {
  if (rows.length >= MOST_ROWS || value === null || value === undefined || value === '') return;
  const one = (item) => fieldValue(ribbon, name, item, currency);
  if (typeof value !== 'object' || value instanceof Date) rows.push([label, one(value)]);
  else if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) {
    if (value.length) rows.push([label, value.slice(0, MOST_ROWS).map(one).join(', ')]);
  } else if (depth < DEEPEST) {
    const own = ribbon.format.currency(value) || currency;
    for (const [field, item] of Object.entries(value)) {
      // It stands with the amounts.
      if (field !== 'currency' || item !== own) flatten(ribbon, field, item, (label ? label + ' · ' : '') + ribbon.format.label(field), depth + 1, own, rows);
    }
  }
};

const cardPanel = {
  name: 'card', part: 'card', title: 'card',
  fill(ribbon, list) {
    const { customer, phone } = ribbon.state();
    const data = customer || {};
    if (data.name) add(list, 'b', { class: 'name', dir: 'auto' }, String(data.name));
    if (phone) {
      const line = add(list, 'span', { class: 'later' });
      add(line, 'span', { class: 'number', dir: 'ltr' }, phone);
      const said = say(ribbon, 'copy');
      const message = add(line, 'span', { class: 'saved', role: 'status' });
      iconButton(line, 'copy', 'copy', said).addEventListener('click', async () => {
        try {
          await navigator.clipboard.writeText(phone);
          message.textContent = say(ribbon, 'copied');
        } catch {
          // A page without the permission: the number can be selected and copied by hand.
          getSelection().selectAllChildren(line.firstChild);
        }
      });
    }
    if (data.script) add(list, 'p', { class: 'said-script', dir: 'auto' }, String(data.script));
    const rows = [];
    // The bar has no room for all of them.
    if (Array.isArray(data.facts)) rows.push(...ribbon.format.facts(data));
    for (const [name, key] of [['customerId', 'id'], ['email', 'email'], ['callType', 'type']]) flatten(ribbon, name, name === 'callType' && data[name] ? ribbon.format.label(String(data[name])) : data[name], say(ribbon, key), DEEPEST, '', rows);
    // A page is told that anything but an object is not shown.
    for (const part of [data.context, data.metadata]) if (typeof part === 'object' && !Array.isArray(part)) flatten(ribbon, '', part, '', 0, ribbon.format.currency(data.context), rows);
    if (!rows.length) add(list, 'p', { class: 'note' }, say(ribbon, 'nothing'));
    const table = add(list, 'dl', { class: 'data' });
    const shown = new Set();
    for (const [label, value] of rows) {
      // A fact may be in the context as well.
      if (shown.has(label + value)) continue;
      shown.add(label + value);
      add(table, 'dt', { dir: 'auto' }, label);
      add(table, 'dd', { dir: 'auto' }, value);
    }
  },
};
