import { expect, test } from '../fixtures.ts';
import { northwind } from '../place/directory.ts';
import { content, graphColumns, graphRows, signInRows } from '../screens/permissions.ts';

const CALLBACK = '/api/auth/callback/microsoft-entra-id';
const FINISHED =
  'Microsoft reports that approval finished. Whoever manages SonicSaaS can now select Test Connection.';
const DECLINED = 'Microsoft reports that approval was declined.';

const tree = (scripted: boolean): string => `
  - link "Skip to main content":
    - /url: "#main"
  - banner: SonicSaaS
  - main:
    - status
    - heading "Permissions We Request" [level=1]${content(scripted)}`;

test('everybody reads what is asked of Microsoft, and why', async ({ scripted, permissionList, expectScreen }) => {
  await permissionList.open();
  await expectScreen({
    heading: 'Permissions We Request',
    title: 'Permissions We Request – SonicSaaS',
    aria: tree(scripted),
  });
  expect(await permissionList.rows(permissionList.graph)).toEqual(graphRows);
  expect(await permissionList.rows(permissionList.signIn)).toEqual(signInRows);
  await expect(permissionList.graph.getByRole('columnheader')).toHaveText(graphColumns);
  await expect(permissionList.grant).toHaveCount(0);
});

test('on a phone each row is a card that says what is what', async ({ page, permissionList }) => {
  await page.setViewportSize({ width: 320, height: 800 });
  await permissionList.open();
  // A table that is shown as cards is still one to a screen reader.
  expect(await permissionList.rows(permissionList.graph)).toEqual(graphRows);
  const label = await permissionList.graph
    .getByRole('row')
    .nth(1)
    .getByRole('cell')
    .first()
    .evaluate((cell) => getComputedStyle(cell, '::before').content);
  expect(label).toContain('Type');
});

test('the page loads no WebAssembly, and no script but its own', async ({ page }) => {
  const scripts: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (request.resourceType() === 'script' || /\.(wasm|js|mjs)$/.test(pathname)) {
      scripts.push(pathname);
    }
  });
  const response = await page.goto('/permissions');
  await page.waitForLoadState('load');
  expect(response?.status()).toBe(200);
  expect(await page.content()).not.toMatch(/wasm|hydrat|modulepreload/i);
  expect(scripts.filter((path) => path !== '/front.js')).toEqual([]);
});

test('on paper stands what can be read, and nothing that can only be pressed', async ({ page, permissionList }) => {
  await page.emulateMedia({ media: 'print' });
  await permissionList.open();
  await expect(permissionList.graph).toBeVisible();
  await expect(permissionList.list).toBeVisible();
  await expect(permissionList.copy).toBeHidden();
  await page.emulateMedia({ media: null });
});

test('owners and admins see how their tenant stands, others do not', async ({ page, permissionList, signedIn }) => {
  await signedIn.as('Adam Cole');
  await permissionList.open();
  await expect(page).toHaveTitle('Permissions We Request – Northwind MSP – SonicSaaS');
  await expect(permissionList.graph.getByRole('columnheader')).toHaveText([...graphColumns, 'Status']);
  const known = /^(Approved|Unknown|Status unknown|Missing\. .+)$/;
  for (const row of await permissionList.rows(permissionList.graph)) {
    expect(row.at(-1)).toMatch(known);
  }
  await expect(permissionList.grant).toHaveAttribute('href', '/api/tenant/consent');
  await expect(page.getByRole('link', { name: 'Back to Northwind MSP', exact: true })).toHaveAttribute('href', '/dashboard');

  await page.context().clearCookies();
  await signedIn.as('Vic Tran');
  await permissionList.open();
  await expect(permissionList.graph.getByRole('columnheader')).toHaveText(graphColumns);
  await expect(permissionList.grant).toHaveCount(0);
});

test('an approval that came without our state says so, and changes nothing', async ({ page, server, permissionList }) => {
  // Reading the log is an event itself.
  const recorded = async (): Promise<unknown[]> =>
    (await server.audit()).filter(({ action }) => action !== 'audit.exported');
  const before = await recorded();
  await page.goto(`${CALLBACK}?admin_consent=True&tenant=${northwind.tenant}`);
  await expect(page).toHaveURL('/permissions');
  await expect(permissionList.status.filter({ hasText: 'Microsoft reports' })).toHaveText(FINISHED);
  await expect(page.getByText(northwind.tenant)).toHaveCount(0);
  await page.goto(`${CALLBACK}?admin_consent=True&tenant=${northwind.tenant}&error=access_denied`);
  await expect(permissionList.status.filter({ hasText: 'Microsoft reports' })).toHaveText(DECLINED);
  // It is said once, and no address can have it said.
  await page.goto('/permissions?admin_consent=True');
  await expect(permissionList.status.filter({ hasText: 'Microsoft reports' })).toHaveCount(0);
  expect(await recorded()).toEqual(before);
});

test('whoever has not been approved finds the list', async ({ login, permissionList, page }) => {
  await login.open({ error: 'consent_required' });
  await login.alert.getByRole('link', { name: /\/permissions$/ }).click();
  await expect(page).toHaveURL('/permissions');
  await expect(permissionList.heading).toBeVisible();
});
