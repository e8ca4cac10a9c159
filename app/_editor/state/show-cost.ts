import { isHole, type Size, substitute, symbolsOf } from '../../../ir/size.ts';
import { showCount } from './facts.ts';

const three = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const prefixes = ['', 'k', 'M', 'G', 'T', 'P'] as const;

/** `1.24 GFLOPs`, `12.3 MB`: three digits, a prefix and a unit. */
export function showWithUnit(value: number, unit: string): string {
  let size = value;
  let step = 0;
  while (Math.abs(size) >= 999.5 && step < prefixes.length - 1) {
    size /= 1_000;
    step++;
  }
  return `${three.format(size)} ${prefixes[step]}${unit}`;
}

/** Said of a size that a blank still hides. */
const NOT_YET = 'not known yet';

/** A size in a unit. Where it grows with the rows of a batch alone: what one row costs. */
function showAmount(size: Size, unit: string): string {
  if (typeof size === 'number') return showWithUnit(size, unit);
  if (symbolsOf(size).some((each) => isHole(each))) return NOT_YET;
  if (symbolsOf(size).every((symbol) => symbol === 'B')) {
    const one = substitute(size, () => 1);
    if (typeof one === 'number') return `${showWithUnit(one, unit)} a row`;
  }
  return `${showCount(size)} ${unit}`;
}

export const showBytes = (bytes: number): string => showWithUnit(bytes, 'B');
export const showParameters = (size: Size): string =>
  symbolsOf(size).some((each) => isHole(each)) ? NOT_YET : showCount(size);
export const showFlops = (size: Size): string => showAmount(size, 'FLOPs');
export const showMemory = (size: Size): string => showAmount(size, 'B');
