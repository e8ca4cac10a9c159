'use client';

import { type SyntheticEvent, useEffect, useRef, useState } from 'react';
import { nameWires } from '../../../graph/edit.ts';
import { freeName } from '../../../graph/wire-names.ts';
import { Button } from '../../_ui/button.tsx';
import { Window } from '../../_ui/dialog.tsx';
import { useEditor, useSession } from '../context.tsx';
import { namesBut, suggestedName, wiresOfOutput } from '../state/suggested-name.ts';
import { titleOf } from '../state/wiring.ts';

const MOST = 40;

/** Asks for the name of wires of one output. */
export function NameWire() {
  const { store } = useSession();
  const naming = useEditor((state) => state.naming);
  return (
    <Window
      open={naming !== undefined}
      onClose={() => store.setState({ naming: undefined })}
      title="Name of the wire"
      description="It stands at both ends instead of the line. What the graph computes stays the same."
    >
      {naming && <Form key={naming.join(' ')} wires={naming} />}
    </Window>
  );
}

/** The keyboard was on the line, which is gone: it goes to the tag. */
function keepKeyboard(wire: string): void {
  const go = () => {
    if (document.activeElement === document.body)
      document
        .querySelector<HTMLElement>(`.wire-tag[data-wires~="${CSS.escape(wire)}"]`)
        ?.focus({ preventScroll: true });
  };
  // once the window is gone
  requestAnimationFrame(() => requestAnimationFrame(go));
}

function Form({ wires }: { readonly wires: readonly string[] }) {
  const session = useSession();
  const document = useEditor(({ log }) => log.document);
  const [typed, setTyped] = useState(() => suggestedName(document, wires[0]!));
  const [all, setAll] = useState(false);
  const siblings = wiresOfOutput(document, wires[0]!);
  const from = document.edges[wires[0]!]?.from ?? ['', ''];
  const output = `${titleOf(document, from[0])}, ${from[1]}`;
  const name = freeName(namesBut(document, wires), typed.trim());
  const isNamed = wires.some((id) => document.edges[id]?.name !== undefined);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);
  const close = () => session.store.setState({ naming: undefined });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (typed.trim() === '') return;
    session.do(nameWires(all ? siblings : wires, name));
    session.store.setState({ said: `The wire is called ${name}` });
    close();
    keepKeyboard(wires[0]!);
  };
  return (
    <form onSubmit={submit}>
      <label className="block">
        <span className="mb-1 block text-ink-2 text-xs">Name</span>
        <input
          ref={field}
          value={typed}
          maxLength={MOST}
          onChange={({ target }) => setTyped(target.value)}
          className="h-9 w-full rounded-md border border-line-strong bg-surface px-2.5"
        />
      </label>
      <p className="mt-1 min-h-5 text-2xs text-ink-3" aria-live="polite">
        {name === typed.trim()
          ? `From ${output}`
          : `“${typed.trim()}” is the name of another output: it becomes “${name}”.`}
      </p>
      {siblings.length > wires.length && (
        <label className="mt-2 flex items-center gap-2 text-sm">
          <input type="checkbox" checked={all} onChange={() => setAll(!all)} className="accent-[var(--accent)]" />
          All {siblings.length} wires from there
        </label>
      )}
      <div className="mt-4 flex justify-end gap-2">
        {isNamed && (
          <Button
            className="mr-auto"
            onClick={() => {
              session.do(nameWires(wires, undefined));
              close();
            }}
          >
            Draw as a wire again
          </Button>
        )}
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" look="solid" disabled={typed.trim() === ''}>
          {isNamed ? 'Rename' : 'Name it'}
        </Button>
      </div>
    </form>
  );
}
