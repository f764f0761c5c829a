// The overview.

import type { Locator, Page } from '@playwright/test';

export class OverviewScreen {
  readonly heading: Locator;
  readonly access: Locator;

  constructor(page: Page) {
    this.heading = page.getByRole('heading', { level: 1, name: 'Overview', exact: true });
    this.access = page.getByRole('region', { name: 'Your access', exact: true });
  }
}
