import type { GraphNode } from '../../../graph/document.ts';
import { type Command, setNodeField } from '../../../graph/edit.ts';
import { familyColour } from '../../_ui/families.ts';
import { familyOf } from './search-entries.ts';

/** Degrees on the colour wheel of the colours that a node can be given. Names are kept, so that each theme has its own. */
const hues = { red: 25, orange: 55, yellow: 95, green: 150, teal: 190, blue: 250, purple: 300, pink: 350 } as const;
export const colourNames = [...(Object.keys(hues) as (keyof typeof hues)[]), 'grey'] as const;
export type ColourName = (typeof colourNames)[number];

export const named = (colour: string): string => {
  if (colour === 'grey') return 'var(--ink-3)';
  return Object.hasOwn(hues, colour) ? `oklch(var(--hue-l) var(--hue-c) ${hues[colour as keyof typeof hues]})` : colour;
};

/** A node's colour as a value of CSS: the one that it was given, else its family's. */
export const colourOf = ({ color, type }: Pick<GraphNode, 'color' | 'type'>): string =>
  color === undefined ? familyColour(familyOf(type)) : named(color);

/** Gives nodes a colour; without one, that of their family again. */
export function paint(ids: readonly string[], colour: ColourName | undefined): Command {
  const label = colour === undefined ? 'Take the colour away' : `Colour ${colour}`;
  return { label, edits: ids.flatMap((id) => setNodeField(id, 'color', colour, label).edits) };
}
