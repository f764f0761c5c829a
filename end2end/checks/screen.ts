// What holds for every screen: its accessible tree, axe, width, heading, title, styles.

import { createRequire } from 'node:module';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';

/** What a screen is expected to be. */
export interface Expected {
  /** The one `h1`, which begins the title. */
  heading: string;
  /** The whole title. */
  title: string;
  /** The accessible tree of the body, whole. */
  aria: string;
}

const WIDTHS = [320, 1280];
const SCHEMES = ['light', 'dark'] as const;

/**
 * Without script no timer of a page runs, axe's own included. They are only used to come back later, and guards of
 * other frames, so here "later" is a promise and a guard never strikes.
 */
const WITHOUT_TIMERS = `globalThis.setTimeout = (callback, delay) => {
  if (!delay) Promise.resolve().then(callback);
  return 0;
};`;

const require = createRequire(import.meta.url);
const axe = (require('axe-core') as { source: string }).source;

/** Checks the screen that the page shows, and leaves the page as it was. */
export async function expectScreen(page: Page, scripted: boolean, expected: Expected): Promise<void> {
  await test.step(`screen: ${expected.heading}`, async () => {
    const before = page.viewportSize() ?? { width: 1280, height: 800 };
    if (!scripted) {
      await showNoScript(page);
    }
    await expect(page.locator('body')).toMatchAriaSnapshot(expected.aria);
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(expected.heading);
    await expect(page).toHaveTitle(expected.title);
    expect(expected.title.startsWith(expected.heading), 'the title begins with the heading').toBe(true);
    await expect(page.locator('[style]'), 'no element has a style attribute').toHaveCount(0);
    await expect(page.locator('style, script:not([src]):not([nonce])'), 'nothing is inline').toHaveCount(0);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: before.height });
      await expectNoSidewaysScroll(page, width);
      for (const scheme of SCHEMES) {
        await page.emulateMedia({ colorScheme: scheme });
        await expectAccessible(page, scripted, `${width} px, ${scheme}`);
      }
    }
    await page.emulateMedia({ colorScheme: null });
    await page.setViewportSize(before);
  });
}

/** Nothing of the page is wider than the window. */
export async function expectNoSidewaysScroll(page: Page, width: number): Promise<void> {
  const overflow = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
  expect(overflow, `no sideways scroll at ${width} px`).toBeLessThanOrEqual(0);
}

/** axe finds nothing serious or critical. */
export async function expectAccessible(page: Page, scripted: boolean, circumstances: string): Promise<void> {
  const builder = scripted
    ? new AxeBuilder({ page })
    : new AxeBuilder({ page, axeSource: WITHOUT_TIMERS + axe }).options({ preload: false });
  const results = await builder.analyze();
  expect(results.passes.length, 'axe did look').toBeGreaterThan(10);
  const found = results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => ({ id, help, at: nodes.map((node) => node.html) }));
  expect(found, `axe at ${circumstances}`).toEqual([]);
}

/**
 * axe and accessible trees leave out what stands in `<noscript>`, although a browser without script shows it. Its
 * content takes its place.
 */
async function showNoScript(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const element of document.querySelectorAll('body noscript')) {
      element.replaceWith(...element.childNodes);
    }
  });
}
