import superjson, { type SuperJSONResult } from 'superjson';

/**
 * What calls carry, as JSON that also knows what JSON alone does not (a loss that is not a number). Most of it needs
 * nothing of that: a large graph is sent as it is, and read without a copy.
 */
export const wireJson = {
  serialize: (value: unknown): SuperJSONResult =>
    isPlainJson(value) ? { json: value as SuperJSONResult['json'] } : superjson.serialize(value),
  deserialize: (result: SuperJSONResult): unknown =>
    result.meta === undefined ? result.json : superjson.deserialize(result),
};

/** Whether JSON gives back exactly this. */
function isPlainJson(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (Array.isArray(value)) return value.every(isPlainJson);
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return false;
  for (const key in value) if (!isPlainJson((value as Record<string, unknown>)[key])) return false;
  return true;
}
