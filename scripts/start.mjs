// `npm start`: installs what is missing, builds what has changed, and serves.
import { build, install, requireNode, root } from './setup.mjs';

requireNode();
process.chdir(root);
install();
build();
// in this same process, so that whoever stops it stops the server
process.argv.splice(2, 0, 'serve');
await import('../cli/patchbay.mjs');
