'use client';

import { useEditor } from '../context.tsx';

/**
 * In an open subgraph, the edges of the canvas while a wire is dragged: dropped there, its port becomes one of the
 * subgraph's. The inspector does the same with the keyboard.
 */
export function SubgraphEdges() {
  const isOpen = useEditor(({ scope }) => scope.length > 0);
  if (!isOpen) return null;
  return (
    <>
      <div data-subgraph-edge="outputs" aria-hidden="true" className="subgraph-edge right-0">
        <span>Output of the subgraph</span>
      </div>
      <div data-subgraph-edge="inputs" aria-hidden="true" className="subgraph-edge left-0">
        <span>Input of the subgraph</span>
      </div>
    </>
  );
}
