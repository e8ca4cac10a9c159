'use client';

import { Sparkle } from 'lucide-react';
import { useEditor } from '../../context.tsx';
import type { ControlProps } from './control.ts';
import { NumberControl } from './number.tsx';

/** A size that may stay blank: what the wires tell of it is shown in its place, and a number overrides it. */
export function BlankControl(props: ControlProps) {
  const { node, param } = props;
  const solved = useEditor(({ facts }) => facts[node]?.solved[param.name]);
  const isBlank = param.value === null || param.value === undefined;
  return (
    <>
      <NumberControl {...props} placeholder={solved === undefined ? 'blank' : `solved: ${solved}`} />
      {isBlank && solved !== undefined && (
        <p className="mt-1 flex items-center gap-1.5 text-good text-xs">
          <Sparkle size={12} aria-hidden="true" />
          Solved from the wires: <span className="tabular font-medium">{solved}</span>
        </p>
      )}
    </>
  );
}
