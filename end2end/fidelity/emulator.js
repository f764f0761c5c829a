/**
 * The emulator's own binary on free ports, its control API, and a person who goes through its pages.
 *
 * The client libraries under test are used as they come. Nothing here replaces their HTTP, because what they send and
 * what they make of the answers is the test.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import graphClient from '@microsoft/microsoft-graph-client';

const here = dirname(fileURLToPath(import.meta.url));

export const clientId = '11111111-aaaa-4bbb-8ccc-222222222222';
export const clientSecret = 'emulator-secret-value';
export const redirectUri = 'http://localhost:3000/api/auth/callback/microsoft-entra-id';
export const contoso = '3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70';
export const fabrikam = '8d2f6b0c-51e3-4a7b-b3c9-6e0f1a2d4c58';
export const dana = '126e79e2-e6ca-41d6-a1ad-bc4e10bfa287';

/** Where cargo put the binary. */
function binary() {
  const target = process.env.CARGO_TARGET_DIR ?? resolve(here, '../../target');
  return process.env.ENTRA_EMULATOR ?? join(target, 'debug/entra-emulator');
}

/** Starts an emulator and waits until both of its listeners say where they are. */
export async function start() {
  const child = spawn(binary(), ['--listen', '127.0.0.1:0', '--tls', '127.0.0.1:0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((done, failed) => {
    child.once('exit', done);
    child.once('error', failed);
  });
  const found = {};
  const ready = (async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      const address = /listening on (https?):\/\/(\S+)$/.exec(line);
      if (address) found[address[1]] = address[2];
      if (found.http && found.https) return;
    }
    throw new Error('the emulator ended before it listened');
  })();
  await Promise.race([ready, ended.then((code) => Promise.reject(new Error(`the emulator ended with ${code}`)))]);
  const port = found.https.split(':').at(-1);
  const http = `http://${found.http}`;

  async function control(operation, body) {
    const answer = await fetch(`${http}/_control/${operation}`, {
      method: body === undefined ? 'GET' : 'POST',
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const result = await answer.json();
    if (!answer.ok) throw new Error(`${operation}: ${JSON.stringify(result)}`);
    return result;
  }

  return {
    host: `localhost:${port}`,
    base: `https://localhost:${port}`,
    control,
    reset: () => control('reset', {}),
    log: (route) => control(`log?route=${encodeURIComponent(route)}`),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** A browser's cookies and manners, as far as the emulator's pages need them. */
export class Browser {
  #cookies = new Map();

  async #send(address, form) {
    const answer = await fetch(address, {
      method: form ? 'POST' : 'GET',
      body: form,
      redirect: 'manual',
      headers: { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
      this.#cookies.set(name, value);
    }
    return { location: answer.headers.get('location'), page: await answer.text(), address };
  }

  /** Opens the page; returns where it leads at once, or the page. */
  open(address) {
    return this.#send(String(address));
  }

  /** Presses a button of a page: the form's hidden fields, and the button's own. */
  press(shown, name, value) {
    const action = /<form[^>]* action="([^"]*)"/.exec(shown.page)[1];
    const form = new URLSearchParams();
    for (const [, field, text] of shown.page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)) {
      form.append(field, unescaped(text));
    }
    form.set(name, value);
    return this.#send(new URL(unescaped(action), shown.address), form);
  }

  /** Signs somebody in by the button that bears the principal name; returns the address the browser is sent to. */
  async signIn(address, principal) {
    const shown = await this.open(address);
    if (shown.location) return shown.location;
    const buttons = [...shown.page.matchAll(/<button class="person" name="person" value="([^"]*)".*?<\/button>/gs)];
    const button = buttons.find(([text]) => text.includes(`<span class="principal">${principal}</span>`));
    if (!button) throw new Error(`nobody called ${principal} on the page:\n${shown.page}`);
    const next = await this.press(shown, 'person', unescaped(button[1]));
    if (!next.location) throw new Error(`the browser stayed on a page:\n${next.page}`);
    return next.location;
  }
}

function unescaped(text) {
  const letters = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };
  return text.replace(/&(?:amp|lt|gt|quot|#39);/g, (escape) => letters[escape]);
}

/** A committed test key as a client's certificate: PEM key, PEM certificate and hexadecimal thumbprints. */
export function certificate(name) {
  const keys = JSON.parse(readFileSync(join(here, '../entra-emulator/fixtures/signing-keys.json'), 'utf8'));
  const key = keys.find((candidate) => candidate.name === name);
  const der = Buffer.from(key.certificate, 'base64');
  const hash = (algorithm) => createHash(algorithm).update(der).digest('hex').toUpperCase();
  const secret = createPrivateKey({ key: Buffer.from(key.private_key, 'base64'), format: 'der', type: 'pkcs1' });
  return {
    privateKey: secret.export({ type: 'pkcs8', format: 'pem' }),
    certificate: `-----BEGIN CERTIFICATE-----\n${key.certificate.match(/.{1,64}/g).join('\n')}\n-----END CERTIFICATE-----\n`,
    sha1: hash('sha1'),
    sha256: hash('sha256'),
    // As a foreign issuer publishes it.
    publicKey: { n: key.n, e: key.e },
  };
}

/** A JWT of a foreign issuer, RS256. */
export function foreignToken(privateKey, claims) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const message = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  return `${message}.${sign('sha256', Buffer.from(message), privateKey).toString('base64url')}`;
}

/** A token for Graph, asked for without any library. */
export async function token(emulator, form, tenant = contoso) {
  const answer = await fetch(`${emulator.base}/${tenant}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: clientId, client_secret: clientSecret, ...form }),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(JSON.stringify(body));
  return body.access_token;
}

/** An app-only one. */
export function appToken(emulator, tenant) {
  return token(emulator, { grant_type: 'client_credentials', scope: 'https://graph.microsoft.com/.default' }, tenant);
}

/** Microsoft's Graph client, its own middleware included, with this token. */
export function clientWith(emulator, accessToken) {
  return graphClient.Client.initWithMiddleware({
    authProvider: { getAccessToken: async () => accessToken },
    baseUrl: `${emulator.base}/`,
    // Host names without a port.
    customHosts: new Set(['localhost']),
  });
}

/** The error a call of that client ends with. */
export async function failure(promise) {
  const problem = await promise.then(
    () => assert.fail('it succeeded'),
    (problem) => problem,
  );
  assert.ok(problem instanceof graphClient.GraphError, problem.constructor.name);
  return problem;
}
