// Members of a mapped group, and inviting them.

import { expect, type Locator, type Page } from '@playwright/test';

export class GroupMembersScreen {
  readonly #page: Page;
  readonly #scripted: boolean;
  readonly table: Locator;
  readonly rows: Locator;
  readonly all: Locator;
  readonly inviteAll: Locator;
  readonly bar: Locator;
  readonly results: Locator;
  readonly check: Locator;
  readonly download: Locator;
  readonly cancel: Locator;

  constructor(page: Page, scripted: boolean) {
    this.#page = page;
    this.#scripted = scripted;
    this.table = page.getByRole('table', { name: /^Members of / });
    this.rows = this.table.getByRole('row').filter({ has: page.getByRole('rowheader') });
    this.all = page.getByRole('checkbox', { name: 'Select all not invited', exact: true });
    this.inviteAll = page.getByRole('button', { name: /^Invite all not invited/ });
    this.bar = page.getByRole('progressbar', { name: 'Invitations sent', exact: true });
    this.results = page.getByRole('table', { name: 'Invitation results', exact: true });
    this.check = page.getByRole('link', { name: 'Check progress', exact: true });
    this.download = page.getByRole('link', { name: 'Download results (CSV)', exact: true });
    this.cancel = page.getByRole('link', { name: 'Cancel', exact: true });
  }

  heading(name: string): Locator {
    return this.#page.getByRole('heading', { level: 1, name, exact: true });
  }

  select(person: string): Locator {
    return this.#page.getByRole('checkbox', { name: `Select ${person}`, exact: true });
  }

  /** Without a script nobody counts who is chosen. */
  inviteSelected(count: number): Locator {
    const name = this.#scripted ? `Invite selected (${count})` : 'Invite selected';
    return this.#page.getByRole('button', { name, exact: true });
  }

  button(name: string): Locator {
    return this.#page.getByRole('button', { name, exact: true });
  }

  filter(name: string): Locator {
    return this.#page.getByRole('navigation', { name: 'Show' }).getByRole('link', { name, exact: true });
  }

  said(words: string | RegExp): Locator {
    return this.#page.getByRole('status').filter({ hasText: words }).first();
  }

  /** Waits until nobody is left to be invited. */
  async ended(): Promise<void> {
    if (this.#scripted) {
      await expect(this.results).toBeVisible({ timeout: 30_000 });
      return;
    }
    await expect(async () => {
      if (await this.check.isVisible()) await this.check.click();
      await expect(this.results).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 30_000 });
  }
}
