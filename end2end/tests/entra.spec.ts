// A team connects its tenant, as the documentation says it.

import { expect, test } from '../fixtures.ts';
import { tenants } from '../place/directory.ts';
import { newcomer, PASSWORD } from '../place/newcomer.ts';
import { ENTRA } from '../screens/entra.ts';

test('a tenant is registered, and a colleague signs in at once', async ({
  page, browser, server, emulator, shell, entra, signedIn, scripted, microsoft,
}) => {
  const { owner, tenant, domain, colleague } = await newcomer(server, emulator);
  await signedIn.with(owner.email, PASSWORD);
  await shell.mainMenu.getByRole('link', { name: 'Integrations', exact: true }).click();
  await expect(entra.card).toContainText('Not set up');
  await entra.card.getByRole('link', { name: 'Set up Microsoft Entra ID', exact: true }).click();
  await expect(entra.heading).toBeVisible();
  await expect(page).toHaveURL(ENTRA);
  await expect(entra.enabled).toBeChecked();
  await expect(entra.allowGuests).not.toBeChecked();

  await entra.tenantId.fill(` {${tenant.toUpperCase()}} `);
  await entra.test.click();
  await expect(entra.steps.filter({ visible: true })).toHaveCount(6);
  await expect(entra.said(/Connection test passed with warnings/)).toBeVisible();
  await entra.saves('Microsoft Entra ID settings saved.');
  await expect(entra.tenantId).toHaveValue(tenant);
  await expect(entra.facts).toContainText('Unverified');

  const other = await browser.newContext({ javaScriptEnabled: scripted, baseURL: server.url });
  const guestPage = await other.newPage();
  await guestPage.goto('/login');
  await guestPage.getByRole('button', { name: 'Sign in with Microsoft', exact: true }).click();
  await guestPage.getByRole('button', { name: new RegExp(` ${colleague.principal} `) }).click();
  await expect(guestPage.getByRole('heading', { level: 1, name: 'Overview', exact: true })).toBeVisible();

  // Ownership: signed in once, confirmed once.
  await entra.verify.click();
  await microsoft.account(colleague.principal).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Confirm ownership', exact: true })).toBeVisible();
  await expect(page.getByText(`You signed in to ${domain}`)).toBeVisible();
  await entra.confirm.click();
  await expect(entra.said('Ownership verified.')).toBeVisible();
  await expect(entra.ownership).toContainText('Verified by Priya Shah');
  await entra.test.click();
  await expect(entra.said('Connection test passed: 6 of 6 steps')).toBeVisible();
  await expect(entra.facts).toContainText('Approved');

  // Disabled blocks the next sign-in and ends live sessions.
  await entra.enabled.click();
  await entra.save.click();
  await expect(page.getByRole('heading', { level: 1, name: 'Turn off Microsoft sign-in?', exact: true })).toBeVisible();
  await expect(page.getByText(colleague.name, { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Turn off Microsoft sign-in', exact: true }).click();
  await expect(entra.said('Microsoft sign-in is off, and 1 session ended.')).toBeVisible();
  await guestPage.reload();
  await expect(guestPage.getByRole('heading', { level: 1, name: 'Sign in to SonicSaaS', exact: true })).toBeVisible();
  // Microsoft knows them still, and asks nothing.
  await guestPage.getByRole('button', { name: 'Sign in with Microsoft', exact: true }).click();
  await expect(guestPage.getByText('Microsoft sign-in is turned off for your team', { exact: true })).toBeVisible();
  await other.close();
});

test('what is typed wrong is kept, and said where it is wrong', async ({
  page, server, emulator, entra, signedIn, shell,
}) => {
  const { owner } = await newcomer(server, emulator);
  await signedIn.with(owner.email, PASSWORD, ENTRA);
  for (const [typed, said] of [
    ['abc', 'Tenant ID must be 32 letters and numbers with hyphens, or a domain name'],
    ['common', 'Enter the ID of one tenant. "common" means every tenant.'],
    ['11111111-aaaa-4bbb-8ccc-222222222222', "That's SonicSaaS's application (client) ID. Copy Tenant ID instead."],
    ['contsoo.com', 'Microsoft has no tenant "contsoo.com". Check the spelling, or paste the Tenant ID.'],
  ] as const) {
    await entra.tenantId.fill(typed);
    await entra.save.click();
    await expect(entra.alert.getByRole('heading', { name: 'There is a problem', exact: true })).toBeVisible();
    await expect(entra.alert.getByRole('link', { name: said, exact: true })).toBeVisible();
    await expect(entra.alert).toBeFocused();
    await expect(entra.tenantId).toHaveValue(typed);
    await expect(entra.tenantId).toHaveAttribute('aria-invalid', 'true');
    await expect(page).toHaveTitle(/^Error: /);
    expect(page.url()).not.toContain(typed);
  }
  await shell.open(ENTRA);
  await expect(entra.tenantId).toHaveValue('');
});

test("another team's tenant is refused, and a proof makes it this team's", async ({
  page, server, emulator, entra, signedIn, microsoft,
}) => {
  const { owner, tenant, colleague } = await newcomer(server, emulator);
  const squatter = await server.createTeam('Squatters', { name: 'Sam Quatt', email: `sam@${tenant}.example` });
  await server.command('tenant', 'register', '--team', squatter.id, '--tenant-id', tenant);
  await signedIn.with(owner.email, PASSWORD, ENTRA);
  await entra.tenantId.fill(tenant);
  await entra.save.click();
  await expect(entra.alert).toContainText('is registered to another SonicSaaS team');
  await entra.alert.getByRole('button', { name: 'Verify ownership', exact: true }).click();
  await microsoft.account(colleague.principal).click();
  await entra.confirm.click();
  await expect(entra.said('Ownership verified.')).toBeVisible();
  await expect(entra.tenantId).toHaveValue(tenant);
  await expect(page.getByRole('region', { name: 'Ownership', exact: true })).toContainText('Verified');
});

test('without any approval it is saved, and the page says who must do what', async ({
  page, server, emulator, entra, signedIn, microsoft,
}) => {
  const { owner, tenant, administrator } = await newcomer(server, emulator, { approved: false });
  await signedIn.with(owner.email, PASSWORD, ENTRA);
  await entra.tenantId.fill(tenant);
  await entra.saves(/Microsoft Entra ID settings saved\..*Warning:.*Get an access token/);
  await expect(entra.facts).toContainText('Missing');
  await entra.test.click();
  await expect(entra.said('Connection test failed at step 3: Get an access token')).toBeVisible();
  const steps = entra.steps.filter({ visible: true });
  await expect(steps.nth(2)).toContainText('Failed');
  await expect(steps.nth(2)).toContainText('Select Grant admin consent.');
  for (const number of [3, 4, 5]) {
    await expect(steps.nth(number)).toContainText('Not run');
  }
  await page.getByRole('button', { name: 'Details for Get an access token', exact: true }).click();
  await expect(page.getByText('AADSTS7000229', { exact: true })).toBeVisible();
  await expect(page.getByText(/eyJ/)).toHaveCount(0);
  await expect(entra.consent.getByText(new RegExp(`/${tenant}/adminconsent\\?client_id=`))).toBeVisible();

  await entra.grant.click();
  await expect(page).toHaveURL(new RegExp(`/${tenant}/v2\\.0/adminconsent\\?.*state=`));
  await microsoft.account(administrator.principal).click();
  await page.getByRole('button', { name: 'Accept', exact: true }).click();
  // The approval leads on to the proof by itself.
  const picker = microsoft.account(administrator.principal);
  const step = page.getByRole('heading', { level: 1, name: 'Confirm ownership', exact: true });
  await expect(picker.or(step)).toBeVisible();
  if (await picker.isVisible()) await picker.click();
  await entra.confirm.click();
  await expect(entra.said(/Ownership verified\..*Connection test passed/)).toBeVisible();
  await expect(entra.facts).toContainText('Approved');
});

test('a declined approval changes nothing', async ({ page, server, emulator, entra, signedIn, microsoft }) => {
  const { owner, tenant, administrator } = await newcomer(server, emulator, { approved: false });
  await signedIn.with(owner.email, PASSWORD, ENTRA);
  await entra.tenantId.fill(tenant);
  await entra.saves('Microsoft Entra ID settings saved.');
  await entra.grant.click();
  await microsoft.account(administrator.principal).click();
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(entra.said(/^Approval was declined\./)).toBeVisible();
  await expect(entra.facts).toContainText('Missing');
});

test('a missing permission is named with what it turns off', async ({ server, emulator, entra, signedIn }) => {
  const { owner, tenant, team } = await newcomer(server, emulator);
  await server.registerTenant(team, { tenant });
  await emulator.install(tenant, { application: ['User.Read.All'] });
  await signedIn.with(owner.email, PASSWORD, ENTRA);
  await entra.test.click();
  await expect(entra.said(/Connection test passed with warnings/)).toBeVisible();
  const steps = entra.steps.filter({ visible: true });
  await expect(steps.nth(3)).toContainText('Group.Read.All is missing. Searching groups by name is off');
  await expect(steps.nth(4)).toContainText('View members and group invitations are off');
  await expect(entra.facts).toContainText('Partly approved');
});

test('people of an unregistered tenant read the documented sentence', async ({ login, microsoft }) => {
  await login.open();
  await login.microsoft.click();
  await microsoft.person('Lena Fox').click();
  await expect(login.alert.getByText("Your organization hasn't been set up for SSO yet", { exact: true })).toBeVisible();
});

test('other roles read the page and change nothing', async ({ page, entra, signedIn }) => {
  await signedIn.as('Vic Tran', ENTRA);
  await expect(page.getByText(/Only owners and admins can change this\./).first()).toBeVisible();
  await expect(page.getByText(tenants.contoso).first()).toBeVisible();
  for (const control of [entra.enabled, entra.allowGuests, entra.save, entra.test, entra.verify, entra.failures]) {
    await expect(control).toHaveCount(0);
  }
  await expect(page.getByText(/adminconsent/)).toHaveCount(0);
});

test('an auditor reads who could not sign in, and why', async ({
  page, browser, server, entra, signedIn, scripted,
}) => {
  const other = await browser.newContext({ javaScriptEnabled: scripted, baseURL: server.url });
  const guestPage = await other.newPage();
  await guestPage.goto(`/api/auth/signin/microsoft-entra-id?tenant=${tenants.contoso}`);
  await guestPage.getByRole('button', { name: / sam@litware\.example / }).click();
  const reference = await guestPage.locator('#reference').textContent();
  await other.close();
  await signedIn.as('Ines Duarte', ENTRA);
  const row = entra.failures.getByRole('row').filter({ hasText: String(reference).trim() });
  await expect(row).toContainText('Sam Hill');
  await expect(row).toContainText('Guest account, and Allow guests is off');
  await expect(row).toContainText('guest_refused');
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
});
