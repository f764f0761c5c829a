// What the page of Microsoft Entra ID does by its script.

import { expect, test } from '../fixtures.ts';
import { newcomer, PASSWORD } from '../place/newcomer.ts';
import { ENTRA } from '../screens/entra.ts';

test('a test runs in place, once, and can be cancelled', async ({ page, server, emulator, entra, signedIn }) => {
  const { owner, tenant, team } = await newcomer(server, emulator);
  await server.registerTenant(team, { tenant });
  await signedIn.with(owner.email, PASSWORD, ENTRA);
  await entra.test.click();
  await expect(entra.said(/Connection test passed/)).toBeVisible();
  const before = await entra.testRegion.textContent();

  await emulator.fault({ route: 'discovery', delay_ms: 6_000 });
  let posts = 0;
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/api/tenant/test')) posts += 1;
  });
  await entra.test.click();
  await expect(entra.running).toBeVisible();
  const sending = page.getByRole('button', { name: 'Testing…', exact: true });
  await expect(sending).toBeFocused();
  await expect(sending).toHaveAttribute('aria-disabled', 'true');
  await sending.click({ force: true }); // it says that it is disabled, and can be pressed
  expect(posts).toBe(1);
  await entra.cancelTest.click();
  await expect(entra.running).toBeHidden();
  expect(await entra.testRegion.textContent()).toBe(before);
});

test('what is typed and not saved is said, kept and guarded', async ({
  page, server, emulator, shell, entra, signedIn, overview,
}) => {
  const { owner, tenant, team } = await newcomer(server, emulator);
  await server.registerTenant(team, { tenant });
  await signedIn.with(owner.email, PASSWORD, ENTRA);
  await expect(entra.unsaved).toBeHidden();
  await entra.allowGuests.focus();
  await page.keyboard.press('Space');
  await expect(entra.allowGuests).toBeChecked();
  await expect(entra.unsaved).toBeVisible();

  page.once('dialog', (dialog) => void dialog.dismiss());
  await shell.mainMenu.getByRole('link', { name: 'Overview', exact: true }).click();
  await expect(entra.heading).toBeVisible();
  await expect(entra.allowGuests).toBeChecked();

  page.once('dialog', (dialog) => void dialog.accept());
  await entra.discard.click();
  await expect(entra.allowGuests).not.toBeChecked();
  await shell.ready();
  await shell.mainMenu.getByRole('link', { name: 'Overview', exact: true }).click();
  await expect(overview.heading).toBeVisible();
});

test('values are copied, and the page says so', async ({ page, context, server, emulator, entra, signedIn }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const { owner, tenant, team } = await newcomer(server, emulator);
  await server.registerTenant(team, { tenant, allowGuests: true });
  await signedIn.with(owner.email, PASSWORD, ENTRA);
  await entra.test.click();
  await expect(entra.said(/Connection test passed/)).toBeVisible();
  for (const [name, copied] of [
    ['Copy Tenant ID', tenant],
    ['Copy admin consent URL', `/${tenant}/adminconsent?client_id=`],
    ['Copy guest sign-in link', `/api/auth/signin/microsoft-entra-id?tenant=${tenant}`],
    ['Copy diagnostic report', 'SonicSaaS connection test'],
  ] as const) {
    const button = page.getByRole('button', { name, exact: true });
    await button.click();
    await expect(page.getByRole('status').filter({ hasText: / copied$/ }).first()).toBeVisible();
    await expect(button).toBeVisible();
    expect(await page.evaluate(async () => await navigator.clipboard.readText())).toContain(copied);
  }
});

test('an answer that comes after its page was left pulls nobody back', async ({
  page, server, emulator, shell, entra, signedIn, overview,
}) => {
  const { owner, tenant, team } = await newcomer(server, emulator);
  await server.registerTenant(team, { tenant });
  await signedIn.with(owner.email, PASSWORD, ENTRA);
  await shell.ready();
  await emulator.fault({ route: 'discovery', delay_ms: 3_000 });
  await entra.test.click();
  await expect(entra.running).toBeVisible();
  const ended = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/api/tenant/test'));
  await shell.mainMenu.getByRole('link', { name: 'Overview', exact: true }).click();
  await expect(overview.heading).toBeVisible();
  await ended;
  expect(new URL(page.url()).pathname).toBe('/dashboard');
});

test('going back asks about what is not saved, and a link for another window does not', async ({
  page, server, emulator, shell, entra, signedIn, overview,
}) => {
  const { owner, tenant, team } = await newcomer(server, emulator);
  await server.registerTenant(team, { tenant });
  await signedIn.with(owner.email, PASSWORD, '/dashboard/integrations');
  await shell.ready();
  await page.getByRole('link', { name: 'Microsoft Entra ID', exact: true }).click();
  await expect(entra.heading).toBeVisible();
  await entra.allowGuests.focus();
  await page.keyboard.press('Space');
  await expect(entra.unsaved).toBeVisible();

  let asked = 0;
  const dismiss = (dialog: { dismiss: () => Promise<void> }) => {
    asked += 1;
    void dialog.dismiss();
  };
  page.on('dialog', dismiss);
  const link = shell.mainMenu.getByRole('link', { name: 'Overview', exact: true });
  const other = page.context().waitForEvent('page');
  await link.click({ modifiers: ['ControlOrMeta'] });
  await (await other).close();
  expect(asked).toBe(0);

  await page.goBack();
  await expect.poll(() => asked).toBe(1);
  await expect(entra.heading).toBeVisible();
  await expect(entra.allowGuests).toBeChecked();
  expect(new URL(page.url()).pathname).toBe(ENTRA);
  // Asked again: what was declined once is not left by the next click.
  await link.click();
  expect(asked).toBe(2);
  await expect(entra.allowGuests).toBeChecked();

  page.off('dialog', dismiss);
  page.once('dialog', (dialog) => void dialog.accept());
  await link.click();
  await expect(overview.heading).toBeVisible();
});
