import type { Page } from '@playwright/test';

import { expect, test } from '../fixtures.ts';

/** Counts the documents that the page loads from now on. */
function navigations(page: Page): { count: number } {
  const seen = { count: 0 };
  page.on('request', (request) => {
    if (request.isNavigationRequest()) {
      seen.count += 1;
    }
  });
  return seen;
}

test('the page is taken over by WebAssembly', async ({ page, signedIn, shell }) => {
  const loaded: string[] = [];
  page.on('response', (response) => {
    if (/\.wasm$/.test(new URL(response.url()).pathname)) {
      loaded.push(`${response.status()} ${response.headers()['content-type']}`);
    }
  });
  await signedIn.as('Dana Reyes');
  await shell.ready();
  expect(loaded).toContain('200 application/wasm');
});

test('a menu opens in place, closes on Escape and gives the focus back', async ({ page, signedIn, shell }) => {
  await signedIn.as('Dana Reyes');
  const loads = navigations(page);
  await shell.account.click();
  await expect(shell.account).toHaveAttribute('aria-expanded', 'true');
  await expect(shell.signOut).toBeVisible();
  await shell.signOut.focus();
  await page.keyboard.press('Escape');
  await expect(shell.account).toHaveAttribute('aria-expanded', 'false');
  await expect(shell.signOut).toBeHidden();
  await expect(shell.account).toBeFocused();
  // A press outside closes too.
  await shell.account.click();
  await expect(shell.signOut).toBeVisible();
  await shell.main.click({ position: { x: 5, y: 5 } });
  await expect(shell.signOut).toBeHidden();
  await expect(page).toHaveURL('/dashboard');
  expect(loads.count).toBe(0);
});

test('the phone menu takes the focus, closes on Escape and gives it back', async ({ page, signedIn, shell }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await signedIn.as('Dana Reyes');
  const loads = navigations(page);
  await shell.menu.focus();
  await page.keyboard.press('Enter');
  await expect(shell.menu).toHaveAttribute('aria-expanded', 'true');
  await expect(shell.mainMenu.getByRole('link', { name: 'Overview', exact: true })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(shell.menu).toHaveAttribute('aria-expanded', 'false');
  await expect(shell.mainMenu).toBeHidden();
  await expect(shell.menu).toBeFocused();
  expect(loads.count).toBe(0);
});

test('a page that was sent with a menu open closes it in place', async ({ page, signedIn, shell }) => {
  await signedIn.as('Dana Reyes', '/dashboard?open=account');
  await expect(shell.signOut).toBeVisible();
  const loads = navigations(page);
  await shell.account.focus();
  await page.keyboard.press('Escape');
  await expect(shell.signOut).toBeHidden();
  await expect(shell.account).toBeFocused();
  expect(loads.count).toBe(0);
});

test('moving inside the dashboard loads no document and takes the focus to the heading', async ({
  page, signedIn, shell, overview, listener,
}) => {
  await signedIn.as('Dana Reyes');
  listener.expect(/^status 404: GET .*\/dashboard\/nowhere$/, /^console error: .*status of 404/);
  await shell.open('/dashboard/nowhere');
  const loads = navigations(page);
  await shell.mainMenu.getByRole('link', { name: 'Overview', exact: true }).click();
  await expect(overview.access).toContainText('You are an Operator of Northwind MSP.');
  await expect(page).toHaveTitle('Overview – Northwind MSP – SonicSaaS');
  await expect(overview.heading).toBeFocused();
  expect(loads.count).toBe(0);
});

test('a session that ended while the page was open is told in place', async ({
  context, signedIn, shell, login, listener,
}) => {
  await signedIn.as('Dana Reyes');
  listener.expect(
    /^status 404: GET .*\/dashboard\/nowhere$/,
    /^console error: .*status of 404/,
    /^status 401: GET .*\/api\/overview\/view/,
    /^console error: .*status of 401/,
  );
  await shell.open('/dashboard/nowhere');
  await context.clearCookies();
  await shell.mainMenu.getByRole('link', { name: 'Overview', exact: true }).click();
  await expect(shell.main.getByText('You were signed out. Sign in to continue.', { exact: true })).toBeVisible();
  await shell.main.getByRole('link', { name: 'Sign in', exact: true }).click();
  await expect(login.microsoft).toBeVisible();
});
