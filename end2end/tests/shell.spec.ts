import { expectNoSidewaysScroll } from '../checks/screen.ts';
import { expect, test } from '../fixtures.ts';
import { northwind } from '../place/directory.ts';

const NOT_FOUND = '/dashboard/nowhere';

/** What surrounds the content, with the account menu open or not. */
function frame(scripted: boolean, open: 'account' | null, where: string, main: string): string {
  const menu = `
    - list:
      - listitem:
        - strong: Dana Reyes
        - text: dana@contoso.com Operator
      - listitem:
        - button "Sign out"`;
  return `
  - link "Skip to main content":
    - /url: "#main"
  - banner:
    - text: Northwind MSP SonicSaaS
    - navigation "Breadcrumb":
      - list:
        - listitem: ${where}
    - 'button "Account: Dana Reyes"${open === 'account' ? ` [expanded]'${menu}` : "'"}
  - navigation "Main":
    - list:
      - listitem:
        - link "Overview":
          - /url: /dashboard
      - listitem:
        - link "Integrations":
          - /url: /dashboard/integrations
      - listitem:
        - text: Security
        - list:
          - listitem:
            - link "SSO Group Mappings":
              - /url: /dashboard/security/group-mappings
  - contentinfo:
    - radiogroup "Theme":
      - text: Theme
      - radio "System" [checked]
      - text: System
      - radio "Light"
      - text: Light
      - radio "Dark"
      - text: Dark
${scripted ? '' : '    - button "Apply"\n'}  - main:
    - status
${main}`;
}

const OVERVIEW = `
    - status
    - heading "Overview" [level=1]
    - region "Your access":
      - heading "Your access" [level=2]
      - paragraph: You are an Operator of Northwind MSP.
      - term: Role
      - definition: Operator Day-to-day device operations
      - term: Source
      - definition: "Group: ${northwind.mappings.operators.group}, priority 50"
      - term: Last sign-in
      - definition:
        - time: /^\\d{1,2} [A-Z][a-z]{2} \\d{4}, \\d{2}:\\d{2} UTC$/
`;

test('the overview', async ({ page, scripted, signedIn, expectScreen }) => {
  await signedIn.as('Dana Reyes');
  await expectScreen({
    heading: 'Overview',
    title: 'Overview – Northwind MSP – SonicSaaS',
    aria: frame(scripted, null, 'Overview', OVERVIEW),
  });
  await expect(page).toHaveURL('/dashboard');
});

test('the overview is hydrated under a strict policy, or complete without script', async ({ page, signedIn }) => {
  await signedIn.as('Dana Reyes');
  const response = await page.reload();
  const policy = (await response?.headerValue('content-security-policy')) ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toMatch(/script-src 'self' 'nonce-[^']{20,}' 'wasm-unsafe-eval';/);
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe-inline');
  expect(policy).not.toContain('strict-dynamic');
  expect(await response?.headerValue('cache-control')).toContain('no-store');
  expect(await response?.headerValue('referrer-policy')).toBe('same-origin');
  expect(await response?.headerValue('x-content-type-options')).toBe('nosniff');
  // The whole content is in the first answer.
  const html = (await response?.text()) ?? '';
  expect(html).toContain('You are an Operator of Northwind MSP.');
  expect(html).not.toMatch(/\sstyle=/);
});

test('the account menu', async ({ page, scripted, signedIn, shell, expectScreen }) => {
  await signedIn.as('Dana Reyes');
  await expect(shell.account).toHaveAttribute('aria-expanded', 'false');
  await expect(shell.signOut).toBeHidden();
  await shell.account.focus();
  await page.keyboard.press('Enter');
  await expect(shell.account).toHaveAttribute('aria-expanded', 'true');
  await expectScreen({
    heading: 'Overview',
    title: 'Overview – Northwind MSP – SonicSaaS',
    aria: frame(scripted, 'account', 'Overview', OVERVIEW),
  });
  // What opened comes next.
  await shell.account.focus();
  await page.keyboard.press('Tab');
  await expect(shell.signOut).toBeFocused();
  // The same button closes.
  await shell.account.focus();
  await page.keyboard.press('Space');
  await expect(shell.account).toHaveAttribute('aria-expanded', 'false');
  await expect(shell.signOut).toBeHidden();
});

test('the account menu of somebody without mail', async ({ signedIn, shell }) => {
  await signedIn.as('Noor Haddad');
  await shell.account.click();
  await expect(shell.header.getByRole('listitem').filter({ hasText: 'Noor Haddad' })).toHaveText(/^Noor Haddad\s*Viewer$/);
});

test('the phone menu', async ({ page, scripted, signedIn, shell, expectScreen }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await signedIn.as('Dana Reyes');
  await expectNoSidewaysScroll(page, 360);
  await expect(shell.mainMenu).toBeHidden();
  await expect(shell.theme).toBeHidden();
  await expect(shell.menu).toHaveAttribute('aria-expanded', 'false');
  await shell.menu.focus();
  await page.keyboard.press('Enter');
  await expect(shell.menu).toHaveAttribute('aria-expanded', 'true');
  await expect(shell.mainMenu.getByRole('link', { name: 'Overview', exact: true })).toBeVisible();
  await expect(shell.theme).toBeVisible();
  await expectNoSidewaysScroll(page, 360);
  // The breadcrumb gives way to the menu.
  const phone = frame(scripted, null, 'Overview', OVERVIEW)
    .replace(/ {4}- navigation "Breadcrumb":\n.*\n.*\n/, '')
    .replace(`"Account: Dana Reyes"'`, `"Account: Dana Reyes"'\n    - button "Menu" [expanded]`);
  await expectScreen({ heading: 'Overview', title: 'Overview – Northwind MSP – SonicSaaS', aria: phone });
  await shell.menu.focus();
  await page.keyboard.press('Enter');
  await expect(shell.menu).toHaveAttribute('aria-expanded', 'false');
  await expect(shell.mainMenu).toBeHidden();
});

test('the skip link comes first and leads to the content', async ({ page, signedIn, shell }) => {
  await signedIn.as('Dana Reyes');
  await shell.open();
  await page.keyboard.press('Tab');
  await expect(shell.skip).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(shell.main).toBeFocused();
});

test('the menu says where one is', async ({ page, signedIn, shell, listener }) => {
  await signedIn.as('Dana Reyes');
  const entry = shell.mainMenu.getByRole('link', { name: 'Overview', exact: true });
  await expect(entry).toHaveAttribute('aria-current', 'page');
  listener.expect(/^status 404: GET .*\/dashboard\/nowhere$/, /^console error: .*status of 404/);
  await shell.open(NOT_FOUND);
  await expect(entry).not.toHaveAttribute('aria-current', 'page');
  await entry.click();
  await expect(page).toHaveURL('/dashboard');
  await expect(page).toHaveTitle('Overview – Northwind MSP – SonicSaaS');
  await expect(entry).toHaveAttribute('aria-current', 'page');
});

test('an address without a page keeps the frame', async ({ page, scripted, signedIn, shell, listener, expectScreen }) => {
  await signedIn.as('Dana Reyes');
  listener.expect(/^status 404: GET .*\/dashboard\/nowhere$/, /^console error: .*status of 404/);
  const response = await page.goto(NOT_FOUND);
  expect(response?.status()).toBe(404);
  await shell.ready();
  await expectScreen({
    heading: 'Page not found',
    title: 'Page not found – Northwind MSP – SonicSaaS',
    aria: frame(scripted, null, 'Page not found', `
    - heading "Page not found" [level=1]
    - paragraph:
      - text: Check the address, or go to
      - link "Overview":
        - /url: /dashboard
      - text: .
`),
  });
});

test('an address outside the dashboard has a page of its own', async ({ page, listener, expectScreen }) => {
  listener.expect(/^status 404: GET .*\/nowhere$/, /^console error: .*status of 404/);
  const response = await page.goto('/nowhere');
  expect(response?.status()).toBe(404);
  await expectScreen({
    heading: 'Page not found',
    title: 'Page not found – SonicSaaS',
    aria: `
  - link "Skip to main content":
    - /url: "#main"
  - banner: SonicSaaS
  - main:
    - status
    - heading "Page not found" [level=1]
    - paragraph:
      - text: Check the address, or go to
      - link "Overview":
        - /url: /dashboard
      - text: .
`,
  });
});

test('another name of this machine leads to the right address', async ({ page, server, login }) => {
  await page.goto(`${server.url.replace('localhost', '127.0.0.1')}/dashboard?open=menu`);
  await expect(page).toHaveURL(`${server.url}/login?next=/dashboard%3Fopen%3Dmenu`);
  await expect(login.microsoft).toBeVisible();
});
