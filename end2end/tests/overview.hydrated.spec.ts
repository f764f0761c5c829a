// What the overview does by its script.

import { expect, test } from '../fixtures.ts';
import { newcomer, PASSWORD } from '../place/newcomer.ts';
import { ENTRA } from '../screens/entra.ts';

test('the message for the platform administrator is copied', async ({
  page, context, server, emulator, shell, entra, signedIn, overview,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const { owner, tenant, team } = await newcomer(server, emulator);
  await server.registerTenant(team, { tenant });
  await emulator.fault({
    route: 'token',
    status: 401,
    body: '{"error":"invalid_client","error_description":"AADSTS7000215: No.","error_codes":[7000215]}',
    times: 1,
  });
  await signedIn.with(owner.email, PASSWORD, ENTRA);
  await entra.test.click();
  await expect(entra.said(/^Connection test failed/)).toBeVisible();
  await shell.mainMenu.getByRole('link', { name: 'Overview', exact: true }).click();
  await expect(overview.heading).toBeFocused();
  const copy = overview.attention.getByRole('button', { name: 'Copy message for the platform administrator', exact: true });
  await copy.click();
  await expect(page.getByRole('status').filter({ hasText: / copied$/ })).toBeVisible();
  await expect(copy).toBeVisible();
  const copied = await page.evaluate(async () => await navigator.clipboard.readText());
  expect(copied).toContain('Microsoft rejects the Entra app credential.');
  expect(copied).toContain(server.url);
  // The server of this worker is other tests' as well.
  await page.goto(ENTRA);
  await shell.ready();
  await entra.test.click();
  await expect(entra.said(/^Connection test passed/)).toBeVisible();
});
