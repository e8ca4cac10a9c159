import { requireSession } from '../../../server/accounts.ts';
import { discard, receive } from '../../../server/bytes.ts';
import { fileNameOf, referenceOf, refuseUnsafe } from '../../../server/files.ts';
import { answer, route } from '../../../server/http.ts';
import { refuse } from '../../../server/problems.ts';
import { quotas } from '../../../server/settings.ts';
import { keepValue } from '../../../server/values.ts';

/** Takes a file for the Upload node: its bytes as the body, its name in the header `x-file-name`, nothing else. */
export const PUT = route(async (request, server) => {
  const { user } = await requireSession(server, request.headers);
  server.rates.require('upload', user);
  const name = fileNameOf(request.headers);
  if (/^multipart\/|x-www-form-urlencoded/.test(request.headers.get('content-type') ?? ''))
    refuse('file/unsafe', 'An upload is the bytes of one file, not a form.');
  const received = await receive(request, { folder: server.uploads, limit: quotas.uploadBytes });
  if (received.bytes === 0) {
    await discard(received);
    refuse('file/empty', `The file ${name} is empty.`);
  }
  await refuseUnsafe(received, name);
  await keepValue(server, received, { owner: user, media: 'application/octet-stream', name });
  return answer(referenceOf(received, name));
});
