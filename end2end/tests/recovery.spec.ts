import { expect, test } from '../fixtures.ts';
import { Server } from '../place/server.ts';

const PASSWORD = 'three old bicycles by the lake';
const EMAIL = 'priya@northwind.example';

test('a recovery link signs in once where passwords are off', async ({
  page, context, emulator, listener, shell, overview, expectScreen,
}) => {
  const server = await Server.configure(emulator.url, { AUTH_MODE: 'entra-only', RUST_LOG: 'debug' });
  try {
    await server.createTeam('Northwind MSP', { name: 'Priya Shah', email: EMAIL, password: PASSWORD });
    await server.start();
    const link = await server.recoveryLink(EMAIL);
    expect(link.startsWith(`${server.url}/recover/`)).toBe(true);
    for (let time = 0; time < 2; time += 1) {
      const response = await page.goto(link);
      expect(response?.status()).toBe(200);
      expect(await response?.headerValue('referrer-policy')).toBe('same-origin');
    }
    await expectScreen({
      heading: 'Sign in with a recovery link',
      title: 'Sign in with a recovery link – SonicSaaS',
      aria: `
  - link "Skip to main content":
    - /url: "#main"
  - banner: SonicSaaS
  - main:
    - status
    - heading "Sign in with a recovery link" [level=1]
    - paragraph: /Made by the platform administrator for priya@northwind\\.example\\. It works once, until \\d\\d.\\d\\d UTC\\./
    - button "Sign in"
`,
    });
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await shell.ready();
    await expect(page).toHaveURL(`${server.url}/dashboard`);
    await expect(overview.access).toContainText('You are an Owner of Northwind MSP.');
    const said = page.getByRole('status').filter({ hasText: 'You signed in with a recovery link. This was recorded.' });
    await expect(said).toBeVisible();
    await page.reload();
    await shell.ready();
    await expect(said).toHaveCount(0);

    await context.clearCookies();
    listener.expect(/^status 404: GET .*\/recover\//, /^console error: .*status of 404/);
    const again = await page.goto(link);
    expect(again?.status()).toBe(404);
    expect(await again?.headerValue('referrer-policy')).toBe('no-referrer');
    await expectScreen({
      heading: "This link isn't available",
      title: "This link isn't available – SonicSaaS",
      aria: `
  - link "Skip to main content":
    - /url: "#main"
  - banner: SonicSaaS
  - main:
    - status
    - heading "This link isn't available" [level=1]
    - paragraph: Ask the platform administrator for a new one.
`,
    });
    expect(await context.cookies()).toEqual([]);
    const events = await server.audit();
    expect(events.filter(({ action }) => action === 'recovery_link.created')).toHaveLength(1);
    expect(events.filter(({ action }) => action === 'sign_in')).toMatchObject([
      { outcome: 'success', details: { method: 'recovery' } },
    ]);
    // The token is in no log, however much of it is written.
    const token = link.split('/').pop() ?? '';
    expect(token).toMatch(/^[0-9a-f]{64}$/);
    expect(server.log).toContain('/recover/{token}');
    expect(server.log).not.toContain(token);
  } finally {
    await server.stop();
  }
});
