import { expect, test } from '../fixtures.ts';

test('the list is copied, and the button keeps its name', async ({ context, page, permissionList }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await permissionList.open();
  await permissionList.copy.click();
  await expect(permissionList.status.filter({ hasText: 'copied' })).toHaveText('Permission list copied');
  await expect(permissionList.copy).toBeVisible();
  const copied = await page.evaluate(async () => await navigator.clipboard.readText());
  // A row is a line, and a cell is a column where it is pasted into a sheet.
  expect(copied).toContain('Group.Read.All\tApplication\tfind groups by name, show their names');
  expect(copied).toMatch(/^Sign-in permissions$/m);
  expect(copied).not.toContain('What we store');
});

test('a key alone does nothing', async ({ page, permissionList }) => {
  await permissionList.open();
  await page.keyboard.press('/');
  await expect(page.locator(':focus')).toHaveCount(0);
});
