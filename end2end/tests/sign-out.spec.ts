import { expect, test } from '../fixtures.ts';

test('signing out ends the session here and at Microsoft', async ({
  context, page, server, teams, emulator, signedIn, shell, microsoft, login,
}) => {
  await signedIn.as('Dana Reyes');
  const old = (await context.cookies(server.url)).filter(({ name }) => name === 'session');
  expect(old).toHaveLength(1);
  const viewer = async (): Promise<number> =>
    (await page.request.get('/api/session/viewer', { headers: { accept: 'application/json' } })).status();
  expect(await viewer()).toBe(200);

  await shell.account.click();
  await shell.signOut.click();
  await expect(microsoft.signedOut).toBeVisible();
  expect(page.url().startsWith(`${emulator.url}/`), 'it ends on a page of Microsoft').toBe(true);

  // The page is gone,
  await page.goto('/dashboard');
  await expect(page).toHaveURL('/login');
  await expect(login.heading).toBeVisible();
  // and so is the session, whoever kept its cookie.
  await context.addCookies(old);
  expect(await viewer()).toBe(401);
  await page.goto('/dashboard');
  await expect(login.status).toHaveText('You were signed out. Sign in to continue.');

  const events = await server.audit();
  expect(events.filter(({ action, team_id }) => action === 'sign_out' && team_id === teams.northwind.id)).not.toEqual([]);

  // Microsoft asks again who it is.
  await login.microsoft.click();
  await expect(microsoft.pickAccount).toBeVisible();
});

test('signing out at Microsoft ends the session here, in a hidden frame without our cookie', async ({
  context, page, server, teams, emulator, signedIn, login, microsoft,
}) => {
  const path = '/api/auth/frontchannel-logout/microsoft-entra-id';
  await emulator.register({ front_channel_logout: `${server.url}${path}` });
  await signedIn.as('Dana Reyes');
  const elsewhere = await context.newPage();
  const told = elsewhere.waitForResponse((response) => response.url().includes(path));
  await elsewhere.goto(`${emulator.url}/organizations/oauth2/v2.0/logout`);
  const response = await told;
  expect(response.status()).toBe(200);
  expect(await response.request().headerValue('cookie')).toBeNull();
  await elsewhere.close();

  await page.goto('/dashboard');
  await expect(page).toHaveURL('/login');
  await expect(login.status).toHaveText('You were signed out. Sign in to continue.');
  await expect(microsoft.signedOut).toHaveCount(0);
  const events = (await server.audit()).filter(({ action }) => action === 'sign_out');
  expect(events.at(-1)).toMatchObject({ team_id: teams.northwind.id, details: { cause: 'signed_out_at_microsoft' } });
});

test('a page of another tab leads to the sign-in page afterwards', async ({ context, signedIn, shell, microsoft }) => {
  await signedIn.as('Dana Reyes');
  const other = await context.newPage();
  await other.goto('/dashboard?open=menu');
  await shell.account.click();
  await shell.signOut.click();
  await expect(microsoft.signedOut).toBeVisible();
  await other.reload();
  await expect(other).toHaveURL('/login?next=/dashboard%3Fopen%3Dmenu');
});

test('signing out needs a form of our own', async ({ page, server, signedIn, overview }) => {
  await signedIn.as('Dana Reyes');
  for (const headers of [{}, { origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
    const response = await page.request.post('/logout', { headers, maxRedirects: 0 });
    expect(response.status()).toBe(403);
  }
  const get = await page.request.get('/logout', { maxRedirects: 0 });
  expect([404, 405]).toContain(get.status());
  await page.goto(`${server.url}/dashboard`);
  await expect(overview.heading).toBeVisible();
});

test('a form of another site signs nobody out, and says so', async ({
  page, server, signedIn, overview, listener, expectScreen,
}) => {
  await signedIn.as('Dana Reyes');
  const body = `<!doctype html><html lang="en"><title>Prizes</title><link rel="icon" href="data:,">
    <form method="post" action="${server.url}/logout"><button>Win a prize</button></form>`;
  await page.route('http://evil.example/', async (route) => await route.fulfill({ contentType: 'text/html', body }));
  await page.goto('http://evil.example/');
  listener.expect(/^status 403: POST .*\/logout$/, /^console error: .*status of 403/);
  await page.getByRole('button', { name: 'Win a prize' }).click();
  await expectScreen({
    heading: "You can't open this page",
    title: "You can't open this page – SonicSaaS",
    aria: `
  - link "Skip to main content":
    - /url: "#main"
  - banner: SonicSaaS
  - main:
    - status
    - heading "You can't open this page" [level=1]
    - paragraph: This page or action isn't for your account, or it was opened from another site. Nothing was changed.
`,
  });
  await page.goto('/dashboard');
  await expect(overview.heading).toBeVisible();
});
