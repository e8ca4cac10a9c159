import { join } from 'node:path';

/** Patchbay's own folder. Bundled code does not lie where it was written, so the server is told. */
export const rootFolder = process.env.PATCHBAY_ROOT || join(import.meta.dirname, '..');
