// A team that begins: an owner with a password, and a tenant of its own at Microsoft that nobody has registered.

import { randomUUID } from 'node:crypto';

import type { Emulator } from './emulator.ts';
import type { Server, Team } from './server.ts';

/** What every newcomer's owner types. */
export const PASSWORD = 'three old bicycles by the lake';

/** The permissions that are asked for, as an administrator grants them. */
export const APPLICATION = ['Group.Read.All', 'GroupMember.Read.All', 'User.Read.All'];
export const DELEGATED = ['openid', 'profile', 'email', 'offline_access', 'User.Read', 'GroupMember.Read.All'];

export interface Newcomer {
  team: Team;
  owner: { name: string; email: string };
  tenant: string;
  domain: string;
  /** Somebody of the tenant. */
  colleague: { name: string; principal: string };
  /** Somebody who administers the tenant. */
  administrator: { name: string; principal: string };
}

/** The first name, at the domain. */
export function principalOf(name: string, domain: string): string {
  return `${name.split(' ')[0]?.toLowerCase()}@${domain}`;
}

/** Makes one. Nobody of its tenant has approved anything, unless `approved`. */
export async function newcomer(
  server: Server,
  emulator: Emulator,
  { approved = true, colleagueName = 'Dana Reyes', others = [] }: {
    approved?: boolean;
    colleagueName?: string;
    /** Names of more people of the tenant. */
    others?: string[];
  } = {},
): Promise<Newcomer> {
  const short = randomUUID().slice(0, 8);
  const domain = `meadow-${short}.example`;
  const tenant = randomUUID();
  const colleague = { name: colleagueName, principal: `dana@${domain}` };
  const administrator = { name: 'Adam Cole', principal: `adam@${domain}` };
  await emulator.addTenant({
    id: tenant,
    name: `Meadow ${short}`,
    domains: [domain],
    users: [colleague, administrator, ...others.map((name) => ({ name, principal: principalOf(name, domain) }))].map(
      ({ name, principal }) => ({ id: randomUUID(), name, principal }),
    ),
    groups: [{ id: randomUUID(), name: 'SonicSaaS-Operators', members: [colleague.principal] }],
    roles: [
      {
        id: randomUUID(),
        template: '62e90394-69f5-4237-9190-012177145e10',
        name: 'Global Administrator',
        members: [administrator.principal],
      },
    ],
    installation: approved
      ? { service_principal: randomUUID(), delegated: DELEGATED, application: APPLICATION }
      : {},
  });
  const owner = { name: 'Priya Shah', email: `priya-${short}@${domain}` };
  const team = await server.createTeam(`Meadow MSP ${short}`, { ...owner, password: PASSWORD });
  return { team, owner, tenant, domain, colleague, administrator };
}
