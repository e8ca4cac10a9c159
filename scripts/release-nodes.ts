/**
 * Notes every node type's ports and params in nodes/released.json, as part of a release: from then on a test holds the
 * catalogue to them. Only adds: what was noted once stays as it was.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadNode, nodeTypes } from '../nodes/catalogue.gen.ts';

const path = join(resolve(import.meta.dirname, '..'), 'nodes', 'released.json');
type Versions = Record<string, { inputs: string[]; outputs: string[]; params: Record<string, unknown> }>;
const released: Record<string, Versions> = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};

let added = 0;
for (const type of nodeTypes) {
  const node = (await loadNode(type))!;
  const versions = released[type] ?? {};
  const version = String(node.version);
  const known = versions[version];
  const now = {
    inputs: Object.keys(node.inputs),
    outputs: Object.keys(node.outputs),
    params: node.params.parse({}) as Record<string, unknown>,
  };
  // a port or a param may join a version that was released before: it is noted too
  versions[version] = {
    inputs: [...new Set([...(known?.inputs ?? []), ...now.inputs])],
    outputs: [...new Set([...(known?.outputs ?? []), ...now.outputs])],
    params: { ...now.params, ...known?.params },
  };
  if (JSON.stringify(known) !== JSON.stringify(versions[version])) added++;
  released[type] = versions;
}
const sorted = Object.fromEntries(Object.entries(released).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(path, `${JSON.stringify(sorted, null, 1)}\n`);
console.log(`${Object.keys(sorted).length} node types, ${added} changed`);
