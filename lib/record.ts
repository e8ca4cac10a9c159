/** A value for each of some names. */
export const recordOf = <K extends string, U>(names: readonly K[], f: (name: K) => U): Record<K, U> =>
  // the type of Object.fromEntries forgets which names there are
  Object.fromEntries(names.map((name) => [name, f(name)])) as Record<K, U>;

/** The same names, each with another value. */
export const mapRecord = <K extends string, T, U>(
  record: Readonly<Record<K, T>>,
  f: (value: T, key: K) => U,
): Record<K, U> => recordOf(Object.keys(record) as K[], (key) => f(record[key], key));
