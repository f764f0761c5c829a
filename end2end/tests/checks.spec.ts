// The checks of every screen, on screens that are broken on purpose: a check that finds nothing here proves nothing
// elsewhere.

import { expectAccessible, expectNoSidewaysScroll } from '../checks/screen.ts';
import { expect, test } from '../fixtures.ts';

test('axe finds a picture without words', async ({ page, scripted, login }) => {
  await login.open();
  await expectAccessible(page, scripted, 'as it is');
  await page.evaluate(() => {
    const picture = document.createElement('img');
    picture.src = '/favicon.svg';
    document.querySelector('main')?.append(picture);
  });
  await expect(expectAccessible(page, scripted, 'with a picture')).rejects.toThrow(/image-alt/);
});

test('axe finds text that cannot be read', async ({ page, scripted, login }) => {
  await login.open();
  await page.evaluate(() => {
    const paragraph = document.querySelector<HTMLElement>('main p');
    paragraph?.style.setProperty('color', '#888');
    paragraph?.style.setProperty('background', '#999');
  });
  await expect(expectAccessible(page, scripted, 'grey on grey')).rejects.toThrow(/color-contrast/);
});

test('a screen that is too wide is found', async ({ page, login }) => {
  await page.setViewportSize({ width: 320, height: 800 });
  await login.open();
  await expectNoSidewaysScroll(page, 320);
  await page.evaluate(() => {
    document.querySelector<HTMLElement>('h1')?.style.setProperty('min-width', '400px');
  });
  await expect(expectNoSidewaysScroll(page, 320)).rejects.toThrow(/no sideways scroll/);
});

test('what the policy forbids is heard', async ({ page, login, listener }) => {
  await login.open();
  listener.expect(/^console error: .*Content Security Policy/);
  await page.evaluate(() => {
    const style = document.createElement('style');
    style.textContent = 'h1 { color: red }';
    document.head.append(style);
  });
  await expect(login.heading).not.toHaveCSS('color', 'rgb(255, 0, 0)');
});

test('a screen with other content than expected is found', async ({ page, login }) => {
  await login.open();
  const main = `
    - main:
      - status
      - heading "Sign in to SonicSaaS" [level=1]
      - button "Sign in with Microsoft"
      - paragraph: Use your work or school account.
      - link "Use a different Microsoft account"
      - paragraph: or
      - form "Sign in with email"
  `;
  const found = page.getByRole('main');
  await expect(found).toMatchAriaSnapshot(main);
  await expect(found).not.toMatchAriaSnapshot(main.replace(/.*paragraph.*\n/, ''));
  await expect(found).not.toMatchAriaSnapshot(`${main}    - paragraph: More\n`);
});
