'use client';

import type { NodeCheck } from '../../../compiler/check.ts';
import { type Size, sizeKey, substitute } from '../../../ir/size.ts';
import { useEditor } from '../context.tsx';
import { wholeOf } from '../state/scope.ts';
import { showFlops, showMemory, showParameters } from '../state/show-cost.ts';

/** What a node will cost, before anything runs. */
export function CostSection({ check }: { readonly check: NodeCheck }) {
  const { cost, outputs } = check;
  const likely = useEditor((state) => wholeOf(state).check?.likely);
  const model = Object.values(outputs).find((type) => type.kind === 'model');
  /** Where only a run can tell a size, with what it is likely to be. */
  const about = (size: Size, show: (size: Size) => string): string => {
    const guessed = substitute(size, (symbol) => likely?.get(symbol));
    return `${sizeKey(guessed) === sizeKey(size) ? '' : 'about '}${show(guessed)}`;
  };
  const rows = [
    cost.parameters !== 0 && {
      name: 'Parameters',
      value: about(cost.parameters, showParameters),
      about: 'Numbers that it learns',
    },
    model && {
      name: 'Parameters',
      value: about(model.parameters, showParameters),
      about: 'Of the model that it gives',
    },
    model && {
      name: 'Trainable',
      value: about(model.trainable, showParameters),
      about: 'Those that training changes',
    },
    cost.flops !== 0 && { name: 'Work', value: about(cost.flops, showFlops), about: 'Floating-point operations' },
    cost.memory !== 0 && {
      name: 'Memory',
      value: about(cost.memory, showMemory),
      about: 'At its peak, estimated',
    },
  ].filter((row) => row !== false && row !== undefined);
  return (
    <dl className="grid grid-cols-[1fr_auto] gap-x-3 gap-y-1 text-xs">
      {rows.map(({ name, value, about }) => (
        <div key={name + about} className="contents">
          <dt title={about} className="text-ink-2">
            {name}
          </dt>
          <dd className="tabular break-words text-right font-medium">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export const hasCost = ({ cost, outputs }: NodeCheck): boolean =>
  cost.parameters !== 0 ||
  cost.flops !== 0 ||
  cost.memory !== 0 ||
  Object.values(outputs).some((type) => type.kind === 'model');
