import { type Program, rewrite } from '../../ir/program.ts';

/** Common subexpressions: a builder makes equal instructions once, so building the program again is all it takes. */
export const shareEqual = (program: Program): Program => rewrite(program, () => undefined);
