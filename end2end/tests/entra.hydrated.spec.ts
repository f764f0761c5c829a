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
