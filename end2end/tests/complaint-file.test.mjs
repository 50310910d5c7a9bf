// The file for a complaint: made in the dashboard, and checked by its own page, opened from the disk.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, test } from 'node:test';
import { openPage, startBrowser } from '../support/browser.mjs';
import { lookAtPage } from '../support/axe.mjs';
import { asOperator } from '../support/dashboard.mjs';
import { startServer, STILL } from '../support/server.mjs';

let browser, server, folder;
before(async () => {
  [browser, server, folder] = await Promise.all([startBrowser(), startServer({ simulator: STILL }), mkdtemp(join(tmpdir(), 'complaint-'))]);
});
after(async () => { await Promise.all([browser?.close(), server?.stop(), folder && rm(folder, { recursive: true })]); });

/** Where the packed bytes of each member are. */
function members(zip) {
  let end = zip.length - 22;
  while (zip.readUInt32LE(end) !== 0x06054b50) end -= 1;
  let at = zip.readUInt32LE(end + 16);
  return Array.from({ length: zip.readUInt16LE(end + 10) }, () => {
    const [size, nameLength, local] = [zip.readUInt32LE(at + 20), zip.readUInt16LE(at + 28), zip.readUInt32LE(at + 42)];
    const name = zip.subarray(at + 46, at + 46 + nameLength).toString();
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
    return { name, size, start: local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28) };
  });
}

test('an admin makes the file, and its page finds every altered byte', async () => {
  const data = { phoneNumber: '+919845012345', customerData: { customerId: 'C-1', name: 'आशा Rao', phone: '+919845012345' } };
  await server.tell('connected', 'one', data);
  await server.tell('callEnded', 'one', { ...data, duration: 3 });
  const { page, context, complaints, open } = await asOperator(browser, server);
  await open('client-demo', '/dashboard/customers/C-1');
  await page.getByLabel('Reason').fill('Complaint 7');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Make the file' }).click()]);
  assert.equal(download.suggestedFilename(), 'complaint-file.zip');
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  const zip = Buffer.concat(chunks);
  await page.getByText('The file is ready.').waitFor();
  const { audit } = await server.admin('GET', '/clients/client-demo/audit');
  assert.ok(audit.some(({ act, subject }) => act === 'complaint-file.made' && subject.endsWith(' Complaint 7')), JSON.stringify(audit));
  assert.deepEqual(complaints, []);
  await context.close();

  const verifier = join(folder, 'verify.html');
  await writeFile(verifier, Buffer.from(await (await fetch(`${server.url}/verify.html`)).arrayBuffer()));
  const checking = await openPage(browser, pathToFileURL(verifier).href, { bypassCSP: true });
  const check = async (bytes) => {
    await checking.page.reload();
    await checking.page.locator('#file').setInputFiles({ name: 'complaint-file.zip', mimeType: 'application/zip', buffer: bytes });
    const answer = checking.page.locator('#answer.good, #answer.bad').filter({ hasNotText: 'Checking' });
    await answer.waitFor();
    return { good: await answer.evaluate((one) => one.classList.contains('good')), said: await answer.textContent() };
  };
  const whole = await check(zip);
  assert.ok(whole.good && /2 complete, 0 erased/.test(whole.said), whole.said);
  const { keys } = await (await fetch(`${server.url}/api/seal-keys`)).json();
  assert.ok(whole.said.includes(keys[0].keyId));
  assert.deepEqual(await lookAtPage(checking.page), []);
  for (const { name, size, start } of members(zip)) {
    for (const place of [Math.floor(size / 3), Math.floor(size / 2)]) {
      const altered = Buffer.from(zip);
      altered[start + place] ^= 0x10;
      const found = await check(altered);
      assert.ok(!found.good && found.said.includes(name), `${name} at ${place}: ${found.said}`);
    }
  }
  assert.equal((await check(zip.subarray(0, zip.length / 2))).good, false);
  await checking.context.close();
});
