// The browser tests: every spec hydrated and without JavaScript, on the release build.
//
// They start what they need themselves (see place/); build first. `CHROMIUM`, `SONICSAAS_BIN`, `EMULATOR_BIN` and
// `SITE_ROOT` name another browser, other programs and another built site.

import { defineConfig } from '@playwright/test';

import { launchOptions } from './browser.ts';

export default defineConfig({
  testDir: './tests',
  outputDir: './test-results',
  fullyParallel: true,
  forbidOnly: true,
  // What passes the second time only is told as flaky, by name and with its first error, and is to be mended.
  retries: 1,
  workers: 2,
  timeout: 60_000,
  reporter: 'list',
  expect: {
    timeout: 10_000,
    // A page holds what its snapshot says and nothing else.
    toMatchAriaSnapshot: { children: 'deep-equal' },
  },
  use: {
    browserName: 'chromium',
    launchOptions,
    locale: 'en-GB',
    timezoneId: 'UTC',
    viewport: { width: 1280, height: 800 },
    contextOptions: { reducedMotion: 'reduce' },
    actionTimeout: 10_000,
    navigationTimeout: 20_000,
    // Recording every test costs a part of its time: TRACE=on when one fails and its error does not say why.
    trace: process.env.TRACE === 'on' ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'hydrated' },
    { name: 'no-script', testIgnore: /\.hydrated\.spec\.ts$/, use: { javaScriptEnabled: false } },
  ],
});
