'use client';

import { ArrowDown, ArrowUp, X } from 'lucide-react';
import { useState } from 'react';
import type { Command } from '../../../graph/edit.ts';
import { hidePort, lowerParam, movePort, renamePort } from '../../../graph/subgraph-edits.ts';
import { type Definition, portNames } from '../../../graph/subgraphs.ts';
import { problemOf } from '../../../lib/problem.ts';
import { entryOfDefinition, entryOfNode } from '../../../nodes/subgraphs.ts';
import { IconButton } from '../../_ui/button.tsx';
import { useEditor, useSession } from '../context.tsx';
import { openDefinition } from '../state/definitions.ts';
import { wholeOf } from '../state/scope.ts';
import { titleOf } from '../state/wiring.ts';
import { instancesOf } from '../subgraph-actions.ts';
import { Field, inputClass } from './field.tsx';
import { Section } from './section.tsx';
import { TotalsList } from './totals-list.tsx';

/** All about the subgraph that is open, shown while nothing is selected: its name, its ports, its settings outside. */
export function SubgraphPanel() {
  const session = useSession();
  const id = useEditor((state) => openDefinition(state)?.id);
  const definition = useEditor((state) => openDefinition(state)?.definition);
  const count = useEditor((state) => (id === undefined ? 0 : instancesOf(wholeOf(state).log.document, id)));
  if (id === undefined || !definition) return null;
  return (
    <div>
      <div className="px-4 pt-2 pb-3">
        <Field
          title="Name of the subgraph"
          description={
            count === 1
              ? 'One node shows it.'
              : `${count} nodes show it: a change here changes all of them. Make one independent to change it alone.`
          }
        >
          {(ids) => (
            <input
              {...ids}
              className={inputClass}
              disabled={session.readOnly}
              maxLength={80}
              value={definition.title}
              onChange={({ target }) =>
                session.do(
                  {
                    label: 'Rename the subgraph',
                    edits: [{ path: ['definitions', id, 'title'], value: target.value }],
                  },
                  `definition:${id}`,
                )
              }
            />
          )}
        </Field>
      </div>
      <Section title="Inputs">
        <Ports id={id} definition={definition} side="inputs" />
      </Section>
      <Section title="Outputs">
        <Ports id={id} definition={definition} side="outputs" />
      </Section>
      <Section title="Settings outside">
        <Lifted id={id} definition={definition} />
      </Section>
      <Section title="Totals">
        <TotalsList />
      </Section>
    </div>
  );
}

type Side = 'inputs' | 'outputs';

function Ports({
  id,
  definition,
  side,
}: {
  readonly id: string;
  readonly definition: Definition;
  readonly side: Side;
}) {
  const session = useSession();
  const definitions = useEditor(({ log }) => log.document.definitions);
  const names = portNames(definition, side);
  const ports = entryOfDefinition(definition, definitions)[side];
  if (names.length === 0)
    return (
      <p className="text-ink-3 text-xs">
        None yet. Select a node in here: under Ports, each of its ports can be made one of the subgraph’s.
      </p>
    );
  return (
    <ul className="space-y-2">
      {names.map((name, i) => {
        const kinds = ports.find((port) => port.name === name)?.kinds ?? [];
        const rows = definition[side].filter((row) => row.name === name);
        const all = (make: (end: readonly [string, string]) => Command) => {
          const ends = rows.map((row) => [row.node, row.port] as const);
          for (const end of ends) session.do(make(end));
        };
        return (
          <li key={name} data-kind={kinds.length === 1 ? kinds[0] : 'any'}>
            <div className="flex items-center gap-1">
              <span className="size-2 shrink-0 rounded-full bg-kind" aria-hidden="true" />
              <PortName id={id} side={side} name={name} />
              {!session.readOnly && (
                <>
                  <IconButton
                    size="sm"
                    label={`Move ${name} up`}
                    icon={<ArrowUp size={13} />}
                    disabled={i === 0}
                    onClick={() => session.do(movePort(definitions, id, side, { name, by: -1 }))}
                  />
                  <IconButton
                    size="sm"
                    label={`Move ${name} down`}
                    icon={<ArrowDown size={13} />}
                    disabled={i === names.length - 1}
                    onClick={() => session.do(movePort(definitions, id, side, { name, by: 1 }))}
                  />
                  <IconButton
                    size="sm"
                    label={`Take ${name} away`}
                    icon={<X size={13} />}
                    onClick={() => all((end) => hidePort(session.whole.definitions, id, side, end))}
                  />
                </>
              )}
            </div>
            <p className="ml-3 text-2xs text-ink-3">
              {side === 'inputs' ? 'to ' : 'from '}
              {rows.map((row, k) => (
                <span key={`${row.node} ${row.port}`}>
                  {k > 0 && ', '}
                  <button
                    type="button"
                    className="text-accent hover:underline"
                    onClick={() => {
                      session.select([row.node]);
                      session.view?.show([row.node]);
                    }}
                  >
                    {titleOf(session.document, row.node)}
                  </button>
                  .{row.port}
                </span>
              ))}
            </p>
          </li>
        );
      })}
    </ul>
  );
}

/** A port's name: taken when the field is left, since wires of all instances go by it. */
function PortName({ id, side, name }: { readonly id: string; readonly side: Side; readonly name: string }) {
  const session = useSession();
  const [typed, setTyped] = useState<string>();
  const [wrong, setWrong] = useState<string>();
  const end = () => {
    setTyped(undefined);
    if (typed === undefined || typed.trim() === name) return;
    try {
      // wires of instances in all graphs of the document go by it
      session.doWhole(renamePort(session.whole, id, side, { from: name, to: typed }));
      setWrong(undefined);
    } catch (error) {
      setWrong(problemOf(error).message);
    }
  };
  return (
    <div className="min-w-0 flex-1">
      <input
        aria-label={`Name of the ${side === 'inputs' ? 'input' : 'output'} ${name}`}
        {...(wrong !== undefined && { 'aria-invalid': true })}
        className={`${inputClass} !h-7 text-xs`}
        disabled={session.readOnly}
        maxLength={60}
        spellCheck={false}
        value={typed ?? name}
        onChange={({ target }) => setTyped(target.value)}
        onBlur={end}
        onKeyDown={({ key, currentTarget }) => {
          if (key === 'Enter') currentTarget.blur();
          if (key === 'Escape') setTyped(undefined);
        }}
      />
      {wrong !== undefined && (
        <p role="alert" className="mt-0.5 text-2xs text-bad">
          {wrong}
        </p>
      )}
    </div>
  );
}

function Lifted({ id, definition }: { readonly id: string; readonly definition: Definition }) {
  const session = useSession();
  const { nodes, definitions } = session.document;
  if (definition.params.length === 0)
    return (
      <p className="text-ink-3 text-xs">
        None yet. Select a node in here: the arrow beside a setting shows it on the instances, each with its own value.
      </p>
    );
  return (
    <ul className="space-y-1">
      {definition.params.map(({ name, node, param }) => {
        const schema = entryOfNode(nodes[node], definitions)?.params[param];
        const title = typeof schema?.title === 'string' ? schema.title : param;
        return (
          <li key={name} className="flex items-center gap-1 text-xs">
            <span className="min-w-0 flex-1 truncate">
              {title} <span className="text-ink-3">of {titleOf(session.document, node)}</span>
            </span>
            {!session.readOnly && (
              <IconButton
                size="sm"
                label={`Keep ${title} inside`}
                icon={<X size={13} />}
                onClick={() => session.do(lowerParam(session.whole.definitions, id, [node, param], title))}
              />
            )}
          </li>
        );
      })}
    </ul>
  );
}
