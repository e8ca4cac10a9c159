import { Handle, Position } from '@xyflow/react';
import { cx } from 'class-variance-authority';
import { Fragment, lazy, Suspense } from 'react';
import { insist } from '../../_client/insist.ts';
import type { NodeFacts } from '../state/facts.ts';
import type { NodePort } from '../state/ports.ts';
import { shortType } from '../state/short-type.ts';
import type { Tag, tagsAt } from '../state/tags.ts';

// few wires have a name
const WireTag = lazy(() => insist(() => import('./wire-tag.tsx')));

export const kindOf = ({ kinds }: Pick<NodePort, 'kinds'>): string => (kinds.length === 1 ? kinds[0]! : 'any');

/** Inputs left, outputs right, each with its name; below an output the type that it gives. */
export function PortRows({
  title,
  inputs,
  outputs,
  facts,
  outside,
  tags,
  hidden,
}: {
  readonly title: string;
  readonly inputs: readonly NodePort[];
  readonly outputs: readonly NodePort[];
  readonly facts: NodeFacts | undefined;
  /** In an open subgraph: what ports are called outside, by side and name. */
  readonly outside: Readonly<Record<string, string>>;
} & Marks) {
  const rows = Math.max(inputs.length, outputs.length);
  const place = (side: 'input' | 'output', port: NodePort) => (
    <Port
      title={title}
      side={side}
      port={port}
      facts={facts}
      outside={outside[`${side}s ${port.name}`]}
      tag={tags[`${side}s`].get(port.name)}
      hides={hides(side, port, hidden)}
    />
  );
  return (
    <div className="py-1.5">
      {Array.from({ length: rows }, (_, i) => {
        const input = inputs[i];
        const output = outputs[i];
        return (
          <div key={`${input?.name}|${output?.name}`}>
            <div className="flex h-[22px] items-center justify-between gap-3">
              {input ? place('input', input) : <span />}
              {output && place('output', output)}
            </div>
            {output && (
              <TypeLine
                type={facts?.outputs[output.name]}
                axes={facts?.axes[`out:${output.name}`]}
                kind={kindOf(output)}
              />
            )}
          </div>
        );
      })}
    </div>
  );
}

/** What stands at a node's ports for wires that are no lines. */
interface Marks {
  readonly tags: ReturnType<typeof tagsAt>;
  /** Ports whose wires are all hidden, as hidden-wires.ts writes them. */
  readonly hidden: string;
}

const hides = (side: 'input' | 'output', { name }: NodePort, hidden: string): boolean =>
  hidden !== '' && hidden.split('\n').includes(`${side === 'input' ? 'in' : 'out'}:${name}`);

/** The ports of a folded node: one place on each side of its header, so that its wires stay. */
export function FoldedPorts({
  title,
  inputs,
  outputs,
  facts,
  tags,
  hidden,
}: {
  readonly title: string;
  readonly inputs: readonly NodePort[];
  readonly outputs: readonly NodePort[];
  readonly facts: NodeFacts | undefined;
} & Marks) {
  return (
    <div className="pointer-events-none absolute inset-x-0 top-0 h-9">
      {(['input', 'output'] as const).map((side) => {
        const ports = side === 'input' ? inputs : outputs;
        const own = [...tags[`${side}s`]];
        return (
          <Fragment key={side}>
            {ports.map((port) => (
              <Dot
                key={port.name}
                title={title}
                side={side}
                port={port}
                facts={facts}
                hides={hides(side, port, hidden)}
              />
            ))}
            {own.length > 0 && (
              <span data-side={side} className="port-tags top-2">
                <Suspense>
                  {own.map(([port, tag]) => (
                    <WireTag key={port} side={side} tag={tag} kind={kindOf(portNamed(ports, port))} />
                  ))}
                </Suspense>
              </span>
            )}
          </Fragment>
        );
      })}
    </div>
  );
}

function TypeLine({
  type,
  axes,
  kind,
}: {
  readonly type: string | undefined;
  readonly axes: string | undefined;
  readonly kind: string;
}) {
  // types that say no more than their port's name have no line
  const text = type === undefined ? '' : shortType(type);
  if (text === '' || text === kind) return null;
  return (
    <p
      data-kind={kind}
      title={axes === undefined ? type : `${type}\n${axes}`}
      className="mono node-detail -mt-0.5 truncate pr-2.5 pb-0.5 pl-6 text-right text-[10px] text-kind leading-4"
    >
      {text}
    </p>
  );
}

interface PortProps {
  readonly title: string;
  readonly side: 'input' | 'output';
  readonly port: NodePort;
  readonly facts: NodeFacts | undefined;
  readonly hides: boolean;
}

const portNamed = (ports: readonly NodePort[], name: string): Pick<NodePort, 'kinds'> =>
  ports.find((port) => port.name === name) ?? { kinds: [] };

const isWrong = ({ side, port, facts }: PortProps): boolean =>
  facts?.wrong.includes(`${side === 'input' ? 'in' : 'out'}:${port.name}`) || port.unknown === true;
const isOpen = ({ side, port, facts }: PortProps): boolean =>
  side === 'input' && facts?.open.includes(port.name) === true;

function Dot(props: PortProps) {
  const { title, side, port, hides: isDark } = props;
  return (
    <Handle
      id={port.name}
      type={side === 'input' ? 'target' : 'source'}
      position={side === 'input' ? Position.Left : Position.Right}
      role="button"
      tabIndex={-1}
      aria-label={`${title} ${side} ${port.name}`}
      data-kind={kindOf(port)}
      data-wired={port.wired}
      data-hides={isDark || undefined}
      data-wrong={isWrong(props)}
      data-open={isOpen(props)}
      className="port"
    />
  );
}

function Port(props: PortProps & { readonly outside: string | undefined; readonly tag: Tag | undefined }) {
  const { side, port, facts, outside, tag } = props;
  const { name, doc, optional, many, wired } = port;
  const isInput = side === 'input';
  const wrong = isWrong(props);
  const open = isOpen(props);
  return (
    <div
      className={cx('relative flex min-w-0 items-center', isInput ? 'pl-3' : 'pr-3')}
      title={[doc, facts?.[isInput ? 'inputs' : 'outputs'][name], facts?.axes[`${isInput ? 'in' : 'out'}:${name}`]]
        .filter(Boolean)
        .join('\n')}
    >
      <Dot {...props} />
      {(outside !== undefined || tag) && (
        <span data-side={side} className="port-tags">
          {tag && (
            <Suspense>
              <WireTag side={side} tag={tag} kind={kindOf(port)} converts={facts?.converts[isInput ? name : '']} />
            </Suspense>
          )}
          {outside !== undefined && (
            <span
              data-kind={kindOf(port)}
              title={`${isInput ? 'Input' : 'Output'} ${outside} of the subgraph`}
              className="port-outside node-detail"
            >
              {outside}
            </span>
          )}
        </span>
      )}
      <span
        className={cx(
          'node-detail truncate text-xs',
          wrong ? 'font-medium text-bad' : optional && !wired ? 'text-ink-3' : 'text-ink-2',
        )}
      >
        {name}
        {many && <span className="text-ink-3"> ×n</span>}
        {open && <span className="text-warn"> needed</span>}
      </span>
    </div>
  );
}
