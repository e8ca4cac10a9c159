import { type Size, type SizeJson, showSize, sizeFromJson, sizeToJson, substitute, symbolsOf } from '../ir/size.ts';
import { showTensorType, type TensorType } from '../ir/types.ts';

/** What kinds of ports there are. Final: saved graphs hold wires between them. */
export const portKinds = [
  'dataset',
  'text',
  'number',
  'tokenizer',
  'tensor',
  'model',
  'objective',
  'optimizer',
  'schedule',
  'index',
  'environment',
  'policy',
  'metrics',
  'figure',
] as const;
export type PortKind = (typeof portKinds)[number];

export type ColumnKind =
  | { readonly kind: 'number' }
  | { readonly kind: 'category'; readonly size: Size; readonly categories?: readonly string[] }
  | { readonly kind: 'text' }
  | { readonly kind: 'tokens'; readonly length: Size; readonly vocabulary: Size }
  | { readonly kind: 'tags'; readonly length: Size; readonly size: Size; readonly categories?: readonly string[] }
  | { readonly kind: 'vector'; readonly size: Size }
  | { readonly kind: 'image'; readonly height: Size; readonly width: Size; readonly channels: Size }
  | { readonly kind: 'audio'; readonly samples: Size }
  | { readonly kind: 'choice'; readonly options: Size };

export const columnRoles = ['feature', 'target', 'id', 'weight', 'group'] as const;
export type ColumnRole = (typeof columnRoles)[number];

export type Column = ColumnKind & {
  readonly name: string;
  readonly role?: ColumnRole;
  /** For a derived column: what it was made from. */
  readonly origin?: { readonly column: string };
};

export const tasks = [
  'none',
  'sequence-classification',
  'token-classification',
  'causal-lm',
  'seq2seq-lm',
  'multiple-choice',
  'speech-recognition',
  'image-classification',
  'question-answering',
  'text-classification',
  'translation',
  'summarization',
  'fill-mask',
  'image-segmentation',
  'object-detection',
  'text-to-image',
  'audio-classification',
  'visual-question-answering',
  'classification',
  'regression',
] as const;
export type Task = (typeof tasks)[number];

export const capabilities = [
  'differentiable',
  'probabilities',
  'tokens',
  'vectors',
  'images',
  'generates',
  'attention',
] as const;
export type Capability = (typeof capabilities)[number];

/** One input of a model: the dataset column that it reads, and the tensor that it becomes. */
export interface ModelInput {
  readonly column: string;
  readonly type: TensorType;
  /** The column that it can be made from again, where it is absent. */
  readonly from?: string;
}

/** What can be addressed in a network before it is there: by adapters, freezing, merging. */
export interface NetworkSites {
  readonly weights: readonly {
    readonly name: string;
    readonly shape: readonly Size[];
    readonly trainable: boolean;
    /** Used by a linear layer, as [units, features]. */
    readonly linear: boolean;
  }[];
  /** Layers that give float32[…, width], by name; `attends` where they are attention. */
  readonly layers: readonly { readonly name: string; readonly width: Size; readonly attends: boolean }[];
}

export interface ModelType {
  readonly kind: 'model';
  readonly task: Task;
  readonly inputs: readonly ModelInput[];
  /** Columns that an estimator reads as they are: numbers, categories, texts. */
  readonly columns?: readonly Column[];
  /** What it was trained to answer; absent before training. */
  readonly target?: Column;
  /** What a network gives, such as logits `[B, T, vocabulary]`; estimators that are no networks have none. */
  readonly output?: TensorType;
  readonly parameters: Size;
  readonly trainable: Size;
  /** Floating-point operations of one forward pass over a batch of B, and the bytes it keeps for a backward pass. */
  readonly flops?: Size;
  readonly memory?: Size;
  readonly capabilities: readonly Capability[];
  /** Networks only. */
  readonly sites?: NetworkSites;
}

export interface DatasetType {
  readonly kind: 'dataset';
  readonly columns: readonly Column[];
  readonly rows?: Size;
}

/** What a wire carries, as far as it is known before anything runs. */
export type WireType =
  | (TensorType & {
      readonly kind: 'tensor';
      /** What its axes are called, `_` for one that nobody has named; absent where none has a name. */
      readonly axes?: readonly string[];
    })
  | DatasetType
  | ModelType
  | { readonly kind: 'tokenizer'; readonly vocabulary: Size }
  | { readonly kind: 'objective'; readonly objective?: string; readonly target?: string }
  | { readonly kind: 'optimizer'; readonly optimizer?: string; readonly slots?: number }
  | IndexType
  | { [K in PlainKind]: { readonly kind: K } }[PlainKind];

/** What can be searched, and what a query needs for it. */
export interface IndexType {
  readonly kind: 'index';
  readonly passages: DatasetType;
  /** The columns of texts and of names. */
  readonly text: string;
  readonly id: string;
  /** Queries need a text. */
  readonly byText: boolean;
  /** Queries need vectors of this size in a column of this name. */
  readonly byVectors: readonly { readonly column: string; readonly size: Size }[];
}

/** Kinds whose wires carry nothing more to know. */
type PlainKind = Exclude<PortKind, 'tensor' | 'dataset' | 'model' | 'tokenizer' | 'objective' | 'optimizer' | 'index'>;

export type WireOf<K extends PortKind> = Extract<WireType, { readonly kind: K }>;

type Values = (symbol: string) => Size | undefined;

function mapColumn(column: Column, size: (size: Size) => Size): Column {
  switch (column.kind) {
    case 'category':
      return { ...column, size: size(column.size) };
    case 'tokens':
      return { ...column, length: size(column.length), vocabulary: size(column.vocabulary) };
    case 'tags':
      return { ...column, length: size(column.length), size: size(column.size) };
    case 'vector':
      return { ...column, size: size(column.size) };
    case 'image':
      return { ...column, height: size(column.height), width: size(column.width), channels: size(column.channels) };
    case 'audio':
      return { ...column, samples: size(column.samples) };
    case 'choice':
      return { ...column, options: size(column.options) };
    default:
      return column;
  }
}

/** Every size of a wire's type through a function. */
export function mapSizes(type: WireType, size: (size: Size) => Size): WireType {
  const tensor = (each: TensorType): TensorType => ({
    dtype: each.dtype,
    shape: each.shape.map(size),
    ...(each.below !== undefined && { below: size(each.below) }),
  });
  switch (type.kind) {
    case 'tensor':
      return { kind: 'tensor', ...tensor(type), ...(type.axes && { axes: type.axes }) };
    case 'dataset':
      return {
        ...type,
        columns: type.columns.map((column) => mapColumn(column, size)),
        ...(type.rows !== undefined && { rows: size(type.rows) }),
      };
    case 'model':
      return {
        ...type,
        inputs: type.inputs.map((input) => ({ ...input, type: tensor(input.type) })),
        ...(type.columns && { columns: type.columns.map((column) => mapColumn(column, size)) }),
        ...(type.target && { target: mapColumn(type.target, size) }),
        ...(type.output && { output: tensor(type.output) }),
        parameters: size(type.parameters),
        trainable: size(type.trainable),
        ...(type.flops !== undefined && { flops: size(type.flops) }),
        ...(type.memory !== undefined && { memory: size(type.memory) }),
        ...(type.sites && {
          sites: {
            weights: type.sites.weights.map((each) => ({ ...each, shape: each.shape.map(size) })),
            layers: type.sites.layers.map((each) => ({ ...each, width: size(each.width) })),
          },
        }),
      };
    case 'tokenizer':
      return { ...type, vocabulary: size(type.vocabulary) };
    case 'index':
      return {
        ...type,
        passages: mapSizes(type.passages, size) as DatasetType,
        byVectors: type.byVectors.map((each) => ({ ...each, size: size(each.size) })),
      };
    default:
      return type;
  }
}

export const substituteWire = (type: WireType, values: Values): WireType =>
  mapSizes(type, (size) => substitute(size, values));

/** What a value that is there tells of sizes that were symbols before: symbol → number. */
export function toldSizes(expected: WireType, actual: WireType): Map<string, number> {
  const sizes: Size[] = [];
  mapSizes(actual, (size) => {
    sizes.push(size);
    return size;
  });
  const told = new Map<string, number>();
  let place = 0;
  mapSizes(expected, (size) => {
    const found = sizes[place++];
    const [name, ...more] = symbolsOf(size);
    const isSymbol = typeof size !== 'number' && more.length === 0 && size.key === name;
    if (isSymbol && typeof found === 'number' && !told.has(name)) told.set(name, found);
    return size;
  });
  return told;
}

/** Types travel in plans and manifests as JSON: sizes as numbers or as the text of their normal form. */
export type WireTypeJson = { readonly kind: PortKind } & Readonly<Record<string, unknown>>;

export const wireToJson = (type: WireType): WireTypeJson =>
  JSON.parse(JSON.stringify(mapSizes(type, (size) => sizeToJson(size) as Size))) as WireTypeJson;

export const wireFromJson = (json: WireTypeJson): WireType =>
  mapSizes(json as unknown as WireType, (size) => sizeFromJson(size as SizeJson));

const grouped = new Intl.NumberFormat('en');
const showCount = (size: Size): string => (typeof size === 'number' ? grouped.format(size) : showSize(size));

/** `tokens[64]`, `category(2)`, `vector[512]` */
export function showColumnKind(column: ColumnKind): string {
  switch (column.kind) {
    case 'category':
      return `category(${showSize(column.size)})`;
    case 'tokens':
      return `tokens[${showSize(column.length)}]`;
    case 'tags':
      return `tags[${showSize(column.length)}]`;
    case 'vector':
      return `vector[${showSize(column.size)}]`;
    case 'image':
      return `image[${[column.height, column.width, column.channels].map(showSize).join(', ')}]`;
    case 'audio':
      return `audio[${showSize(column.samples)}]`;
    default:
      return column.kind;
  }
}

/** One line for people, on wires and in messages. */
export function showWire(type: WireType): string {
  switch (type.kind) {
    case 'tensor':
      return showTensorType(type);
    case 'dataset': {
      const columns = type.columns.map((column) => `${column.name}: ${showColumnKind(column)}`);
      const shown = columns.length > 6 ? [...columns.slice(0, 5), `… ${columns.length - 5} more`] : columns;
      return `dataset{${shown.join(', ')}}`;
    }
    case 'model':
      // what only a run can count is not shown
      return `model(${type.task}${type.target ? ` of ${type.target.name}` : ''}${type.columns ? '' : `, ${showCount(type.parameters)} parameters`})`;
    case 'tokenizer':
      return `tokenizer(${showSize(type.vocabulary)})`;
    case 'objective':
      return type.objective ? `objective(${type.objective})` : 'objective';
    case 'index': {
      const ways = [...(type.byText ? ['words'] : []), ...(type.byVectors.length > 0 ? ['vectors'] : [])].join(' and ');
      const { rows } = type.passages;
      return `index(${rows === undefined ? '' : `${showCount(rows)} passages, `}by ${ways})`;
    }
    case 'optimizer':
      return type.optimizer ? `optimizer(${type.optimizer})` : 'optimizer';
    default:
      return type.kind;
  }
}

export const columnNamed = (type: DatasetType, name: string): Column | undefined =>
  type.columns.find((column) => column.name === name);
