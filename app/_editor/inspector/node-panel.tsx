'use client';

import { Binary } from 'lucide-react';
import { type CSSProperties, lazy, Suspense, useMemo } from 'react';
import { setNodeField, silence } from '../../../graph/edit.ts';
import { INSTANCE } from '../../../graph/subgraphs.ts';
import { isError } from '../../../lib/problem.ts';
import { entryOfNode } from '../../../nodes/subgraphs.ts';
import { insist } from '../../_client/insist.ts';
import { Button } from '../../_ui/button.tsx';
import { familyColour, familyNamed } from '../../_ui/families.ts';
import { Notice } from '../../_ui/notice.tsx';
import { useEditor, useSession } from '../context.tsx';
import { ProblemActions } from '../problem-actions.tsx';
import { hasPrograms } from '../program/has-programs.ts';
import { visibleParams } from '../state/params.ts';
import { pathOf, wholeOf } from '../state/scope.ts';
import { familyOf } from '../state/search-entries.ts';
import { titleAt } from '../state/wiring.ts';
import { CostSection, hasCost } from './cost-section.tsx';
import { DocsSection } from './docs-section.tsx';
import { ExpandSection, InstanceSection } from './instance-section.tsx';
import { problemsBeside } from './param-facts.ts';
import { ParamsForm } from './params-form.tsx';
import { PortsSection } from './ports-section.tsx';
import { ResultsSection } from './results-section.tsx';
import { Section } from './section.tsx';
import { NameField } from './typed-field.tsx';

const ProgramCost = lazy(async () => ({
  default: (await insist(() => import('../program/program-cost.tsx'))).ProgramCost,
}));

/** From a problem inside of an instance to where it is. */
function WayThere({ path }: { readonly path: string }) {
  const session = useSession();
  return (
    <button
      type="button"
      className="mt-1 block text-2xs text-accent hover:underline"
      onClick={() => session.reveal([path])}
    >
      In {titleAt(session.whole, path)}
    </button>
  );
}

/** All about one node. */
export function NodePanel({ id }: { readonly id: string }) {
  const session = useSession();
  const node = useEditor(({ log }) => log.document.nodes[id]);
  const check = useEditor(({ check: found }) => found?.nodes.get(id));
  const run = useEditor((state) => state.run?.nodes[id]);
  const definitions = useEditor(({ log }) => log.document.definitions);
  const entry = entryOfNode(node, definitions);
  const path = useEditor((state) => pathOf(state, id));
  const shows = useEditor((state) => hasPrograms(wholeOf(state).check, path));
  const beside = useMemo(() => {
    if (!check || !node) return [];
    const shown = entry ? visibleParams(entry, node).map(({ name }) => name) : [];
    return problemsBeside(check.problems, id, shown);
  }, [check, node, entry, id]);
  if (!node) return null;
  const { icon: Icon, title: family } = familyNamed(familyOf(node.type));
  const rename = (title: string) => session.do(setNodeField(id, 'title', title || undefined, 'Rename'), `title:${id}`);
  return (
    <div style={{ '--family': familyColour(familyOf(node.type)) } as CSSProperties}>
      <header className="px-4 pt-3 pb-3">
        <div className="flex items-center gap-2">
          <span className="grid size-7 shrink-0 place-items-center rounded-md bg-[color-mix(in_oklab,var(--family)_16%,transparent)] text-family">
            <Icon size={16} aria-hidden="true" />
          </span>
          <NameField
            label="Name of this node"
            value={node.title ?? ''}
            placeholder={entry?.title ?? node.type}
            disabled={session.readOnly}
            onChange={rename}
            className="-ml-1 h-8 min-w-0 flex-1 rounded-md border border-transparent bg-transparent px-1 font-semibold text-base placeholder:text-ink hover:enabled:border-line-strong focus:border-line-strong focus:bg-surface"
          />
        </div>
        <p className="mt-1 text-2xs text-ink-3">
          {node.type === INSTANCE ? 'Subgraph' : family}
          {entry && node.title && <> · {entry.title}</>}
        </p>
        {entry && <p className="mt-1.5 text-ink-2 text-xs leading-5">{entry.docs.summary}</p>}
      </header>
      {entry && node.type === INSTANCE && <InstanceSection id={id} />}
      {entry?.level === 'composite' && !entry.canvas && node.type !== INSTANCE && <ExpandSection id={id} />}
      {beside.length > 0 && (
        <div className="space-y-2 px-4 pb-3">
          {beside.map((problem) => (
            <Notice
              key={`${problem.code}${problem.at?.port}${problem.message}`}
              tone={isError(problem) ? 'bad' : 'warn'}
              message={problem.message}
              hint={problem.hint}
              className="text-xs"
            >
              {problem.reason && <p className="mt-1 text-2xs text-ink-3">{problem.reason}</p>}
              {problem.at && problem.at.node !== id && (
                <WayThere path={`${path.slice(0, -id.length)}${problem.at.node}`} />
              )}
              <ProblemActions problem={problem} path={problem.at && `${path.slice(0, -id.length)}${problem.at.node}`} />
            </Notice>
          ))}
        </div>
      )}
      {entry ? (
        <Section title="Settings">
          <ParamsForm key={id} id={id} node={node} entry={entry} />
        </Section>
      ) : (
        <div className="px-4 pb-3">
          <Notice
            tone="warn"
            message={
              node.type === INSTANCE
                ? 'The subgraph that this node shows is not in this graph.'
                : `This Patchbay has no node type ${node.type}.`
            }
            hint="The node is kept as it came, and left out of runs."
          />
        </div>
      )}
      {run && (
        <Section title="Results">
          <ResultsSection id={id} run={run} />
        </Section>
      )}
      <Section title="Ports">
        <PortsSection id={id} node={node} />
      </Section>
      {check && (hasCost(check) || shows) && (
        <Section title="Cost">
          <CostSection check={check} />
          {shows && (
            <Suspense>
              <ProgramCost key={path} path={path} />
            </Suspense>
          )}
          {shows && (
            <Button className="mt-2 w-full" size="sm" onClick={() => session.store.setState({ program: path })}>
              <Binary size={14} aria-hidden="true" /> Compiled program
            </Button>
          )}
        </Section>
      )}
      {entry && node.type !== INSTANCE && (
        <Section title="About this node" open={false}>
          <Suspense>
            <DocsSection type={entry.id} />
          </Suspense>
        </Section>
      )}
      {node.silenced && node.silenced.length > 0 && (
        <div className="flex flex-wrap gap-x-3 border-line border-t px-4 py-2 text-2xs text-ink-3">
          Silenced:
          {node.silenced.map((code) => (
            <button
              key={code}
              type="button"
              disabled={session.readOnly}
              title="Tell it again"
              onClick={() => session.do(silence(session.document, id, code))}
              className="text-accent hover:underline"
            >
              {code.replace('lint/', '').replaceAll('-', ' ')}
            </button>
          ))}
        </div>
      )}
      <p className="mono border-line border-t px-4 py-2 text-[10px] text-ink-3">
        {id} · {node.type} · version {node.version}
      </p>
    </div>
  );
}
