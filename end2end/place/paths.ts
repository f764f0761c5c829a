// Where the built programs and the built site are.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../..', import.meta.url));

function built(variable: string, path: string, make: string): string {
  const chosen = process.env[variable] ?? `${repository}${path}`;
  if (!existsSync(chosen)) {
    throw new Error(`${chosen} is missing. Build it first: ${make}. Or name another with ${variable}.`);
  }
  return chosen;
}

/** The server and command line of the product. Its `hash.txt` lies beside it. */
export function product(): string {
  return built('SONICSAAS_BIN', 'target/release/sonicsaas', 'cargo leptos build --release --split --precompress');
}

/** The emulator of Microsoft Entra ID and Microsoft Graph. */
export function emulator(): string {
  return built('EMULATOR_BIN', 'target/release/entra-emulator', 'cargo build --release -p entra-emulator');
}

/** What the browser loads. */
export function site(): string {
  return built('SITE_ROOT', 'target/site', 'cargo leptos build --release --split --precompress');
}
