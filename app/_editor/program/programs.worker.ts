import { type ProgramsAnswer, type ProgramsRequest, shownPrograms } from './shown-programs.ts';

self.addEventListener('message', async ({ data }: MessageEvent<{ id: number; request: ProgramsRequest }>) => {
  const answer: ProgramsAnswer = await shownPrograms(data.request);
  self.postMessage({ id: data.id, answer });
});
