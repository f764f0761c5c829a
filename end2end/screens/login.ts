// The sign-in page.

import { expect, type Locator, type Page } from '@playwright/test';

/** The form in the accessible tree. */
export function emailForm(scripted: boolean): string {
  return `
    - form "Sign in with email":
      - heading "Sign in with email" [level=2]
      - text: Email address
      - textbox "Email address"
      - text: Password
      - textbox "Password"
${scripted ? '      - button "Show password"\n' : ''}      - button "Sign in"
      - paragraph: Forgot your password? Ask the platform administrator for a recovery link.
`;
}

/** Both ways in, below the heading. */
export function waysIn(scripted: boolean): string {
  return `
    - button "Sign in with Microsoft"
    - paragraph: Use your work or school account.
    - link "Use a different Microsoft account":
      - /url: /^\\/api\\/auth\\/signin\\/microsoft-entra-id\\?/
    - paragraph: or${emailForm(scripted)}`;
}

export class LoginScreen {
  readonly #page: Page;
  readonly heading: Locator;
  readonly microsoft: Locator;
  readonly otherAccount: Locator;
  readonly alert: Locator;
  readonly status: Locator;
  readonly copyReference: Locator;
  readonly copyMessage: Locator;
  readonly form: Locator;
  readonly email: Locator;
  readonly password: Locator;
  readonly showPassword: Locator;
  readonly signIn: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.heading = page.getByRole('heading', { level: 1, name: 'Sign in to SonicSaaS', exact: true });
    this.microsoft = page.getByRole('button', { name: 'Sign in with Microsoft', exact: true });
    this.otherAccount = page.getByRole('link', { name: 'Use a different Microsoft account', exact: true });
    this.alert = page.getByRole('alert');
    this.status = page.getByRole('status');
    this.copyReference = this.alert.getByRole('button', { name: 'Copy reference', exact: true });
    this.copyMessage = this.alert.getByRole('button', { name: 'Copy message', exact: true });
    this.form = page.getByRole('form', { name: 'Sign in with email', exact: true });
    this.email = page.getByRole('textbox', { name: 'Email address', exact: true });
    this.password = page.getByLabel('Password', { exact: true });
    this.showPassword = page.getByRole('button', { name: 'Show password', exact: true });
    this.signIn = page.getByRole('button', { name: 'Sign in', exact: true });
  }

  /** Opens the page with this query. */
  async open(query: Record<string, string> = {}): Promise<void> {
    const text = new URLSearchParams(query).toString();
    await this.#page.goto(text === '' ? '/login' : `/login?${text}`);
    await expect(this.heading).toBeVisible();
  }

  /** Types both and sends them. */
  async send(email: string, password: string): Promise<void> {
    await this.email.fill(email);
    await this.password.fill(password);
    await this.signIn.click();
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
