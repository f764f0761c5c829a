// One emulator, one server and one database: what each worker has to itself.

import { tmpdir } from 'node:os';

import { type Customer, lakeside, northwind } from './directory.ts';
import { Emulator } from './emulator.ts';
import { Server, type Team } from './server.ts';

/** Two teams with a tenant each, on a running server. */
export interface Place {
  emulator: Emulator;
  server: Server;
  teams: { northwind: Team; lakeside: Team };
}

async function add(server: Server, customer: Customer): Promise<Team> {
  const team = await server.createTeam(customer.name, customer.owner);
  await server.registerTenant(team, { tenant: customer.tenant });
  for (const { group, role, priority } of Object.values(customer.mappings)) {
    await server.addMapping(team, group, role, priority);
  }
  return team;
}

/** Starts everything, hands it over, and stops it again. `changes` replaces variables of the server's environment. */
export async function withPlace(
  use: (place: Place) => Promise<void>,
  changes: Record<string, string> = {},
): Promise<void> {
  const emulator = await Emulator.start({ directory: tmpdir(), variables: {} });
  try {
    const server = await Server.configure(emulator.url, changes);
    try {
      const teams = { northwind: await add(server, northwind), lakeside: await add(server, lakeside) };
      await server.start();
      await use({ emulator, server, teams });
    } finally {
      await server.stop();
    }
  } finally {
    await emulator.stop();
  }
}
