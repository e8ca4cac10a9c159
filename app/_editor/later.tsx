'use client';

import { type ComponentType, lazy, Suspense, useState } from 'react';
import { insist } from '../_client/insist.ts';
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
  const wanted = useEditor(isWanted);
  const [was, setWas] = useState(false);
  if (wanted && !was) setWas(true);
  return wanted || was ? (
    <Suspense>
      <Content />
    </Suspense>
  ) : null;
}
