import { toast } from 'sonner';
import { problemOfCall } from '../_client/api.ts';

/** Says what went wrong with a call, in passing. */
export function complainOf(error: unknown): void {
  const { message, hint } = problemOfCall(error);
  toast.error(message, hint === undefined ? {} : { description: hint });
}
