// The page that lists what is asked of Microsoft.

import { expect, type Locator, type Page } from '@playwright/test';

const paragraph = (words: string): string => `\n    - paragraph: ${words}`;

const GRAPH = [
  ['Group.Read.All', 'Application', 'find groups by name, show their names', 'searching groups in SSO Group Mappings', 'enter Group Object IDs by hand'],
  ['User.Read.All', 'Application', 'read names and email of group members', 'View members, group invitations (optional)', 'View members shows the admin-consent prompt'],
  ['GroupMember.Read.All', 'Application', 'read who is in a mapped group', 'View members, group invitations (optional)', 'View members shows the admin-consent prompt'],
  ['GroupMember.Read.All', 'Delegated', "read the signed-in person's own groups", 'people in more than 150 groups (optional)', 'they may be refused'],
] as const;

const SIGN_IN = [
  ['openid', 'sign the person in'],
  ['profile', "read the person's name"],
  ['email', "read the person's email address"],
  ['User.Read', "read the signed-in person's own profile"],
] as const;

export const graphColumns = ['Permission', 'Type', 'What SonicSaaS does with it', 'Needed for', 'Without it'];

/** The rows of the first table as a visitor reads them. */
export const graphRows: readonly (readonly string[])[] = GRAPH;

/** The rows of the second. */
export const signInRows: readonly (readonly string[])[] = SIGN_IN;

export class PermissionsScreen {
  readonly #page: Page;
  readonly heading: Locator;
  readonly status: Locator;
  readonly copy: Locator;
  readonly graph: Locator;
  readonly signIn: Locator;
  readonly grant: Locator;
  readonly list: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.heading = page.getByRole('heading', { level: 1, name: 'Permissions We Request', exact: true });
    this.status = page.getByRole('status');
    this.copy = page.getByRole('button', { name: 'Copy permission list', exact: true });
    this.graph = page.getByRole('table', { name: 'Microsoft Graph permissions', exact: true });
    this.signIn = page.getByRole('table', { name: 'Sign-in permissions', exact: true });
    this.grant = page.getByRole('link', { name: 'Grant admin consent', exact: true });
    this.list = page.getByRole('region', { name: 'Changes', exact: true });
  }

  /** Opens the page. */
  async open(): Promise<void> {
    await this.#page.goto('/permissions');
    await expect(this.heading).toBeVisible();
  }

  /** What a table holds, row by row, without its header. */
  async rows(table: Locator): Promise<string[][]> {
    const rows: string[][] = [];
    for (const row of (await table.getByRole('row').all()).slice(1)) {
      const cells = row.getByRole('rowheader').or(row.getByRole('cell'));
      rows.push((await cells.allTextContents()).map((words) => words.trim()));
    }
    return rows;
  }
}

/** The page's accessible tree below its heading, as a visitor gets it. */
export function content(scripted: boolean): string {
  const table = (columns: readonly string[], rows: readonly (readonly string[])[], name: string): string =>
    [
      `\n    - region "${name}":`,
      `      - heading "${name}" [level=2]`,
      `      - table "${name}":`,
      `        - rowgroup:`,
      `          - row "${columns.join(' ')}":`,
      ...columns.map((column) => `            - columnheader "${column}"`),
      `        - rowgroup:`,
      ...rows.flatMap(([first = '', ...rest]) => [
        `          - row ${JSON.stringify([first, ...rest].join(' '))}:`,
        `            - rowheader "${first}":`,
        `              - code: ${first}`,
        ...rest.map((words) => `            - cell ${JSON.stringify(words)}`),
      ]),
    ].join('\n');
  const note =
    '\n      - paragraph: "Group.Read.All is wider than what we use: Microsoft also lets it read conversations of Microsoft 365 groups. SonicSaaS calls only the group list and group names with it."';
  const section = (name: string, body: string): string =>
    `\n    - region "${name}":\n      - heading "${name}" [level=2]\n${body}`;
  return [
    paragraph('SonicSaaS reads groups, their members and their names. It asks for no permission to change anything in your Microsoft tenant.'),
    scripted ? '\n    - button "Copy permission list"' : '',
    '\n    - status',
    table(graphColumns, graphRows, 'Microsoft Graph permissions'),
    note,
    table(['Permission', 'What SonicSaaS does with it'], signInRows, 'Sign-in permissions'),
    section('What we store', '      - paragraph: Tenant ID, Object ID, name, email, which mapped groups decided the role, sign-in times and addresses.'),
    section('What we never do', '      - paragraph: We never write to your tenant, never see Microsoft passwords, and never read mail, files, calendars or conversations.'),
    section(
      'How to remove access',
      '      - list:\n        - listitem: Ask an owner or admin of your SonicSaaS team to select Disconnect Microsoft Entra ID.\n        - listitem: Delete the app at Microsoft Entra admin center > Enterprise applications > SonicSaaS.',
    ),
    section('Changes', '      - term:\n        - time: /\\d+ [A-Z][a-z]{2} \\d{4}/\n      - definition: First version of this list.'),
    '\n',
  ].join('');
}
