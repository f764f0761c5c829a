// The overview.

import type { Locator, Page } from '@playwright/test';

export class OverviewScreen {
  readonly heading: Locator;
  readonly access: Locator;
  readonly attention: Locator;
  readonly items: Locator;

  constructor(page: Page) {
    this.heading = page.getByRole('heading', { level: 1, name: 'Overview', exact: true });
    this.attention = page.getByRole('region', { name: 'Needs attention', exact: true });
    this.items = this.attention.getByRole('listitem');
    this.access = page.getByRole('region', { name: 'Your access', exact: true });
  }
}
