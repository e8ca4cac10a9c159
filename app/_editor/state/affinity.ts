import { entries as all, type PaletteEntry, type PalettePort } from '../../../nodes/catalogue.ts';
import type { Loose } from './wiring.ts';

/** How often two ports are wired in the examples that node types ship with: `type|port>type|port`. */
let pairs: Map<string, number> | undefined;

const keyOf = (fromType: string, fromPort: string, toType: string, toPort: string): string =>
  `${fromType}|${fromPort}>${toType}|${toPort}`;

function countPairs(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { pairs: own } of all)
    for (const pair of own) {
      const key = keyOf(...pair);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  return counts;
}

/**
 * How likely a node type is to come next at a loose wire's end: how often examples wire the two, then whether the port
 * needs something, then how many kinds it takes (what takes anything is rarely what is meant).
 */
export function affinity(entry: PaletteEntry, port: PalettePort, { seeks, at }: Loose): number {
  pairs ??= countPairs();
  const key =
    at &&
    (seeks === 'inputs' ? keyOf(at.type, at.port, entry.id, port.name) : keyOf(entry.id, port.name, at.type, at.port));
  const seen = key === undefined ? 0 : (pairs.get(key) ?? 0);
  return seen * 4 + (port.optional ? 0 : 1) + (port.kinds.length === 1 ? 1 : 0);
}
