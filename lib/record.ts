/** The same names, each with another value. */
export const mapRecord = <K extends string, T, U>(
  record: Readonly<Record<K, T>>,
  f: (value: T, key: K) => U,
): Record<K, U> =>
  // the type of Object.entries forgets which names there are
  Object.fromEntries((Object.entries(record) as [K, T][]).map(([key, value]) => [key, f(value, key)])) as Record<K, U>;
