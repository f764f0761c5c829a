import { expect, test } from '../fixtures.ts';
import { lakeside, northwind, type Mapping, type Person } from '../place/directory.ts';

type Role = 'Admin' | 'Operator' | 'Member' | 'Auditor' | 'Viewer';

interface Arrival {
  person: Person;
  /** Why this person is worth a test. */
  because: string;
  team: 'Northwind MSP' | 'Lakeside IT';
  role: Role;
  /** The mapping that gives the role; the default role without one. */
  mapping?: Mapping;
}

const ours = { team: 'Northwind MSP' } as const;
const theirs = { team: 'Lakeside IT' } as const;

const arrivals: Arrival[] = [
  { person: 'Adam Cole', because: 'a group maps to admin', ...ours, role: 'Admin', mapping: northwind.mappings.admins },
  { person: 'Dana Reyes', because: 'a group maps to operator', ...ours, role: 'Operator', mapping: northwind.mappings.operators },
  { person: 'Mia Novak', because: 'a group maps to member', ...ours, role: 'Member', mapping: northwind.mappings.members },
  { person: 'Ines Duarte', because: 'a group maps to auditor', ...ours, role: 'Auditor', mapping: northwind.mappings.auditors },
  { person: 'Vic Tran', because: 'a group maps to viewer', ...ours, role: 'Viewer', mapping: northwind.mappings.viewers },
  { person: 'Theo Lund', because: 'the highest priority decides', ...ours, role: 'Operator', mapping: northwind.mappings.operators },
  { person: 'Nils Berg', because: 'nested groups count', ...ours, role: 'Operator', mapping: northwind.mappings.operators },
  { person: 'Olga Many', because: '201 groups are read from Graph', ...ours, role: 'Operator', mapping: northwind.mappings.operators },
  { person: 'Priya Shah', because: 'no mapped group gives the default role', ...ours, role: 'Member' },
  { person: '李小龍', because: 'names need no Latin letters', ...ours, role: 'Member' },
  { person: 'Renée O\'Brien "Ren"', because: 'names may hold quotes', ...ours, role: 'Member' },
  { person: 'Farah Malik', because: 'another tenant leads to another team', ...theirs, role: 'Admin', mapping: lakeside.mappings.admins },
  { person: 'Omar Diaz', because: 'each team has its own mappings', ...theirs, role: 'Operator', mapping: lakeside.mappings.operators },
  { person: 'Vera Lindqvist', because: 'priority 0 counts too', ...theirs, role: 'Viewer', mapping: lakeside.mappings.viewers },
  { person: 'Ben Okafor', because: 'the default role is in every team', ...theirs, role: 'Member' },
  { person: 'Dana Reyes of Fabrikam', because: "an address of another tenant opens nobody else's account", ...theirs, role: 'Operator', mapping: lakeside.mappings.operators },
];

const article = (role: Role): string => (/^[AO]/.test(role) ? `an ${role}` : `a ${role}`);

for (const { person, because, team, role, mapping } of arrivals) {
  test(`${person} is ${article(role)} of ${team}: ${because}`, async ({ page, overview, shell, signedIn }) => {
    await signedIn.as(person);
    await expect(page).toHaveURL('/dashboard');
    const source = mapping ? `Group: ${mapping.group}, priority ${mapping.priority}` : 'Default role';
    await expect(overview.access).toContainText(`You are ${article(role)} of ${team}.`);
    await expect(overview.access.getByText(source, { exact: true })).toBeVisible();
    await expect(overview.access.getByRole('time')).toHaveText(/^\d{1,2} [A-Z][a-z]{2} \d{4}, \d{2}:\d{2} UTC$/);
    await expect(shell.header.getByText(team, { exact: true })).toBeVisible();
    const name = person.replace(/ of Fabrikam$/, '');
    await expect(shell.account).toHaveAccessibleName(`Account: ${name}`);
  });
}

test('signing in twice makes one member', async ({ page, server, teams, signedIn, overview }) => {
  const members = async (): Promise<number> => {
    const rows = await server.command('team', 'list');
    return Number(rows.find((row) => row.team_id === teams.northwind.id)?.members);
  };
  await signedIn.as('Ines Duarte');
  const before = await members();
  await page.context().clearCookies();
  await signedIn.as('Ines Duarte');
  await expect(overview.access).toContainText('You are an Auditor of Northwind MSP.');
  expect(await members()).toBe(before);
});

test('the sign-in and the new member are audited in the chain of the team', async ({ server, teams, signedIn }) => {
  await signedIn.as('Noor Haddad');
  const events = (await server.audit()).filter((event) => event.team_id === teams.northwind.id);
  const signIns = events.filter(({ action, outcome }) => action === 'sign_in' && outcome === 'success');
  expect(signIns.at(-1)?.details.method).toBe('sso');
  expect(events.filter(({ action }) => action === 'member.provisioned')).not.toEqual([]);
});

test('whom Microsoft does not let in stays there', async ({ context, microsoft, login, page }) => {
  await login.open();
  await login.microsoft.click();
  await microsoft.person('Leo Blanc').click();
  await expect(microsoft.trouble).toBeVisible();
  expect((await context.cookies()).filter(({ name }) => name === 'session')).toEqual([]);
  await page.goto('/dashboard');
  await expect(login.heading).toBeVisible();
});

test('no token reaches the browser', async ({ context, page, signedIn }) => {
  const seen: string[] = [];
  page.on('response', (response) => {
    void response.allHeaders().then((headers) => seen.push(response.url(), JSON.stringify(headers)));
  });
  await signedIn.as('Dana Reyes');
  const cookies = await context.cookies();
  const kept = JSON.stringify(await context.storageState());
  expect([...seen, kept, await page.content(), page.url()].join('\n')).not.toMatch(/eyJ[A-Za-z0-9_-]{20,}/);
  const session = cookies.find(({ name }) => name === 'session');
  expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/', expires: -1 });
});
