'use client';

import { cx } from 'class-variance-authority';
import { Ban, Check } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { CSSProperties } from 'react';
import { useEditor, useSession } from '../context.tsx';
import { type ColourName, colourNames, named, paint } from '../state/colours.ts';

const none = 'none';
const titleOf = (colour: string): string => (colour === none ? 'No colour of its own' : `Colour ${colour}`);
const all = [...colourNames, none];

/** The colour that all of the nodes have; undefined where they differ. */
const useColour = (ids: readonly string[]): string | undefined =>
  useEditor(({ log }) => {
    const [first = none, ...others] = new Set(ids.map((id) => log.document.nodes[id]?.color ?? none));
    return others.length === 0 ? first : undefined;
  });

function Swatch({ colour, chosen }: { readonly colour: string; readonly chosen: boolean }) {
  return (
    <span
      aria-hidden="true"
      style={{ '--family': colour === none ? 'transparent' : named(colour) } as CSSProperties}
      className={cx(
        'grid forced-color-adjust-none size-4.5 place-items-center rounded-full border bg-family text-on-solid',
        colour === none ? '!text-ink-3 border-line-strong' : 'border-transparent',
      )}
    >
      {chosen && colour !== none ? <Check size={12} strokeWidth={3} className="!text-surface" /> : null}
      {colour === none && <Ban size={12} />}
    </span>
  );
}

/** The colours in a context menu: one press paints what is selected. */
export function ColourMenu() {
  const session = useSession();
  const ids = [...useEditor(({ selection }) => selection.nodes)];
  const chosen = useColour(ids);
  return (
    <DropdownMenu.RadioGroup
      value={chosen ?? ''}
      onValueChange={(next) => session.do(paint(ids, next === none ? undefined : (next as ColourName)))}
      aria-label="Colour"
      className="flex px-1 py-0.5"
    >
      {all.map((colour) => (
        <DropdownMenu.RadioItem
          key={colour}
          value={colour}
          aria-label={titleOf(colour)}
          textValue={titleOf(colour)}
          title={titleOf(colour)}
          className="grid size-6 pointer-coarse:size-8 place-items-center rounded-md outline-none data-[highlighted]:bg-surface-3"
        >
          <Swatch colour={colour} chosen={colour === chosen} />
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}

/** The same for many selected nodes, in the inspector. */
export function ColourRow({ ids }: { readonly ids: readonly string[] }) {
  const session = useSession();
  const chosen = useColour(ids);
  return (
    <fieldset className="mt-3 flex" aria-label="Colour">
      {all.map((colour) => (
        <button
          key={colour}
          type="button"
          disabled={session.readOnly}
          aria-label={titleOf(colour)}
          aria-pressed={colour === chosen}
          title={titleOf(colour)}
          onClick={() => session.do(paint(ids, colour === none ? undefined : (colour as ColourName)))}
          className="grid size-7 pointer-coarse:size-9 place-items-center rounded-md hover:bg-surface-3"
        >
          <Swatch colour={colour} chosen={colour === chosen} />
        </button>
      ))}
    </fieldset>
  );
}
