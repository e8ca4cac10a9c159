// `npm start`: installs what is missing, builds what has changed, and serves.
import { build, install, requireNode, root, serving } from './setup.mjs';

requireNode();
process.chdir(root);
install();
build();
serving();
// npm does not hand on the signal that ends it: without this, whoever stops npm leaves a server behind
const { ppid: parent } = process;
if (process.env.npm_lifecycle_event === 'start')
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
  }, 1_000).unref();
// in this same process, so that whoever stops it stops the server
process.argv.splice(2, 0, 'serve');
await import('../cli/patchbay.mjs');
