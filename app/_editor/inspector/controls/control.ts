import type { PaletteEntry } from '../../../../nodes/catalogue.ts';
import type { Param } from '../../state/params.ts';
import type { FieldIds } from '../field.tsx';

/** What every editor of a param gets. */
export interface ControlProps {
  readonly node: string;
  readonly entry: PaletteEntry;
  readonly param: Param;
  readonly ids: FieldIds;
  readonly disabled: boolean;
  /** Shown while there is no value. */
  readonly placeholder?: string | undefined;
  /** A value that the schema takes. */
  onChange(value: unknown): void;
  /** What is wrong with what was typed; undefined once it is right. */
  onTyped(problem: string | undefined): void;
}
