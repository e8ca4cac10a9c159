import type { CheckResult } from '../../../compiler/check.ts';
import type { GraphDocument } from '../../../graph/document.ts';
import { addSizes } from '../../../ir/size.ts';
import { entryOf } from '../../../nodes/catalogue.ts';
import type { Cost } from '../../../nodes/kit/define-node.ts';
import { showShortCount } from './facts.ts';
import { showFlops, showMemory } from './show-cost.ts';

/**
 * What some nodes come to. The work of a step, training for one, holds that of its layers; among layers alone it is one
 * pass. Steps follow each other: of their memory the most counts, of layers all.
 */
export function costOf(
  { nodes }: Pick<GraphDocument, 'nodes'>,
  check: Pick<CheckResult, 'nodes'>,
  ids: readonly string[],
): Cost {
  const all = ids.flatMap((id) => {
    const cost = check.nodes.get(id)?.cost;
    return cost ? [{ cost, isStep: entryOf(nodes[id]?.type ?? '')?.level === 'step' }] : [];
  });
  const steps = all.filter(({ cost, isStep }) => isStep && cost.flops !== 0);
  const working = steps.length > 0 ? steps : all;
  const peaks = steps.flatMap(({ cost }) => (typeof cost.memory === 'number' ? cost.memory : []));
  return {
    parameters: addSizes(0, ...all.map(({ cost }) => cost.parameters)),
    flops: addSizes(0, ...working.map(({ cost }) => cost.flops)),
    memory: peaks.length > 0 ? Math.max(...peaks) : addSizes(0, ...working.map(({ cost }) => cost.memory)),
  };
}

/** `802K parameters · 1.2 GFLOPs a row · 3 MB a row`; nothing where nothing is learned or computed. */
export const costInWords = ({ parameters, flops, memory }: Cost): string =>
  [
    parameters !== 0 && `${showShortCount(parameters)} parameters`,
    flops !== 0 && showFlops(flops),
    memory !== 0 && showMemory(memory),
  ]
    .filter((text) => text !== false)
    .join(' · ');
