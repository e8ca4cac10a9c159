import {
  type Data,
  type DataType,
  Dictionary,
  Field,
  FixedSizeList,
  Float32,
  Float64,
  Int32,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  Table,
  tableFromIPC,
  Uint8,
  Utf8,
  Vector,
} from 'apache-arrow';
import { type ColumnData, Dataset, type DatasetColumn, type Transforms, width } from '../../graph/dataset.ts';
import { fail } from '../../lib/problem.ts';

/** What a field's metadata keeps beside Arrow's own type. */
interface Extra {
  readonly kind: ColumnData['kind'];
  readonly role?: DatasetColumn['role'];
  readonly origin?: DatasetColumn['origin'];
  readonly vocabulary?: number;
  readonly categories?: readonly string[];
  readonly shape?: readonly number[];
}

const KEY = 'patchbay';

/** A data set as an Arrow IPC stream: one encoding for each kind of column, so other tools read it too. */
export function encodeDataset(dataset: Dataset): Uint8Array {
  const columns = apart(dataset.columns).map((column) => encodeColumn(column, dataset.rows));
  const fields = columns.map(
    ({ data, name, extra }) => new Field(name, data.type, true, new Map([[KEY, JSON.stringify(extra)]])),
  );
  const metadata = new Map([
    ['rows', String(dataset.rows)],
    ['transforms', JSON.stringify(dataset.transforms)],
  ]);
  const schema = new Schema(fields, metadata);
  const struct = makeData({
    type: new Struct(fields),
    length: dataset.rows,
    nullCount: 0,
    children: columns.map(({ data }) => data),
  });
  const writer = new RecordBatchStreamWriter();
  writer.write(new Table(new RecordBatch(schema, struct)));
  return writer.finish().toUint8Array(true);
}

/**
 * Columns of which no two show the same memory: Arrow's writer takes two such buffers in a row for one that goes on, and
 * leaves bytes out.
 */
function apart(columns: readonly DatasetColumn[]): readonly DatasetColumn[] {
  const taken = new Map<ArrayBufferLike, (readonly [start: number, end: number])[]>();
  return columns.map((column) => {
    const { data } = column;
    const numbers = 'codes' in data ? data.codes : data.values;
    if (!ArrayBuffer.isView(numbers)) return column;
    const { buffer, byteOffset: start, byteLength } = numbers;
    const ranges = taken.get(buffer) ?? [];
    taken.set(buffer, [...ranges, [start, start + byteLength]]);
    if (!ranges.some(([from, to]) => start < to && from < start + byteLength)) return column;
    const copy = { ['codes' in data ? 'codes' : 'values']: numbers.slice() };
    return { ...column, data: { ...data, ...copy } as ColumnData };
  });
}

function encodeColumn(
  { name, role, origin, data }: DatasetColumn,
  rows: number,
): { name: string; data: Data; extra: Extra } {
  const rest = { ...(role && { role }), ...(origin && { origin }) };
  const list = <T extends DataType>(child: Data<T>, size: number): Data =>
    makeData({
      type: new FixedSizeList(size, new Field('item', child.type, false)),
      length: rows,
      nullCount: 0,
      child,
    });
  switch (data.kind) {
    case 'number':
      return { name, extra: { kind: 'number', ...rest }, data: makeData({ type: new Float64(), data: data.values }) };
    case 'category': {
      // Arrow's own vectorFromArray makes code from text, which pages forbid
      const dictionary = new Vector([texts(data.categories)]);
      const { bitmap, missing } = validity(data.codes);
      const type = new Dictionary(new Utf8(), new Int32());
      const codes = missing ? data.codes.map((code) => Math.max(0, code)) : data.codes;
      return {
        name,
        extra: { kind: 'category', categories: data.categories, ...rest },
        data: makeData({
          type,
          data: codes,
          dictionary,
          length: rows,
          nullCount: missing,
          ...(missing && { nullBitmap: bitmap }),
        }),
      };
    }
    case 'text':
      return { name, extra: { kind: 'text', ...rest }, data: texts(data.values) };
    case 'tokens':
      return {
        name,
        extra: { kind: 'tokens', vocabulary: data.vocabulary, shape: [data.length], ...rest },
        data: list(makeData({ type: new Int32(), data: data.values }), data.length),
      };
    case 'tags':
      return {
        name,
        extra: { kind: 'tags', categories: data.categories, shape: [data.length], ...rest },
        data: list(makeData({ type: new Int32(), data: data.codes }), data.length),
      };
    case 'vector':
      return {
        name,
        extra: { kind: 'vector', shape: [data.size], ...rest },
        data: list(makeData({ type: new Float32(), data: data.values }), data.size),
      };
    case 'audio':
      return {
        name,
        extra: { kind: 'audio', shape: [data.samples], ...rest },
        data: list(makeData({ type: new Float32(), data: data.values }), data.samples),
      };
    case 'image':
      return {
        name,
        extra: { kind: 'image', shape: [data.height, data.width, data.channels], ...rest },
        data: list(makeData({ type: new Uint8(), data: data.values }), width(data)),
      };
    case 'choice':
      return {
        name,
        extra: { kind: 'choice', shape: [data.options], ...rest },
        data: list(texts(data.values.flat()), data.options),
      };
  }
}

function validity(codes: Int32Array): { bitmap: Uint8Array; missing: number } {
  const bitmap = new Uint8Array(Math.ceil(codes.length / 8));
  let missing = 0;
  codes.forEach((code, i) => {
    if (code < 0) missing++;
    else bitmap[i >> 3]! |= 1 << (i & 7);
  });
  return { bitmap, missing };
}

function texts(values: readonly string[]): Data<Utf8> {
  const encoder = new TextEncoder();
  const parts = values.map((value) => encoder.encode(value));
  const offsets = new Int32Array(values.length + 1);
  parts.forEach((part, i) => {
    offsets[i + 1] = offsets[i]! + part.length;
  });
  const bytes = new Uint8Array(offsets.at(-1)!);
  parts.forEach((part, i) => {
    bytes.set(part, offsets[i]!);
  });
  return makeData({ type: new Utf8(), data: bytes, valueOffsets: offsets });
}

export function decodeDataset(bytes: Uint8Array): Dataset {
  let table: Table;
  try {
    table = tableFromIPC(bytes);
  } catch (error) {
    return fail('file/arrow', `This is not Arrow data: ${error instanceof Error ? error.message : error}.`);
  }
  const rows = Number(table.schema.metadata.get('rows') ?? table.numRows);
  const columns = table.schema.fields.map((field, i): DatasetColumn => {
    const vector = table.getChildAt(i)!;
    const extra = JSON.parse(field.metadata.get(KEY) ?? '{}') as Extra;
    return {
      name: field.name,
      ...(extra.role && { role: extra.role }),
      ...(extra.origin && { origin: extra.origin }),
      data: decodeColumn(extra, vector.data, rows),
    };
  });
  return new Dataset(columns, rows, JSON.parse(table.schema.metadata.get('transforms') ?? '{}') as Transforms);
}

function decodeColumn(extra: Extra, chunks: readonly Data[], rows: number): ColumnData {
  const shape = extra.shape ?? [];
  const [size = 0] = shape;
  switch (extra.kind) {
    case 'number':
      return { kind: 'number', values: flat(chunks, new Float64Array(rows)) };
    case 'category': {
      const codes = flat(chunks, new Int32Array(rows));
      let at = 0;
      for (const chunk of chunks) {
        if (chunk.nullCount > 0) for (let i = 0; i < chunk.length; i++) if (!chunk.getValid(i)) codes[at + i] = -1;
        at += chunk.length;
      }
      return { kind: 'category', codes, categories: extra.categories ?? [] };
    }
    case 'text':
      return { kind: 'text', values: readTexts(chunks) };
    case 'tokens':
      return {
        kind: 'tokens',
        length: size,
        vocabulary: extra.vocabulary ?? 0,
        values: children(chunks, new Int32Array(rows * size)),
      };
    case 'tags':
      return {
        kind: 'tags',
        length: size,
        categories: extra.categories ?? [],
        codes: children(chunks, new Int32Array(rows * size)),
      };
    case 'vector':
      return { kind: 'vector', size, values: children(chunks, new Float32Array(rows * size)) };
    case 'audio':
      return { kind: 'audio', samples: size, values: children(chunks, new Float32Array(rows * size)) };
    case 'image': {
      const [height, wide, channels] = shape as [number, number, number];
      return {
        kind: 'image',
        height,
        width: wide,
        channels,
        values: children(chunks, new Uint8Array(rows * height * wide * channels)),
      };
    }
    case 'choice': {
      const all = readTexts(chunks.flatMap((chunk) => chunk.children));
      return {
        kind: 'choice',
        options: size,
        values: Array.from({ length: rows }, (_, i) => all.slice(i * size, (i + 1) * size)),
      };
    }
  }
}

type Numbers = Float64Array | Float32Array | Int32Array | Uint8Array;

function flat<A extends Numbers>(chunks: readonly Data[], out: A): A {
  let at = 0;
  for (const chunk of chunks) {
    out.set((chunk.values as A).subarray(0, chunk.length) as never, at);
    at += chunk.length;
  }
  return out;
}
const children = <A extends Numbers>(chunks: readonly Data[], out: A): A =>
  flat(
    chunks.flatMap((chunk) => chunk.children),
    out,
  );

function readTexts(chunks: readonly Data[]): string[] {
  const decoder = new TextDecoder();
  return chunks.flatMap((chunk) => {
    const { valueOffsets: offsets, values } = chunk as Data<Utf8>;
    return Array.from({ length: chunk.length }, (_, i) =>
      decoder.decode(values.subarray(offsets[i]!, offsets[i + 1]!)),
    );
  });
}
