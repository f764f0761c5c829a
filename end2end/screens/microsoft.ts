// Microsoft's pages, as the emulator shows them.

import type { Locator, Page } from '@playwright/test';

import { people, type Person } from '../place/directory.ts';

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

export class MicrosoftScreen {
  readonly #page: Page;
  readonly pickAccount: Locator;
  readonly cancel: Locator;
  readonly signedOut: Locator;
  readonly trouble: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.pickAccount = page.getByRole('heading', { level: 1, name: 'Pick an account', exact: true });
    this.cancel = page.getByRole('button', { name: 'Cancel', exact: true });
    this.signedOut = page.getByRole('heading', { level: 1, name: 'You signed out of your account', exact: true });
    this.trouble = page.getByText('Sorry, but we’re having trouble signing you in.', { exact: true });
  }

  /** Somebody on the person picker who is not of the demo directory, by the account. */
  account(principal: string): Locator {
    return this.#page.getByRole('button', { name: new RegExp(` ${escaped(principal)} `) });
  }

  /** Somebody on the person picker. The name holds the account, because two people may have one name. */
  person(person: Person): Locator {
    return this.#page.getByRole('button', { name: new RegExp(` ${escaped(people[person])} `) });
  }
}
