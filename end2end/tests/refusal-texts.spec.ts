import { expect, test } from '../fixtures.ts';
import { waysIn } from '../screens/login.ts';

/** Every code of the sign-in page, with its heading and text. Sentences about email stand here because the form does. */
const texts: Record<string, [heading: string, text: string | null]> = {
  tenant_not_registered: [
    "Your organization hasn't been set up for SSO yet",
    "Ask the person who manages SonicSaaS at your company to register your organization's tenant, or use a different account.",
  ],
  tenant_disabled: ['Microsoft sign-in is turned off for your team', 'Sign in with email, or ask an owner or admin of your team.'],
  tenant_unverified: [
    "Your team hasn't finished setting up Microsoft sign-in",
    'Ask an owner or admin of your team to verify ownership.',
  ],
  guest_refused: [
    "Guests can't sign in to this team",
    'Use an account of the organization itself, or ask an owner or admin to allow guests.',
  ],
  personal_account: ["Personal Microsoft accounts can't be used", 'Use your work or school account.'],
  cancelled: ['Microsoft sign-in was cancelled', 'Try again, or sign in with email.'],
  consent_required: [
    "Your organization hasn't approved SonicSaaS yet",
    'Send this to your Microsoft 365 administrator:',
  ],
  not_assigned: [
    "Your account isn't assigned to SonicSaaS",
    'Ask your Microsoft 365 administrator to assign you or your group.',
  ],
  blocked_by_policy: [
    "Your organization's sign-in policy stopped this sign-in",
    "Follow Microsoft's instructions for your device or network, or ask your administrator.",
  ],
  provider_error: ['Microsoft reported a problem', 'Try again in a few minutes.'],
  provider_unreachable: ["We can't reach Microsoft right now", 'Sign in with email, or try again in a few minutes.'],
  state_invalid: ['That sign-in expired or was opened in another tab', 'Start again.'],
  exchange_failed: [
    "We couldn't finish signing you in",
    'Try again. If it keeps happening, send the reference to the person who manages SonicSaaS.',
  ],
  token_invalid: [
    "We couldn't finish signing you in",
    'Try again. If it keeps happening, send the reference to the person who manages SonicSaaS.',
  ],
  groups_unavailable: [
    "We couldn't read your groups from Microsoft",
    "You are in more groups than Microsoft puts in a sign-in, and it didn't give us the list. Try again later, or send the reference to your administrator.",
  ],
  suspended: ['Your SonicSaaS account is suspended', 'Ask an owner or admin of your team.'],
  sso_disabled: ['Microsoft sign-in is turned off on this server', 'Sign in with email.'],
  password_disabled: ['Password sign-in is turned off on this server', 'Use Sign in with Microsoft.'],
  bad_credentials: ['There is a problem', 'Email address or password is incorrect. Check both and try again.'],
  bad_code: ['There is a problem', null],
  throttled: ['There is a problem', null],
};

for (const [code, [heading, text]] of Object.entries(texts)) {
  test(`${code} has its words`, async ({ login }) => {
    await login.open({ error: code });
    await expect(login.refusal(heading)).toBeVisible();
    if (text !== null) {
      await expect(login.alert.getByText(text, { exact: true })).toBeVisible();
    }
    // Without a sign-in of this browser there is no reference, and a crafted address shows none.
    await expect(login.alert).not.toContainText('Reference');
    await expect(login.microsoft).toBeVisible();
  });
}

for (const code of ['nonsense', '<b>x</b>', '', 'TENANT_DISABLED', 'tenant_disabled ', "'\"><script>alert(1)</script>"]) {
  test(`the unknown code ${JSON.stringify(code)} shows nothing`, async ({ page, login }) => {
    await login.open({ error: code, reference: '01JNGZ8K4T6Q2V9XW3M5R7YB1C' });
    await expect(login.microsoft).toBeVisible();
    await expect(login.alert).toHaveCount(0);
    await expect(page.getByText('01JNGZ8K4T6Q2V9XW3M5R7YB1C')).toHaveCount(0);
  });
}

test('the message for an administrator reads well and is accessible', async ({ scripted, login, expectScreen }) => {
  await login.open({ error: 'consent_required' });
  await expectScreen({
    heading: 'Sign in to SonicSaaS',
    title: 'Sign in to SonicSaaS – SonicSaaS',
    aria: `
  - link "Skip to main content":
    - /url: "#main"
  - banner: SonicSaaS
  - main:
    - status
    - alert:
      - heading "Your organization hasn't approved SonicSaaS yet" [level=2]
      - paragraph: "Send this to your Microsoft 365 administrator:"
      - paragraph:
        - text: /People of our organization want to sign in to SonicSaaS .* select Consent on behalf of your organization, then Accept\\. Every permission, and what it is used for:/
        - link /^https?:.*\\/permissions$/:
          - /url: /permissions
      - paragraph:
${scripted ? '        - button "Copy message"\n' : ''}        - status
    - heading "Sign in to SonicSaaS" [level=1]${waysIn(scripted)}`,
  });
});
