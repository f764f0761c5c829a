import { expect, test } from '../fixtures.ts';
import { Server } from '../place/server.ts';
import { emailForm } from '../screens/login.ts';

const SIGN_IN = '/api/auth/signin/microsoft-entra-id';

const NOBODY = 'for Microsoft alone without any credentials';
const NOT_SET_UP = "\n    - paragraph: Sign-in isn't set up on this server. Ask the platform administrator.\n";

const servers = {
  'local-only': { AUTH_MODE: 'local-only' },
  'without a client secret': { MICROSOFT_ENTRA_ID_CLIENT_SECRET: undefined },
  [NOBODY]: {
    AUTH_MODE: 'entra-only',
    MICROSOFT_ENTRA_ID_CLIENT_ID: undefined,
    MICROSOFT_ENTRA_ID_CLIENT_SECRET: undefined,
  },
};

for (const [name, variables] of Object.entries(servers)) {
  test(`a server ${name} offers no Microsoft sign-in`, async ({
    page, scripted, emulator, login, listener, expectScreen,
  }) => {
    const server = await Server.configure(emulator.url, variables);
    try {
      await server.start();
      await page.goto(`${server.url}/login`);
      await expect(login.microsoft).toHaveCount(0);
      await expect(login.otherAccount).toHaveCount(0);
      await expectScreen({
        heading: 'Sign in to SonicSaaS',
        title: 'Sign in to SonicSaaS – SonicSaaS',
        aria: `
  - link "Skip to main content":
    - /url: "#main"
  - banner: SonicSaaS
  - main:
    - status
    - heading "Sign in to SonicSaaS" [level=1]${name === NOBODY ? NOT_SET_UP : emailForm(scripted)}`,
      });
      listener.expect(/^status 404: GET .*\/api\/auth\/signin\/microsoft-entra-id$/, /^console error: .*status of 404/);
      const response = await page.goto(`${server.url}${SIGN_IN}`);
      expect(response?.status()).toBe(404);
      await expect(page.getByRole('heading', { level: 1, name: 'Page not found', exact: true })).toBeVisible();
    } finally {
      await server.stop();
    }
  });
}

test('a refusal that was bookmarked says what holds on a server without Microsoft', async ({
  page, emulator, login,
}) => {
  const server = await Server.configure(emulator.url, { AUTH_MODE: 'local-only' });
  try {
    await server.start();
    await page.goto(`${server.url}/login?error=sso_disabled`);
    await expect(login.refusal('Microsoft sign-in is turned off on this server')).toBeVisible();
    await expect(login.alert.getByText('Sign in with email.', { exact: true })).toBeVisible();
    await expect(login.form).toBeVisible();
  } finally {
    await server.stop();
  }
});
