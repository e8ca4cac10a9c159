// A Chromium for the tests: the system's, else Playwright's own download, else (as root, with apt) a package.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { root } from './setup.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const places = [
  '/usr/lib/chromium/chromium',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];
const DOWNLOAD_MS = 180_000;
const APT_MS = 300_000;

const succeeds = (command, args, timeout = 20_000) =>
  spawnSync(command, args, { cwd: root, stdio: 'ignore', timeout }).status === 0;

/** A file that is there need not run: a download lacks system libraries on some machines. */
const works = (path) => existsSync(path) && succeeds(path, ['--version']);

function installed() {
  const onPath = (process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return [process.env.PATCHBAY_CHROMIUM ?? '', ...onPath, ...places].find((path) => path && works(path));
}

/** Playwright's own. Only its package knows where it lies. */
function downloaded() {
  const ask = "import('@playwright/test').then(({ chromium }) => console.log(chromium.executablePath()))";
  const { stdout } = spawnSync(process.execPath, ['-e', ask], { cwd: root, encoding: 'utf8' });
  const path = stdout?.trim();
  return path && works(path) ? path : undefined;
}

const playwright = (...args) => [join(root, 'node_modules', 'playwright', 'cli.js'), 'install', ...args];

/** The path of a Chromium that runs, installed where there was none; undefined where that failed. */
export function ensureBrowser() {
  const found = installed() ?? downloaded();
  if (found) return found;
  console.log('There is no Chromium here: Playwright downloads one …');
  if (succeeds(process.execPath, playwright('chromium'), DOWNLOAD_MS)) {
    const path = downloaded();
    if (path) return path;
  }
  if (process.getuid?.() !== 0 || !succeeds('apt-get', ['--version'])) return undefined;
  console.log('Installing chromium with apt-get …');
  if (succeeds('apt-get', ['update'], APT_MS))
    succeeds('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], APT_MS);
  return installed() ?? downloaded();
}

export const browserAdvice = `There is no Chromium that runs here and none could be installed. Install one, then run npm test again:
  sudo apt-get install chromium            (Debian, Ubuntu)
  npx playwright install --with-deps chromium`;

/**
 * What child processes need to know about it. Chromium brings SwiftShader, a Vulkan device in software: WebGPU in Node finds
 * it by these, and the tests of that backend run on machines without a GPU.
 */
export function browserEnvironment(path) {
  const folder = [dirname(path), '/usr/lib/chromium', '/usr/lib/chromium-browser'].find((each) =>
    existsSync(join(each, 'vk_swiftshader_icd.json')),
  );
  return {
    PATCHBAY_CHROMIUM: path,
    ...(folder &&
      !process.env.VK_ICD_FILENAMES && {
        VK_ICD_FILENAMES: join(folder, 'vk_swiftshader_icd.json'),
        LD_LIBRARY_PATH: [process.env.LD_LIBRARY_PATH, folder].filter(Boolean).join(delimiter),
      }),
  };
}
