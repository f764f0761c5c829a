import { expect, test } from '../fixtures.ts';

const UNREGISTERED = "Your organization hasn't been set up for SSO yet";

test('the reference is copied, and the button keeps its name', async ({ context, page, login, microsoft }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await login.open();
  await login.microsoft.click();
  await microsoft.person('Lena Fox').click();
  const reference = await login.reference(UNREGISTERED);
  await login.copyReference.click();
  await expect(login.alert.getByRole('status')).toHaveText('Reference copied');
  await expect(login.copyReference).toBeVisible();
  expect(await page.evaluate(async () => await navigator.clipboard.readText())).toBe(reference);
});

test('the message for the administrator is copied', async ({ context, page, login }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await login.open({ error: 'consent_required' });
  await login.copyMessage.click();
  await expect(login.alert.getByRole('status').filter({ hasText: 'Message copied' })).toBeVisible();
  const copied = await page.evaluate(async () => await navigator.clipboard.readText());
  expect(copied).toContain('Global Administrator');
  await expect(login.alert).toContainText(copied);
});

test('the button says that the sign-in is under way', async ({ page, login }) => {
  await login.open();
  // Microsoft does not answer yet.
  await page.route('**/authorize?*', async (route) => {
    await expect(page.getByRole('button', { name: 'Signing in…', exact: true })).toBeVisible();
    await route.continue();
  });
  await login.microsoft.click();
  await expect(page.getByRole('heading', { level: 1, name: 'Pick an account' })).toBeVisible();
  // Somebody who comes back finds the button as it was.
  await page.goBack();
  await expect(login.microsoft).toBeVisible();
});
