-- What a server with migration 1 alone stored of two calls. Frozen: never edit it.
INSERT INTO agents (client_id, agent_id, name, dialer_user_id)
    VALUES ('client-demo', 'agent1', 'Agent One', 'vicidial_user_123');
INSERT INTO agents (client_id, agent_id, name)
    VALUES ('client-demo', 'agent2', 'Agent Two');
INSERT INTO agents (client_id, agent_id, name)
    VALUES ('client-demo', 'agent3', 'Agent Three');
INSERT INTO credentials (client_id, credential_id, kind, hash, prefix, scopes, created_at, last_used_at)
    VALUES ('client-demo', 'key-demo', 'api_key', 'd6a068309c5ba9f1213aa1591da8be1b9e54434153fa1017d873e19b356c493d', 'demo-api-k', '["ribbon","read","export","write"]', 1795863862770, 1795863862969);
INSERT INTO calls (client_id, call_sid, session_id, call_seq, direction, phone, status, started_at, connected_at, ended_at, duration, customer_id, customer_name, customer, agent_id, last_seq, last_event, last_event_at, last_activity_at, state)
    VALUES ('client-demo', 'call-1', 'ses_01a221d3deb97804a39a5f70092877be', 1, 'inbound', '+919876543210', 'completed', 1760265000000, 1760265005000, 1760265095000, 90, 'C1', 'Asha Rao', '{"context":{"amountDue":12450.5,"stage":"late"},"customerId":"C1","name":"Asha Rao","phoneNumber":"+919876543210"}', 'agent1', 3, 'callEnded', 1760265095000, 1795863864036, '{"s":1760265000000,"i":0,"c":5000,"e":95000,"d":[0,"inbound"],"p":[0,"+919876543210"],"k":95000,"a":[95000,"agent1"]}');
INSERT INTO calls (client_id, call_sid, session_id, call_seq, direction, phone, status, started_at, ended_at, duration, last_seq, last_event, last_event_at, last_activity_at, state)
    VALUES ('client-demo', 'call-2', 'ses_01a221d3e2e7758d8a323550baceaacf', 4, 'inbound', '+914427123456', 'missed', 1760342400000, 1760342430000, 0, 5, 'callEnded', 1760342430000, 1795863864041, '{"s":1760342400000,"i":0,"e":30000,"d":[0,"inbound"],"p":[0,"+914427123456"]}');
INSERT INTO clients (client_id, name, plan, call_limit, features, allowed_domains, time_zone, crm_url, accounts_version, created_at)
    VALUES ('client-demo', 'Demo Client', 'trial', 100, '["call","mute","hold","dtmf","analytics","api"]', '[]', 'UTC', '/examples/collections.html', 0, 1795863862770);
INSERT INTO customer_totals (client_id, bucket, customer_id, calls, inbound, outbound, missed, connected, duration, to_30s, to_1m, to_3m, to_5m, over_5m)
    VALUES ('client-demo', 1760265000000, 'C1', 1, 1, 0, 0, 1, 90, 0, 0, 1, 0, 0);
INSERT INTO customer_weeks (client_id, week, customer_id, calls, duration)
    VALUES ('client-demo', 1759968000000, 'C1', 1, 90);
INSERT INTO customers (client_id, customer_id, name, phone, dial_number, created_at, updated_at)
    VALUES ('client-demo', 'C1', 'Asha Rao', '+919876543210', '+919876543210', 1795863862969, 1795863862969);
INSERT INTO credentials (client_id, credential_id, kind, hash, prefix, created_at)
    VALUES ('client-demo', 'key-settings', 'dialer_key', 'f60101a4c18e1cc4d9f710a9de1ff0421dd1d68af20f313b4517dd4b6825ab55', 'dialer-key', 1795863862770);
INSERT INTO event_totals (client_id, bucket, event, events)
    VALUES ('client-demo', 1760265000000, 'callEnded', 1);
INSERT INTO event_totals (client_id, bucket, event, events)
    VALUES ('client-demo', 1760265000000, 'connected', 1);
INSERT INTO event_totals (client_id, bucket, event, events)
    VALUES ('client-demo', 1760265000000, 'incoming', 1);
INSERT INTO event_totals (client_id, bucket, event, events)
    VALUES ('client-demo', 1760342400000, 'callEnded', 1);
INSERT INTO event_totals (client_id, bucket, event, events)
    VALUES ('client-demo', 1760342400000, 'incoming', 1);
INSERT INTO events (client_id, seq, call_seq, log_id, event, source, at, received_at, dedup, status, audience, data)
    VALUES ('client-demo', 1, 1, 'log_01a221d3deb97e68bdcffd9b494fdc69', 'incoming', 'page', 1760265000000, 1795863862969, 1, 'active', 'agent1', '{"agentId":"agent1","callDirection":"inbound","callSid":"call-1","customerData":{"context":{"amountDue":12450.5,"stage":"late"},"customerId":"C1","name":"Asha Rao","phoneNumber":"+919876543210"},"phoneNumber":"+919876543210"}');
INSERT INTO events (client_id, seq, call_seq, log_id, event, source, at, received_at, dedup, status, audience, data)
    VALUES ('client-demo', 2, 1, 'log_01a221d3e2e07156b5ae7bee5cb88464', 'connected', 'page', 1760265005000, 1795863864032, 2, 'active', 'agent1', '{"agentId":"agent1","callDirection":"inbound","callSid":"call-1","customerData":{"context":{"amountDue":12450.5,"stage":"late"},"customerId":"C1","name":"Asha Rao","phoneNumber":"+919876543210"},"phoneNumber":"+919876543210"}');
INSERT INTO events (client_id, seq, call_seq, log_id, event, source, at, received_at, dedup, status, audience, data)
    VALUES ('client-demo', 3, 1, 'log_01a221d3e2e474f090be4a1b9fc97ea6', 'callEnded', 'page', 1760265095000, 1795863864036, 3, 'completed', 'agent1', '{"agentId":"agent1","callDirection":"inbound","callSid":"call-1","customerData":{"context":{"amountDue":12450.5,"stage":"late"},"customerId":"C1","name":"Asha Rao","phoneNumber":"+919876543210"},"phoneNumber":"+919876543210"}');
INSERT INTO events (client_id, seq, call_seq, log_id, event, source, at, received_at, dedup, status, data)
    VALUES ('client-demo', 4, 4, 'log_01a221d3e2e77ce3a58706b6eefab5ba', 'incoming', 'page', 1760342400000, 1795863864039, 4, 'active', '{"callDirection":"inbound","callSid":"call-2","phoneNumber":"+914427123456"}');
INSERT INTO events (client_id, seq, call_seq, log_id, event, source, at, received_at, dedup, status, data)
    VALUES ('client-demo', 5, 4, 'log_01a221d3e2e97c12b0655cd740cd2843', 'callEnded', 'page', 1760342430000, 1795863864041, 5, 'missed', '{"callDirection":"inbound","callSid":"call-2","phoneNumber":"+919876543210"}');
INSERT INTO feed_heads (client_id, seq)
    VALUES ('client-demo', 5);
INSERT INTO field_totals (client_id, field, bucket, sums)
    VALUES ('client-demo', '', 1760265000000, 'ncontext.amountDue	|1 0 0 0
tagentId	|1 0 0 0
tcallDirection	|1 0 0 0
tcontext.stage	|1 0 0 0
tstatus	|1 0 0 0
');
INSERT INTO field_totals (client_id, field, bucket, sums)
    VALUES ('client-demo', '*', 1760265000000, 'a	|1 1 0 90 53
');
INSERT INTO field_totals (client_id, field, bucket, sums)
    VALUES ('client-demo', 'agentId', 1760265000000, 'tagent1	|1 1 0 90 53
');
INSERT INTO field_totals (client_id, field, bucket, sums)
    VALUES ('client-demo', 'callDirection', 1760265000000, 'tinbound	|1 1 0 90 53
');
INSERT INTO field_totals (client_id, field, bucket, sums)
    VALUES ('client-demo', 'context.amountDue', 1760265000000, 'n1.24505e4	|1 1 0 90 53
');
INSERT INTO field_totals (client_id, field, bucket, sums)
    VALUES ('client-demo', 'context.stage', 1760265000000, 'tlate	|1 1 0 90 53
');
INSERT INTO field_totals (client_id, field, bucket, sums)
    VALUES ('client-demo', 'status', 1760265000000, 'tcompleted	|1 1 0 90 53
');
INSERT INTO field_totals (client_id, field, bucket, sums)
    VALUES ('client-demo', '', 1760342400000, 'tcallDirection	|1 0 0 0
tstatus	|1 0 0 0
');
INSERT INTO field_totals (client_id, field, bucket, sums)
    VALUES ('client-demo', '*', 1760342400000, 'a	|1 0 1 0
');
INSERT INTO field_totals (client_id, field, bucket, sums)
    VALUES ('client-demo', 'callDirection', 1760342400000, 'tinbound	|1 0 1 0
');
INSERT INTO field_totals (client_id, field, bucket, sums)
    VALUES ('client-demo', 'status', 1760342400000, 'tmissed	|1 0 1 0
');
INSERT INTO field_values (client_id, field, value, calls)
    VALUES ('client-demo', '', 'context.amountDue', 1);
INSERT INTO field_values (client_id, field, value, calls)
    VALUES ('client-demo', '', 'context.stage', 1);
INSERT INTO field_values (client_id, field, value, calls)
    VALUES ('client-demo', 'agentId', 'tagent1', 1);
INSERT INTO field_values (client_id, field, value, calls)
    VALUES ('client-demo', 'callDirection', 'tinbound', 2);
INSERT INTO field_values (client_id, field, value, calls)
    VALUES ('client-demo', 'context.amountDue', 'n1.24505e4', 1);
INSERT INTO field_values (client_id, field, value, calls)
    VALUES ('client-demo', 'context.stage', 'tlate', 1);
INSERT INTO field_values (client_id, field, value, calls)
    VALUES ('client-demo', 'status', 'tcompleted', 1);
INSERT INTO field_values (client_id, field, value, calls)
    VALUES ('client-demo', 'status', 'tmissed', 1);
INSERT INTO totals (client_id, bucket, calls, inbound, outbound, missed, connected, duration, to_30s, to_1m, to_3m, to_5m, over_5m)
    VALUES ('client-demo', 1760265000000, 1, 1, 0, 0, 1, 90, 0, 0, 1, 0, 0);
INSERT INTO totals (client_id, bucket, calls, inbound, outbound, missed, connected, duration, to_30s, to_1m, to_3m, to_5m, over_5m)
    VALUES ('client-demo', 1760342400000, 1, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0);
INSERT INTO usage (client_id, month, calls)
    VALUES ('client-demo', '2025-10', 2);
