// What an integrator writes with Vue. Each line that is wrong says so: should it compile, this file does not.
import { useCallEvent, useCallRibbon, useCustomer, type CallRibbonOptions } from 'call-ribbon/vue';
import type { Customer } from 'call-ribbon';
import { computed, ref } from 'vue';

const options: CallRibbonOptions = { apiUrl: 'https://ribbon.example.com', apiKey: 'k' };
const dark = ref(false);

const { ready, error, ribbon } = useCallRibbon(() => ({ ...options, theme: dark.value ? 'dark' : 'light' }));
useCallRibbon(options);
useCallRibbon(ref(options));
useCallRibbon();
const chosen = ref<Customer | null>(null);
useCustomer(chosen);
useCustomer(computed(() => chosen.value && { ...chosen.value, agentId: 7 }));
useCustomer({ name: 'Asha' });
useCallEvent('mutetoggle', ({ muted }) => console.log(muted === true));
const seen: boolean = ready.value;
console.log(seen, error.value?.code, ribbon.getState().phase);
// @ts-expect-error a status is read
ready.value = true;
// @ts-expect-error a connected call is not muted
useCallEvent('connected', ({ muted }) => console.log(muted));
// @ts-expect-error there is no such theme
useCallRibbon(() => ({ ...options, theme: 'blue' as const }));
// @ts-expect-error there is no such field
useCustomer(() => ({ phone: '1' }));
// @ts-expect-error the composable opens the ribbon
ribbon.init(options);
