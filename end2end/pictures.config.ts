// The pictures of docs/images: `npm run pictures`, by hand, when the looks have changed. No part of the tests.
//
// Text is drawn in the machine's own `system-ui`. On a server without a good one, FONTCONFIG_FILE can name another.

import { defineConfig } from '@playwright/test';

import tests from './playwright.config.ts';

export default defineConfig({
  ...tests,
  testDir: './pictures',
  testMatch: /\.pictures\.ts$/,
  workers: 1,
  use: { ...tests.use, trace: 'off', screenshot: 'off', deviceScaleFactor: 2 },
  projects: [{ name: 'pictures' }],
});
