'use client';

import { Window } from '../../_ui/dialog.tsx';
import { Notice } from '../../_ui/notice.tsx';
import { useEditor, useSession } from '../context.tsx';
import { wholeOf } from '../state/scope.ts';
import { titleAt } from '../state/wiring.ts';
import { ProgramsView } from './program-view.tsx';
import { usePrograms } from './use-programs.ts';

/** The tensor programs of a node as a device gets them. It follows the graph while it is open. */
export function ProgramDialog() {
  const { store } = useSession();
  const node = useEditor((state) => state.program);
  const title = useEditor((state) => (node === undefined ? '' : titleAt(wholeOf(state).log.document, node)));
  if (node === undefined) return null;
  return (
    <Window
      open
      wide
      onClose={() => store.setState({ program: undefined })}
      title={`Compiled program of ${title}`}
      description="What a device gets, after all passes of the compiler. Nothing runs for it."
    >
      <Programs key={node} node={node} title={title} />
    </Window>
  );
}

function Programs({ node, title }: { readonly node: string; readonly title: string }) {
  const { answer, device } = usePrograms(node);
  if (!answer) return <div className="skeleton h-64" role="status" aria-label="Compiling the program" />;
  if ('problem' in answer) return <Notice tone="warn" message={answer.problem.message} hint={answer.problem.hint} />;
  return <ProgramsView {...answer} name={title} device={device} />;
}
