// What needs attention: found by a test of the connection, told on the overview, and mended there or where a link leads.

import { expectAccessible, expectNoSidewaysScroll } from '../checks/screen.ts';
import { expect, test } from '../fixtures.ts';
import { newcomer, PASSWORD } from '../place/newcomer.ts';
import { ENTRA } from '../screens/entra.ts';

/** Microsoft rejects the secret, until this server's is accepted once more. */
const REJECTED = {
  route: 'token',
  status: 401,
  body: '{"error":"invalid_client","error_description":"AADSTS7000215: No.","error_codes":[7000215]}',
  times: 1,
};

test('groups that are gone or renamed, a withdrawn consent and a rejected secret, most urgent first', async ({
  page, server, emulator, signedIn, shell, entra, overview, scripted,
}) => {
  const { owner, tenant, team, domain } = await newcomer(server, emulator);
  await server.registerTenant(team, { tenant });
  const gone = await emulator.addGroup(tenant, 'SonicSaaS-Viewers', [`dana@${domain}`]);
  const renamed = await emulator.addGroup(tenant, 'SonicSaaS-Ops', [`dana@${domain}`]);
  await server.command('mapping', 'add', '--team', team.id, '--group-id', gone, '--role', 'viewer', '--priority', '10');
  await server.command('mapping', 'add', '--team', team.id, '--group-id', renamed, '--role', 'operator', '--priority', '50');
  await signedIn.with(owner.email, PASSWORD, ENTRA);
  const tested = async (said: RegExp): Promise<void> => {
    await page.goto(ENTRA);
    await shell.ready();
    await entra.test.click();
    await expect(entra.said(said)).toBeVisible();
    await shell.mainMenu.getByRole('link', { name: 'Overview', exact: true }).click();
    await expect(overview.heading).toBeVisible();
  };
  await tested(/^Connection test passed/);
  await expect(overview.attention).toContainText('Nothing needs attention.');
  await expect(overview.attention).toContainText(/Last checked \d/);

  await emulator.removeGroup(tenant, gone);
  await emulator.renameGroup(tenant, renamed, 'SonicSaaS-Operators');
  await tested(/^Connection test passed/);
  await expect(overview.items).toHaveCount(2);
  await expect(overview.items.first()).toContainText('SonicSaaS-Viewers no longer exists in Microsoft Entra ID.');
  await expect(overview.items.last()).toContainText('Mappings go by Object ID');
  await expectAccessible(page, scripted, 'what needs attention');
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    await expectNoSidewaysScroll(page, width);
  }
  await overview.attention.getByRole('button', { name: 'Use the new name' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'The mapping goes by the name SonicSaaS-Operators now.' }))
    .toBeVisible();
  await expect(overview.items).toHaveCount(1);
  await overview.attention.getByRole('link', { name: 'Review mapping' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'SSO Group Mappings', exact: true })).toBeVisible();

  await emulator.install(tenant, { application: ['GroupMember.Read.All', 'User.Read.All'] });
  await tested(/^Connection test passed with warnings/);
  await expect(overview.items).toHaveCount(2);
  await expect(overview.items.first()).toContainText('Admin consent was withdrawn: SonicSaaS could list groups on');
  await expect(overview.items.first().getByRole('link', { name: 'Grant admin consent' })).toBeVisible();

  await emulator.fault(REJECTED);
  await tested(/^Connection test failed/);
  await expect(overview.items).toHaveCount(3);
  await expect(overview.items.first()).toContainText('Microsoft rejects the Entra app credential.');
  // The server of this worker is other tests' as well.
  await tested(/^Connection test passed with warnings/);
  await expect(overview.items).toHaveCount(2);
});

test('a tenant that another team proved is told where it was lost', async ({
  page, server, emulator, signedIn, overview,
}) => {
  const { owner, tenant, team } = await newcomer(server, emulator);
  await server.command('tenant', 'register', '--team', team.id, '--tenant-id', tenant);
  const other = await newcomer(server, emulator);
  await signedIn.with(owner.email, PASSWORD);
  await expect(overview.items.filter({ hasText: /Ownership of tenant .* isn't verified\./ })).toHaveCount(1);
  await server.registerTenant(other.team, { tenant });
  await page.reload();
  await expect(overview.items.filter({ hasText: 'Another team proved that it owns tenant' })).toHaveCount(1);
  await expect(overview.attention.getByRole('link', { name: 'View integration' })).toBeVisible();
});
