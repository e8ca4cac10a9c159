import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Dataset } from '../../../graph/dataset.ts';
import { fail } from '../../../lib/problem.ts';
import { ENCODER, encoderTensors } from '../../../nodes/kit/sentence-encoder.ts';
import type { Piece } from '../../../nodes/kit/sentence-pieces.ts';
import { numberColumn, readJson, textColumn } from './columns.ts';

interface Manifest {
  readonly weightsManifest: readonly [
    {
      readonly paths: readonly string[];
      readonly weights: readonly { readonly name: string; readonly shape: readonly number[]; readonly dtype: string }[];
    },
  ];
}

/** The weights of TensorFlow.js's graph model, tensor after tensor in our order, as rows of 256 numbers. */
export function encoderWeights(folder: string): Dataset {
  const [{ paths, weights }] = (readJson(join(folder, 'dist', 'model.json')) as Manifest).weightsManifest;
  const bytes = Buffer.concat(paths.map((path) => readFileSync(join(folder, 'dist', path))));
  const found = new Map<string, Float32Array>();
  let at = 0;
  for (const { name, shape } of weights) {
    const count = shape.reduce((a, b) => a * b, 1);
    // a copy, so that the numbers are aligned
    found.set(name, new Float32Array(new Uint8Array(bytes.subarray(at, at + count * 4)).buffer));
    at += count * 4;
  }
  const parts = Object.values(encoderTensors).map(([shape, name]) => {
    const values = found.get(name);
    if (values?.length !== shape.reduce((a, b) => a * b, 1))
      return fail('dataset/format', 'The weights of the sentence encoder are not as they were.');
    return values;
  });
  const values = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let to = 0;
  for (const part of parts) {
    values.set(part, to);
    to += part.length;
  }
  return new Dataset([{ name: 'numbers', data: { kind: 'vector', size: ENCODER.width, values } }]);
}

/** Its word pieces, by id. */
export function encoderPieces(folder: string): Dataset {
  const pieces = readJson(join(folder, 'dist', 'vocab.json')) as Piece[];
  return new Dataset([
    textColumn(
      'piece',
      pieces.map(([piece]) => piece),
      'id',
    ),
    numberColumn(
      'score',
      pieces.map(([, score]) => score),
    ),
  ]);
}
