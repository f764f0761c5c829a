// A program that runs beside the tests, and what it wrote.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A program that ran to its end. */
export interface Finished {
  code: number;
  stdout: string;
  stderr: string;
}

/** Where and how a program runs. Nothing of the tests' own environment reaches it but `PATH`. */
export interface Surroundings {
  directory: string;
  variables: Record<string, string>;
}

function environment(surroundings: Surroundings): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, ...surroundings.variables };
}

/** Runs a program to its end, with `input` on its standard input. */
export async function run(
  file: string,
  words: readonly string[],
  surroundings: Surroundings,
  input = '',
): Promise<Finished> {
  return await new Promise((resolve) => {
    const options = {
      cwd: surroundings.directory,
      env: environment(surroundings),
      maxBuffer: 64 * 1024 * 1024,
      timeout: 30_000,
    };
    const child = execFile(file, [...words], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, stdout, stderr: code === -1 ? `${String(error)}\n${stderr}` : stderr });
    });
    // Whoever reads nothing may have ended before this is written. How it ended is told by its code.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}

/** A program that runs until it is stopped. */
export class Program {
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #output: string[] = [];
  readonly #listeners = new Set<(line: string) => void>();
  #failure: Error | undefined;

  constructor(file: string, words: readonly string[], surroundings: Surroundings) {
    this.#name = file;
    this.#child = spawn(file, [...words], {
      cwd: surroundings.directory,
      env: environment(surroundings),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.on('error', (error) => {
      this.#failure = error;
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) {
        createInterface({ input: stream }).on('line', (line) => {
          this.#output.push(line);
          this.#listeners.forEach((listener) => listener(line));
        });
      }
    }
  }

  /** Everything it wrote so far. */
  get output(): string {
    return this.#output.join('\n');
  }

  /** Whether it still runs. */
  get runs(): boolean {
    return this.#failure === undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** An error about this program, with what it wrote. */
  problem(what: string): Error {
    return new Error(`${this.#name} ${what}${this.#failure ? `: ${this.#failure.message}` : ''}\n${this.output}`);
  }

  /** Waits until it writes a line that fits. */
  async line(wanted: RegExp, milliseconds = 20_000): Promise<RegExpExecArray> {
    return await new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(limit);
        this.#listeners.delete(look);
        this.#child.off('exit', ended);
        this.#child.off('error', ended);
        act();
      };
      const look = (line: string): void => {
        const found = wanted.exec(line);
        if (found) {
          settle(() => resolve(found));
        }
      };
      const ended = (): void => settle(() => reject(this.problem('ended early')));
      const limit = setTimeout(() => settle(() => reject(this.problem(`wrote no ${String(wanted)}`))), milliseconds);
      this.#listeners.add(look);
      this.#child.on('exit', ended);
      this.#child.on('error', ended);
      this.#output.forEach(look);
      if (!this.runs) {
        ended();
      }
    });
  }

  /** Asks it to stop, and waits; kills it when it does not. */
  async stop(): Promise<void> {
    if (!this.runs) {
      return;
    }
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const limit = setTimeout(() => this.#child.kill('SIGKILL'), 30_000);
    await ended;
    clearTimeout(limit);
  }
}
