'use client';

import type { Node, NodeProps } from '@xyflow/react';
import { cx } from 'class-variance-authority';
import { CircleAlert, EyeOff, LogIn, TriangleAlert, Unplug } from 'lucide-react';
import { type CSSProperties, memo } from 'react';
import type { GraphNode } from '../../../graph/document.ts';
import { type Definitions, INSTANCE } from '../../../graph/subgraphs.ts';
import type { PaletteEntry } from '../../../nodes/catalogue.ts';
import { entryOfNode } from '../../../nodes/subgraphs.ts';
import { familyNamed } from '../../_ui/families.ts';
import { useEditor, useSession } from '../context.tsx';
import { RenameField } from '../panel/rename-field.tsx';
import { colourOf } from '../state/colours.ts';
import { openDefinition, outsideNames } from '../state/definitions.ts';
import type { NodeFacts } from '../state/facts.ts';
import { hiddenAt } from '../state/hidden-wires.ts';
import { keyParams, showValue } from '../state/params.ts';
import { portsOf, wiresAt } from '../state/ports.ts';
import { type NodeRun, showMilliseconds } from '../state/run-state.ts';
import { familyOf } from '../state/search-entries.ts';
import { tagsAt } from '../state/tags.ts';
import { openInstance } from '../subgraph-actions.ts';
import { FoldedPorts, PortRows } from './ports.tsx';
import { ResultPreview } from './result-preview.tsx';
import { Sparkline } from './sparkline.tsx';
import { StatusIcon } from './status-icon.tsx';

const noDefinitions: Definitions = {};
export const NODE_WIDTH = 216;
export type CanvasNode = Node<Record<string, never>, 'patch' | 'furniture'>;

/** A node on the canvas. It reads its own part of the state only, so that an edit draws one node again. */
export const NodeView = memo(function NodeView({ id, selected }: NodeProps<CanvasNode>) {
  const node = useEditor((state) => state.log.document.nodes[id]);
  const facts = useEditor((state) => state.facts[id]);
  const run = useEditor((state) => state.run?.nodes[id]);
  const stale = useEditor((state) => state.stale.has(id));
  const wires = useEditor((state) => wiresAt(state.log.document.edges, id));
  const tags = useEditor((state) => tagsAt(state.log.document.edges, id));
  const hidden = useEditor((state) => hiddenAt(state, id));
  // other nodes than instances are not drawn again when a definition changes
  const definitions = useEditor(({ log: { document } }) =>
    document.nodes[id]?.type === INSTANCE ? document.definitions : noDefinitions,
  );
  const renaming = useEditor((state) => state.renaming === id);
  const outside = useEditor((state) => outsideNames(openDefinition(state)?.definition, id));
  const session = useSession();
  if (!node) return null;
  const isInstance = node.type === INSTANCE;
  const entry = entryOfNode(node, definitions);
  const family = familyOf(node.type);
  const ports = portsOf(node, wires, definitions);
  const title = node.title || entry?.title || node.type;
  return (
    <div
      style={{ '--family': colourOf(node), width: NODE_WIDTH } as CSSProperties}
      data-coloured={node.color !== undefined || undefined}
      className={cx(
        'node relative rounded-lg border bg-surface shadow-raised transition-[border-color,box-shadow] duration-100',
        facts && facts.errors > 0 ? 'border-bad' : 'border-line-strong',
        selected && 'shadow-floating ring-2 ring-accent',
        (node.muted || node.bypassed) && 'opacity-55',
        !entry && 'border-dashed',
        isInstance && 'node-stack',
      )}
      {...(isInstance && {
        onDoubleClick: (event) => {
          if (openInstance(session, id)) event.stopPropagation();
        },
      })}
    >
      <Header
        id={id}
        node={node}
        title={title}
        family={family}
        facts={facts}
        run={run}
        stale={stale}
        renaming={renaming}
        entry={entry}
      />
      {run?.status === 'running' && <Progress fraction={run.fraction} label={title} note={run.note} />}
      {!entry && <p className="mono node-detail truncate px-2.5 pt-1.5 text-2xs text-ink-2">{node.type}</p>}
      {node.collapsed ? (
        <FoldedPorts title={title} {...ports} facts={facts} tags={tags} hidden={hidden} />
      ) : (
        <PortRows title={title} {...ports} facts={facts} outside={outside} tags={tags} hidden={hidden} />
      )}
      {entry && !node.collapsed && <Params entry={entry} node={node} solved={facts?.solved} />}
      {run && !node.collapsed && <Results run={run} />}
      {!node.collapsed && <Footer facts={facts} run={run} stale={stale} />}
    </div>
  );
});

function Header({
  id,
  node,
  title,
  family,
  facts,
  run,
  stale,
  renaming,
  entry,
}: {
  readonly id: string;
  readonly node: GraphNode;
  readonly title: string;
  readonly family: string;
  readonly facts: NodeFacts | undefined;
  readonly run: NodeRun | undefined;
  readonly stale: boolean;
  readonly renaming: boolean;
  readonly entry: PaletteEntry | undefined;
}) {
  const { icon: Icon, title: familyTitle } = familyNamed(family);
  return (
    <header
      className={cx(
        'node-header flex h-9 items-center gap-2 pr-2 pl-1.5',
        !node.collapsed && 'rounded-t-[7px] border-line border-b',
      )}
    >
      <span
        title={familyTitle}
        className="grid size-6 shrink-0 place-items-center rounded-md bg-[color-mix(in_oklab,var(--family)_16%,transparent)] text-family"
      >
        <Icon size={14} strokeWidth={2} aria-hidden="true" />
      </span>
      {renaming ? (
        <RenameField node={id} className="h-6 min-w-0 flex-1 font-semibold text-sm" />
      ) : (
        <span className="node-title min-w-0 flex-1 truncate font-semibold text-sm" title={title}>
          {title}
        </span>
      )}
      {node.muted && <EyeOff size={13} className="text-ink-3" aria-label="muted" />}
      {node.bypassed && <Unplug size={13} className="text-ink-3" aria-label="bypassed" />}
      {facts && facts.errors > 0 && (
        <Badge tone="bad" count={facts.errors} text={facts.errors === 1 ? 'problem' : 'problems'} />
      )}
      {facts && facts.errors === 0 && facts.warnings > 0 && (
        <Badge tone="warn" count={facts.warnings} text={facts.warnings === 1 ? 'warning' : 'warnings'} />
      )}
      {run && <StatusIcon standing={stale ? 'stale' : run.status} />}
      {node.type === INSTANCE && entry && <OpenButton id={id} title={title} />}
    </header>
  );
}

function OpenButton({ id, title }: { readonly id: string; readonly title: string }) {
  const session = useSession();
  return (
    <button
      type="button"
      title="Open the subgraph (Enter)"
      aria-label={`Open ${title}`}
      tabIndex={-1}
      onClick={(event) => {
        event.stopPropagation();
        openInstance(session, id);
      }}
      className="nodrag node-detail -mr-1 grid size-6 shrink-0 place-items-center rounded-md text-ink-2 hover:bg-surface-3 hover:text-ink"
    >
      <LogIn size={14} aria-hidden="true" />
    </button>
  );
}

function Badge({
  tone,
  count,
  text,
}: {
  readonly tone: 'bad' | 'warn';
  readonly count: number;
  readonly text: string;
}) {
  const Icon = tone === 'bad' ? CircleAlert : TriangleAlert;
  return (
    <span
      title={`${count} ${text}`}
      className={cx('tabular flex items-center gap-0.5 text-2xs', tone === 'bad' ? 'text-bad' : 'text-warn')}
    >
      <Icon size={13} aria-hidden="true" />
      {count > 1 && count}
      <span className="sr-only">
        {count > 1 ? '' : count} {text}
      </span>
    </span>
  );
}

function Progress({
  fraction,
  label,
  note,
}: {
  readonly fraction: number | undefined;
  readonly label: string;
  readonly note: string | undefined;
}) {
  return (
    <div
      role="progressbar"
      aria-label={`${label}${note ? `: ${note}` : ''}`}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(fraction !== undefined && { 'aria-valuenow': Math.round(fraction * 100) })}
      title={note}
      className="-mt-px h-0.5 overflow-hidden bg-accent-soft"
    >
      <div
        className={cx('h-full origin-left bg-accent', fraction === undefined && 'animate-breathe')}
        style={{ transform: `scaleX(${fraction ?? 1})` }}
      />
    </div>
  );
}

function Params({
  entry,
  node,
  solved,
}: {
  readonly entry: PaletteEntry;
  readonly node: GraphNode;
  readonly solved: Readonly<Record<string, string>> | undefined;
}) {
  const params = keyParams(entry, node);
  if (params.length === 0) return null;
  return (
    <dl className="node-detail border-line border-t px-2.5 py-1.5">
      {params.map((param) => {
        const value = showValue(param);
        const blank = solved?.[param.name];
        return (
          <div key={param.name} className="flex h-5 items-baseline justify-between gap-2 text-2xs leading-5">
            <dt className="min-w-0 shrink-0 truncate text-ink-2">{param.title}</dt>
            <dd className={cx('tabular min-w-0 truncate', value ? 'text-ink' : 'text-ink-3 italic')} title={value}>
              {value || blank || (param.schema.control === 'file' ? 'none yet' : 'automatic')}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function Results({ run }: { readonly run: NodeRun }) {
  const hasCurve = Object.keys(run.curves).length > 0;
  const hasResult = Object.keys(run.outputs).length > 0 || Object.keys(run.previews).length > 0;
  if (!hasCurve && !hasResult) return null;
  return (
    <div className="node-detail border-line border-t empty:hidden">
      {hasCurve ? <Sparkline curves={run.curves} /> : <ResultPreview run={run} />}
    </div>
  );
}

function Footer({
  facts,
  run,
  stale,
}: {
  readonly facts: NodeFacts | undefined;
  readonly run: NodeRun | undefined;
  readonly stale: boolean;
}) {
  const time =
    run?.status === 'cached'
      ? 'cached'
      : run?.status === 'done' && run.ms !== undefined
        ? showMilliseconds(run.ms)
        : '';
  const note = stale ? 'changed since' : run?.status === 'running' ? (run.note ?? 'running') : time;
  if (!facts?.parameters && !note) return null;
  return (
    <footer className="node-detail tabular flex h-6 items-center justify-between gap-2 rounded-b-[7px] border-line border-t bg-surface-2 px-2.5 text-2xs text-ink-2">
      <span className="truncate" title={facts?.parameters ? `${facts.parameters} learned numbers` : undefined}>
        {facts?.parameters ? `${facts.parameters} parameters` : ''}
      </span>
      <span className={cx('shrink-0', stale && 'text-warn')}>{note}</span>
    </footer>
  );
}
