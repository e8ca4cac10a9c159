'use client';

import { type ComponentType, lazy, Suspense } from 'react';
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

/** A part of the editor that is loaded when it is first to be shown, and stays. */
export function Later({ part: { isWanted, Content } }: { readonly part: Part }) {
  return useStayed(useEditor(isWanted)) ? (
    <Suspense>
      <Content />
    </Suspense>
  ) : null;
}
