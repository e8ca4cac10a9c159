'use client';

import type { GraphNode } from '../../../graph/document.ts';
import { exposePort, hidePort } from '../../../graph/subgraph-edits.ts';
import { showWire, type WireType } from '../../../graph/types.ts';
import { showSize } from '../../../ir/size.ts';
import { useEditor, useSession } from '../context.tsx';
import { openDefinition, outsideNames } from '../state/definitions.ts';
import { showCount } from '../state/facts.ts';
import { namedAxes } from '../state/named-axes.ts';
import { type NodePort, portsOf, wiresAt, wiresOf } from '../state/ports.ts';
import { titleOf } from '../state/wiring.ts';
import { SchemaTable } from './schema-table.tsx';

/** Every port with what its wire carries, and where that wire leads. */
export function PortsSection({ id, node }: { readonly id: string; readonly node: GraphNode }) {
  const edges = useEditor(({ log }) => log.document.edges);
  const definitions = useEditor(({ log }) => log.document.definitions);
  const check = useEditor(({ check: found }) => found?.nodes.get(id));
  const { inputs, outputs } = portsOf(node, wiresAt(edges, id), definitions);
  return (
    <div className="space-y-1">
      {inputs.map((port) => (
        <PortRow key={`in ${port.name}`} node={id} port={port} side="in" types={check?.inputs[port.name] ?? []} />
      ))}
      {outputs.map((port) => {
        const type = check?.outputs[port.name];
        return <PortRow key={`out ${port.name}`} node={id} port={port} side="out" types={type ? [type] : []} />;
      })}
    </div>
  );
}

function PortRow({
  node,
  port,
  side,
  types,
}: {
  readonly node: string;
  readonly port: NodePort;
  readonly side: 'in' | 'out';
  readonly types: readonly WireType[];
}) {
  const { name, doc, kinds, optional, many, wired, unknown } = port;
  return (
    <div data-kind={kinds.length === 1 ? kinds[0] : 'any'} className="border-line border-t py-2 first:border-t-0">
      <div className="flex items-baseline gap-1.5 text-xs">
        <span className="size-2 shrink-0 self-center rounded-full bg-kind" aria-hidden="true" />
        <span className="font-medium">{name}</span>
        <span className="text-2xs text-ink-3">
          {side === 'in' ? 'input' : 'output'}
          {many && ', any number'}
          {optional && ', optional'}
          {unknown && ', unknown to this node type'}
        </span>
      </div>
      {doc && <p className="mt-0.5 text-2xs text-ink-3 leading-4">{doc}</p>}
      {types.map((type, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the wires of a port, in their order
        <TypeOf key={i} type={type} />
      ))}
      {types.length === 0 && (wired || side === 'out') && !unknown && (
        <p className="mt-1 text-2xs text-ink-3 italic">Not known yet: something before it is missing or wrong.</p>
      )}
      <Ends node={node} port={name} side={side} />
      <Outside node={node} port={name} side={side === 'in' ? 'inputs' : 'outputs'} />
    </div>
  );
}

/** In an open subgraph: whether the port is one of the subgraph's, and what makes it one. */
function Outside({
  node,
  port,
  side,
}: {
  readonly node: string;
  readonly port: string;
  readonly side: 'inputs' | 'outputs';
}) {
  const session = useSession();
  const id = useEditor((state) => openDefinition(state)?.id);
  const name = useEditor((state) => outsideNames(openDefinition(state)?.definition, node)[`${side} ${port}`]);
  if (id === undefined || session.readOnly) return null;
  const what = side === 'inputs' ? 'input' : 'output';
  const { definitions } = session.whole;
  return (
    <p className="mt-1 flex flex-wrap items-baseline gap-x-2 text-2xs">
      {name !== undefined && (
        <span className="text-ink-2">
          The subgraph’s {what} <span className="font-medium text-ink">{name}</span>
        </span>
      )}
      <button
        type="button"
        className="text-accent hover:underline"
        onClick={() =>
          session.do(
            name === undefined
              ? exposePort(definitions, id, side, [node, port])
              : hidePort(definitions, id, side, [node, port]),
          )
        }
      >
        {name === undefined ? `Make it an ${what} of the subgraph` : 'Keep it inside'}
      </button>
    </p>
  );
}

/** The other ends of a port's wires: a click goes there. */
function Ends({ node, port, side }: { readonly node: string; readonly port: string; readonly side: 'in' | 'out' }) {
  const session = useSession();
  const document = useEditor(({ log }) => log.document);
  const ends = wiresOf(document.edges, node).flatMap(([id, { from, to, name }]) => {
    const [here, there] = side === 'in' ? [to, from] : [from, to];
    return here[0] === node && here[1] === port ? [{ id, node: there[0], port: there[1], name }] : [];
  });
  const isOutside = useEditor(
    (state) =>
      outsideNames(openDefinition(state)?.definition, node)[`${side === 'in' ? 'inputs' : 'outputs'} ${port}`] !==
      undefined,
  );
  if (ends.length === 0 && isOutside) return null;
  if (ends.length === 0)
    return <p className="mt-1 text-2xs text-ink-3">{side === 'in' ? 'Nothing is wired to it.' : 'Goes nowhere.'}</p>;
  return (
    <ul className="mt-1 flex flex-wrap gap-x-2 text-2xs">
      {ends.map((end) => (
        <li key={end.id}>
          <button
            type="button"
            className="text-accent hover:underline"
            onClick={() => {
              session.select([end.node]);
              session.view?.show([end.node]);
            }}
          >
            {side === 'in' ? 'from' : 'to'} {titleOf(document, end.node)}
          </button>
          <span className="text-ink-3">
            .{end.port}
            {end.name !== undefined && `, as “${end.name}”`}
          </span>
        </li>
      ))}
    </ul>
  );
}

export function TypeOf({ type }: { readonly type: WireType }) {
  if (type.kind === 'tensor')
    return (
      <div className="mt-1 flex flex-wrap items-end gap-1">
        <span className="mono text-2xs text-kind">{type.dtype}</span>
        {namedAxes(type).map(({ name, size }, i) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: axes have an order
            key={i}
            className="flex flex-col items-center rounded-sm border border-line bg-surface-2 px-1.5"
          >
            <span className="mono text-2xs leading-4">{size}</span>
            <span className="text-[10px] text-ink-3 leading-3.5">{name}</span>
          </span>
        ))}
        {type.below !== undefined && <span className="text-2xs text-ink-3">ids below {showSize(type.below)}</span>}
      </div>
    );
  if (type.kind === 'dataset')
    return (
      <div className="mt-1">
        <p className="mb-1 text-2xs text-ink-2">
          {type.rows === undefined ? 'Rows: known once it ran' : `${showCount(type.rows)} rows`}, {type.columns.length}{' '}
          {type.columns.length === 1 ? 'column' : 'columns'}
        </p>
        <SchemaTable columns={type.columns} />
      </div>
    );
  if (type.kind === 'model')
    return (
      <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3 text-2xs">
        <dt className="text-ink-3">Task</dt>
        <dd>{type.task.replaceAll('-', ' ')}</dd>
        <dt className="text-ink-3">Reads</dt>
        <dd className="mono truncate">{type.inputs.map((input) => input.column).join(', ') || '–'}</dd>
        <dt className="text-ink-3">Parameters</dt>
        <dd className="tabular break-words">{showCount(type.parameters)}</dd>
        <dt className="text-ink-3">Trainable</dt>
        <dd className="tabular break-words">{showCount(type.trainable)}</dd>
      </dl>
    );
  return <p className="mono mt-1 break-words text-2xs text-kind">{showWire(type)}</p>;
}
