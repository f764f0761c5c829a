// Integrations and the page of Microsoft Entra ID.

import { expect, type Locator, type Page } from '@playwright/test';

export const ENTRA = '/dashboard/integrations/entra';

/** The six steps of the connection test. */
export const STEPS = [
  'Check the Tenant ID',
  'Find the tenant at Microsoft',
  'Get an access token',
  'Search groups',
  'List group members',
  'Read groups when there are too many',
] as const;

export class EntraScreen {
  readonly #page: Page;
  readonly heading: Locator;
  readonly form: Locator;
  readonly tenantId: Locator;
  readonly enabled: Locator;
  readonly allowGuests: Locator;
  readonly save: Locator;
  readonly test: Locator;
  readonly discard: Locator;
  readonly unsaved: Locator;
  readonly alert: Locator;
  readonly facts: Locator;
  readonly testRegion: Locator;
  readonly steps: Locator;
  readonly running: Locator;
  readonly cancelTest: Locator;
  readonly ownership: Locator;
  readonly verify: Locator;
  readonly confirm: Locator;
  readonly consent: Locator;
  readonly grant: Locator;
  readonly guests: Locator;
  readonly conditionalAccess: Locator;
  readonly failures: Locator;
  readonly disconnect: Locator;
  readonly card: Locator;

  constructor(page: Page) {
    this.#page = page;
    const region = (name: string): Locator => page.getByRole('region', { name, exact: true });
    this.heading = page.getByRole('heading', { level: 1, name: 'Microsoft Entra ID', exact: true });
    this.form = page.getByRole('form', { name: 'Microsoft Entra ID settings', exact: true });
    this.tenantId = page.getByRole('textbox', { name: 'Tenant ID', exact: true });
    this.enabled = page.getByRole('switch', { name: 'Enabled', exact: true });
    this.allowGuests = page.getByRole('switch', { name: 'Allow guests', exact: true });
    this.save = page.getByRole('button', { name: 'Save', exact: true });
    this.test = page.getByRole('button', { name: 'Test Connection', exact: true });
    this.discard = page.getByRole('link', { name: 'Discard changes', exact: true });
    this.unsaved = page.getByText('You have unsaved changes', { exact: true });
    this.alert = page.getByRole('alert');
    this.facts = region('Connection status');
    this.testRegion = region('Connection test');
    this.steps = page.getByRole('list', { name: 'Connection test steps', exact: true }).getByRole('listitem');
    this.running = page.getByRole('progressbar', { name: 'Connection test', exact: true });
    this.cancelTest = page.getByRole('button', { name: 'Cancel test', exact: true });
    this.ownership = region('Ownership');
    this.verify = this.ownership.getByRole('button', { name: 'Verify ownership', exact: true });
    this.confirm = page.getByRole('button', { name: 'Confirm ownership', exact: true });
    this.consent = region('Admin consent');
    this.grant = page.getByRole('link', { name: 'Grant admin consent', exact: true });
    this.guests = region('Guest sign-in');
    this.conditionalAccess = region('Conditional Access');
    this.failures = page.getByRole('table', { name: 'Recent sign-in failures', exact: true });
    this.disconnect = page.getByRole('link', { name: 'Disconnect Microsoft Entra ID', exact: true });
    this.card = page.getByRole('article', { name: 'Microsoft Entra ID', exact: true });
  }

  /** What the page says has happened. */
  said(text: string | RegExp): Locator {
    return this.#page.getByRole('status').filter({ hasText: text });
  }

  /** Step by number, from 1. */
  step(number: number): Locator {
    return this.steps.nth(number - 1);
  }

  /** Presses Save and waits for what the page says of it. */
  async saves(text: string | RegExp): Promise<void> {
    await this.save.click();
    await expect(this.said(text)).toBeVisible();
  }
}
