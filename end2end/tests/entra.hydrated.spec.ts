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
  await expect(page).toHaveURL(/\/dashboard$/);
});

test('a link asks about what is not saved, and one for another window does not', async ({
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

  await link.click();
  expect(asked).toBe(1);
  // Asked again: what was declined once is not left by the next click.
  await link.click();
  expect(asked).toBe(2);
  await expect(entra.allowGuests).toBeChecked();

  page.off('dialog', dismiss);
  page.once('dialog', (dialog) => void dialog.accept());
  await link.click();
  await expect(overview.heading).toBeVisible();
});

test('going back after a navigation inside the app asks about what is not saved', async ({
  page, server, emulator, shell, entra, signedIn,
}) => {
  const { owner, tenant, team } = await newcomer(server, emulator);
  await server.registerTenant(team, { tenant });
  await signedIn.with(owner.email, PASSWORD);
  await shell.ready();
  await shell.mainMenu.getByRole('link', { name: 'Integrations', exact: true }).click();
  await expect(entra.card).toBeVisible();
  await entra.card.getByRole('link', { name: 'Microsoft Entra ID', exact: true }).click();
  await expect(entra.heading).toBeVisible();
  await entra.tenantId.fill('typed.example');
  await expect(entra.unsaved).toBeVisible();

  let asked = 0;
  const dismiss = (dialog: { dismiss: () => Promise<void> }): void => {
    asked += 1;
    void dialog.dismiss();
  };
  page.on('dialog', dismiss);
  for (const times of [1, 2]) {
    await page.evaluate(() => { window.history.back(); });
    await expect.poll(() => asked).toBe(times);
    await expect(page).toHaveURL(new RegExp(`${ENTRA}$`));
    await expect(entra.heading).toBeVisible();
    await expect(entra.tenantId).toHaveValue('typed.example');
  }
  page.off('dialog', dismiss);
  page.once('dialog', (dialog) => void dialog.accept());
  await page.evaluate(() => { window.history.back(); });
  await expect(entra.card).toBeVisible();
  await expect(page).toHaveURL(/\/dashboard\/integrations$/);
});

for (const width of [360, 1280]) {
  test(`what happened comes into view at ${width} px, and the focus stays`, async ({
    page, server, emulator, entra, signedIn, listener,
  }) => {
    const { owner, tenant, team } = await newcomer(server, emulator);
    await server.registerTenant(team, { tenant });
    await page.setViewportSize({ width, height: 800 });
    await signedIn.with(owner.email, PASSWORD, ENTRA);
    const isSeen = async (words: RegExp): Promise<void> => {
      const said = entra.said(words);
      await expect(said).toBeInViewport({ ratio: 1 });
      const header = await page.getByRole('banner').boundingBox();
      const place = await said.boundingBox();
      expect(place?.y ?? -1).toBeGreaterThanOrEqual((header?.y ?? 0) + (header?.height ?? 0));
    };
    const sent = async (button: typeof entra.save): Promise<void> => {
      await button.focus();
      await page.evaluate(() => { window.scrollTo(0, 900); });
      await page.keyboard.press('Enter');
    };
    await sent(entra.test);
    await isSeen(/^Connection test passed/);
    await expect(entra.test).toBeFocused();
    await entra.allowGuests.click();
    await sent(entra.save);
    await isSeen(/^Microsoft Entra ID settings saved\./);
    await expect(entra.save).toBeFocused();
    // Said once: the address no longer asks for it.
    await expect(page).toHaveURL(new RegExp(`${ENTRA}$`));
    await page.reload();
    await expect(entra.heading).toBeVisible();
    await expect(entra.said(/settings saved/)).toHaveCount(0);

    await page.route('**/api/tenant/save', (route) => route.abort());
    listener.expect(/ERR_FAILED/);
    await sent(entra.save);
    await isSeen(/^SonicSaaS didn't answer\./);
    await expect(entra.save).toBeFocused();
  });
}

test('an error goes when its field is fixed, and its link leads below the header', async ({
  page, server, emulator, entra, signedIn,
}) => {
  const { owner, tenant, team } = await newcomer(server, emulator);
  await server.registerTenant(team, { tenant });
  await page.setViewportSize({ width: 360, height: 800 });
  await signedIn.with(owner.email, PASSWORD, ENTRA);
  await entra.tenantId.fill('abc');
  await entra.save.click();
  await expect(entra.alert).toBeFocused();
  await expect(page).toHaveTitle(/^Error: /);
  await entra.alert.getByRole('link', { name: /^Tenant ID must be 32 letters/ }).click();
  await expect(entra.tenantId).toBeFocused();
  const header = await page.getByRole('banner').boundingBox();
  expect((await entra.tenantId.boundingBox())?.y ?? -1).toBeGreaterThan((header?.y ?? 0) + (header?.height ?? 0));

  await entra.tenantId.fill('still wrong');
  await expect(entra.alert).toBeVisible();
  await expect(entra.tenantId).toHaveAttribute('aria-invalid', 'true');
  await entra.tenantId.fill('contoso.com');
  await expect(entra.alert).toHaveCount(0);
  await expect(entra.tenantId).not.toHaveAttribute('aria-invalid');
  await expect(page).toHaveTitle(/^Microsoft Entra ID – /);
  await expect(page.getByText('Tenant ID must be 32 letters')).toHaveCount(0);
  await expect(entra.tenantId).toBeFocused();
});

test('whoever is signed out in mid-work keeps what is typed', async ({
  context, server, emulator, entra, signedIn, listener,
}) => {
  const { owner, tenant } = await newcomer(server, emulator);
  await signedIn.with(owner.email, PASSWORD, ENTRA);
  await entra.tenantId.fill(tenant);
  const session = await context.cookies();
  await context.clearCookies();
  listener.expect(/401/);
  await entra.save.click();
  const said = entra.said(/^You were signed out\. Sign in to continue\./);
  await expect(said).toBeVisible();
  await expect(said.getByRole('link', { name: 'Sign in (opens a new tab)' })).toHaveAttribute(
    'href',
    `/login?next=${ENTRA}`,
  );
  await expect(entra.tenantId).toHaveValue(tenant);
  await context.addCookies(session);
  await entra.saves('Microsoft Entra ID settings saved.');
});
