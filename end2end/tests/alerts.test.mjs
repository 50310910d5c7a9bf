// Alerts by e-mail, through a real mail server on this machine, and their settings in the dashboard.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { lookAtPage } from '../support/axe.mjs';
import { startBrowser } from '../support/browser.mjs';
import { asOperator } from '../support/dashboard.mjs';
import { startServer } from '../support/server.mjs';

const CLIENT = 'client-demo';
let browser, server, mail;
/** The e-mails that arrived: recipients and whole text. */
const mails = [];
let arrived;

before(async () => {
  mail = new SMTPServer({
    authOptional: false, allowInsecureAuth: true, disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, session, done) => done(username === 'calls' && password === 'mail password' ? null : new Error('refused'), { user: username }),
    onData(stream, session, done) {
      let text = '';
      stream.on('data', (piece) => { text += piece; });
      stream.on('end', () => {
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), text });
        arrived?.();
        done();
      });
    },
  });
  await new Promise((resolve) => { mail.listen(0, '127.0.0.1', resolve); });
  const { port } = mail.server.address();
  [browser, server] = await Promise.all([
    startBrowser(),
    startServer({ args: ['--smtp-host', '127.0.0.1', '--smtp-port', String(port), '--smtp-tls', 'none', '--smtp-user', 'calls', '--smtp-password', 'mail password', '--smtp-from', 'Call Ribbon <calls@example.com>'] }),
  ]);
});
after(async () => {
  await Promise.all([browser?.close(), server?.stop(), new Promise((resolve) => { mail ? mail.close(resolve) : resolve(); })]);
});

test('an admin sets alerts, and a test arrives by e-mail', async () => {
  const { page, complaints, context, open } = await asOperator(browser, server);
  await open(CLIENT, '/dashboard/settings?tab=alerts');
  await page.getByRole('switch', { name: 'Many missed calls' }).check();
  await page.getByLabel('More missed calls than').fill('many');
  await page.getByRole('button', { name: 'Save the alerts' }).click();
  await page.getByRole('alert').filter({ hasText: 'whole number' }).waitFor();
  await page.getByLabel('More missed calls than').fill('2');
  await page.getByLabel('E-mail addresses').fill('asha@example.com, imran@example.com');
  await page.getByRole('button', { name: 'Save the alerts' }).click();
  await page.getByText('Saved.').waitFor();
  await page.getByText('No messages yet').waitFor();
  assert.deepEqual(await lookAtPage(page), []);
  const both = new Promise((resolve) => { arrived = () => { if (mails.length === 2) resolve(); }; });
  await page.getByRole('button', { name: 'Send a test' }).click();
  await both;
  await page.getByText('imran@example.com: sent').waitFor();
  assert.deepEqual(mails.map(({ to }) => to[0]).sort(), ['asha@example.com', 'imran@example.com']);
  assert.match(mails[0].text, /^Subject: Demo Client: This is a test\r?$/m);
  assert.match(mails[0].text, /^From: .*calls@example\.com/m);
  assert.deepEqual(complaints, []);
  await context.close();
});
