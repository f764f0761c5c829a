// Microsoft, as the tests see it: a process of its own, changed over its control API.
//
// What a test changes here holds for that test alone; every test begins with the demo directory.

import { randomUUID } from 'node:crypto';

import * as paths from './paths.ts';
import { Program, type Surroundings } from './program.ts';

/** What a coming token has wrong. The emulator refuses names it does not know. */
export interface TokenMutation {
  token?: 'id_token' | 'access_token';
  /** Claims to set; `null` removes one. */
  claims?: Record<string, unknown>;
  signature?: unknown;
  times?: number;
}

/** What goes wrong on a route. */
export interface Fault {
  route: string;
  status?: number;
  body?: string;
  times?: number;
  close?: boolean;
  delay_ms?: number;
  retry_after?: { seconds: number };
}

/** What a coming return from `/authorize` says instead. */
export interface Outcome {
  error: string;
  error_description?: string;
  error_subcode?: string;
}

/** The running emulator. */
export class Emulator {
  readonly #program: Program;
  /** Its origin: authority host and Graph host in one. */
  readonly url: string;

  private constructor(program: Program, url: string) {
    this.#program = program;
    this.url = url;
  }

  static async start(surroundings: Surroundings): Promise<Emulator> {
    const program = new Program(paths.emulator(), ['--listen', '127.0.0.1:0'], surroundings);
    const ready = await program.line(/listening on (http:\S+)/);
    return new Emulator(program, ready[1] ?? '');
  }

  async #control(operation: string, body: unknown = {}): Promise<unknown> {
    const response = await fetch(`${this.url}/_control/${operation}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer = await response.text();
    if (!response.ok) {
      throw new Error(`The emulator refused ${operation}: ${answer}`);
    }
    return JSON.parse(answer);
  }

  /** Back to the demo directory, with nothing wrong. */
  async reset(): Promise<void> {
    await this.#control('reset');
  }

  /** Makes a coming token wrong. */
  async mutate(mutation: TokenMutation): Promise<void> {
    await this.#control('mutations', mutation);
  }

  /** Puts a fault on a route until the end of the test. */
  async fault(fault: Fault): Promise<void> {
    await this.#control('faults', fault);
  }

  /** Sends the browser back with an error instead of asking who it is. */
  async outcome(outcome: Outcome): Promise<void> {
    await this.#control('outcomes', outcome);
  }

  /** Changes the application's registration, by members of the emulator's `Registration`. */
  async register(change: Record<string, unknown>): Promise<void> {
    await this.#control('registration', change);
  }

  /** Adds a security group with these members, and returns its object id. */
  async addGroup(tenant: string, name: string, members: string[]): Promise<string> {
    const id = randomUUID();
    await this.#control('groups/add', { tenant, group: { id, name, members } });
    return id;
  }

  /** Deletes a group. */
  async removeGroup(tenant: string, group: string): Promise<void> {
    await this.#control('groups/remove', { tenant, group });
  }

  /** Gives a group another name. */
  async renameGroup(tenant: string, group: string, name: string): Promise<void> {
    await this.#control('groups/change', { tenant, group, set: { name } });
  }

  /** Adds a tenant, in the form of the emulator's seeds. */
  async addTenant(tenant: Record<string, unknown>): Promise<void> {
    await this.#control('tenants/add', tenant);
  }

  /** Changes what a tenant decided about the application. */
  async install(tenant: string, set: Record<string, unknown>): Promise<void> {
    await this.#control('installation', { tenant, set });
  }

  /** Makes somebody a direct member of a group. */
  async addMember(tenant: string, group: string, member: string): Promise<void> {
    await this.#control('members/add', { tenant, group, member });
  }

  /** Ends a direct membership. */
  async removeMember(tenant: string, group: string, member: string): Promise<void> {
    await this.#control('members/remove', { tenant, group, member });
  }

  async stop(): Promise<void> {
    await this.#program.stop();
  }
}
