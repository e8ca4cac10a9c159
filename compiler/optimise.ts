import { type Program, verify } from '../ir/program.ts';
import { dropUnused } from './passes/drop-unused.ts';
import { foldConstants } from './passes/fold-constants.ts';
import { foldTransposes } from './passes/fold-transposes.ts';
import { joinProducts } from './passes/join-products.ts';
import { moveReshapes } from './passes/move-reshapes.ts';
import { shareEqual } from './passes/share-equal.ts';
import { simplify } from './passes/simplify.ts';

/** Program → program with the same outputs, one file each. */
export const passes: Readonly<Record<string, (program: Program) => Program>> = {
  dropUnused,
  shareEqual,
  foldConstants,
  simplify,
  foldTransposes,
  moveReshapes,
  joinProducts,
};

/** How often the passes may start over: what one makes another may make simpler. */
const MOST_ROUNDS = 4;

/** Runs the passes until nothing changes. `checked` verifies after each, as tests and development do. */
export function optimise(program: Program, { checked = false } = {}): Program {
  let current = program;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = current.values.length;
    for (const pass of Object.values(passes)) {
      current = pass(current);
      if (checked) verify(current);
    }
    if (current.values.length === before) break;
  }
  return current;
}
