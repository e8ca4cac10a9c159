import { isArithmetic, workOut } from '../../../lib/arithmetic.ts';
import type { ParamSchema } from '../state/params.ts';

export type ReadNumber = { readonly value: number | null } | { readonly problem: string };

const shown = new Intl.NumberFormat('en', { maximumSignificantDigits: 12, useGrouping: true });

/** A number as it is typed again: without grouping, small ones as 3e-4. */
export function numberText(value: unknown): string {
  if (typeof value !== 'number') return '';
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : String(value);
}

/**
 * What was typed, as a number that the schema takes, or one sentence that says why not. Commas group digits; `4*32` and
 * `2^10` are worked out, as people write sizes.
 */
export function readNumber(text: string, schema: ParamSchema, nullable = false): ReadNumber {
  const plain = text
    .trim()
    .replace(/[_\s]/g, '')
    .replace(/,(?=\d{3}(\D|$))/g, '')
    .replace('−', '-');
  if (plain === '') return nullable ? { value: null } : { problem: 'Type a number.' };
  const found = isArithmetic(plain) ? workOut(plain) : { value: Number(plain) };
  if ('problem' in found) return found;
  const { value } = found;
  if (!Number.isFinite(value) || /^0[xob]/i.test(plain)) return { problem: 'This is not a number.' };
  if (schema.type === 'integer' && !Number.isInteger(value))
    return {
      problem: isArithmetic(plain)
        ? `A whole number is needed, this is ${shown.format(value)}.`
        : 'Type a whole number.',
    };
  const { minimum, maximum } = schema;
  if (minimum !== undefined && value < minimum) return { problem: `At least ${shown.format(minimum)}.` };
  if (maximum !== undefined && value > maximum) return { problem: `At most ${shown.format(maximum)}.` };
  return { value };
}

/** How far an arrow key moves a number: the declared step, one for whole numbers, else a tenth of its size. */
export function stepOf(schema: ParamSchema, value: number): number {
  if (schema.step !== undefined) return schema.step;
  if (schema.type === 'integer') return 1;
  return value === 0 ? 0.1 : 10 ** Math.floor(Math.log10(Math.abs(value)) - 1);
}

/** The next number up or down, within bounds and without the dust of binary fractions. */
export function stepped(value: number, by: number, schema: ParamSchema): number {
  const step = stepOf(schema, value) * by;
  const raw = Number((value + step).toPrecision(12));
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = schema;
  return Math.min(maximum, Math.max(minimum, raw));
}
