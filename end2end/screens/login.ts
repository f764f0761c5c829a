// The sign-in page.

import { expect, type Locator, type Page } from '@playwright/test';

export class LoginScreen {
  readonly #page: Page;
  readonly heading: Locator;
  readonly microsoft: Locator;
  readonly otherAccount: Locator;
  readonly alert: Locator;
  readonly status: Locator;
  readonly copyReference: Locator;
  readonly copyMessage: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.heading = page.getByRole('heading', { level: 1, name: 'Sign in to SonicSaaS', exact: true });
    this.microsoft = page.getByRole('button', { name: 'Sign in with Microsoft', exact: true });
    this.otherAccount = page.getByRole('link', { name: 'Use a different Microsoft account', exact: true });
    this.alert = page.getByRole('alert');
    this.status = page.getByRole('status');
    this.copyReference = this.alert.getByRole('button', { name: 'Copy reference', exact: true });
    this.copyMessage = this.alert.getByRole('button', { name: 'Copy message', exact: true });
  }

  /** Opens the page with this query. */
  async open(query: Record<string, string> = {}): Promise<void> {
    const text = new URLSearchParams(query).toString();
    await this.#page.goto(text === '' ? '/login' : `/login?${text}`);
    await expect(this.heading).toBeVisible();
  }

  /** The heading of a refusal. */
  refusal(words: string): Locator {
    return this.alert.getByRole('heading', { level: 2, name: words, exact: true });
  }

  /** Waits for this refusal, and returns the reference that is printed with it. */
  async reference(words: string): Promise<string> {
    await expect(this.refusal(words)).toBeVisible();
    const printed = /Reference:\s*([0-9A-HJKMNP-TV-Z]{26})\b/.exec(await this.alert.innerText());
    expect(printed, 'a reference is printed').not.toBeNull();
    return printed?.[1] ?? '';
  }
}
