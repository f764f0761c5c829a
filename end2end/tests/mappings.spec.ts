// Groups become roles: found, previewed, mapped, changed, removed, and people's roles follow.

import { expectAccessible, expectNoSidewaysScroll } from '../checks/screen.ts';
import { expect, test } from '../fixtures.ts';
import type { Emulator } from '../place/emulator.ts';
import { newcomer, type Newcomer, PASSWORD } from '../place/newcomer.ts';
import type { Server } from '../place/server.ts';
import { MAPPINGS } from '../screens/mappings.ts';

/** A team with a proven tenant and these groups beside its Operators. */
async function team(
  server: Server,
  emulator: Emulator,
  groups: Record<string, string[]> = {},
): Promise<Newcomer & { groups: Record<string, string> }> {
  const made = await newcomer(server, emulator);
  await server.registerTenant(made.team, { tenant: made.tenant });
  const ids: Record<string, string> = {};
  for (const [name, members] of Object.entries(groups)) {
    ids[name] = await emulator.addGroup(
      made.tenant,
      name,
      members.map((member) => `${member}@${made.domain}`),
    );
  }
  return { ...made, groups: ids };
}

test('a group is mapped as the documentation says it, and the next sign-in follows', async ({
  page, browser, server, emulator, signedIn, shell, mappings, overview, scripted,
}) => {
  const { owner, colleague } = await team(server, emulator);
  await signedIn.with(owner.email, PASSWORD);
  await shell.mainMenu.getByRole('link', { name: 'SSO Group Mappings', exact: true }).click();
  await expect(mappings.heading).toBeVisible();
  await expect(page).toHaveURL(MAPPINGS);
  await expect(page.getByText(/No mappings yet\. .*becomes Member/)).toBeVisible();
  await expect(mappings.add).toBeVisible();
  await expect(mappings.rows).toHaveCount(1);
  await expect(mappings.rows.last()).toContainText('Everyone else');
  await expect(mappings.role.getByRole('option')).toHaveText([
    'Select a role', 'Admin', 'Operator', 'Member', 'Auditor', 'Viewer',
  ]);

  const other = await browser.newContext({ javaScriptEnabled: scripted, baseURL: server.url });
  const theirs = await other.newPage();
  const signIn = async (): Promise<void> => {
    await other.clearCookies();
    await theirs.goto('/login');
    await theirs.getByRole('button', { name: 'Sign in with Microsoft', exact: true }).click();
    const picker = theirs.getByRole('button', { name: new RegExp(` ${colleague.principal} `) });
    const arrived = theirs.getByRole('heading', { level: 1, name: 'Overview', exact: true });
    await expect(picker.or(arrived)).toBeVisible();
    if (await picker.isVisible()) await picker.click();
    await expect(arrived).toBeVisible();
  };
  await signIn();
  await expect(theirs.getByText(/^You are a Member of/)).toBeVisible();

  await mappings.fill({ group: 'SonicSaaS-Operators', role: 'operator', priority: '50' });
  await mappings.previews('Dana Reyes, Member → Operator');
  await expect(mappings.preview).toContainText('1 person changes role at their next sign-in:');
  await mappings.submit.click();
  await expect(mappings.said('Mapping added.')).toBeVisible();
  // What was typed stands in no address; with a script not even what was said, soon after it was.
  await expect(page).toHaveURL(scripted ? /mappings$/ : /mappings\?form=[0-9a-f-]{36}$/);
  await expect(mappings.row('SonicSaaS-Operators')).toContainText('OK');
  await expect(mappings.row('SonicSaaS-Operators').getByRole('meter', { name: '1 of 1 signed up' })).toBeVisible();
  await signIn();
  await expect(theirs.getByText(/^You are an Operator of/)).toBeVisible();

  // Another role, and then none.
  await mappings.row('SonicSaaS-Operators').getByRole('link', { name: 'Edit SonicSaaS-Operators', exact: true }).click();
  await expect(mappings.edit).toBeVisible();
  await mappings.role.selectOption('viewer');
  await mappings.previews('Dana Reyes, Operator → Viewer');
  await mappings.save.click();
  await expect(mappings.said('Mapping saved.')).toBeVisible();
  await mappings.row('SonicSaaS-Operators').getByRole('link', { name: 'Remove SonicSaaS-Operators' }).click();
  await expect(
    page.getByRole('heading', { level: 1, name: 'Remove the mapping of SonicSaaS-Operators?', exact: true }),
  ).toBeVisible();
  await expect(page.getByText(/1 person changes role .* 1 becomes Member \(default role\)\./)).toBeVisible();
  await page.getByRole('button', { name: 'Remove mapping', exact: true }).click();
  await expect(mappings.said('Mapping removed.')).toBeVisible();
  await signIn();
  await expect(theirs.getByText(/^You are a Member of/)).toBeVisible();
  await other.close();
  await expect(overview.heading).toHaveCount(0);
});

test('a tie is a warning before and after, and the less privileged role wins', async ({
  server, emulator, signedIn, mappings,
}) => {
  const { owner, team: made, groups } = await team(server, emulator, { 'SonicSaaS-Auditors': ['dana'] });
  await server.addMapping(made, groups['SonicSaaS-Auditors'] ?? '', 'auditor', 50);
  await signedIn.with(owner.email, PASSWORD, MAPPINGS);
  await mappings.fill({ group: 'SonicSaaS-Operators', role: 'operator', priority: '50' });
  await mappings.previews('Warning: SonicSaaS-Auditors also has priority 50.');
  await mappings.submit.click();
  await expect(mappings.said(/Warning: SonicSaaS-Operators and SonicSaaS-Auditors both have priority 50\./)).toBeVisible();
  await expect(mappings.row('SonicSaaS-Operators')).toContainText('Tie with SonicSaaS-Auditors');
  await expect(mappings.row('SonicSaaS-Auditors')).toContainText('Tie with SonicSaaS-Operators');
});

test('what is typed wrong is kept, and said at its field', async ({ page, server, emulator, signedIn, mappings }) => {
  const { owner } = await team(server, emulator);
  await signedIn.with(owner.email, PASSWORD, MAPPINGS);
  await mappings.submit.click();
  for (const [said, field] of [
    ['Select a group, or enter its Object ID', mappings.group],
    ['Select a role', mappings.role],
    ['Enter a priority from 0 to 100', mappings.priority],
  ] as const) {
    const link = mappings.alert.getByRole('link', { name: said, exact: true });
    await expect(link).toBeVisible();
    await link.click();
    await expect(field).toBeFocused();
    await expect(field).toHaveAttribute('aria-invalid', 'true');
  }
  await expect(page).toHaveTitle(/^Error: /);
  for (const priority of ['-1', '101', '1.5']) {
    await mappings.role.selectOption('auditor');
    await mappings.priority.fill(priority);
    await mappings.submit.click();
    await expect(mappings.alert.getByRole('link')).toHaveText([
      'Select a group, or enter its Object ID',
      'Enter a priority from 0 to 100',
    ]);
    await expect(mappings.alert).toBeFocused();
    await expect(mappings.role).toHaveValue('auditor');
    await expect(mappings.priority).toHaveValue(priority);
    expect(page.url()).not.toContain('auditor');
  }
});

test('without the permission an Object ID maps a group', async ({ page, server, emulator, signedIn, mappings, scripted }) => {
  const { owner, tenant, groups } = await team(server, emulator, { 'Night Shift': [] });
  await emulator.install(tenant, { application: ['GroupMember.Read.All', 'User.Read.All'] });
  await signedIn.with(owner.email, PASSWORD, MAPPINGS);
  await expect(page.getByText(/SonicSaaS can't search groups until an administrator approves Group\.Read\.All\./)).toBeVisible();
  await expect(page.getByRole('link', { name: 'Grant admin consent', exact: true })).toBeVisible();
  if (scripted) {
    await mappings.byId.click();
    await expect(mappings.objectId).toBeFocused();
  }
  await mappings.objectId.fill(groups['Night Shift'] ?? '');
  await mappings.role.selectOption('viewer');
  await mappings.priority.fill('0');
  await mappings.submit.click();
  await expect(mappings.said(/^Mapping added\./)).toBeVisible();
  await expect(mappings.rows).toHaveCount(2);
});

test('another order keeps the last row last', async ({ server, emulator, signedIn, mappings, page }) => {
  const { owner, team: made, groups } = await team(server, emulator, { Alpha: [], Beta: [] });
  await server.addMapping(made, groups.Beta ?? '', 'admin', 90);
  await server.addMapping(made, groups.Alpha ?? '', 'viewer', 10);
  await signedIn.with(owner.email, PASSWORD, MAPPINGS);
  await expect(mappings.rows.getByRole('rowheader')).toHaveText([/^Beta/, /^Alpha/, /^Everyone else/]);
  await mappings.table.getByRole('button', { name: 'Group', exact: true }).click();
  await expect(page.getByText('Sorted by group. Priority still decides.', { exact: true })).toBeVisible();
  await expect(mappings.rows.getByRole('rowheader')).toHaveText([/^Alpha/, /^Beta/, /^Everyone else/]);
  await expect(mappings.table.getByRole('columnheader', { name: 'Group', exact: true })).toHaveAttribute('aria-sort', 'ascending');
  await expect(mappings.table.locator('[aria-sort]')).toHaveCount(1);
});

test('a viewer reads the table and finds nothing to press', async ({ page, signedIn, mappings }) => {
  await signedIn.as('Vic Tran', MAPPINGS);
  await expect(page.getByText(/^Only owners and admins can change mappings\./)).toBeVisible();
  await expect(mappings.rows).toHaveCount(6);
  await expect(mappings.add).toHaveCount(0);
  await expect(mappings.rows.getByRole('link')).toHaveCount(0);
});

test('somebody else is tested', async ({ server, emulator, signedIn, mappings }) => {
  const made = await team(server, emulator);
  await signedIn.with(made.owner.email, PASSWORD, MAPPINGS);
  await mappings.who.fill(made.colleague.principal);
  await mappings.explain.click();
  await expect(mappings.test.getByRole('heading', { level: 3 })).toContainText('the role would be Member');
  await expect(mappings.rules.filter({ hasText: 'Decides the role' })).toHaveCount(1);
  await expect(mappings.rules.last()).toContainText('Default role: Member');
});

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [320, 360, 1280]) {
    test(`the page is well in ${scheme} at ${width} px`, async ({
      page, server, emulator, scripted, mappings, signedIn,
    }) => {
      const { owner, team: made, groups } = await team(server, emulator, { 'SonicSaaS-Auditors': ['dana'], Empty: [] });
      await server.addMapping(made, groups['SonicSaaS-Auditors'] ?? '', 'auditor', 50);
      await server.addMapping(made, groups.Empty ?? '', 'viewer', 10);
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 800 });
      await signedIn.with(owner.email, PASSWORD, MAPPINGS);
      await expect(mappings.rows).toHaveCount(3);
      await expectNoSidewaysScroll(page, width);
      await expectAccessible(page, scripted, `mappings, ${width} px, ${scheme}`);
      const actions = mappings.row('Empty').getByRole('button', { name: 'Actions for Empty', exact: true });
      if (width < 640) {
        await expect(mappings.row('Empty').getByRole('link', { name: 'Edit Empty', exact: true })).toBeHidden();
        await actions.click();
        await expect(actions).toHaveAttribute('aria-expanded', 'true');
        await expectNoSidewaysScroll(page, width);
      }
      await expect(mappings.row('Empty').getByRole('link', { name: 'Edit Empty', exact: true })).toBeVisible();
      await mappings.submit.click();
      await expect(mappings.alert).toBeVisible();
      await expectNoSidewaysScroll(page, width);
      await expectAccessible(page, scripted, `a problem, ${width} px, ${scheme}`);
      await mappings.fill({ group: 'SonicSaaS-Operators', role: 'operator', priority: '50' });
      await mappings.previews('Warning:');
      await expectNoSidewaysScroll(page, width);
      await expectAccessible(page, scripted, `a preview, ${width} px, ${scheme}`);
      await page.goto(`${MAPPINGS}?remove=${(await hrefOf(mappings.row('Empty').locator('a[href*=remove]'))).split('=')[1] ?? ''}`);
      await expect(page.getByRole('link', { name: 'Keep mapping', exact: true })).toBeVisible();
      await expectNoSidewaysScroll(page, width);
      await expectAccessible(page, scripted, `a step, ${width} px, ${scheme}`);
      await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
      await expect(page.locator('[style]')).toHaveCount(0);
    });
  }
}

async function hrefOf(link: import('@playwright/test').Locator): Promise<string> {
  return (await link.getAttribute('href')) ?? '';
}
