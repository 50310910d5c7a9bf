// Components that use the composables in every order. The test changes `window.props`.
import { useCallEvent, useCallRibbon, useCustomer } from 'call-ribbon/vue';
import { KeepAlive, createSSRApp, defineComponent, h, reactive } from 'vue';

const log = (...what) => globalThis.logged.push(what.join(' '));

/** Holds the ribbon; `log` gathers what its functions and listeners receive. */
const Holder = defineComponent({
  props: ['options', 'mark'],
  setup(props) {
    const { ready, error } = useCallRibbon(() => props.options && {
      ...props.options,
      onReady: () => log(props.mark, 'onReady'),
      onError: ({ code }) => log(props.mark, 'onError', code),
      onCallEvent: (event) => log(props.mark, 'onCallEvent', event),
    });
    return () => h('p', { id: `status-${props.mark}` }, error.value ? error.value.code : ready.value ? 'ready' : 'closed');
  },
});

const Listener = defineComponent({
  props: ['mark'],
  setup(props) {
    useCallEvent('dialing', ({ customerData }) => log(props.mark, 'dialing', customerData.customerId));
    useCallEvent('callEnded', ({ customerData }) => log(props.mark, 'callEnded', customerData.customerId));
    return () => null;
  },
});

const Shown = defineComponent({
  props: ['customer'],
  setup(props) {
    useCustomer(() => props.customer);
    return () => null;
  },
});

export const makeApp = (props) => createSSRApp({
  render: () => [
    ...(props.holders ?? []).map(({ mark, options }) => h(Holder, { key: mark.split('/')[0], mark, options })),
    ...(props.listeners ?? []).map((mark) => h(Listener, { key: mark.split('/')[0], mark })),
    h(KeepAlive, null, { default: () => (props.customer === undefined ? null : h(Shown, { key: props.customer?.customerId, customer: props.customer })) }),
  ],
});

if (typeof document !== 'undefined') {
  globalThis.logged = [];
  const props = reactive({ ...globalThis.given });
  const app = makeApp(props);
  app.config.warnHandler = (warning) => log('warning', warning);
  app.mount('#root');
  globalThis.show = (next) => {
    for (const name of ['holders', 'listeners', 'customer']) props[name] = next[name];
  };
}
