import { type Browser, chromium, type Page } from 'playwright-core';
import { repository } from './programs.ts';

/** Debian's Chromium and those of its libraries that a machine may lack, unpacked by tools/setup.sh. */
const root = `${repository}build/chromium`;
const libraries = ['', '/pulseaudio'].map((folder) => `${root}/usr/lib/x86_64-linux-gnu${folder}`).join(':');

const flags = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update'],
];

/** Starts a headless browser with a profile of its own, which close() removes. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: `${root}/usr/lib/chromium/chromium`,
    headless: true,
    args: flags,
    env: { ...process.env, LD_LIBRARY_PATH: libraries },
  });
}

/** A page of a new session, and all that it and its scripts complained of. */
export async function openPage(browser: Browser): Promise<{ page: Page; complaints: string[] }> {
  const page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(10_000 * Number(process.env.WHARF_TEST_PATIENCE ?? 1));
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  return { page, complaints };
}
