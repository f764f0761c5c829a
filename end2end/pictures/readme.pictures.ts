// Takes the pictures that the README and the documentation show.

import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';

import { expect, test } from '../fixtures.ts';

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 740 };

async function take(page: Page, name: string): Promise<void> {
  await page.evaluate(async () => await document.fonts.ready);
  // No pointer hovers, and nothing has the focus.
  await page.mouse.move(0, 0);
  const path = fileURLToPath(new URL(`../../docs/images/${name}.png`, import.meta.url));
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
}

/** The same screen in light, dark and on a phone. */
async function takeAll(page: Page, name: string): Promise<void> {
  await page.setViewportSize(DESKTOP);
  await page.emulateMedia({ colorScheme: 'light' });
  await take(page, name);
  await page.emulateMedia({ colorScheme: 'dark' });
  await take(page, `${name}-dark`);
  await page.setViewportSize(PHONE);
  await page.emulateMedia({ colorScheme: 'light' });
  await take(page, `${name}-360`);
}

test('the sign-in page', async ({ page, login }) => {
  await login.open();
  await takeAll(page, 'login');
});

test('a refused sign-in', async ({ page, login, microsoft }) => {
  await login.open();
  await login.microsoft.click();
  await microsoft.person('Lena Fox').click();
  await expect(login.copyReference).toBeVisible();
  await takeAll(page, 'refused');
});

test('the overview', async ({ page, signedIn, overview }) => {
  await signedIn.as('Dana Reyes');
  await expect(overview.access).toContainText('You are an Operator');
  await takeAll(page, 'overview');
});
