// Measures a release build: node .ci/size.mjs PROGRAM SITE STYLE
//
// A page is measured as it travels: brotli, from the running server where it renders the page, else from the twin that
// the build has written beside each file. A kB is 1,000 bytes.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, existsSync, statSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants, gzipSync } from 'node:zlib';

const [program, site, style] = process.argv.slice(2).map((path) => resolve(path));

// Per page: where it aims, and where it fails.
const FRONT = { aim: 15_000, limit: 15_000 };
const OVERVIEW = { aim: 150_000, limit: 195_000 };
const PAGE = { aim: 180_000, limit: 220_000 };

const problems = [];
const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

// 1. Every file.

function files(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : /\.(br|gz)$/.test(entry.name) ? [] : [path];
  });
}

function measured(path) {
  const content = readFileSync(path);
  const twin = (ending, compress) =>
    existsSync(path + ending) ? statSync(path + ending).size : compress(content).length;
  return {
    name: `/${relative(site, path)}`,
    raw: content.length,
    gzip: twin('.gz', (bytes) => gzipSync(bytes, { level: 9 })),
    brotli: twin('.br', (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })),
  };
}

const all = files(site).map(measured).sort((one, other) => other.brotli - one.brotli);
const brotliOf = new Map(all.map((file) => [file.name, file.brotli]));

function table(rows) {
  for (const [name, ...numbers] of rows) {
    console.log(`  ${name.padEnd(78)}${numbers.map((number) => String(number).padStart(10)).join('')}`);
  }
}

console.log('\nFiles of the release build, in bytes');
table([['', 'raw', 'gzip', 'brotli'], ...all.map((file) => [file.name, file.raw, file.gzip, file.brotli])]);

// 2. The style sheet.

const sheets = all.filter((file) => file.name.endsWith('.css'));
if (sheets.length !== 1) {
  problems.push(`there is one style sheet: ${sheets.map((file) => file.name).join(', ') || 'none'}`);
}
for (const { name } of sheets) {
  const css = readFileSync(join(site, name), 'utf8');
  // The order of layers is that of their first mention; the bundler drops the line that only names them.
  const named = (text) =>
    [...text.matchAll(/@layer\s+([^;{]+)[;{]/g)].flatMap((found) => found[1].split(',').map((name) => name.trim()));
  const wanted = named(readFileSync(style, 'utf8').replace(/@import[^;]*;/g, ''));
  const found = [...new Set(named(css))];
  if (/@import\b/.test(css)) {
    problems.push(`${name} holds an @import`);
  }
  if (!css.startsWith('@layer') || found.join() !== wanted.filter((layer) => found.includes(layer)).join()) {
    problems.push(`${name} has its layers in the order ${found.join(', ')} instead of ${wanted.join(', ')}`);
  }
}

// 3. The pages without WebAssembly, from the running server.

async function freePort() {
  const listener = createServer();
  await new Promise((ready) => listener.listen(0, '127.0.0.1', ready));
  const { port } = listener.address();
  await new Promise((closed) => listener.close(closed));
  return port;
}

function fetched(url) {
  return new Promise((done, failed) => {
    get(url, { headers: { 'accept-encoding': 'br', accept: 'text/html' } }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => {
        const body = Buffer.concat(parts);
        const plain = response.headers['content-encoding'] === 'br' ? brotliDecompressSync(body) : body;
        done({ status: response.statusCode, size: body.length, text: plain.toString('utf8') });
      });
    }).on('error', failed);
  });
}

async function withServer(use) {
  const folder = mkdtempSync(join(tmpdir(), 'sonicsaas-size-'));
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  let output = '';
  const server = spawn(program, ['serve'], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      PUBLIC_URL: origin,
      DATABASE_URL: `sqlite://${join(folder, 'sonicsaas.db')}`,
      // Only so that the page has its button: nothing is sent anywhere before somebody presses it.
      MICROSOFT_ENTRA_ID_CLIENT_ID: '11111111-aaaa-4bbb-8ccc-222222222222',
      MICROSOFT_ENTRA_ID_CLIENT_SECRET: 'measured-only',
      LEPTOS_OUTPUT_NAME: 'sonicsaas',
      LEPTOS_SITE_ROOT: site,
      LEPTOS_SITE_ADDR: `127.0.0.1:${port}`,
      LEPTOS_HASH_FILES: 'true',
      LEPTOS_ENV: 'PROD',
    },
  });
  server.stdout.on('data', (text) => (output += text));
  server.stderr.on('data', (text) => (output += text));
  try {
    for (let tries = 0; ; tries += 1) {
      const ready = await fetched(`${origin}/readyz`).catch(() => undefined);
      if (ready?.status === 200) break;
      if (server.exitCode !== null || tries > 100) throw new Error(`the server did not start:\n${output}`);
      await new Promise((go) => setTimeout(go, 100));
    }
    return await use(origin);
  } finally {
    const ended = new Promise((gone) => server.once('exit', gone));
    if (server.exitCode === null && server.kill()) await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a browser loads for a page without asking anybody: style sheets, scripts, icons and pictures of our own. */
function loadedBy(html) {
  const tags = html.match(/<(link|script|img|use)\b[^>]*>/g) ?? [];
  const paths = tags.flatMap((tag) => {
    const path = tag.match(/\b(?:href|src)="(\/[^"#?]*)/)?.[1];
    return path && !/\brel="(canonical|alternate)"/.test(tag) ? [path] : [];
  });
  return [...new Set(paths)];
}

function report(name, parts, { aim, limit }) {
  const total = parts.reduce((sum, [, size]) => sum + size, 0);
  const verdict = total > limit ? 'OVER BUDGET' : total > aim ? `over its aim of ${kB(aim)}` : 'fits';
  console.log(`\n${name}: ${kB(total)} brotli, budget ${kB(limit)}: ${verdict}`);
  table(parts);
  if (total > limit) {
    problems.push(`${name} loads ${kB(total)}, more than ${kB(limit)}`);
  }
}

/** Measures a page without WebAssembly, with everything it loads. */
async function measureFront(origin, name, at) {
  const page = await fetched(`${origin}${at}`);
  if (page.status !== 200) {
    throw new Error(`${at} answered ${page.status}`);
  }
  const parts = [[`${at} (the page itself)`, page.size]];
  for (const path of loadedBy(page.text)) {
    const answer = await fetched(`${origin}${path}`);
    if (answer.status !== 200) {
      problems.push(`${at} refers to ${path}, which answers ${answer.status}`);
    }
    parts.push([path, answer.size]);
    if (/\.(m?js|wasm)$/.test(path) && path !== '/front.js') {
      problems.push(`${at} loads ${path}; its only script is /front.js`);
    }
  }
  if (/<script\b(?![^>]*\bsrc=)/.test(page.text)) {
    problems.push(`${at} holds an inline script`);
  }
  report(name, parts, FRONT);
}

await withServer(async (origin) => {
  await measureFront(origin, 'Sign-in page', '/login');
  await measureFront(origin, 'Permissions page', '/permissions');
});

// 4. The pages of the dashboard, from the lists that the build wrote.

const hashes = new Map(
  readFileSync(join(dirname(program), 'hash.txt'), 'utf8')
    .split('\n')
    .filter((line) => line.includes(':'))
    .map((line) => line.split(':').map((word) => word.trim())),
);
const part = (path) => {
  const size = brotliOf.get(path);
  if (size === undefined) {
    problems.push(`${path} is named by the build and not there`);
  }
  return [path, size ?? 0];
};
const shell = [
  part(`/pkg/sonicsaas.${hashes.get('wasm')}.wasm`),
  part(`/pkg/sonicsaas.${hashes.get('js')}.js`),
  part(`/pkg/__wasm_split.${hashes.get('split')}.js`),
  part(`/pkg/sonicsaas.${hashes.get('css')}.css`),
];
const manifest = JSON.parse(readFileSync(join(site, `pkg/__wasm_split_manifest.${hashes.get('manifest')}.json`), 'utf8'));
const pages = Object.entries(manifest)
  .map(([id, chunks]) => ({ name: id.match(/^__(\w+)_view_\d+$/i)?.[1], chunks }))
  .filter((page) => page.name !== undefined);
if (!pages.some((page) => page.name === 'overview')) {
  problems.push(`the build has no lazy page named overview: ${Object.keys(manifest).join(', ') || 'none at all'}`);
}
report('What every page of the dashboard shares', shell, OVERVIEW);
for (const page of pages) {
  const chunks = page.chunks.map((chunk) => part(`/pkg/${chunk.replace(/(\.wasm)?$/, '.wasm')}`));
  report(`Page ${page.name}`, [...shell, ...chunks], page.name === 'overview' ? OVERVIEW : PAGE);
}

if (problems.length > 0) {
  console.error(`\n${problems.map((problem) => `error: ${problem}`).join('\n')}`);
  process.exit(1);
}
console.log('\nEvery page fits its budget.');
