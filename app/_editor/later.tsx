'use client';

import { type ComponentType, lazy, Suspense } from 'react';
import { loadWords } from '../../nodes/catalogue.ts';
import { insist } from '../_client/insist.ts';
import { useStayed } from '../_ui/use-stayed.ts';
import { useEditor } from './context.tsx';
import type { EditorState } from './state/store.ts';

export interface Part {
  readonly isWanted: (state: EditorState) => boolean;
  readonly Content: ComponentType;
}

export const part = (isWanted: Part['isWanted'], load: () => Promise<ComponentType>): Part => ({
  isWanted,
  Content: lazy(async () => ({ default: await insist(load) })),
});

/** For parts that search or explain node types: what is said of these comes along. */
export async function worded<T>(module: Promise<T>): Promise<T> {
  const [loaded] = await Promise.all([module, loadWords()]);
  return loaded;
}

/** A part of the editor that is loaded when it is first to be shown, and stays. */
export function Later({ part: { isWanted, Content } }: { readonly part: Part }) {
  return useStayed(useEditor(isWanted)) ? (
    <Suspense>
      <Content />
    </Suspense>
  ) : null;
}
