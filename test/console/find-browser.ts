import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The path of Chrome or Chromium; empty if there is none. */
    browserPath: string;
  }
}

/** Names of Chrome and Chromium on Linux. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** Paths on macOS and Windows. */
const PATHS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ...[process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA].flatMap(folder =>
    folder === undefined ? [] : [path.join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe')],
  ),
];

/**
 * Finds a browser for the tests of the console. Without one they are skipped with a warning; in CI this is an error.
 */
export function setup(project: TestProject): void {
  const browserPath = findBrowser();
  project.provide('browserPath', browserPath ?? '');
  if (browserPath !== undefined) return;
  const what = 'No Chrome or Chromium found';
  if (process.env.CI === 'true') throw new Error(`${what}; the browser tests of the console need one in CI.`);
  console.warn(`${what}: the browser tests of the console are skipped. Set CHROME_PATH to the path of one.`);
}

/** @throws Error CHROME_PATH is not the path of a program */
function findBrowser(): string | undefined {
  const { CHROME_PATH: named, PATH = '' } = process.env;
  if (named !== undefined && named !== '') {
    if (isProgram(named)) return named;
    throw new Error(`CHROME_PATH is ${named}, which is not a program.`);
  }
  const onPath = PATH.split(path.delimiter).flatMap(folder => NAMES.map(name => path.join(folder, name)));
  return [...onPath, ...PATHS].find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
