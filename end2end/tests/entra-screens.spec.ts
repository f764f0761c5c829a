// The page of Microsoft Entra ID as a screen: whole, accessible, at every width and in every state.

import { expectAccessible, expectNoSidewaysScroll } from '../checks/screen.ts';
import { expect, test } from '../fixtures.ts';
import { newcomer, PASSWORD } from '../place/newcomer.ts';
import { Server } from '../place/server.ts';
import { ENTRA } from '../screens/entra.ts';

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [320, 360, 1280]) {
    test(`the pages are well in ${scheme} at ${width} px`, async ({
      page, server, emulator, scripted, entra, signedIn, shell,
    }) => {
      const { owner, tenant } = await newcomer(server, emulator, { approved: false });
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 800 });
      await signedIn.with(owner.email, PASSWORD, '/dashboard/integrations');
      await expect(entra.card).toBeVisible();
      await expectNoSidewaysScroll(page, width);
      await expectAccessible(page, scripted, `integrations, ${width} px, ${scheme}`);
      await shell.open(ENTRA);
      await entra.save.click();
      await expect(entra.alert).toBeVisible();
      await expectNoSidewaysScroll(page, width);
      await expectAccessible(page, scripted, `a problem, ${width} px, ${scheme}`);
      await entra.tenantId.fill(tenant);
      await entra.saves('Microsoft Entra ID settings saved.');
      await entra.test.click();
      await expect(entra.said('Connection test failed at step 3')).toBeVisible();
      await expectNoSidewaysScroll(page, width);
      await expectAccessible(page, scripted, `a failed test, ${width} px, ${scheme}`);
      await entra.disconnect.click();
      await expect(page.getByRole('heading', { level: 1, name: 'Disconnect Microsoft Entra ID?' })).toBeVisible();
      await expectNoSidewaysScroll(page, width);
      await expectAccessible(page, scripted, `a step, ${width} px, ${scheme}`);
      await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
      await expect(page.locator('[style]')).toHaveCount(0);
    });
  }
}

test('a long name without spaces and the details beside it break before the page grows', async ({
  page, browser, server, emulator, entra, signedIn, scripted,
}) => {
  const colleagueName = 'Wolfeschlegelsteinhausenbergerdorff'.repeat(7);
  const { owner, tenant, team } = await newcomer(server, emulator, { colleagueName });
  await server.registerTenant(team, { tenant, disabled: true });
  const other = await browser.newContext({ javaScriptEnabled: scripted, baseURL: server.url });
  const theirs = await other.newPage();
  await theirs.goto(`/api/auth/signin/microsoft-entra-id?tenant=${tenant}`);
  await theirs.getByRole('button', { name: new RegExp(colleagueName.slice(0, 40)) }).click();
  await expect(theirs.getByRole('alert')).toBeVisible();
  await other.close();

  for (const width of [360, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    if (width === 360) {
      await signedIn.with(owner.email, PASSWORD, ENTRA);
    }
    const row = entra.failures.getByRole('row').filter({ hasText: colleagueName });
    await expect(row).toBeVisible();
    await expectNoSidewaysScroll(page, width);
    const details = row.getByRole('button', { name: /^Details/ });
    if ((await details.getAttribute('aria-expanded')) === 'false') {
      await details.click();
    }
    // A GUID of 36 letters is read in one or two lines, not in eight.
    const ids = row.locator('.details dd').filter({ hasText: /^[0-9a-f]{8}-[0-9a-f-]{27}$/ });
    await expect(ids.first()).toBeVisible();
    for (const id of await ids.all()) {
      expect((await id.boundingBox())?.height ?? 99, `${width} px`).toBeLessThan(48);
    }
    await expectNoSidewaysScroll(page, width);
  }
});

const modes = {
  'local-only': {
    variables: { AUTH_MODE: 'local-only' },
    said: 'Microsoft sign-in is off on this server: AUTH_MODE is local-only.',
  },
  'without credentials': {
    variables: { MICROSOFT_ENTRA_ID_CLIENT_SECRET: undefined },
    said: "Microsoft sign-in isn't available:",
  },
} as const;

for (const [name, { variables, said }] of Object.entries(modes)) {
  test(`a server ${name} says why there is nothing to set up`, async ({ page, emulator, entra }) => {
    const server = await Server.configure(emulator.url, variables);
    try {
      await server.createTeam('Meadow MSP', { name: 'Priya Shah', email: 'priya@meadow.example', password: PASSWORD });
      await server.start();
      await page.goto(`${server.url}/login?next=${ENTRA}`);
      await page.getByRole('textbox', { name: 'Email address', exact: true }).fill('priya@meadow.example');
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await expect(page.getByText(said)).toBeVisible();
      await expect(entra.form).toHaveCount(0);
      await page.getByRole('link', { name: 'Integrations', exact: true }).first().click();
      await expect(entra.card).toContainText('Not available on this server');
    } finally {
      await server.stop();
    }
  });
}

test('a server for Microsoft alone speaks of Conditional Access', async ({ page, emulator, entra }) => {
  const server = await Server.configure(emulator.url, { AUTH_MODE: 'entra-only' });
  try {
    const { team, owner, tenant } = await newcomer(server, emulator);
    await server.registerTenant(team, { tenant });
    const link = await server.recoveryLink(owner.email);
    await server.start();
    await page.goto(link);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('link', { name: 'Integrations', exact: true }).first().click();
    await entra.card.getByRole('link', { name: 'Microsoft Entra ID', exact: true }).click();
    await expect(entra.conditionalAccess).toContainText('Require multifactor authentication.');
  } finally {
    await server.stop();
  }
});
