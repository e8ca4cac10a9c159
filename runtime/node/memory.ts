/**
 * The environment of a process that computes, for glibc. ONNX Runtime for Node gives every result in a new buffer, also
 * where it wrote into one of ours, and by default the C library gets each large one from the system and gives it back: at
 * 11 million parameters 133 MB of fresh pages a step, a third of its time. Freed memory is kept here, in large pages.
 */
export const memoryEnvironment: Readonly<Record<string, string>> = {
  MALLOC_MMAP_MAX_: '0',
  MALLOC_TRIM_THRESHOLD_: String(2 ** 36),
  GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
};
