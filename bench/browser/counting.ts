/** What a page hands to the GPU, counted where every library has to pass: at WebGPU itself. */
export interface Counts {
  dispatches: number;
  /** Bytes of the storage buffers that are bound at each dispatch, each buffer once. */
  bound: number;
  /** Bytes that the page writes to the device, and copies back to read. */
  up: number;
  down: number;
}

const counts: Counts = { dispatches: 0, bound: 0, up: 0, down: 0 };
const boundBytes = new WeakMap<GPUBindGroup, number>();
const current = new WeakMap<GPUComputePassEncoder, Map<number, GPUBindGroup>>();

/** Wraps WebGPU's own methods. Before any library takes hold of them. */
export function count(): void {
  const device = GPUDevice.prototype;
  const { createBindGroup } = device;
  device.createBindGroup = function (descriptor) {
    const group = createBindGroup.call(this, descriptor);
    const sizes = new Map<GPUBuffer, number>();
    for (const { resource } of descriptor.entries) {
      const buffer = resource instanceof GPUBuffer ? resource : 'buffer' in resource ? resource.buffer : undefined;
      if (!buffer || !(buffer.usage & GPUBufferUsage.STORAGE)) continue;
      const size = 'buffer' in resource && resource.size !== undefined ? resource.size : buffer.size;
      sizes.set(buffer, Math.max(size, sizes.get(buffer) ?? 0));
    }
    boundBytes.set(
      group,
      [...sizes.values()].reduce((a, b) => a + b, 0),
    );
    return group;
  };
  const pass = GPUComputePassEncoder.prototype;
  const { setBindGroup, dispatchWorkgroups, dispatchWorkgroupsIndirect } = pass;
  pass.setBindGroup = function (this: GPUComputePassEncoder, ...args: unknown[]) {
    const groups = current.get(this) ?? new Map<number, GPUBindGroup>();
    groups.set(args[0] as number, args[1] as GPUBindGroup);
    current.set(this, groups);
    return (setBindGroup as (...all: unknown[]) => undefined).apply(this, args);
  } as typeof pass.setBindGroup;
  const dispatched = (encoder: GPUComputePassEncoder): void => {
    counts.dispatches++;
    for (const group of current.get(encoder)?.values() ?? []) counts.bound += boundBytes.get(group) ?? 0;
  };
  pass.dispatchWorkgroups = function (...args) {
    dispatched(this);
    return dispatchWorkgroups.apply(this, args);
  };
  pass.dispatchWorkgroupsIndirect = function (...args) {
    dispatched(this);
    return dispatchWorkgroupsIndirect.apply(this, args);
  };
  const queue = GPUQueue.prototype;
  const { writeBuffer } = queue;
  queue.writeBuffer = function (this: GPUQueue, ...args: Parameters<GPUQueue['writeBuffer']>) {
    const [, , data, from = 0, size] = args;
    const unit = ArrayBuffer.isView(data) && 'BYTES_PER_ELEMENT' in data ? (data.BYTES_PER_ELEMENT as number) : 1;
    counts.up += size === undefined ? data.byteLength - from * unit : size * unit;
    return writeBuffer.apply(this, args);
  };
  const buffer = GPUBuffer.prototype;
  const { mapAsync } = buffer;
  buffer.mapAsync = function (...args) {
    if (args[0] & GPUMapMode.READ) counts.down += args[2] ?? this.size;
    return mapAsync.apply(this, args);
  };
}

/** What `body` makes the page do. */
export async function counted(body: () => Promise<unknown>): Promise<Counts> {
  Object.assign(counts, { dispatches: 0, bound: 0, up: 0, down: 0 });
  await body();
  return { ...counts };
}
