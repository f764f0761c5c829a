import { expect, test } from '../fixtures.ts';
import { northwind, type Person } from '../place/directory.ts';
import type { Emulator } from '../place/emulator.ts';
import { waysIn } from '../screens/login.ts';

const SIGN_IN = '/api/auth/signin/microsoft-entra-id';
const CALLBACK = '/api/auth/callback/microsoft-entra-id';

/** The page with this alert above its heading. */
function refusedPage(scripted: boolean, heading: string, rest: string): string {
  return `
  - link "Skip to main content":
    - /url: "#main"
  - banner: SonicSaaS
  - main:
    - status
    - alert:
      - heading "${heading}" [level=2]
${rest.replaceAll(/^/gm, '      ')}
      - paragraph:
        - text: /Reference. [0-9A-HJKMNP-TV-Z]{26}/
${scripted ? '        - button "Copy reference"\n' : ''}        - status
    - heading "Sign in to SonicSaaS" [level=1]${waysIn(scripted)}`;
}

test('an organization that no team registered', async ({
  context, page, scripted, server, login, microsoft, expectScreen,
}) => {
  await login.open();
  await login.microsoft.click();
  await microsoft.person('Lena Fox').click();
  const heading = "Your organization hasn't been set up for SSO yet";
  const reference = await login.reference(heading);
  await expect(page).toHaveURL('/login?error=tenant_not_registered');
  await expectScreen({
    heading: 'Sign in to SonicSaaS',
    title: 'Sign in to SonicSaaS – SonicSaaS',
    aria: refusedPage(
      scripted,
      heading,
      "- paragraph: Ask the person who manages SonicSaaS at your company to register your organization's tenant, or use a different account.",
    ),
  });
  // No session exists,
  expect((await context.cookies()).filter(({ name }) => name === 'session')).toEqual([]);
  await page.goto('/dashboard');
  await expect(login.heading).toBeVisible();
  // and the printed reference leads to the event.
  expect(await server.eventOf(reference)).toMatchObject({
    team_id: null,
    action: 'sign_in',
    outcome: 'refused',
    reason: 'tenant_not_registered',
    details: { check: 'tenant_not_connected', method: 'sso' },
  });
});

/** A way to be refused at Microsoft or because of what it sent. */
interface Refusal {
  name: string;
  code: string;
  check?: string;
  heading: string;
  text: string;
  prepare: (emulator: Emulator) => Promise<void>;
  person: Person | null;
}

const NOT_FINISHED = {
  heading: "We couldn't finish signing you in",
  text: 'Try again. If it keeps happening, send the reference to the person who manages SonicSaaS.',
};

const refusals: Refusal[] = [
  {
    name: 'a personal account',
    code: 'personal_account',
    check: 'msa_not_allowed',
    heading: "Personal Microsoft accounts can't be used",
    text: 'Use your work or school account.',
    prepare: async (emulator) => {
      await emulator.mutate({
        claims: {
          tid: '9188040d-6c67-4c5b-b112-36a304b66dad',
          iss: `${emulator.url}/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0`,
        },
      });
    },
    person: 'Dana Reyes',
  },
  {
    name: 'a token for another sign-in',
    code: 'token_invalid',
    check: 'nonce_mismatch',
    ...NOT_FINISHED,
    prepare: async (emulator) => await emulator.mutate({ claims: { nonce: 'of-another-sign-in' } }),
    person: 'Dana Reyes',
  },
  {
    name: 'a token that nobody signed',
    code: 'token_invalid',
    check: 'sig_invalid',
    ...NOT_FINISHED,
    prepare: async (emulator) => await emulator.mutate({ signature: 'broken' }),
    person: 'Dana Reyes',
  },
  {
    name: 'a code that Microsoft refuses',
    code: 'exchange_failed',
    check: 'token_exchange_failed',
    ...NOT_FINISHED,
    prepare: async (emulator) => {
      const body = JSON.stringify({
        error: 'invalid_client',
        error_description: 'AADSTS7000222: The provided client secret keys are expired.',
        error_codes: [7_000_222],
      });
      await emulator.fault({ route: 'token', status: 401, body });
    },
    person: 'Dana Reyes',
  },
  {
    name: 'Microsoft not answering',
    code: 'provider_unreachable',
    heading: "We can't reach Microsoft right now",
    text: 'Sign in with email, or try again in a few minutes.',
    prepare: async (emulator) => await emulator.fault({ route: 'token', close: true }),
    person: 'Dana Reyes',
  },
  {
    name: 'groups that Graph keeps to itself',
    code: 'groups_unavailable',
    heading: "We couldn't read your groups from Microsoft",
    text:
      "You are in more groups than Microsoft puts in a sign-in, and it didn't give us the list. " +
      'Try again later, or send the reference to your administrator.',
    prepare: async (emulator) => await emulator.fault({ route: 'graph', status: 403, body: '{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges to complete the operation."}}' }),
    person: 'Olga Many',
  },
  {
    name: 'a missing consent',
    code: 'consent_required',
    check: 'op_error',
    heading: "Your organization hasn't approved SonicSaaS yet",
    text: 'Send this to your Microsoft 365 administrator:',
    prepare: async (emulator) => {
      await emulator.outcome({
        error: 'consent_required',
        error_description: 'AADSTS65001: The user or administrator has not consented to use the application.',
      });
    },
    person: null,
  },
  {
    name: 'a missing assignment',
    code: 'not_assigned',
    check: 'op_error',
    heading: "Your account isn't assigned to SonicSaaS",
    text: 'Ask your Microsoft 365 administrator to assign you or your group.',
    prepare: async (emulator) => {
      await emulator.outcome({
        error: 'access_denied',
        error_description: 'AADSTS50105: The signed in user is not assigned to a role for the application.',
      });
    },
    person: null,
  },
  {
    name: 'Conditional Access',
    code: 'blocked_by_policy',
    check: 'op_error',
    heading: "Your organization's sign-in policy stopped this sign-in",
    text: "Follow Microsoft's instructions for your device or network, or ask your administrator.",
    prepare: async (emulator) => {
      await emulator.outcome({
        error: 'access_denied',
        error_description: 'AADSTS53003: Access has been blocked by Conditional Access policies.',
      });
    },
    person: null,
  },
  {
    name: 'another error of Microsoft',
    code: 'provider_error',
    check: 'op_error',
    heading: 'Microsoft reported a problem',
    text: 'Try again in a few minutes.',
    prepare: async (emulator) => {
      await emulator.outcome({ error: 'server_error', error_description: 'AADSTS90033: A transient error has occurred.' });
    },
    person: null,
  },
];

for (const { name, code, check, heading, text, prepare, person } of refusals) {
  test(`${name} ends as ${code}`, async ({ page, context, emulator, server, login, microsoft }) => {
    await prepare(emulator);
    await login.open();
    await login.microsoft.click();
    if (person !== null) {
      await microsoft.person(person).click();
    }
    const reference = await login.reference(heading);
    await expect(page).toHaveURL(`/login?error=${code}`);
    await expect(login.alert.getByText(text, { exact: true })).toBeVisible();
    await expect(login.alert.getByText(/AADSTS|eyJ/)).toHaveCount(0);
    expect((await context.cookies()).filter((cookie) => cookie.name === 'session')).toEqual([]);
    const event = await server.eventOf(reference);
    expect(event).toMatchObject({ action: 'sign_in', reason: code });
    expect(['refused', 'failure']).toContain(event.outcome);
    expect(event.details.check).toBe(check);
    // The next attempt begins afresh.
    await emulator.reset();
    await login.microsoft.click();
    await expect(microsoft.pickAccount).toBeVisible();
  });
}

test('cancelling at Microsoft', async ({ page, scripted, server, login, microsoft, expectScreen }) => {
  await login.open();
  await login.microsoft.click();
  await microsoft.cancel.click();
  const heading = 'Microsoft sign-in was cancelled';
  const reference = await login.reference(heading);
  await expect(page).toHaveURL('/login?error=cancelled');
  await expect(login.copyReference).toHaveCount(scripted ? 1 : 0);
  await expectScreen({
    heading: 'Sign in to SonicSaaS',
    title: 'Sign in to SonicSaaS – SonicSaaS',
    aria: refusedPage(scripted, heading, '- paragraph: Try again, or sign in with email.'),
  });
  expect(await server.eventOf(reference)).toMatchObject({ action: 'sign_in', reason: 'cancelled' });
  // The reference stays for a reload.
  await page.reload();
  expect(await login.reference(heading)).toBe(reference);
});

test('guests, until the team allows them', async ({ page, server, teams, login, microsoft, overview, shell }) => {
  const link = `${SIGN_IN}?tenant=${northwind.tenant}`;
  await page.goto(link);
  await microsoft.person('Sam Hill').click();
  const reference = await login.reference("Guests can't sign in to this team");
  await expect(page).toHaveURL('/login?error=guest_refused');
  await expect(
    login.alert.getByText(
      'Use an account of the organization itself, or ask an owner or admin to allow guests.',
      { exact: true },
    ),
  ).toBeVisible();
  expect(await server.eventOf(reference)).toMatchObject({
    team_id: teams.northwind.id,
    reason: 'guest_refused',
    details: { check: 'guest_not_allowed' },
  });

  await server.registerTenant(teams.northwind, { tenant: northwind.tenant, allowGuests: true });
  try {
    await page.context().clearCookies();
    await page.goto(link);
    await microsoft.person('Sam Hill').click();
    await shell.ready();
    await expect(overview.access).toContainText('You are a Viewer of Northwind MSP.');
  } finally {
    await server.registerTenant(teams.northwind, { tenant: northwind.tenant });
  }
});

test('a tenant that is switched off', async ({ page, server, teams, login, microsoft, signedIn, shell, overview }) => {
  await signedIn.as('Dana Reyes');
  await server.registerTenant(teams.northwind, { tenant: northwind.tenant, disabled: true });
  try {
    // It acts at the next click of whoever is signed in,
    await page.goto('/dashboard');
    await expect(login.heading).toBeVisible();
    // and on the next sign-in.
    await login.otherAccount.click();
    await microsoft.person('Dana Reyes').click();
    const reference = await login.reference('Microsoft sign-in is turned off for your team');
    await expect(page).toHaveURL('/login?error=tenant_disabled');
    await expect(login.alert.getByText('Sign in with email, or ask an owner or admin of your team.', { exact: true })).toBeVisible();
    expect(await server.eventOf(reference)).toMatchObject({
      team_id: teams.northwind.id,
      reason: 'tenant_disabled',
    });
  } finally {
    await server.registerTenant(teams.northwind, { tenant: northwind.tenant });
  }
  await login.otherAccount.click();
  await microsoft.person('Dana Reyes').click();
  await shell.ready();
  await expect(overview.access).toContainText('You are an Operator of Northwind MSP.');
});

test('a return that nobody asked for', async ({ page, server, login }) => {
  await page.goto(`${CALLBACK}?code=abc&state=${'a'.repeat(64)}`);
  const reference = await login.reference('That sign-in expired or was opened in another tab');
  await expect(page).toHaveURL('/login?error=state_invalid');
  await expect(login.alert.getByText('Start again.', { exact: true })).toBeVisible();
  expect(await server.eventOf(reference)).toMatchObject({
    reason: 'state_invalid',
    details: { check: 'tx_not_bound_to_browser' },
  });
});

test('a return that is used twice', async ({ page, server, signedIn, login }) => {
  const returns: string[] = [];
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === CALLBACK) {
      returns.push(request.url());
    }
  });
  await signedIn.as('Dana Reyes');
  expect(returns).toHaveLength(1);
  await page.goto(returns[0] ?? '');
  const reference = await login.reference('That sign-in expired or was opened in another tab');
  expect((await server.eventOf(reference)).details.check).toMatch(/^(tx_spent|tx_not_bound_to_browser)$/);
  // Whoever is signed in stays so.
  await expect(
    page.getByRole('link', { name: 'Continue to Northwind MSP as Dana Reyes', exact: true }),
  ).toBeVisible();
});
