import { type Program, type Rule, rewrite, verify } from '../ir/program.ts';
import { dropUnused } from './passes/drop-unused.ts';
import { foldConstants, foldConstantsRule } from './passes/fold-constants.ts';
import { foldTransposes, foldTransposesRule } from './passes/fold-transposes.ts';
import { joinProducts } from './passes/join-products.ts';
import { moveLookUps, moveLookUpsRule } from './passes/move-look-ups.ts';
import { moveReshapes, moveReshapesRule } from './passes/move-reshapes.ts';
import { shareEqual } from './passes/share-equal.ts';
import { simplify, simplifyRule } from './passes/simplify.ts';

type Pass = (program: Program) => Program;

/** Program → program with the same outputs, one file each. */
export const passes: Readonly<Record<string, Pass>> = {
  dropUnused,
  shareEqual,
  foldConstants,
  simplify,
  foldTransposes,
  moveReshapes,
  moveLookUps,
  joinProducts,
};

const rules: readonly Rule[] = [foldConstantsRule, simplifyRule, foldTransposesRule, moveReshapesRule, moveLookUpsRule];

/** Passes that look at one instruction each, in one go: building a program again is what takes time. Shares equal ones. */
const rewriteAll: Pass = (program) =>
  rewrite(program, (ir, value, args) => {
    for (const rule of rules) {
      const better = rule(ir, value, args);
      if (better) return better;
    }
    return undefined;
  });

/** How often the passes may start over: what one makes another may make simpler. */
const MOST_ROUNDS = 6;

/** Runs the passes until nothing changes. `checked` verifies after each, as tests and development do. */
export function optimise(program: Program, { checked = false } = {}): Program {
  let current = program;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = current.values.length;
    for (const pass of [dropUnused, rewriteAll, joinProducts]) {
      current = pass(current);
      if (checked) verify(current);
    }
    if (round > 0 && current.values.length === before) break;
  }
  return current;
}
