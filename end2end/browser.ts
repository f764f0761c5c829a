// Which browser the tests drive, and how it starts.

import { existsSync } from 'node:fs';
import type { LaunchOptions } from '@playwright/test';

/** Where Debian installs Chromium. */
const DEBIAN = '/usr/bin/chromium';

/** `CHROMIUM`, else Debian's, else the one that Playwright installed. */
function executable(): LaunchOptions {
  const named = process.env.CHROMIUM;
  if (named) {
    return { executablePath: named };
  }
  return existsSync(DEBIAN) ? { executablePath: DEBIAN } : {};
}

/** No sandbox, because tests run in containers and as root; nothing that the browser does on its own account. */
export const launchOptions: LaunchOptions = {
  ...executable(),
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
};
