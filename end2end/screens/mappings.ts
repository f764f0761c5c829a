// SSO Group Mappings.

import { expect, type Locator, type Page } from '@playwright/test';

export const MAPPINGS = '/dashboard/security/group-mappings';

/** A group that is to be mapped. */
export interface Wanted {
  group: string;
  role: string;
  priority: string;
}

export class MappingsScreen {
  readonly #page: Page;
  readonly #scripted: boolean;
  readonly heading: Locator;
  readonly table: Locator;
  readonly rows: Locator;
  readonly add: Locator;
  readonly edit: Locator;
  readonly group: Locator;
  readonly search: Locator;
  readonly options: Locator;
  readonly objectId: Locator;
  readonly byId: Locator;
  readonly byName: Locator;
  readonly changeGroup: Locator;
  readonly role: Locator;
  readonly priority: Locator;
  readonly preview: Locator;
  readonly showPreview: Locator;
  readonly submit: Locator;
  readonly save: Locator;
  readonly alert: Locator;
  readonly test: Locator;
  readonly who: Locator;
  readonly explain: Locator;
  readonly rules: Locator;

  constructor(page: Page, scripted: boolean) {
    this.#page = page;
    this.#scripted = scripted;
    const region = (name: string): Locator => page.getByRole('region', { name, exact: true });
    const button = (name: string): Locator => page.getByRole('button', { name, exact: true });
    this.heading = page.getByRole('heading', { level: 1, name: 'SSO Group Mappings', exact: true });
    this.table = page.getByRole('table', { name: 'SSO group mappings', exact: true });
    this.rows = this.table.getByRole('row').filter({ has: page.getByRole('rowheader') });
    this.add = region('Add mapping');
    this.edit = region('Edit mapping');
    this.group = page.getByRole(scripted ? 'combobox' : 'textbox', { name: 'Group', exact: true });
    this.search = button('Search groups');
    this.options = page.getByRole('listbox', { name: 'Groups', exact: true }).getByRole('option');
    this.objectId = page.getByRole('textbox', { name: 'Group Object ID', exact: true });
    this.byId = button('Enter an Object ID instead');
    this.byName = button('Search by name instead');
    this.changeGroup = button('Change group');
    this.role = page.getByRole('combobox', { name: 'Role', exact: true });
    this.priority = page.getByLabel('Priority', { exact: true });
    this.preview = region('What will change');
    this.showPreview = button('Preview changes');
    this.submit = button('Add mapping');
    this.save = button('Save mapping');
    this.alert = page.getByRole('alert');
    this.test = region('Test another account');
    this.who = page.getByRole('textbox', { name: 'Email address or Object ID', exact: true });
    this.explain = button('Explain access');
    this.rules = page.getByRole('list', { name: 'How the role was decided', exact: true }).getByRole('listitem');
  }

  /** What the page says has happened. */
  said(text: string | RegExp): Locator {
    return this.#page.getByRole('status').filter({ hasText: text });
  }

  /** The row of a group. */
  row(group: string): Locator {
    return this.rows.filter({ has: this.#page.getByRole('rowheader', { name: new RegExp(`^${group}\\b`) }) });
  }

  /** An option, or without a script a radio. */
  found(group: string): Locator {
    return this.#scripted
      ? this.options.filter({ hasText: group })
      : this.#page.getByRole('radio', { name: new RegExp(`^${group}`) });
  }

  /** Searches for a group and chooses it. */
  async choose(group: string): Promise<void> {
    await this.group.fill(group);
    if (this.#scripted) {
      await this.found(group).click();
      await expect(this.changeGroup).toBeVisible();
    } else {
      await this.search.click();
      await this.found(group).check();
    }
  }

  /** Fills the form of a new mapping. */
  async fill({ group, role, priority }: Wanted): Promise<void> {
    await this.choose(group);
    await this.role.selectOption(role);
    await this.priority.fill(priority);
  }

  /** What will change, once the page knows. */
  async previews(text: string | RegExp): Promise<void> {
    if (!this.#scripted) {
      await this.showPreview.click();
    }
    await expect(this.preview).toContainText(text);
  }
}
