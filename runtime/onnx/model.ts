/** Builds an ONNX ModelProto: names, initialisers and nodes, in the order in which they are asked for. */
import { create, toBinary } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  AttributeProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  AttributeProto_AttributeType as Kind,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  type TensorProto,
  TensorProto_DataType,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import type { DType } from '../../ir/types.ts';

export type OnnxType = DType | 'int64' | 'uint64';
export const elementTypes: { readonly [T in OnnxType]: TensorProto_DataType } = {
  float32: TensorProto_DataType.FLOAT,
  int32: TensorProto_DataType.INT32,
  uint32: TensorProto_DataType.UINT32,
  int64: TensorProto_DataType.INT64,
  uint64: TensorProto_DataType.UINT64,
  bool: TensorProto_DataType.BOOL,
};

/** A type of nodes inside a model only: no tensor of ours has it. */
export const BFLOAT16 = TensorProto_DataType.BFLOAT16;

type Attribute = number | string | readonly number[] | { readonly float: number } | { readonly graph: GraphProto };
type Data = Float32Array | Int32Array | Uint32Array | BigInt64Array | BigUint64Array | Uint8Array;

export const OPSET = 20;
const MICROSOFT = 'com.microsoft';

export class OnnxModel {
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #named = new Map<string, string>();
  #count = 0;

  fresh(): string {
    return `_${this.#count++}`;
  }

  /** One node with one result, whose name is given back. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Record<string, Attribute> = {},
    output = this.fresh(),
  ): string {
    this.nodes(op, inputs, [output], attributes);
    return output;
  }

  nodes(
    op: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Record<string, Attribute> = {},
    domain: '' | typeof MICROSOFT = '',
  ): void {
    this.#nodes.push(
      create(NodeProtoSchema, {
        name: outputs.find((name) => name !== '') ?? '',
        opType: op,
        domain,
        input: [...inputs],
        output: [...outputs],
        attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
      }),
    );
  }

  initializer(type: OnnxType, dims: readonly number[], data: Data): string {
    const key = data.length <= 64 ? `${type}|${dims.join()}|${[...data].join()}` : undefined;
    const known = key && this.#named.get(key);
    if (known) return known;
    const name = this.fresh();
    this.#initializers.push(
      create(TensorProtoSchema, {
        name,
        dims: dims.map(BigInt),
        dataType: elementTypes[type],
        rawData: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
      }),
    );
    if (key) this.#named.set(key, name);
    return name;
  }

  int64s(values: readonly number[]): string {
    return this.initializer('int64', [values.length], BigInt64Array.from(values.map(BigInt)));
  }

  scalar(type: OnnxType, value: number): string {
    const data = {
      float32: () => Float32Array.of(value),
      int32: () => Int32Array.of(value),
      uint32: () => Uint32Array.of(value),
      int64: () => BigInt64Array.of(BigInt(value)),
      uint64: () => BigUint64Array.of(BigInt(value)),
      bool: () => Uint8Array.of(value ? 1 : 0),
    };
    return this.initializer(type, [], data[type]());
  }

  get nodeCount(): number {
    return this.#nodes.length;
  }

  /** All that was made so far, as a graph: a model's own, or the body of a node. */
  graph(inputs: readonly ValueInfoProto[], outputs: readonly ValueInfoProto[]): GraphProto {
    return create(GraphProtoSchema, {
      name: 'program',
      node: this.#nodes,
      initializer: this.#initializers,
      input: [...inputs],
      output: [...outputs],
    });
  }

  encode(inputs: readonly ValueInfoProto[], outputs: readonly ValueInfoProto[]): Uint8Array {
    const model = create(ModelProtoSchema, {
      irVersion: 9n,
      producerName: 'patchbay',
      graph: this.graph(inputs, outputs),
      opsetImport: [
        create(OperatorSetIdProtoSchema, { domain: '', version: BigInt(OPSET) }),
        create(OperatorSetIdProtoSchema, { domain: MICROSOFT, version: 1n }),
      ],
    });
    return toBinary(ModelProtoSchema, model);
  }
}

/** A size that only a run tells has a name. */
export const valueInfo = (name: string, type: OnnxType, shape: readonly (number | string)[]): ValueInfoProto =>
  create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, {
      value: {
        case: 'tensorType',
        value: create(TypeProto_TensorSchema, {
          elemType: elementTypes[type],
          shape: create(TensorShapeProtoSchema, {
            dim: shape.map((size) =>
              create(TensorShapeProto_DimensionSchema, {
                value:
                  typeof size === 'string'
                    ? { case: 'dimParam', value: size }
                    : { case: 'dimValue', value: BigInt(size) },
              }),
            ),
          }),
        }),
      },
    }),
  });

function attribute(name: string, value: Attribute): AttributeProto {
  if (typeof value === 'number') return create(AttributeProtoSchema, { name, type: Kind.INT, i: BigInt(value) });
  if (typeof value === 'string')
    return create(AttributeProtoSchema, { name, type: Kind.STRING, s: new TextEncoder().encode(value) });
  if ('float' in value) return create(AttributeProtoSchema, { name, type: Kind.FLOAT, f: value.float });
  if ('graph' in value) return create(AttributeProtoSchema, { name, type: Kind.GRAPH, g: value.graph });
  return create(AttributeProtoSchema, { name, type: Kind.INTS, ints: value.map(BigInt) });
}
