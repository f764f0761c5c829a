// The product as it is deployed: the release build, configured by its environment, filled by its own commands.

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import * as paths from './paths.ts';
import { Program, run, type Surroundings } from './program.ts';

/** The demo registration of the emulator. */
const CLIENT = { id: '11111111-aaaa-4bbb-8ccc-222222222222', secret: 'emulator-secret-value' };

/** A team, as the command line prints it. */
export interface Team {
  id: string;
  name: string;
}

/** An event of the audit log, as far as the tests read it. */
export interface AuditEvent {
  team_id: string | null;
  actor: { kind: string; id: string | null; email: string | null };
  action: string;
  outcome: string;
  reason: string | null;
  details: Record<string, unknown>;
}

/** What `sonicsaas tenant register` takes. */
export interface Registration {
  tenant: string;
  disabled?: boolean;
  allowGuests?: boolean;
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, 'close');
  return port;
}

/** A configured server; it may run or not. */
export class Server {
  readonly #surroundings: Surroundings;
  readonly #program: string;
  #running: Program | undefined;
  /** The address that people use. */
  readonly url: string;

  private constructor(program: string, surroundings: Surroundings, url: string) {
    this.#program = program;
    this.#surroundings = surroundings;
    this.url = url;
  }

  /**
   * A server with an empty database of its own that takes `authority` for Microsoft. `changes` replaces variables of
   * its environment; an undefined one is left out.
   */
  static async configure(authority: string, changes: Record<string, string | undefined> = {}): Promise<Server> {
    const directory = await mkdtemp(join(tmpdir(), 'sonicsaas-end2end-'));
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const wanted: Record<string, string | undefined> = {
      LEPTOS_OUTPUT_NAME: 'sonicsaas',
      LEPTOS_SITE_ROOT: paths.site(),
      LEPTOS_SITE_ADDR: `127.0.0.1:${port}`,
      LEPTOS_HASH_FILES: 'true',
      LEPTOS_ENV: 'PROD',
      PUBLIC_URL: url,
      DATABASE_URL: `sqlite://${join(directory, 'sonicsaas.db')}`,
      MICROSOFT_ENTRA_ID_CLIENT_ID: CLIENT.id,
      MICROSOFT_ENTRA_ID_CLIENT_SECRET: CLIENT.secret,
      MICROSOFT_ENTRA_ID_AUTHORITY_HOST: authority,
      MICROSOFT_GRAPH_URL: authority,
      ...changes,
    };
    const given = Object.entries(wanted).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return new Server(paths.product(), { directory, variables: Object.fromEntries(given) }, url);
  }

  /** Starts serving, and waits until the database answers. */
  async start(): Promise<void> {
    const running = new Program(this.#program, ['serve'], this.#surroundings);
    this.#running = running;
    const patience = Date.now() + 20_000;
    while (!(await this.#isReady())) {
      if (!running.runs || Date.now() > patience) {
        await running.stop();
        throw running.problem('does not become ready');
      }
      await pause(50);
    }
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/readyz`)).ok;
    } catch {
      return false;
    }
  }

  /** Stops serving and removes everything it stored. */
  async stop(): Promise<void> {
    await this.#running?.stop();
    await rm(this.#surroundings.directory, { recursive: true, force: true });
  }

  /** Runs a command beside the server and returns the lines of JSON it printed. */
  async command(...words: string[]): Promise<Record<string, unknown>[]> {
    return await this.#command(words, '');
  }

  async #command(words: string[], input: string): Promise<Record<string, unknown>[]> {
    const finished = await run(this.#program, words, this.#surroundings, input);
    if (finished.code !== 0) {
      throw new Error(`sonicsaas ${words.join(' ')} ended with ${finished.code}\n${finished.stderr}`);
    }
    return finished.stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Makes a team; its owner has a password when one is given. */
  async createTeam(name: string, owner: { name: string; email: string; password?: string }): Promise<Team> {
    const words = ['team', 'create', '--name', name, '--owner-email', owner.email, '--owner-name', owner.name];
    const [printed] = owner.password === undefined
      ? await this.#command(words, '')
      : await this.#command([...words, '--password-stdin'], owner.password);
    return { id: String(printed?.team_id), name };
  }

  /** Registers the tenant, or changes its registration; the operator vouches for it. */
  async registerTenant(team: Team, { tenant, disabled, allowGuests }: Registration): Promise<void> {
    await this.command(
      'tenant', 'register', '--team', team.id, '--tenant-id', tenant, '--proven',
      ...(disabled ? ['--disabled'] : []),
      ...(allowGuests ? ['--allow-guests'] : []),
    );
  }

  /** A link that signs the person with this address in once. */
  async recoveryLink(email: string): Promise<string> {
    const [printed] = await this.command('user', 'recovery-link', '--email', email);
    return String(printed?.url);
  }

  /** What the running server wrote. */
  get log(): string {
    return this.#running?.output ?? '';
  }

  async addMapping(team: Team, group: string, role: string, priority: number): Promise<void> {
    await this.command(
      'mapping', 'add', '--team', team.id, '--group-id', group, '--role', role, '--priority', String(priority),
    );
  }

  /** Every event of every chain, the oldest first. */
  async audit(): Promise<AuditEvent[]> {
    return (await this.command('audit', 'export')) as unknown as AuditEvent[];
  }

  /** The one event that carries this reference. */
  async eventOf(reference: string): Promise<AuditEvent> {
    const found = (await this.audit()).filter((event) => event.details.correlation_id === reference);
    const [event, ...others] = found;
    if (event === undefined || others.length > 0) {
      throw new Error(`${found.length} events carry the reference ${reference}`);
    }
    return event;
  }
}
