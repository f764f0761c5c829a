// What the page of group mappings does by its script: a combobox by keyboard, and what will change while it is typed.
// The combobox follows https://www.w3.org/WAI/ARIA/apg/patterns/combobox/ (list autocomplete, manual selection).

import { expect, test } from '../fixtures.ts';
import type { Emulator } from '../place/emulator.ts';
import { newcomer, PASSWORD } from '../place/newcomer.ts';
import type { Server } from '../place/server.ts';
import { MAPPINGS } from '../screens/mappings.ts';

/** A team with five groups, of which one is mapped; their IDs by name. */
async function fiveGroups(
  server: Server,
  emulator: Emulator,
): Promise<{ email: string; tenant: string; ids: Record<string, string> }> {
  const { owner, tenant, team, colleague } = await newcomer(server, emulator);
  await server.registerTenant(team, { tenant });
  const ids: Record<string, string> = {};
  for (const name of ['Sonic-Alpha', 'Sonic-Beta', 'Sonic-Gamma', 'Other']) {
    ids[name] = await emulator.addGroup(tenant, name, [colleague.principal]);
  }
  await server.addMapping(team, ids['Sonic-Alpha'] ?? '', 'operator', 50);
  return { email: owner.email, tenant, ids };
}

test('the combobox is worked by keyboard', async ({ page, server, emulator, signedIn, mappings }) => {
  const { email } = await fiveGroups(server, emulator);
  await signedIn.with(email, PASSWORD, MAPPINGS);
  const { group, options } = mappings;
  await expect(group).toHaveAttribute('aria-autocomplete', 'list');
  await expect(group).toHaveAttribute('aria-expanded', 'false');
  await expect(mappings.search).toHaveCount(0);
  await expect(mappings.showPreview).toHaveCount(0);
  await expect(mappings.objectId).toBeHidden();

  await group.pressSequentially('sonic');
  await expect(options).toHaveCount(4);
  await expect(group).toHaveAttribute('aria-expanded', 'true');
  await expect(mappings.said(/^\d+ groups? found$/)).toBeVisible();
  await expect(group).not.toHaveAttribute('aria-activedescendant');

  const active = async (): Promise<string> => {
    await expect(group).toBeFocused();
    const id = await group.getAttribute('aria-activedescendant');
    return id === null ? '' : ((await page.locator(`#${id}`).textContent()) ?? '');
  };
  await page.keyboard.press('ArrowDown');
  expect(await group.getAttribute('aria-activedescendant')).toBe(await options.first().getAttribute('id'));
  await expect(options.first()).toHaveAttribute('aria-selected', 'true');
  const first = await active();
  await page.keyboard.press('ArrowDown');
  expect(await active()).not.toBe(first);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await expect(options.last()).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('option', { selected: true })).toHaveCount(1 + 1); // the role's own, and this one
  // Keys that edit the text point at nothing.
  await page.keyboard.press('Home');
  await expect(group).not.toHaveAttribute('aria-activedescendant');
  await page.keyboard.press('End');

  await page.keyboard.press('Escape');
  await expect(group).toHaveAttribute('aria-expanded', 'false');
  await expect(group).toHaveValue('sonic');
  await page.keyboard.press('Alt+ArrowDown');
  await expect(group).toHaveAttribute('aria-expanded', 'true');
  expect(await active()).toBe('');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(group).toHaveValue('');

  // Leaving chooses nothing.
  await group.pressSequentially('sonic');
  await expect(options).toHaveCount(4);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  await expect(group).not.toBeFocused();
  await expect(group).toHaveAttribute('aria-expanded', 'false');
  await expect(mappings.changeGroup).toBeHidden();
  await expect(group).toHaveValue('sonic');

  // Enter chooses what is pointed at, and never sends the form.
  await group.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  while (!(await active()).startsWith('Sonic-Beta')) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(mappings.changeGroup).toBeFocused();
  await expect(mappings.add).toContainText('Sonic-Beta, security group');
  await expect(mappings.alert).toHaveCount(0);
  await mappings.changeGroup.click();
  await expect(group).toBeFocused();
});

test('a group that cannot be chosen is shown and stays', async ({ page, server, emulator, signedIn, mappings }) => {
  const { email } = await fiveGroups(server, emulator);
  await signedIn.with(email, PASSWORD, MAPPINGS);
  await mappings.group.fill('Sonic-Alpha');
  const mapped = mappings.options.filter({ hasText: 'already mapped to Operator' });
  await expect(mapped).toHaveAttribute('aria-disabled', 'true');
  await mapped.click({ force: true });
  await expect(mappings.changeGroup).toBeHidden();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(mappings.changeGroup).toBeHidden();
  await expect(mappings.group).toBeFocused();
});

test('a pasted Object ID gives one group', async ({ server, emulator, signedIn, mappings }) => {
  const { email, ids } = await fiveGroups(server, emulator);
  await signedIn.with(email, PASSWORD, MAPPINGS);
  await mappings.group.fill(` {${(ids.Other ?? '').toUpperCase()}} `);
  await expect(mappings.options).toHaveCount(1);
  await expect(mappings.options).toHaveText(/^Other, security group/);
});

test('what cannot be found, and what takes long, is said', async ({ page, server, emulator, signedIn, mappings }) => {
  const { email } = await fiveGroups(server, emulator);
  await signedIn.with(email, PASSWORD, MAPPINGS);
  await mappings.group.fill('opps');
  await expect(mappings.said('No groups match "opps". Check the spelling, or paste the Object ID.')).toBeVisible();
  await expect(mappings.group).toHaveAttribute('aria-expanded', 'false');

  await page.route('**/api/groups/search*', async (route) => {
    await new Promise((later) => setTimeout(later, 6_000));
    await route.continue().catch(() => undefined);
  });
  await mappings.group.fill('sonic');
  await expect(mappings.said('Searching groups')).toBeVisible();
  await expect(mappings.said('Microsoft is slow to answer. Keep waiting, or enter an Object ID.')).toBeVisible();
  await expect(mappings.options).toHaveCount(4);
});

test('an older search never takes the place of a newer one', async ({ page, server, emulator, signedIn, mappings }) => {
  const { email } = await fiveGroups(server, emulator);
  await signedIn.with(email, PASSWORD, MAPPINGS);
  const asked: string[] = [];
  const ended: string[] = [];
  page.on('requestfailed', (request) => ended.push(new URL(request.url()).searchParams.get('query') ?? ''));
  await page.route('**/api/groups/search*', async (route) => {
    const query = new URL(route.request().url()).searchParams.get('query') ?? '';
    asked.push(query);
    if (query === 'sonic') await new Promise((later) => setTimeout(later, 2_000));
    await route.continue().catch(() => undefined);
  });
  await mappings.group.fill('sonic');
  await expect.poll(() => asked).toEqual(['sonic']);
  await mappings.group.fill('Other');
  await expect(mappings.options).toHaveText([/^Other/]);
  await expect.poll(() => ended).toEqual(['sonic']);
  await page.waitForTimeout(2_500);
  await expect(mappings.options).toHaveText([/^Other/]);
});

test('a key at a time asks once', async ({ page, server, emulator, signedIn, mappings }) => {
  const { email } = await fiveGroups(server, emulator);
  await signedIn.with(email, PASSWORD, MAPPINGS);
  let asked = 0;
  page.on('request', (request) => {
    if (request.url().includes('/api/groups/search')) asked += 1;
  });
  await mappings.group.pressSequentially('sonic-b', { delay: 40 });
  await expect(mappings.options).toHaveCount(1);
  expect(asked).toBe(1);
});

test('what will change is told while it is typed, and only of what stands there', async ({
  page, server, emulator, signedIn, mappings,
}) => {
  const { email } = await fiveGroups(server, emulator);
  await signedIn.with(email, PASSWORD, MAPPINGS);
  await expect(mappings.preview).toContainText('Select a group, a role and a priority');
  await mappings.choose('Sonic-Beta');
  await mappings.role.selectOption('viewer');
  await expect(mappings.preview).toContainText('Select a group, a role and a priority');
  await mappings.priority.fill('5');
  await expect(mappings.preview).toContainText('1 person has no account yet');

  await page.route('**/api/mappings/preview', async (route) => {
    const slow = (route.request().postData() ?? '').includes('priority=7');
    if (slow) await new Promise((later) => setTimeout(later, 2_000));
    await route.continue().catch(() => undefined);
  });
  await mappings.priority.fill('7');
  await expect(mappings.preview).toHaveAttribute('aria-busy', 'true');
  await mappings.role.selectOption('auditor');
  await mappings.priority.fill('50');
  await expect(mappings.preview).toContainText('Warning: Sonic-Alpha also has priority 50.');
  await page.waitForTimeout(2_500);
  await expect(mappings.preview).toContainText('Warning: Sonic-Alpha also has priority 50.');
  await mappings.priority.fill('500');
  await expect(mappings.preview).toContainText('Select a group, a role and a priority');
});

test('the two ways to name a group take turns', async ({ page, server, emulator, signedIn, mappings }) => {
  const { email, ids } = await fiveGroups(server, emulator);
  await signedIn.with(email, PASSWORD, MAPPINGS);
  await mappings.byId.click();
  await expect(mappings.group).toBeHidden();
  await expect(mappings.objectId).toBeFocused();
  await page.keyboard.insertText('abc');
  await mappings.role.selectOption('viewer');
  await mappings.priority.fill('1');
  await mappings.submit.click();
  await expect(mappings.alert.getByRole('link')).toHaveText(['Object ID must be 32 letters and numbers with hyphens']);
  await expect(mappings.objectId).toHaveValue('abc');
  await mappings.byName.click();
  await expect(mappings.objectId).toBeHidden();
  await expect(mappings.group).toBeFocused();
  await mappings.byId.click();
  await expect(mappings.objectId).toHaveValue('');
  await mappings.objectId.fill(ids['Sonic-Gamma'] ?? '');
  await mappings.submit.click();
  await expect(mappings.said('Mapping added.')).toBeVisible();
  await expect(mappings.row('Sonic-Gamma')).toBeVisible();
});
