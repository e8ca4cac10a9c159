'use client';

import { cx } from 'class-variance-authority';
import { Check, Copy, Download, Search } from 'lucide-react';
import { useDeferredValue, useId, useMemo, useState } from 'react';
import { joinSections, type ProgramSection } from '../../../compiler/show-program.ts';
import { Button } from '../../_ui/button.tsx';
import { downloadText, fileName } from '../../_ui/download.ts';
import { Notice } from '../../_ui/notice.tsx';
import { showCount } from '../state/facts.ts';
import { showBytes, showFlops } from '../state/show-cost.ts';
import { ProgramTime, placeInWords } from './program-time.tsx';
import type { ShownProgram } from './shown-programs.ts';
import type { Device } from './use-device.ts';

interface ProgramsProps {
  readonly programs: readonly ShownProgram[];
  readonly assumed: Readonly<Record<string, number>>;
  /** Of the node. */
  readonly name: string;
  readonly device: Device;
}

/** Programs to read, one at a time. */
export function ProgramsView({ programs, assumed, name, device }: ProgramsProps) {
  const [chosen, setChosen] = useState(0);
  const program = programs[Math.min(chosen, programs.length - 1)];
  if (!program) return <Notice message={`${name} compiles no program as it is set.`} />;
  const sizes = Object.entries(assumed).map(([size, value]) => `${size} = ${showCount(value)}`);
  return (
    <div className="space-y-3">
      {programs.length > 1 && (
        <fieldset className="flex flex-wrap gap-1">
          <legend className="sr-only">Program</legend>
          {programs.map(({ title }, i) => (
            <Button
              key={title}
              size="sm"
              look={title === program.title ? 'solid' : 'outline'}
              aria-pressed={title === program.title}
              onClick={() => setChosen(i)}
            >
              {title}
            </Button>
          ))}
        </fieldset>
      )}
      {sizes.length > 0 && (
        <p className="text-ink-2 text-xs">
          With {sizes.join(', ')}: likely, but only a run finds out. Run the graph to see what it really is.
        </p>
      )}
      <ProgramView
        key={program.title}
        program={program}
        name={`${name}, ${program.title.toLowerCase()}`}
        device={device}
      />
    </div>
  );
}

function ProgramView({
  program,
  name,
  device,
}: Pick<ProgramsProps, 'name' | 'device'> & { readonly program: ShownProgram }) {
  const [typed, setTyped] = useState('');
  const wanted = useDeferredValue(typed.trim().toLowerCase());
  const found = useMemo(() => matching(program.sections, wanted), [program, wanted]);
  const lines = found.reduce((sum, section) => sum + section.lines.length, 0);
  return (
    <>
      <Facts program={program} device={device} />
      <div className="flex flex-wrap items-center gap-2">
        <label className="relative min-w-40 flex-1">
          <span className="sr-only">Find in the program</span>
          <Search size={14} aria-hidden="true" className="absolute top-2.5 left-2.5 text-ink-3" />
          <input
            type="search"
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
            placeholder="Find: matmul, [16, 64], %12 …"
            className="h-8 w-full rounded-md border border-line-strong bg-surface pl-8 text-sm"
          />
        </label>
        <CopyButton text={() => joinSections(found)} />
        <Button onClick={() => downloadText(`${fileName(name)}.txt`, `${joinSections(program.sections)}\n`)}>
          <Download size={15} aria-hidden="true" /> Text
        </Button>
      </div>
      <p role="status" className={cx('text-ink-2 text-xs', wanted === '' && 'sr-only')}>
        {wanted === '' ? '' : `${showCount(lines)} ${lines === 1 ? 'line' : 'lines'}`}
      </p>
      {found.map((section) => (
        <Section key={section.title} section={section} />
      ))}
    </>
  );
}

/** Lines that have what was typed in them, and sections that have such lines. */
const matching = (sections: readonly ProgramSection[], wanted: string): readonly ProgramSection[] =>
  wanted === ''
    ? sections
    : sections
        .map((section) => ({ ...section, lines: section.lines.filter((line) => line.toLowerCase().includes(wanted)) }))
        .filter(({ lines }) => lines.length > 0);

function Facts({ program, device }: Pick<ProgramsProps, 'device'> & { readonly program: ShownProgram }) {
  const { operations, parameters, flops, memory, runs } = program;
  const rows = [
    ['Operations', showCount(operations)],
    ['Parameters', showCount(parameters)],
    ['Work of one run', showFlops(flops)],
    ['Memory at its peak', showBytes(memory)],
    ...(runs === undefined ? [] : [['Runs', showCount(runs)] as const]),
  ] as const;
  return (
    <dl className="flex flex-wrap gap-x-6 gap-y-2">
      {rows.map(([title, value]) => (
        <div key={title}>
          <dt className="text-ink-2 text-xs">{title}</dt>
          <dd className="tabular font-medium">{value}</dd>
        </div>
      ))}
      <div>
        <dt className="text-ink-2 text-xs">Time {placeInWords(device)}</dt>
        <dd className="tabular font-medium">
          <ProgramTime program={program} device={device} />
        </dd>
      </div>
    </dl>
  );
}

const titles = {
  inputs: 'Inputs',
  forward: 'Forward',
  backward: 'Backward',
  update: 'Update',
  outputs: 'Outputs',
} as const satisfies Record<ProgramSection['title'], string>;

function Section({ section: { title, lines, flops } }: { readonly section: ProgramSection }) {
  const id = useId();
  return (
    <div>
      <h3 id={id} className="mb-1 flex items-baseline gap-2 font-semibold text-sm">
        {titles[title]}
        <span className="tabular font-normal text-ink-2 text-xs">
          {showCount(lines.length)} {lines.length === 1 ? 'line' : 'lines'}
          {flops > 0 && `, ${showFlops(flops)}`}
        </span>
      </h3>
      <section
        aria-labelledby={id}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a text that scrolls is reached by keyboard
        tabIndex={0}
        className="max-h-80 overflow-auto rounded-md border border-line bg-surface-2 p-2"
      >
        <pre className="mono text-2xs leading-5">{lines.join('\n')}</pre>
      </section>
    </div>
  );
}

function CopyButton({ text }: { text(): string }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard?.writeText(text()).then(
      () => setDone(true),
      () => undefined,
    );
  };
  return (
    <Button onClick={() => void copy()} onBlur={() => setDone(false)}>
      {done ? <Check size={15} aria-hidden="true" /> : <Copy size={15} aria-hidden="true" />}
      <span aria-live="polite">{done ? 'Copied' : 'Copy'}</span>
    </Button>
  );
}
