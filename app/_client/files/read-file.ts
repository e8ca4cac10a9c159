import type { FileReference } from '../../../graph/document.ts';
import { type Problem, ProblemError } from '../../../lib/problem.ts';
import type { PaletteEntry } from '../../../nodes/catalogue.ts';

/** What the worker is asked: which params change when this file is chosen. */
export interface ReadRequest {
  readonly params: PaletteEntry['params'];
  readonly param: string;
  readonly file: FileReference;
  readonly bytes: Uint8Array;
}
export type ReadAnswer = { readonly params: Record<string, unknown> } | { readonly problem: Problem };

/** Reads a chosen file in a worker, since a million rows would hold the page. Throws a ProblemError. */
export function readChosenFile(request: ReadRequest): Promise<Record<string, unknown>> {
  const worker = new Worker(new URL('./read-file.worker.ts', import.meta.url), { type: 'module' });
  return new Promise<Record<string, unknown>>((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<ReadAnswer>) => {
      if ('params' in data) resolve(data.params);
      else reject(new ProblemError(data.problem));
    });
    worker.addEventListener('error', () =>
      reject(
        new ProblemError({
          code: 'file/unread',
          message: `${request.file.name} could not be read in this browser.`,
          hint: 'Choose a smaller file.',
        }),
      ),
    );
    worker.postMessage(request, [request.bytes.buffer]);
  }).finally(() => worker.terminate());
}
