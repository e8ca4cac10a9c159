// Runs a program with everything that it starts in a process group of its own, so that all of it ends with it.
import { spawn } from 'node:child_process';

const running = new Set();
const isWindows = process.platform === 'win32';

function killGroup(child, signal) {
  try {
    if (isWindows) child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // it has ended already
  }
}

for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
])
  process.on(signal, () => {
    for (const child of running) killGroup(child, 'SIGKILL');
    process.exit(status);
  });

/** Gives the exit status, or 'hung' where it took longer than `timeoutMs` and was killed. */
export function runGroup(command, args, { cwd, env, timeoutMs }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'], detached: !isWindows });
    running.add(child);
    let hung = false;
    const timer = setTimeout(() => {
      hung = true;
      killGroup(child, 'SIGKILL');
    }, timeoutMs);
    const end = (status) => {
      clearTimeout(timer);
      running.delete(child);
      killGroup(child, 'SIGKILL'); // what it left behind
      resolve(hung ? 'hung' : status);
    };
    child.once('error', () => end(127));
    child.once('exit', (code) => end(code ?? 1));
  });
}
