/**
 * Runs the interrupted training of runtime/resume.test.ts in a process of its own, which the test kills. It tells each
 * step; `PATCHBAY_DIE_AT_RENAME=n` ends it by SIGKILL in the middle of its n-th checkpoint: written, not yet in place.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const [folder, seed] = process.argv.slice(2) as [string, string];
const dieAt = Number(process.env.PATCHBAY_DIE_AT_RENAME ?? 0);
const rename = fs.renameSync;
let saved = 0;
fs.renameSync = (from, to) => {
  if (String(to).endsWith('.checkpoint') && ++saved === dieAt) process.kill(process.pid, 'SIGKILL');
  rename(from, to);
};
syncBuiltinESMExports();

const { attempt, interruptedTraining } = await import('./interruptions.ts');
const { FileStore } = await import('../node/file-store.ts');
const { onnxNodeCompute } = await import('../onnx/node.ts');
const result = await attempt(interruptedTraining(Number(seed)), {
  store: new FileStore(folder, 'test'),
  compute: onnxNodeCompute({ threads: 1 }),
  folder,
  step(count) {
    process.send!({ count });
    return false;
  },
});
process.send!({ result }, () => process.exit(0));
