// What a program writes with the typed client. Each line that is wrong says so: should it compile, this file does not.
import createClient from 'openapi-fetch';
import type { components, paths } from './api';

const api = createClient<paths>({ baseUrl: 'https://ribbon.example.com', headers: { 'X-API-Key': 'key' } });

export async function ask() {
  const { data, error } = await api.GET('/api/ribbon/calls/{sessionId}', { params: { path: { sessionId: 'ses_1' } } });
  if (error) return error.code.length + error.error.length;
  const call: components['schemas']['CallObject'] = data;
  const ended: string | null | undefined = call.endTime;
  const { data: figures } = await api.GET('/api/ribbon/analytics', { params: { query: { startDate: '2025-10-12' } } });
  const calls: number | undefined = figures?.summary.totalCalls;
  await api.PATCH('/api/ribbon/calls/{sessionId}', { params: { path: { sessionId: 'ses_1' } }, body: { notes: 'Pays on Friday' } });
  await api.POST('/api/ribbon/log-call', {
    body: { event: 'connected', data: { callSid: 'CA-1', phoneNumber: '+919876543210', callDirection: 'outbound' } },
  });
  // @ts-expect-error there is no such path
  await api.GET('/api/ribbon/cals');
  // @ts-expect-error a session is needed
  await api.GET('/api/ribbon/calls/{sessionId}');
  // @ts-expect-error notes are a text
  await api.PATCH('/api/ribbon/calls/{sessionId}', { params: { path: { sessionId: 'ses_1' } }, body: { notes: 7 } });
  // @ts-expect-error there is no such method
  await api.DELETE('/api/ribbon/calls/{sessionId}', { params: { path: { sessionId: 'ses_1' } } });
  // @ts-expect-error a call has no such field
  return [ended, calls, call.hungUp];
}
