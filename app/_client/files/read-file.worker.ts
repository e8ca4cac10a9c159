import { problemOf } from '../../../lib/problem.ts';
import { paramsForFile } from '../../../nodes/kit/upload-schema.ts';
import type { ReadAnswer, ReadRequest } from './read-file.ts';

self.addEventListener('message', ({ data }: MessageEvent<ReadRequest>) => {
  let answer: ReadAnswer;
  try {
    answer = { params: paramsForFile(data.params, data.param, data) };
  } catch (error) {
    answer = { problem: problemOf(error) };
  }
  self.postMessage(answer);
});
