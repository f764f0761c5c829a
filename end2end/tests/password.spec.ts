import { randomUUID } from 'node:crypto';

import { expectAccessible, expectNoSidewaysScroll } from '../checks/screen.ts';
import { expect, test } from '../fixtures.ts';
import { Server } from '../place/server.ts';

const PASSWORD = 'three old bicycles by the lake';
const BAD = 'Email address or password is incorrect. Check both and try again.';

/** A team of its own, so that no test waits for the wrong passwords of another one. */
async function owner(server: Server): Promise<string> {
  const email = `priya-${randomUUID()}@northwind.example`;
  await server.createTeam('Eastwind MSP', { name: 'Priya Shah', email, password: PASSWORD });
  return email;
}

test('an empty form says what is missing, and leads to it', async ({ page, login, listener }) => {
  listener.expect(/^status 422: POST .*\/login$/, /^console error: .*status of 422/);
  await login.open();
  const answered = page.waitForResponse((response) => response.request().method() === 'POST');
  await login.signIn.click();
  expect((await answered).status()).toBe(422);
  await expect(login.alert.getByRole('heading', { name: 'There is a problem', exact: true })).toBeVisible();
  await expect(login.alert).toBeFocused();
  await expect(page).toHaveTitle(/^Error: /);
  await page.getByRole('link', { name: 'Enter your email address', exact: true }).click();
  await expect(login.email).toBeFocused();
  await expect(login.email).toHaveAttribute('aria-invalid', 'true');
  await expect(login.email).toHaveAccessibleDescription('Enter your email address');
  await page.getByRole('link', { name: 'Enter your password', exact: true }).click();
  await expect(login.password).toBeFocused();
  await expect(login.password).toHaveAccessibleDescription('Enter your password');

  await login.send('priya', 'x');
  const format = 'Enter an email address in the correct format, like name@example.com';
  await expect(login.alert.getByRole('link', { name: format, exact: true })).toBeVisible();
  await expect(login.email).toHaveValue('priya');
});

test('a wrong password says the same for everybody', async ({ page, server, login, listener }) => {
  listener.expect(/^status 422: POST .*\/login$/, /^console error: .*status of 422/);
  for (const email of [await owner(server), `nobody-${randomUUID()}@northwind.example`]) {
    await login.open();
    await login.send(email, 'a wrong password');
    await expect(login.alert.getByText(BAD, { exact: true })).toBeVisible();
    await expect(login.email).toHaveValue(email);
    await expect(login.password).toHaveValue('');
    await expect(page.getByText(BAD)).toHaveCount(2);
  }
});

test('the page is well when something is wrong', async ({ page, scripted, login, listener }) => {
  listener.expect(/^status 422: POST .*\/login$/, /^console error: .*status of 422/);
  await login.open();
  await login.signIn.click();
  await expect(login.alert).toBeVisible();
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - status
      - alert:
        - heading "There is a problem" [level=2]
        - list:
          - listitem:
            - link "Enter your email address":
              - /url: "#email"
          - listitem:
            - link "Enter your password":
              - /url: "#password"
      - heading "Sign in to SonicSaaS" [level=1]
      - button "Sign in with Microsoft"
      - paragraph: Use your work or school account.
      - link "Use a different Microsoft account":
        - /url: /^\\/api\\/auth\\/signin\\//
      - paragraph: or
      - form "Sign in with email":
        - heading "Sign in with email" [level=2]
        - text: Email address
        - paragraph: Enter your email address
        - textbox "Email address"
        - text: Password
        - paragraph: Enter your password
        - textbox "Password"
${scripted ? '        - button "Show password"\n' : ''}        - button "Sign in"
        - paragraph: Forgot your password? Ask the platform administrator for a recovery link.
  `);
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    await expectNoSidewaysScroll(page, width);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await expectAccessible(page, scripted, `${width} px, ${colorScheme}`);
    }
  }
});

test('the password is shown on demand', async ({ login, scripted }) => {
  await login.open();
  if (!scripted) {
    await expect(login.showPassword).toHaveCount(0);
    return;
  }
  await login.password.fill('what I typed');
  await login.showPassword.click();
  await expect(login.password).toHaveAttribute('type', 'text');
  await expect(login.showPassword).toHaveAttribute('aria-pressed', 'true');
  await login.showPassword.click();
  await expect(login.password).toHaveAttribute('type', 'password');
  await expect(login.showPassword).toHaveAttribute('aria-pressed', 'false');
});

test('email and password lead to the overview, and a deep link is kept', async ({
  page, context, server, login, shell, overview,
}) => {
  const email = await owner(server);
  await login.open({ next: '/dashboard?open=account' });
  await login.send(` ${email.toUpperCase()} `, PASSWORD);
  await shell.ready();
  await expect(page).toHaveURL('/dashboard?open=account');
  await expect(overview.access).toContainText('You are an Owner of Eastwind MSP.');
  await page.context().clearCookies({ name: 'session' });
  // No script is needed, and nothing of the password is in an address, a cookie or the log.
  await login.open();
  await login.password.fill(PASSWORD);
  await login.email.fill(email);
  await login.email.press('Enter');
  await shell.ready();
  await expect(overview.heading).toBeVisible();
  const kept = JSON.stringify(await context.cookies()) + page.url() + server.log;
  expect(kept).not.toContain('bicycles');
});

test('a server for Microsoft alone has no form, and refuses a forged one', async ({ page, emulator, login }) => {
  const server = await Server.configure(emulator.url, { AUTH_MODE: 'entra-only' });
  try {
    const email = await owner(server);
    await server.start();
    await page.goto(`${server.url}/login`);
    await expect(login.microsoft).toBeVisible();
    await expect(login.form).toHaveCount(0);
    await expect(page.getByText('Forgot your password?')).toHaveCount(0);
    const forged = await page.request.post(`${server.url}/login`, {
      form: { email, password: PASSWORD },
      headers: { origin: server.url, accept: 'text/html' },
      maxRedirects: 0,
    });
    expect(forged.status()).toBe(403);
    expect(await forged.text()).toContain('Password sign-in is turned off on this server');
    const refused = (await server.audit()).filter(({ action }) => action === 'sign_in');
    expect(refused).toMatchObject([{ outcome: 'refused', reason: 'password_disabled' }]);
  } finally {
    await server.stop();
  }
});
