/* Dials by hand, and finds customers by name. */

/* The least characters to search for, and the pause after typing, in milliseconds. */
const LEAST_TYPED = 3;
const TYPING_PAUSE = 250;

const dialPanel = {
  name: 'dialing', part: 'dial', title: 'dial', focus: 'input',
  fill(ribbon, list) {
    const state = ribbon.state();
    const label = say(ribbon, state.search ? 'nameOrNumber' : 'number');
    const form = add(list, 'form', { class: 'later', role: 'search' });
    const field = add(form, 'input', { class: 'about', 'aria-label': label, placeholder: label, maxlength: 200, autocomplete: 'off', enterkeyhint: 'go', dir: 'auto' });
    add(form, 'button', { class: 'chip', 'data-act': 'dial-typed' }, ribbon.ask('say', 'call'));
    const message = add(list, 'p', { class: 'note', role: 'status' });
    const found = add(list, 'div', { class: 'list', role: 'list' });
    let customers = [];
    let timer = 0;
    let asked = 0;

    const call = ({ phone, phoneHandle, customerId, name }) => {
      const number = phoneHandle || phone;
      if (number) ribbon.ask('call', number, { customerId, name, phoneNumber: phone, ...(phoneHandle && { phoneNumberHandle: phoneHandle }) });
    };

    const draw = () => {
      found.textContent = '';
      found.hidden = !customers.length;
      for (const customer of customers) {
        const row = add(found, 'div', { class: 'row', role: 'listitem' });
        const lines = add(row, 'span', { class: 'lines' });
        const who = customer.name || customer.phone || customer.customerId;
        nameLine(lines, who, !customer.name);
        detailLine(lines, [[customer.name && customer.phone, 'number'], [customer.company], [customer.customerId]]);
        if (customer.phone) iconButton(row, 'call', 'redial', say(ribbon, 'callWho', who)).addEventListener('click', () => call(customer));
      }
    };

    const search = async () => {
      const typed = field.value.trim();
      const mine = ++asked;
      if (!state.search || typed.length < LEAST_TYPED) {
        customers = [];
        return draw();
      }
      try {
        const answer = await ribbon.ask('get', '/api/ribbon/customers?limit=10&search=' + encodeURIComponent(typed));
        if (mine !== asked) return;
        ({ customers } = answer);
        message.textContent = customers.length || !ribbon.ask('check', typed) ? '' : say(ribbon, 'nobody');
      } catch {
        if (mine === asked) message.textContent = say(ribbon, 'failed');
      }
      draw();
    };

    field.addEventListener('input', () => {
      message.textContent = '';
      clearTimeout(timer);
      timer = setTimeout(search, TYPING_PAUSE);
    });
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const typed = field.value.trim();
      if (!typed) return;
      if (!ribbon.ask('check', typed)) return ribbon.ask('call', typed);
      if (customers.length === 1) return call(customers[0]);
      message.textContent = say(ribbon, /\d/.test(typed) ? 'noNumber' : state.search ? 'nobody' : 'numbersOnly');
    });
    draw();
  },
};
