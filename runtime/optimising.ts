import { optimise } from '../compiler/optimise.ts';
import type { Compute } from '../nodes/kit/compute.ts';

/** A device that gets every program through the compiler's passes first. */
export const optimising = (compute: Compute): Compute => ({
  ...compute,
  compile: (program, options) => compute.compile(optimise(program), options),
});
