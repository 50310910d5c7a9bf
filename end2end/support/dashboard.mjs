// The dashboard, as those who look after calls use it.

/** Signs in by a key, by a token, or as a person. */
export async function signIn(page, { key, token, email, password }) {
  const way = key ? 'API key' : token ? 'Token' : 'Account';
  await page.getByRole('button', { name: way, exact: true }).click();
  if (email) {
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill(password);
  } else {
    await page.getByLabel(key ? 'API key' : 'Admin token', { exact: true }).fill(key ?? token);
  }
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}
