// Hears what a browser complains about. A page that is well says nothing.

import { type BrowserContext, expect, type Request } from '@playwright/test';

/** What Chromium tells although all is well: that it did what the answer to a sign-out asked for. */
const NOTICE = /^Clear-Site-Data header on '[^']+\/logout': Cleared data types: "cache"\.$/;

/** What a browser without script tells of what only a script would use. */
const UNUSED = /^The resource \S+\.wasm was preloaded using link preload but not used /;

/** A browser without script reports a preload of one as blocked. What a policy of ours blocks is told on the console. */
function isUnfetched(request: Request): boolean {
  return request.resourceType() === 'script' && request.failure()?.errorText === 'csp';
}

/** What the browser gave up by itself, because the person went on or a script did not follow a redirect. */
function isGivenUp(request: Request): boolean {
  return !request.isNavigationRequest() && request.failure()?.errorText === 'net::ERR_ABORTED';
}

export class Listener {
  readonly #heard: string[] = [];
  readonly #expected: RegExp[] = [];

  /**
   * Listens to every page of the context: messages of every kind, CSP reports, errors, failed and refused requests.
   */
  constructor(context: BrowserContext, scripted: boolean) {
    context.on('console', (message) => {
      if (NOTICE.test(message.text()) || (!scripted && UNUSED.test(message.text()))) {
        return;
      }
      this.#hear(`console ${message.type()}: ${message.text()} (${message.location().url})`);
    });
    context.on('weberror', (error) => this.#hear(`error: ${String(error.error())}`));
    context.on('requestfailed', (request) => {
      if (isGivenUp(request) || (!scripted && isUnfetched(request))) {
        return;
      }
      this.#hear(`failed: ${request.method()} ${request.url()}: ${request.failure()?.errorText}`);
    });
    context.on('response', (response) => {
      if (response.status() >= 400) {
        this.#hear(`status ${response.status()}: ${response.request().method()} ${response.url()}`);
      }
    });
  }

  #hear(what: string): void {
    this.#heard.push(what);
  }

  /** What this test brings about on purpose, such as the status of a page that is not there. It must be heard. */
  expect(...complaints: RegExp[]): void {
    this.#expected.push(...complaints);
  }

  /** Nothing was heard but what was expected, and all of that. */
  verify(): void {
    const surprising = this.#heard.filter((complaint) => !this.#expected.some((known) => known.test(complaint)));
    expect(surprising, 'the browser has nothing to complain about').toEqual([]);
    const missing = this.#expected.filter((known) => !this.#heard.some((complaint) => known.test(complaint)));
    expect(missing, 'every expected complaint was heard').toEqual([]);
  }
}
