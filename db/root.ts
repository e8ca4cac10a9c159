import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Patchbay's own folder: its migrations, templates and commands lie in it. (Next's bundles know no `import.meta.dirname`.) */
export const rootFolder = join(/* turbopackIgnore: true */ dirname(fileURLToPath(import.meta.url)), '..');
