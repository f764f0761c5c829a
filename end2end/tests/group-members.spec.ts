// The members of a mapped group: who stands how, and inviting those who are not there, on a server without mail.

import type { Page } from '@playwright/test';

import { expectAccessible, expectNoSidewaysScroll } from '../checks/screen.ts';
import { expect, test } from '../fixtures.ts';
import type { Emulator } from '../place/emulator.ts';
import { newcomer, type Newcomer, PASSWORD } from '../place/newcomer.ts';
import type { Server } from '../place/server.ts';
import { GroupMembersScreen } from '../screens/group-members.ts';
import { MAPPINGS } from '../screens/mappings.ts';

/** A team with a mapped group of its two colleagues. */
async function team(server: Server, emulator: Emulator): Promise<Newcomer> {
  const made = await newcomer(server, emulator);
  await server.registerTenant(made.team, { tenant: made.tenant });
  const people = [made.colleague.principal, made.administrator.principal];
  const group = await emulator.addGroup(made.tenant, 'Sonic-People', people);
  await server.addMapping(made.team, group, 'operator', 50);
  return made;
}

/** The page in front, wide and narrow, light and dark. */
async function look(page: Page, scripted: boolean, what: string): Promise<void> {
  for (const [width, colorScheme] of [[360, 'dark'], [1280, 'light']] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await expectNoSidewaysScroll(page, width);
    await expectAccessible(page, scripted, `${what}, ${width} px, ${colorScheme}`);
  }
}

test('those who are chosen get a link that is shown once, and who opens it joins', async ({
  page, browser, server, emulator, signedIn, mappings, scripted,
}) => {
  test.setTimeout(120_000); // three pages looked at in two widths, and two sign-ins
  const made = await team(server, emulator);
  const members = new GroupMembersScreen(page, scripted);
  await signedIn.with(made.owner.email, PASSWORD, MAPPINGS);
  await mappings.row('Sonic-People').getByRole('button', { name: /^View members of/ }).click();
  await expect(members.heading('Members of Sonic-People')).toBeVisible();
  await expect(page.getByText('2 members · 0 signed up · 0 invited · 2 not invited')).toBeVisible();
  await expect(members.rows).toHaveCount(2);
  await look(page, scripted, 'the list');

  // Choosing everybody needs a script; each person does not.
  await expect(members.all).toBeVisible({ visible: scripted });
  await members.select('Dana Reyes').check();
  if (scripted) {
    await members.all.check();
    await expect(members.inviteSelected(2)).toBeVisible();
    await members.select('Adam Cole').uncheck();
  }
  await members.inviteSelected(1).click();
  await expect(members.heading('Create 1 invitation?')).toBeVisible();
  await expect(page.getByText(made.colleague.principal)).toBeVisible();
  await look(page, scripted, 'the question');
  await members.cancel.click();
  await expect(members.heading('Members of Sonic-People')).toBeVisible();

  await members.button('Invite Dana Reyes').click();
  await members.button('Create 1 invitation').click();
  await members.ended();
  await expect(members.said('1 invitation created.')).toBeVisible();
  await expect(members.bar).toHaveJSProperty('position', 1);
  await expect(page.getByText("Mail isn't set up on this server. These links are shown once.")).toBeVisible();
  await expect(members.download).toBeVisible();
  const link = await members.results.getByText(`${server.url}/invite/`).textContent();
  await look(page, scripted, 'the results');
  const address = (link ?? '').trim();
  expect(address).toMatch(/\/invite\/[0-9a-f]{64}$/);

  await page.reload();
  await expect(members.results).toContainText('Shown before');
  await expect(page.getByText(address)).toHaveCount(0);
  await members.filter('Invited (1)').click();
  await expect(members.rows).toHaveCount(1);
  await expect(members.rows.first()).toContainText(/Invited \d+ \w+ \d{4}, expires/);

  // Looking at an invitation uses nothing up; signing in with the account that it is for does.
  const other = await browser.newContext({ javaScriptEnabled: scripted, baseURL: server.url });
  const theirs = await other.newPage();
  for (let looks = 0; looks < 2; looks += 1) {
    await theirs.goto(address);
    await expect(theirs.getByRole('heading', { level: 1, name: /^Join Meadow MSP/ })).toBeVisible();
  }
  await expect(theirs.getByRole('form', { name: 'Create a password' })).toHaveCount(0);
  await theirs.getByRole('button', { name: 'Sign in with Microsoft', exact: true }).click();
  await theirs.getByRole('button', { name: new RegExp(` ${made.administrator.principal} `) }).click();
  await expect(theirs.getByText(/This invitation is for one Microsoft account/)).toBeVisible();
  await other.clearCookies();
  await theirs.goto(address);
  await theirs.getByRole('button', { name: 'Sign in with Microsoft', exact: true }).click();
  await theirs.getByRole('button', { name: new RegExp(` ${made.colleague.principal} `) }).click();
  await expect(theirs.getByText(/^You are an Operator of/)).toBeVisible();
  await theirs.goto(address);
  await expect(
    theirs.getByRole('heading', { level: 1, name: 'This invitation has already been used' }),
  ).toBeVisible();
  await other.close();
});

test('nobody chosen is said, and an unknown link is no invitation', async ({
  page, server, emulator, signedIn, mappings, scripted, listener,
}) => {
  listener.expect(/^status 404: GET .*\/invite\/0+$/, /^console error: .*status of 404/);
  const made = await team(server, emulator);
  const members = new GroupMembersScreen(page, scripted);
  await signedIn.with(made.owner.email, PASSWORD, MAPPINGS);
  await mappings.row('Sonic-People').getByRole('button', { name: /^View members of/ }).click();
  await members.inviteSelected(0).click();
  await expect(members.said('Select at least one person to invite.')).toBeVisible();
  await members.inviteAll.click();
  await expect(members.heading('Create 2 invitations?')).toBeVisible();
  // With a script the second click finds the form on its way; without one the browser gives the first request up, which
  // would be a complaint.
  const create = members.button('Create 2 invitations');
  await (scripted ? create.dblclick() : create.click());
  await members.ended();
  await expect(members.said('2 invitations created.')).toBeVisible();
  await expect(members.results.getByRole('rowheader')).toHaveCount(2);
  await page.goto(`/invite/${'0'.repeat(64)}`);
  await expect(page.getByRole('heading', { level: 1, name: "This invitation isn't available" })).toBeVisible();
});

test('a missing permission is named with the way to approve it', async ({
  page, server, emulator, signedIn, mappings, scripted,
}) => {
  const made = await team(server, emulator);
  await emulator.install(made.tenant, { application: ['GroupMember.Read.All', 'Group.Read.All'] });
  await signedIn.with(made.owner.email, PASSWORD, MAPPINGS);
  await mappings.row('Sonic-People').getByRole('button', { name: /^View members of/ }).click();
  const region = page.getByRole('region', { name: 'Admin consent needed', exact: true });
  await expect(region).toContainText('User.Read.All');
  await expect(region.getByRole('link', { name: 'Grant admin consent', exact: true })).toBeVisible();
  await expect(new GroupMembersScreen(page, scripted).rows).toHaveCount(2);
});
