// What has to be there before Patchbay starts or is tested. Plain Node without packages: it may be what installs them.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

export function stop(sentence) {
  console.error(sentence);
  process.exit(1);
}

export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    stop(`Patchbay needs Node 20.19 or newer, this is ${process.versions.node}: see https://nodejs.org.`);
}

const isAlive = (pid) => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
};

/** Two that install or build in one folder at once would take each other's files away. */
function alone(work) {
  const file = join(tmpdir(), `patchbay-setup-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`);
  const take = () => writeFileSync(file, String(process.pid), { flag: 'wx' });
  try {
    take();
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    const pid = Number(readFileSync(file, 'utf8'));
    if (isAlive(pid)) stop(`Process ${pid} installs or builds in this folder right now: wait until it is done.`);
    rmSync(file, { force: true });
    take();
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return work();
  } finally {
    release();
    process.off('exit', release);
  }
}

/** The npm that runs us, else the one on the path. Gives its exit status. */
function npm(args) {
  const own = process.env.npm_execpath;
  const [command, first] = own?.endsWith('.js') || own?.endsWith('.cjs') ? [process.execPath, [own]] : ['npm', []];
  return spawnSync(command, [...first, ...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status;
}

const read = (path) => (existsSync(join(root, path)) ? readFileSync(join(root, path)) : '');
const stampFile = join(root, 'node_modules', '.patchbay');

/** Installs the packages where they are not those of the lockfile. None of them needs its install script. */
export function install() {
  const stamp = createHash('sha256')
    .update(read('package.json'))
    .update(read('package-lock.json'))
    .update(`${process.platform} ${process.arch} ${process.versions.modules}`)
    .digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  alone(() => {
    console.log('Installing packages (about two minutes the first time) …');
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    if (npm(['ci', ...quiet]) !== 0 && npm(['install', ...quiet, '--no-save']) !== 0)
      stop('The packages could not be installed: npm says why above. Check the connection, then start again.');
    writeFileSync(stampFile, stamp);
  });
}

/** ONNX Runtime's WebAssembly, which pages load by address: the one build that runtime/browser loads. */
function copyRuntime() {
  const from = join(root, 'node_modules', 'onnxruntime-web', 'dist');
  const to = join(root, 'public', 'ort');
  mkdirSync(to, { recursive: true });
  for (const file of ['ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm']) {
    const [source, target] = [join(from, file), join(to, file)];
    if (!existsSync(target) || statSync(target).size !== statSync(source).size) copyFileSync(source, target);
  }
}

const sources = [
  'app',
  'cli',
  'compiler',
  'db',
  'graph',
  'ir',
  'lib',
  'nodes',
  'public',
  'runtime',
  'server',
  'templates',
];
const isSource = (path) => !/\.test\.tsx?$|\/testing\/|^public\/ort\//.test(path);

/** A hash of everything that a build is made of. */
function hashOfSources() {
  const hash = createHash('sha256');
  const add = (path) => {
    if (!isSource(path)) return;
    const full = join(root, path);
    if (!existsSync(full)) return;
    if (statSync(full).isDirectory()) for (const name of readdirSync(full).sort()) add(`${path}/${name}`);
    else hash.update(`${path}\0`).update(readFileSync(full)).update('\0');
  };
  for (const folder of sources) add(folder);
  for (const name of readdirSync(root).sort())
    if (/\.(ts|mjs)$|^package(-lock)?\.json$|^tsconfig.*\.json$/.test(name) && name !== 'next-env.d.ts') add(name);
  return hash.digest('hex');
}

const servingFile = join(root, 'node_modules', '.patchbay-serving');

/** The process that serves what was built here. */
function servedBy() {
  const pid = existsSync(servingFile) ? Number(readFileSync(servingFile, 'utf8')) : 0;
  return pid > 0 && isAlive(pid) ? pid : undefined;
}

/** From now on this process serves what was built here: until it ends nobody builds anew under it. */
export function serving() {
  if (servedBy()) return;
  writeFileSync(servingFile, String(process.pid));
  process.once('exit', () => rmSync(servingFile, { force: true }));
}

/** A server loads parts of the build when they are first asked for: those of another build would not fit. */
function refuseUnderServer() {
  const pid = servedBy();
  if (pid)
    stop(
      `The sources have changed, and process ${pid} serves Patchbay from this folder: stop it, then start again. If that is another program by now, delete node_modules/.patchbay-serving.`,
    );
}

/** Builds the app where its sources have changed since. Gives whether it had to. */
export function build() {
  copyRuntime();
  const stamp = hashOfSources();
  const file = join(root, '.next', 'patchbay-stamp');
  if (existsSync(join(root, '.next', 'BUILD_ID')) && existsSync(file) && readFileSync(file, 'utf8') === stamp)
    return false;
  refuseUnderServer();
  alone(() => makeBuild(stamp, file));
  return true;
}

function makeBuild(stamp, file) {
  console.log('Building (about a minute) …');
  const built = spawnSync(process.execPath, ['node_modules/next/dist/bin/next', 'build'], {
    cwd: root,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' },
    encoding: 'utf8',
    maxBuffer: 64e6,
  });
  if (built.status !== 0) {
    process.stderr.write(built.stdout + built.stderr);
    stop('The build failed: the reason stands above.');
  }
  writeFileSync(file, stamp);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  requireNode();
  install();
  if (process.argv[2] === 'build') build();
  else copyRuntime();
}
