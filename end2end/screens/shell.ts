// What surrounds every page of the dashboard.

import { expect, type Locator, type Page } from '@playwright/test';

export type Theme = 'System' | 'Light' | 'Dark';

export class Shell {
  readonly #page: Page;
  readonly #scripted: boolean;
  readonly skip: Locator;
  readonly header: Locator;
  readonly main: Locator;
  readonly mainMenu: Locator;
  readonly breadcrumb: Locator;
  readonly account: Locator;
  readonly signOut: Locator;
  readonly menu: Locator;
  readonly theme: Locator;
  readonly apply: Locator;

  constructor(page: Page, scripted: boolean) {
    this.#page = page;
    this.#scripted = scripted;
    this.skip = page.getByRole('link', { name: 'Skip to main content', exact: true });
    this.header = page.getByRole('banner');
    this.main = page.getByRole('main');
    this.mainMenu = page.getByRole('navigation', { name: 'Main', exact: true });
    this.breadcrumb = page.getByRole('navigation', { name: 'Breadcrumb', exact: true });
    this.account = this.header.getByRole('button', { name: /^Account: / });
    this.signOut = this.header.getByRole('button', { name: 'Sign out', exact: true });
    this.menu = page.getByRole('button', { name: 'Menu', exact: true });
    this.theme = page.getByRole('radiogroup', { name: 'Theme', exact: true });
    this.apply = page.getByRole('button', { name: 'Apply', exact: true });
  }

  /** A radio of the theme. */
  themed(theme: Theme): Locator {
    return this.theme.getByRole('radio', { name: theme, exact: true });
  }

  /** Opens a page of the dashboard and waits until it can be used. */
  async open(path = '/dashboard'): Promise<void> {
    await this.#page.goto(path);
    await this.ready();
  }

  /**
   * Waits until the page can be used. With script that is when it is hydrated: then a click on the account button is
   * taken by the script, and sends no form. The click is made twice, so that the menu is as it was.
   */
  async ready(): Promise<void> {
    await expect(this.account).toBeVisible();
    if (this.#scripted) {
      const isTaken = async (): Promise<boolean> =>
        await this.account.evaluate((button: HTMLButtonElement) => {
          const stop = (event: Event): void => event.preventDefault();
          const click = (): boolean =>
            !button.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
          button.form?.addEventListener('submit', stop);
          const taken = click();
          if (taken) click();
          button.form?.removeEventListener('submit', stop);
          return taken;
        });
      await expect.poll(isTaken, { message: 'the page is hydrated' }).toBe(true);
    }
  }
}
