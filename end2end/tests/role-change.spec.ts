import { expect, test } from '../fixtures.ts';
import { northwind } from '../place/directory.ts';

test('a change of groups at Microsoft acts at the next sign-in', async ({ page, emulator, server, signedIn, overview }) => {
  const signInAgain = async (): Promise<void> => {
    await page.context().clearCookies();
    await signedIn.as('Dana Reyes');
  };
  const { admins, operators } = northwind.mappings;
  await signedIn.as('Dana Reyes');
  await expect(overview.access).toContainText('You are an Operator of Northwind MSP.');
  await expect(overview.access).toContainText(`Group: ${operators.group}, priority ${operators.priority}`);

  await emulator.addMember('contoso.com', 'SonicSaaS-Admins', 'dana@contoso.com');
  await page.reload();
  await expect(overview.access).toContainText('You are an Operator of Northwind MSP.');
  await signInAgain();
  await expect(overview.access).toContainText('You are an Admin of Northwind MSP.');
  await expect(overview.access).toContainText(`Group: ${admins.group}, priority ${admins.priority}`);

  await emulator.removeMember('contoso.com', 'SonicSaaS-Admins', 'dana@contoso.com');
  await emulator.removeMember('contoso.com', 'SonicSaaS-Operators', 'dana@contoso.com');
  await signInAgain();
  await expect(overview.access).toContainText('You are a Member of Northwind MSP.');
  await expect(overview.access).toContainText('Default role');

  const changes = (await server.audit()).filter(({ action }) => action === 'member.role_changed');
  expect(changes.length).toBeGreaterThanOrEqual(2);

  await emulator.reset();
  await signInAgain();
  await expect(overview.access).toContainText('You are an Operator of Northwind MSP.');
});

test('a mapping that is added acts at the next sign-in', async ({ page, emulator, server, teams, signedIn, overview }) => {
  // The group ends with the test, so the mapping concerns no other.
  const group = await emulator.addGroup('contoso.com', 'External Auditors', ['renee@contoso.com']);
  await signedIn.as('Renée O\'Brien "Ren"');
  await expect(overview.access).toContainText('You are a Member of Northwind MSP.');
  await server.addMapping(teams.northwind, group, 'auditor', 100);
  await page.reload();
  await expect(overview.access).toContainText('You are a Member of Northwind MSP.');
  await page.context().clearCookies();
  await signedIn.as('Renée O\'Brien "Ren"');
  await expect(overview.access).toContainText('You are an Auditor of Northwind MSP.');
  await expect(overview.access).toContainText(`Group: ${group}, priority 100`);
});
