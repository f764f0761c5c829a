// What every spec gets: a place of its own to act in, the screens, somebody who is signed in, and an ear for complaints.

import { test as base, expect } from '@playwright/test';

import { Listener } from './checks/listener.ts';
import { type Expected, expectScreen } from './checks/screen.ts';
import type { Person } from './place/directory.ts';
import type { Emulator } from './place/emulator.ts';
import { type Place, withPlace } from './place/place.ts';
import type { Server, Team } from './place/server.ts';
import { EntraScreen } from './screens/entra.ts';
import { LoginScreen } from './screens/login.ts';
import { MappingsScreen } from './screens/mappings.ts';
import { MicrosoftScreen } from './screens/microsoft.ts';
import { OverviewScreen } from './screens/overview.ts';
import { PermissionsScreen } from './screens/permissions.ts';
import { Shell } from './screens/shell.ts';

/** Signs people in by the pages, as they do it themselves. */
export interface SignedIn {
  /** From the sign-in page to the page behind it, which is the overview unless `next` names another. */
  as(person: Person, next?: string): Promise<void>;
  /** With a password, to the page behind the sign-in page. */
  with(email: string, password: string, next?: string): Promise<void>;
}

interface Fixtures {
  /** Whether pages run their scripts. */
  scripted: boolean;
  emulator: Emulator;
  server: Server;
  teams: { northwind: Team; lakeside: Team };
  /** What the browser complains about. It is verified at the end of every test. */
  listener: Listener;
  login: LoginScreen;
  microsoft: MicrosoftScreen;
  shell: Shell;
  overview: OverviewScreen;
  entra: EntraScreen;
  mappings: MappingsScreen;
  permissionList: PermissionsScreen;
  signedIn: SignedIn;
  /** Checks the screen in front. */
  expectScreen: (expected: Expected) => Promise<void>;
}

interface WorkerFixtures {
  place: Place;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  place: [
    async ({}, use) => {
      await withPlace(use);
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  baseURL: async ({ place }, use) => {
    await use(place.server.url);
  },
  scripted: async ({ javaScriptEnabled }, use) => {
    await use(javaScriptEnabled !== false);
  },
  emulator: [
    async ({ place }, use) => {
      await place.emulator.reset();
      await use(place.emulator);
    },
    { auto: true },
  ],
  server: async ({ place }, use) => {
    await use(place.server);
  },
  teams: async ({ place }, use) => {
    await use(place.teams);
  },
  listener: [
    async ({ context, scripted }, use, testInfo) => {
      const listener = new Listener(context, scripted);
      await use(listener);
      if (testInfo.status === testInfo.expectedStatus) {
        listener.verify();
      }
    },
    { auto: true },
  ],
  login: async ({ page }, use) => {
    await use(new LoginScreen(page));
  },
  microsoft: async ({ page }, use) => {
    await use(new MicrosoftScreen(page));
  },
  shell: async ({ page, scripted }, use) => {
    await use(new Shell(page, scripted));
  },
  overview: async ({ page }, use) => {
    await use(new OverviewScreen(page));
  },
  permissionList: async ({ page }, use) => {
    await use(new PermissionsScreen(page));
  },
  entra: async ({ page }, use) => {
    await use(new EntraScreen(page));
  },
  mappings: async ({ page, scripted }, use) => {
    await use(new MappingsScreen(page, scripted));
  },
  signedIn: async ({ login, microsoft, shell }, use) => {
    await use({
      as: async (person, next) => {
        await login.open(next === undefined ? {} : { next });
        await login.microsoft.click();
        await microsoft.person(person).click();
        await shell.ready();
      },
      with: async (email, password, next) => {
        await login.open(next === undefined ? {} : { next });
        await login.send(email, password);
        await shell.ready();
      },
    });
  },
  expectScreen: async ({ page, scripted }, use) => {
    await use(async (expected) => await expectScreen(page, scripted, expected));
  },
});

export { expect };
