import { expect, test } from '../fixtures.ts';

test('a theme acts at once, and a page without script has it too', async ({ browser, context, page, server, signedIn, shell }) => {
  await signedIn.as('Dana Reyes');
  const loads: string[] = [];
  page.on('request', (request) => {
    if (request.isNavigationRequest()) {
      loads.push(request.url());
    }
  });
  await expect(shell.apply).toHaveCount(0);
  const stored = page.waitForResponse((response) => new URL(response.url()).pathname === '/preferences');
  await shell.themed('Dark').check();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await stored;
  expect(loads).toEqual([]);

  const plain = await browser.newContext({
    baseURL: server.url,
    javaScriptEnabled: false,
    storageState: await context.storageState(),
  });
  try {
    const again = await plain.newPage();
    await again.goto('/dashboard');
    await expect(again.locator('html')).toHaveAttribute('data-theme', 'dark');
    await expect(again.getByRole('radio', { name: 'Dark', exact: true })).toBeChecked();
  } finally {
    await plain.close();
  }
});

test('the keyboard chooses a theme', async ({ page, signedIn, shell }) => {
  await signedIn.as('Dana Reyes');
  await shell.themed('System').focus();
  await page.keyboard.press('ArrowRight');
  await expect(shell.themed('Light')).toBeChecked();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});
