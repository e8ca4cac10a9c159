'use client';

import { ChevronRight } from 'lucide-react';
import { type ComponentType, useState } from 'react';
import type { GraphNode } from '../../../graph/document.ts';
import { setParam } from '../../../graph/edit.ts';
import type { Problem } from '../../../lib/problem.ts';
import type { PaletteEntry } from '../../../nodes/catalogue.ts';
import { useEditor, useSession } from '../context.tsx';
import { type Param, visibleParams } from '../state/params.ts';
import { pathOf } from '../state/scope.ts';
import { BlankControl } from './controls/blank.tsx';
import { ColumnControl } from './controls/column.tsx';
import { ColumnsControl } from './controls/columns.tsx';
import type { ControlProps } from './controls/control.ts';
import { DatasetControl } from './controls/dataset.tsx';
import { FileControl } from './controls/file.tsx';
import { NumberControl } from './controls/number.tsx';
import { ChoiceControl, FlagControl, LinesControl, TextControl } from './controls/simple.tsx';
import { Field } from './field.tsx';
import { LiftButton } from './lift-button.tsx';
import { problemsOfParam } from './param-facts.ts';

const byControl: Readonly<Record<string, ComponentType<ControlProps>>> = {
  column: ColumnControl,
  file: FileControl,
  lines: LinesControl,
  code: LinesControl,
  blank: BlankControl,
  dataset: DatasetControl,
  columns: ColumnsControl,
};

/** The editor of a param: by what its declaration says, never by the node type. */
function controlFor({ schema }: Param): ComponentType<ControlProps> | undefined {
  if (schema.control === 'schema') return undefined;
  const special = schema.control && byControl[schema.control];
  if (special) return special;
  if (schema.enum) return ChoiceControl;
  if (schema.type === 'boolean') return FlagControl;
  if (schema.type === 'number' || schema.type === 'integer') return NumberControl;
  return schema.type === 'string' ? TextControl : undefined;
}

const none: readonly Problem[] = [];
const sameValue = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** All params of a node, as its declaration orders them; what is seldom changed is folded away. */
export function ParamsForm({
  id,
  node,
  entry,
}: {
  readonly id: string;
  readonly node: GraphNode;
  readonly entry: PaletteEntry;
}) {
  const problems = useEditor(({ check }) => check?.nodes.get(id)?.problems) ?? none;
  const params = visibleParams(entry, node).filter((param) => controlFor(param) !== undefined);
  const basic = params.filter(({ schema }) => !schema.advanced);
  const advanced = params.filter(({ schema }) => schema.advanced);
  const hiddenTrouble = advanced.some(({ name }) => problemsOfParam(problems, id, name).length > 0);
  const [open, setOpen] = useState(false);
  const unfolded = open || hiddenTrouble;
  const row = (param: Param) => (
    <ParamField
      key={param.name}
      node={id}
      entry={entry}
      param={param}
      problems={problemsOfParam(problems, id, param.name)}
    />
  );
  if (params.length === 0) return <p className="py-1 text-ink-3 text-xs">This node has nothing to set.</p>;
  return (
    <div>
      {basic.map(row)}
      {advanced.length > 0 && (
        <>
          <button
            type="button"
            aria-expanded={unfolded}
            onClick={() => setOpen(!unfolded)}
            className="-mx-1 mt-1 flex h-7 items-center gap-1 rounded-md px-1 text-ink-2 text-xs hover:text-ink"
          >
            <ChevronRight size={14} className={unfolded ? 'rotate-90' : ''} aria-hidden="true" />
            {advanced.length} more
          </button>
          {unfolded && advanced.map(row)}
        </>
      )}
    </div>
  );
}

function ParamField({
  node,
  entry,
  param,
  problems,
}: {
  readonly node: string;
  readonly entry: PaletteEntry;
  readonly param: Param;
  readonly problems: readonly Problem[];
}) {
  const session = useSession();
  const [typed, setTyped] = useState<string>();
  const path = useEditor((state) => pathOf(state, node));
  const Control = controlFor(param)!;
  const { name, title, schema } = param;
  const changed = !sameValue(param.value, schema.default);
  const set = (value: unknown) => {
    setTyped(undefined);
    session.do(setParam(node, name, value, title), `param:${node}:${name}`);
  };
  return (
    <Field
      title={title}
      description={schema.description}
      unit={schema.unit}
      problems={problems}
      path={path}
      typed={typed}
      inline={Control === FlagControl}
      beside={<LiftButton node={node} param={param} />}
      {...(changed && !session.readOnly && schema.control !== 'file' && { onReset: () => set(undefined) })}
    >
      {(ids) => (
        <Control
          node={node}
          entry={entry}
          param={param}
          ids={ids}
          disabled={session.readOnly}
          onChange={set}
          onTyped={setTyped}
        />
      )}
    </Field>
  );
}
