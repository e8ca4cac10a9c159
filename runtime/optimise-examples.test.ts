import { afterAll, expect, test } from 'vitest';
import type { CheckResult } from '../compiler/check.ts';
import { checkDocument } from '../compiler/compile.ts';
import { type InspectedProgram, inspectPrograms } from '../compiler/inspect.ts';
import { optimise } from '../compiler/optimise.ts';
import type { GraphDocument } from '../graph/document.ts';
import { elementCount, staticShape, type TensorType } from '../ir/types.ts';
import { ProblemError } from '../lib/problem.ts';
import { Random } from '../lib/random.ts';
import { nodeTypes } from '../nodes/catalogue.gen.ts';
import { loadNodes, lookup } from '../nodes/catalogue.ts';
import { arr } from './reference/array.ts';
import { evaluate } from './reference/evaluate.ts';
import { documentOf } from './testing/graphs.ts';

await loadNodes(nodeTypes);

/** Numbers that an input may hold. What the optimizer keeps and the learning rate are not negative. */
function numbersFor(name: string, { dtype, shape, below }: TensorType, random: Random) {
  const sizes = staticShape(shape);
  const draw = (): number => {
    if (dtype === 'float32') return /^(slot|step|learning)/.test(name) ? random.uniform() + 1e-3 : random.normal() / 2;
    return dtype === 'bool' ? random.integer(2) : random.integer(typeof below === 'number' ? below : 2);
  };
  return arr(sizes, Float64Array.from({ length: elementCount(sizes) }, draw));
}

/** Work that the reference does in a moment. */
const MOST_FLOPS = 3e7;

/** Every node of every example that has programs. An example of a layer ends in a Network where it has a program at all. */
const examples = nodeTypes.flatMap((type) => {
  const document = documentOf(lookup(type)!.example);
  const nodes = Object.keys(document.nodes).filter((node) => {
    const definition = lookup(document.nodes[node]!.type);
    return definition?.level === 'step' && definition.programs;
  });
  return nodes.length > 0 ? [[type, document, nodes] as const] : [];
});

/** What an estimator or a pretrained model gives is known only after it has run: those have none. */
function programsOf(document: GraphDocument, check: CheckResult, node: string): readonly InspectedProgram[] {
  try {
    return inspectPrograms({ document, check }, node, { lookup, passes: false }).programs;
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === 'program/no-network') return [];
    throw error;
  }
}

let compared = 0;
afterAll(() => expect(compared).toBeGreaterThan(45));

test.each(examples)(
  '%s: every program of its example, optimised, gives what it gave',
  async (_type, document, nodes) => {
    const check = await checkDocument(document);
    for (const node of nodes) {
      for (const { title, program, flops } of programsOf(document, check, node)) {
        if (flops > MOST_FLOPS) continue;
        compared++;
        const random = new Random([1, 2]);
        const feeds = Object.fromEntries(
          program.inputs.map(({ name, type }) => [name!, numbersFor(name!, type, random)]),
        );
        const better = optimise(program, { checked: true });
        const [want, got] = [evaluate(program, feeds), evaluate(better, feeds)];
        for (const [output, { data }] of Object.entries(want)) {
          const most = data.reduce((so, value, i) => {
            const apart = Math.abs(got[output]!.data[i]! - value);
            return Number.isFinite(value) ? Math.max(so, apart / Math.max(1, Math.abs(value))) : so;
          }, 0);
          expect(most, `${node}, ${title}: ${output}`).toBeLessThanOrEqual(1e-9);
        }
      }
    }
  },
);
