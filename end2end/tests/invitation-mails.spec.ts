// People of a mapped group are invited by mail: a real mail server takes it, or does not.

import { expect, test as base } from '../fixtures.ts';
import type { Emulator } from '../place/emulator.ts';
import { Mailbox } from '../place/mailbox.ts';
import { newcomer, type Newcomer, PASSWORD, principalOf } from '../place/newcomer.ts';
import { withPlace } from '../place/place.ts';
import type { Server } from '../place/server.ts';
import { GroupMembersScreen } from '../screens/group-members.ts';
import { MAPPINGS } from '../screens/mappings.ts';

const test = base.extend<object, { mailbox: Mailbox }>({
  mailbox: [
    async ({}, use) => {
      const mailbox = await Mailbox.start();
      await use(mailbox);
      await mailbox.stop();
    },
    { scope: 'worker' },
  ],
  place: [
    async ({ mailbox }, use) => {
      await withPlace(use, mailbox.variables);
    },
    { scope: 'worker', timeout: 60_000 },
  ],
});

/** A team with a mapped group of three people. */
async function team(server: Server, emulator: Emulator): Promise<Newcomer> {
  const made = await newcomer(server, emulator, { others: ['Theo Lund'] });
  await server.registerTenant(made.team, { tenant: made.tenant });
  const people = [made.colleague.principal, made.administrator.principal, principalOf('Theo Lund', made.domain)];
  const group = await emulator.addGroup(made.tenant, 'Sonic-People', people);
  await server.addMapping(made.team, group, 'operator', 50);
  return made;
}

test('three are invited at once, each by one mail, and the way back leads from every page', async ({
  page, server, emulator, signedIn, mappings, shell, overview, mailbox, scripted,
}) => {
  mailbox.tell({ reject: [], slow: 2_000 });
  const made = await team(server, emulator);
  const members = new GroupMembersScreen(page, scripted);
  await signedIn.with(made.owner.email, PASSWORD, MAPPINGS);
  await mappings.row('Sonic-People').getByRole('button', { name: /^View members of/ }).click();
  for (const name of ['Dana Reyes', 'Adam Cole', 'Theo Lund']) await members.select(name).check();
  await members.inviteSelected(3).click();
  await expect(members.heading('Send 3 invitations?')).toBeVisible();
  await expect(page.getByText(`Priya Shah invited you to ${made.team.name}`)).toBeVisible();
  // With a script the second click finds the form on its way; without one the browser gives the first request up, which
  // would be a complaint.
  const send = members.button('Send 3 invitations');
  await (scripted ? send.dblclick() : send.click());
  await expect(members.bar).toBeVisible();
  const job = page.url();

  const sending = shell.header.getByRole('link', { name: /^Sending invitations: [0-2] of 3$/ });
  await expect(sending).toBeVisible();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Overview', exact: true }).click();
  await expect(overview.heading).toBeVisible();
  await sending.click();
  await expect(page).toHaveURL(job);
  mailbox.tell({ slow: 0 });
  await members.ended();
  await expect(members.said('3 invitations sent.')).toBeVisible();
  await expect(members.bar).toHaveJSProperty('position', 1);
  await page.reload();
  await expect(members.results.getByRole('rowheader')).toHaveCount(3);
  await expect(shell.header.getByRole('link', { name: /^Sending invitations/ })).toHaveCount(0);
  const mails = mailbox.mailsTo(made.domain);
  expect(mails.map((mail) => mail.to[0]).sort()).toEqual(
    [made.administrator.principal, made.colleague.principal, principalOf('Theo Lund', made.domain)].sort(),
  );

  // Who opens a link of one of the mails joins with the role.
  const mail = mails.find((one) => one.to.includes(made.colleague.principal));
  const link = /https?:\/\/\S+\/invite\/\w+/.exec(mail?.text ?? '')?.[0] ?? '';
  await page.context().clearCookies();
  await page.goto(link);
  await page.getByRole('button', { name: 'Sign in with Microsoft', exact: true }).click();
  await page.getByRole('button', { name: new RegExp(` ${made.colleague.principal} `) }).click();
  await expect(page.getByText(/^You are an Operator of/)).toBeVisible();
});

test('an address that is refused fails alone, and alone it is tried again', async ({
  page, server, emulator, signedIn, mappings, mailbox, scripted,
}) => {
  const made = await team(server, emulator);
  mailbox.tell({ reject: [made.colleague.principal], slow: 0 });
  const members = new GroupMembersScreen(page, scripted);
  await signedIn.with(made.owner.email, PASSWORD, MAPPINGS);
  await mappings.row('Sonic-People').getByRole('button', { name: /^View members of/ }).click();
  await members.inviteAll.click();
  await members.button('Send 3 invitations').click();
  await members.ended();
  await expect(members.said('2 invitations sent, 1 failed.')).toBeVisible();
  const failed = members.results.getByRole('row').filter({ hasText: 'Dana Reyes' });
  await expect(failed).toContainText('Mail server rejected the address');
  expect(mailbox.mailsTo(made.domain)).toHaveLength(2);

  mailbox.tell({ reject: [] });
  await members.button('Retry 1 failed invitation').click();
  await expect(members.button('Retry 1 failed invitation')).toHaveCount(0);
  await members.ended();
  await expect(members.said('3 invitations sent.')).toBeVisible();
  expect(mailbox.mailsTo(made.domain)).toHaveLength(3);
  expect(mailbox.mailsTo(made.domain).at(-1)?.to).toEqual([made.colleague.principal]);
});
