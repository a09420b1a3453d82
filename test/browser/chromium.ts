import { accessSync, constants } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const DEFAULT_PATH = '/usr/bin/chromium';
/** The browser itself sends nothing to the network, and needs neither a graphics card nor a sandbox. */
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * The Chromium of `CHROMIUM_PATH`, by default `/usr/bin/chromium`.
 *
 * @throws Error that says what to install.
 */
export async function launchChromium(env: Record<string, string | undefined>): Promise<Browser> {
  const executablePath = env.CHROMIUM_PATH ?? DEFAULT_PATH;
  try {
    accessSync(executablePath, constants.X_OK);
  } catch (cause) {
    throw new Error(
      `There is no Chromium at ${executablePath}. Install it (Debian: apt-get install chromium) or set CHROMIUM_PATH to a Chromium or Chrome.`,
      { cause },
    );
  }
  return chromium.launch({ executablePath, args: ARGUMENTS });
}
