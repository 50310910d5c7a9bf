/* The customer's data: everything that the page gave, not only what fits in the bar. */

/* The most rows, and the deepest object that is shown. */
const MOST_ROWS = 100;
const DEEPEST = 4;

/* Returns a field's name as words: `loanAmount` and `loan_amount` become "Loan amount". */
const fieldLabel = (field) => {
  const words = field.replace(/[_-]+/g, ' ').replace(/([a-z\d])([A-Z])(?=[a-z])/g, (_, before, letter) => before + ' ' + letter.toLowerCase());
  return words.charAt(0).toLocaleUpperCase('en') + words.slice(1);
};

const DATE = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:?\d\d)?)?$/;

const fieldValue = (ribbon, value) => {
  const tag = ribbon.place().lang + '-u-nu-latn';
  if (typeof value === 'number') return value.toLocaleString(tag);
  if (typeof value === 'boolean') return value ? '✓' : '–';
  if (value instanceof Date || DATE.test(value)) {
    const date = new Date(value);
    const whole = typeof value === 'string' && !value.includes('T');
    if (!Number.isNaN(date.getTime())) return date.toLocaleString(tag, { dateStyle: 'medium', ...(whole ? { timeZone: 'UTC' } : { timeStyle: 'short' }) });
  }
  return String(value);
};

/* Returns all simple values in an object, as label and value. */
const flatten = (ribbon, value, label, depth, rows) => {
  if (rows.length >= MOST_ROWS || value === null || value === undefined || value === '') return rows;
  if (typeof value !== 'object' || value instanceof Date) rows.push([label, fieldValue(ribbon, value)]);
  else if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) {
    if (value.length) rows.push([label, value.slice(0, MOST_ROWS).map((item) => fieldValue(ribbon, item)).join(', ')]);
  } else if (depth < DEEPEST) {
    for (const [name, item] of Object.entries(value)) flatten(ribbon, item, (label ? label + ' · ' : '') + fieldLabel(name), depth + 1, rows);
  }
  return rows;
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
    for (const [name, key] of [['customerId', 'id'], ['email', 'email'], ['callType', 'type']]) flatten(ribbon, data[name], say(ribbon, key), DEEPEST, rows);
    flatten(ribbon, data.context, '', 0, rows);
    flatten(ribbon, data.metadata, '', 0, rows);
    if (!rows.length) add(list, 'p', { class: 'note' }, say(ribbon, 'nothing'));
    const table = add(list, 'dl', { class: 'data' });
    for (const [label, value] of rows) {
      add(table, 'dt', { dir: 'auto' }, label);
      add(table, 'dd', { dir: 'auto' }, value);
    }
  },
};
