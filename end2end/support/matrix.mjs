// Every way to name the agent, to have a call, and to go on with the page: the cells of one table.

/**
 * What a page names the agent in: `first` stands in `init`, `then` in `setCustomer`, and `next` in
 * another `setCustomer` after a first call. `is` is whose the call is to be.
 */
export const NAMED = {
  neither: { is: undefined },
  init: { first: 'A', is: 'A' },
  setCustomer: { then: 'B', is: 'B' },
  'both, the same': { first: 'A', then: 'A', is: 'A' },
  'both, different': { first: 'A', then: 'B', is: 'B' },
  'changed between two calls': { first: 'A', then: 'A', next: 'B', is: 'B' },
};
/** How a call comes about. */
export const WAYS = ['click', 'makeCall()', 'autoCall', 'incoming'];
/** What happens to the page. */
export const PAGES = ['plain', 'reload during the call', 'second tab open'];

/** All cells, each with ids, numbers and customers of its own. */
export function cells() {
  const all = [];
  for (const [named, agents] of Object.entries(NAMED)) {
    for (const way of WAYS) {
      for (const page of PAGES) {
        const n = all.length + 1;
        const agent = (letter) => letter && { agentId: `agent-${letter}-${n}`, agentName: `Agent ${letter}` };
        const customer = (place, letter) => ({
          customerId: `C-${n}-${place}`, name: `Customer ${n} of ${place}`, // The simulator does something of its own with numbers that end in 0001 to 0009.
          phoneNumber: `+9198${place}${String(n).padStart(3, '0')}1234`,
          context: { cell: n, list: [1, { two: null }] }, ...agent(letter),
        });
        all.push({
          n, way, page, title: `${named} × ${way} × ${page}`,
          init: agent(agents.first) ?? {},
          customers: agents.next ? [customer(1, agents.then), customer(2, agents.next)] : [customer(1, agents.then)],
          agents: agents.next ? [agent(agents.then), agent(agents.next)] : [agent(agents.is)],
        });
      }
    }
  }
  return all;
}
