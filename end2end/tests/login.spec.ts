import { expect, test } from '../fixtures.ts';
import { waysIn } from '../screens/login.ts';

const tree = (scripted: boolean, status = ''): string => `
  - link "Skip to main content":
    - /url: "#main"
  - banner: SonicSaaS
  - main:
    - status${status}
    - heading "Sign in to SonicSaaS" [level=1]${waysIn(scripted)}`;

test('the page offers Microsoft, and says nothing of its technology', async ({ page, scripted, login, expectScreen }) => {
  await login.open();
  await expectScreen({
    heading: 'Sign in to SonicSaaS',
    title: 'Sign in to SonicSaaS – SonicSaaS',
    aria: tree(scripted),
  });
  await expect(page.getByText(/\b(azure|active directory|entra)\b/i)).toHaveCount(0);
  await expect(login.alert).toHaveCount(0);
});

test('the page loads no WebAssembly, and no script but its own', async ({ page, login }) => {
  const scripts: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (request.resourceType() === 'script' || /\.(wasm|js|mjs)$/.test(pathname)) {
      scripts.push(pathname);
    }
  });
  const response = await page.goto('/login');
  await page.waitForLoadState('load');
  expect(response?.status()).toBe(200);
  expect(await page.content()).not.toMatch(/wasm|hydrat|modulepreload/i);
  const policy = (await response?.headerValue('content-security-policy')) ?? '';
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toMatch(/unsafe|nonce/);
  expect(scripts.filter((path) => path !== '/front.js')).toEqual([]);
  await expect(login.microsoft).toBeVisible();
});

test('the keyboard reaches everything in order, and nothing takes the focus first', async ({ page, scripted, login, shell }) => {
  await login.open();
  await expect(page.locator(':focus')).toHaveCount(0);
  const form = [login.email, login.password, ...(scripted ? [login.showPassword] : []), login.signIn];
  for (const next of [shell.skip, login.microsoft, login.otherAccount, ...form]) {
    await page.keyboard.press('Tab');
    await expect(next).toBeFocused();
  }
});

test('the skip link leads past the header', async ({ page, login, shell }) => {
  await login.open();
  await page.keyboard.press('Tab');
  await expect(shell.skip).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(shell.main).toBeFocused();
});

test('a deep link is kept through the sign-in', async ({ page, login, microsoft, shell }) => {
  await page.goto('/dashboard?open=account');
  await expect(page).toHaveURL('/login?next=/dashboard%3Fopen%3Daccount');
  await login.microsoft.click();
  await microsoft.person('Dana Reyes').click();
  await shell.ready();
  await expect(page).toHaveURL('/dashboard?open=account');
  await expect(shell.signOut).toBeVisible();
});

test('a deep link is kept for another account too', async ({ page, login, microsoft, shell }) => {
  await login.open({ next: '/dashboard?open=account' });
  await login.otherAccount.click();
  await microsoft.person('Dana Reyes').click();
  await shell.ready();
  await expect(page).toHaveURL('/dashboard?open=account');
});

for (const next of [
  'https://evil.example/',
  '//evil.example/dashboard',
  '/\\evil.example',
  '/dashboard/..//evil.example',
  'javascript:alert(1)',
  '/logout',
]) {
  test(`${next} is no place to return to`, async ({ page, signedIn, overview }) => {
    await signedIn.as('Dana Reyes', next);
    await expect(page).toHaveURL('/dashboard');
    await expect(overview.heading).toBeVisible();
    // Signed in, the page passes on to `next` at once.
    await page.goto(`/login?next=${encodeURIComponent(next)}`);
    await expect(page).toHaveURL('/dashboard');
  });
}

test('somebody who is signed in is passed on', async ({ page, signedIn }) => {
  await signedIn.as('Dana Reyes');
  await page.goto('/login?next=/dashboard%3Fopen%3Dmenu');
  await expect(page).toHaveURL('/dashboard?open=menu');
  await page.goto('/');
  await expect(page).toHaveURL('/dashboard');
});

test('another account can be chosen while Microsoft knows one', async ({ page, login, microsoft, shell, signedIn }) => {
  await signedIn.as('Dana Reyes');
  await page.context().clearCookies({ name: 'session' });
  // Microsoft passes the one account on without a question,
  await login.open();
  await login.microsoft.click();
  await shell.ready();
  await expect(shell.account).toHaveAccessibleName('Account: Dana Reyes');
  // and asks when a different one is wanted.
  await page.context().clearCookies({ name: 'session' });
  await login.open();
  await login.otherAccount.click();
  await expect(microsoft.pickAccount).toBeVisible();
  await microsoft.person('Vic Tran').click();
  await shell.ready();
  await expect(shell.account).toHaveAccessibleName('Account: Vic Tran');
});

test('a session that ended is told', async ({ context, page, scripted, server, login, expectScreen }) => {
  await context.addCookies([{ name: 'session', value: 'a'.repeat(64), url: server.url }]);
  await page.goto('/dashboard?open=menu');
  await expect(page).toHaveURL('/login?next=/dashboard%3Fopen%3Dmenu');
  await expect(login.status).toHaveText('You were signed out. Sign in to continue.');
  await expectScreen({
    heading: 'Sign in to SonicSaaS',
    title: 'Sign in to SonicSaaS – SonicSaaS',
    aria: tree(scripted, ': You were signed out. Sign in to continue.'),
  });
  // It is said once.
  await page.goto('/login');
  await expect(login.status).toHaveText('');
});
