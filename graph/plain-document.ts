import type { GraphDocument } from './document.ts';

// What pages need of a document before they read one: without the schemas, and so without the library for them.

/**
 * The graph document: the one format of editor, file, API and database. Schemas are loose: keys that this version does
 * not know, and node types that it does not know, are kept as they came.
 */
export const FORMAT = 'patchbay/1';

/** What one document may hold. More is refused with a sentence, never cut off. */
export const limits = { nodes: 2_000, edges: 5_000, bytes: 2_000_000, depth: 32 } as const;

export const emptyDocument = (name = 'Untitled'): GraphDocument => ({
  format: FORMAT,
  name,
  description: '',
  seed: 0,
  nodes: {},
  edges: {},
  definitions: {},
  inputs: [],
  outputs: [],
  views: {},
});

/** Keys that reach an object's prototype instead of its own properties. */
export const unsafeKey = (key: string): boolean => key === '__proto__' || key === 'constructor' || key === 'prototype';
