import { expect, test } from '../fixtures.ts';
import type { Theme } from '../screens/shell.ts';

test('a theme that was chosen stays, on every page', async ({ page, scripted, signedIn, shell, login }) => {
  const root = page.locator('html');
  const choose = async (theme: Theme): Promise<void> => {
    const stored = page.waitForResponse((response) => new URL(response.url()).pathname === '/preferences');
    await shell.themed(theme).check();
    if (!scripted) {
      await shell.apply.click();
    }
    expect((await stored).status()).toBe(303);
    await shell.ready();
    await expect(shell.themed(theme)).toBeChecked();
  };
  await signedIn.as('Dana Reyes');
  await expect(shell.themed('System')).toBeChecked();
  await expect(root).not.toHaveAttribute('data-theme');

  await choose('Dark');
  await expect(root).toHaveAttribute('data-theme', 'dark');
  await page.reload();
  await expect(root).toHaveAttribute('data-theme', 'dark');
  await expect(shell.themed('Dark')).toBeChecked();
  await shell.ready();

  await choose('Light');
  await page.reload();
  await expect(root).toHaveAttribute('data-theme', 'light');
  await shell.ready();

  // The sign-in page has it too.
  await page.context().clearCookies({ name: 'session' });
  await page.goto('/login');
  await expect(login.heading).toBeVisible();
  await expect(root).toHaveAttribute('data-theme', 'light');

  // Microsoft still knows the one account.
  await login.microsoft.click();
  await shell.ready();
  await choose('System');
  await page.reload();
  await expect(root).not.toHaveAttribute('data-theme');
});

test('the theme comes back to the page it was chosen on', async ({ page, scripted, signedIn, shell }) => {
  await signedIn.as('Dana Reyes', '/dashboard?open=account');
  await shell.themed('Dark').check();
  if (!scripted) {
    await shell.apply.click();
  }
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(page).toHaveURL('/dashboard?open=account');
  await expect(shell.signOut).toBeVisible();
});

test('a theme that does not exist is not kept', async ({ page, server, signedIn }) => {
  await signedIn.as('Dana Reyes');
  const response = await page.request.post('/preferences', {
    form: { theme: '"><b>', next: 'https://evil.example/' },
    headers: { origin: server.url },
    maxRedirects: 0,
  });
  expect(response.status()).toBe(303);
  expect(response.headers().location).toBe('/dashboard');
  await page.reload();
  await expect(page.locator('html')).not.toHaveAttribute('data-theme');
});
