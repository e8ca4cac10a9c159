type Gpu = Awaited<ReturnType<typeof open>>;

async function open() {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  return create([]);
}

let gpu: Promise<Gpu> | undefined;

/** WebGPU in Node (Dawn): one for the process, which it would end if it were collected while a device of it lives. */
export const nodeGpu = (): Promise<Gpu> => {
  gpu ??= open();
  return gpu;
};

/** What it gives as its adapter, in words: a GPU, or SwiftShader; undefined where there is neither. */
export async function nodeAdapterName(): Promise<string | undefined> {
  const adapter = await (await nodeGpu()).requestAdapter().catch(() => null);
  if (!adapter) return undefined;
  const { description, vendor, architecture } = adapter.info;
  return description || [vendor, architecture].filter(Boolean).join(' ') || 'GPU';
}
