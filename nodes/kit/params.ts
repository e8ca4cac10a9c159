import { z } from 'zod';
import { fileSchema } from '../../graph/document.ts';
import type { ColumnKind, ColumnRole } from '../../graph/types.ts';
import type { Size } from '../../ir/size.ts';
import { uploadLimits } from './tables.ts';
import { columnSettingSchema, fileSchemaSchema } from './upload-schema.ts';

/** What the inspector needs beyond the schema. It travels as JSON Schema keywords. */
export interface ParamMeta {
  readonly title: string;
  readonly description: string;
  /** Which editor, where the type alone does not tell. */
  readonly control?: 'column' | 'file' | 'lines' | 'code' | 'blank' | 'dataset' | 'schema' | 'columns';
  /** For `column`: the dataset port whose columns are offered (none: a name to type), and which kinds and role fit. */
  readonly port?: string;
  readonly kinds?: readonly ColumnKind['kind'][];
  readonly role?: ColumnRole;
  readonly step?: number;
  readonly unit?: string;
  /** Shown only where another param has one of these values. */
  readonly when?: Readonly<Record<string, readonly (string | number | boolean)[]>>;
  /** Folded away until asked for. */
  readonly advanced?: boolean;
  /** For enums: a label for each value. */
  readonly labels?: Readonly<Record<string, string>>;
  /** For `schema` and `columns`: the file param that they tell of. */
  readonly file?: string;
  /** For `file`: what may be chosen, such as `.csv,.txt`. */
  readonly accept?: string;
}

type Base = Omit<ParamMeta, 'control'>;
const meta = <T extends z.ZodType>(schema: T, { ...rest }: ParamMeta): T => schema.meta({ ...rest });

export const integer = ({ default: value, min, max, ...rest }: Base & { default: number; min: number; max: number }) =>
  meta(z.int().min(min).max(max).default(value), rest);

export const real = ({ default: value, min, max, ...rest }: Base & { default: number; min: number; max: number }) =>
  meta(z.number().min(min).max(max).default(value), rest);

export const flag = ({ default: value, ...rest }: Base & { default: boolean }) =>
  meta(z.boolean().default(value), rest);

export const choice = <const T extends readonly [string, ...string[]]>(
  values: T,
  {
    default: value,
    ...rest
  }: Base & { default: T[number]; labels: Readonly<Record<T[number], string>>; control?: 'dataset' },
) => meta(z.enum(values).default(value as never), rest);

export const line = ({ default: value, max = 500, ...rest }: Base & { default: string; max?: number }) =>
  meta(z.string().max(max).default(value), rest);

export const lines = ({ default: value, max = 100_000, ...rest }: Base & { default: string; max?: number }) =>
  meta(z.string().max(max).default(value), { ...rest, control: 'lines' });

/** The name of a column; empty takes the column with the role, or the only one that fits. */
export const column = (rest: Base) => meta(z.string().max(200).default(''), { ...rest, control: 'column' });

/** A stored file, or none yet. */
export const file = (rest: Base & { accept: string }) =>
  meta(fileSchema.nullable().default(null), { ...rest, control: 'file' });

/** What is known of a file's columns: written by whoever chooses the file, with `inferSchema`. Never typed. */
export const schemaOf = (rest: Base & { file: string }) =>
  meta(fileSchemaSchema.nullable().default(null), { ...rest, control: 'schema' });

/** What a person changed about a file's columns. */
export const columnSettings = (rest: Base & { file: string }) =>
  meta(z.array(columnSettingSchema).max(uploadLimits.columns).default([]), { ...rest, control: 'columns' });

/**
 * A size that may stay blank: the checker solves it from what the layer is wired to. `types`, `weights` and `build` get a
 * Size, a symbol where it is not solved yet.
 */
export const blank = ({ max, ...rest }: Base & { max: number }) =>
  meta(z.int().min(1).max(max).nullable().default(null), { ...rest, control: 'blank' }) as unknown as z.ZodType<
    Size,
    number | null | undefined
  >;

/** Whether a param's schema was made by `blank`. */
export const isBlank = (schema: z.ZodType): boolean => (schema.meta() as ParamMeta | undefined)?.control === 'blank';
