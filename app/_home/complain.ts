import { problemOfCall } from '../_client/api.ts';
import { toast } from '../_ui/toast.ts';

/** Says what went wrong with a call, in passing. */
export function complainOf(error: unknown): void {
  const { message, hint } = problemOfCall(error);
  toast.error(message, hint === undefined ? {} : { description: hint });
}
