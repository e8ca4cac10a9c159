/** Rows of numbers of which most are zero, as compressed sparse rows: row i is at starts[i] … starts[i + 1]. */
export interface SparseRows {
  readonly rows: number;
  readonly width: number;
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float64Array;
}

/** Collects rows one after another; the indices within a row may come in any order, but each once. */
export class SparseBuilder {
  readonly #starts: number[] = [0];
  #indices = new Int32Array(1024);
  #values = new Float64Array(1024);
  #count = 0;

  add(index: number, value: number): void {
    if (value === 0) return;
    if (this.#count === this.#indices.length) {
      const indices = new Int32Array(this.#count * 2);
      const values = new Float64Array(this.#count * 2);
      indices.set(this.#indices);
      values.set(this.#values);
      this.#indices = indices;
      this.#values = values;
    }
    this.#indices[this.#count] = index;
    this.#values[this.#count++] = value;
  }
  endRow(): void {
    this.#starts.push(this.#count);
  }
  finish(width: number): SparseRows {
    return {
      rows: this.#starts.length - 1,
      width,
      starts: Int32Array.from(this.#starts),
      indices: this.#indices.slice(0, this.#count),
      values: this.#values.slice(0, this.#count),
    };
  }
}

/** The numbers of each column, whole, in float32: what trees compare. */
export function denseColumns({ rows, width, starts, indices, values }: SparseRows): Float32Array[] {
  const columns = Array.from({ length: width }, () => new Float32Array(rows));
  for (let row = 0; row < rows; row++)
    for (let at = starts[row]!; at < starts[row + 1]!; at++) columns[indices[at]!]![row] = values[at]!;
  return columns;
}
