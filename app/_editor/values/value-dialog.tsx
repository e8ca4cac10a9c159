'use client';

import { Download } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { PortValue, ValueReference } from '../../../graph/values.ts';
import type { Problem } from '../../../lib/problem.ts';
import { problemOfCall } from '../../_client/api.ts';
import { readValue } from '../../_client/values.ts';
import { Button } from '../../_ui/button.tsx';
import { Window } from '../../_ui/dialog.tsx';
import { downloadText, fileName } from '../../_ui/download.ts';
import { Notice } from '../../_ui/notice.tsx';
import { useEditor, useSession } from '../context.tsx';
import { runValue } from '../state/run-inside.ts';
import { wholeOf } from '../state/scope.ts';
import { showBytes } from '../state/show-cost.ts';
import { titleAt } from '../state/wiring.ts';
import { csvOf } from './csv.ts';
import { ValueView } from './value-view.tsx';

/** A value of the run, large. It follows the node: a new run's value takes the place of the old one. */
export function ValueDialog() {
  const { store } = useSession();
  const viewing = useEditor((state) => state.viewing);
  const reference = useEditor((state) => {
    const { run, log } = wholeOf(state);
    return viewing && runValue(run, log.document, viewing);
  });
  const title = useEditor((state) => (viewing ? titleAt(wholeOf(state).log.document, viewing.node) : ''));
  const close = () => store.setState({ viewing: undefined });
  if (!viewing) return null;
  return (
    <Window
      open
      wide
      onClose={close}
      title={`${title}: ${viewing.port}`}
      description={reference ? `${reference.kind}, ${showBytes(reference.bytes)}` : 'There is no value yet.'}
    >
      {reference ? (
        <Value key={reference.sha256} reference={reference} name={`${title} ${viewing.port}`} />
      ) : (
        <Notice message="This output has no value in the shown run." hint="Run the graph to make it." />
      )}
    </Window>
  );
}

type Reading = { readonly value: PortValue } | { readonly problem: Problem } | undefined;

function Value({ reference, name }: { readonly reference: ValueReference; readonly name: string }) {
  const { values } = useSession();
  const [reading, setReading] = useState<Reading>();
  useEffect(() => {
    let gone = false;
    readValue(reference, values).then(
      (value) => !gone && setReading({ value }),
      (error: unknown) => !gone && setReading({ problem: problemOfCall(error) }),
    );
    return () => {
      gone = true;
    };
  }, [reference, values]);
  if (!reading) return <div className="skeleton h-64" role="status" aria-label="Reading the value" />;
  if ('problem' in reading) return <Notice tone="bad" message={reading.problem.message} hint={reading.problem.hint} />;
  return (
    <div className="flex h-[min(560px,calc(100dvh-12rem))] flex-col">
      <div className="min-h-0 flex-1 overflow-y-auto">
        <ValueView kind={reference.kind} value={reading.value} />
      </div>
      <Downloads kind={reference.kind} value={reading.value} name={name} />
    </div>
  );
}

function Downloads({
  kind,
  value,
  name,
}: {
  readonly kind: ValueReference['kind'];
  readonly value: PortValue;
  readonly name: string;
}) {
  const csv = kind === 'dataset' || kind === 'metrics' || kind === 'figure';
  const saveJson = async () => {
    const { valueToJson } = await import('../../../runtime/values/codec.ts');
    downloadText(`${fileName(name)}.json`, JSON.stringify(valueToJson(value), undefined, 1), 'application/json');
  };
  return (
    <div className="mt-3 flex shrink-0 gap-2 border-line border-t pt-3">
      {kind === 'text' && (
        <Button size="sm" onClick={() => downloadText(`${fileName(name)}.txt`, value as string)}>
          <Download size={13} aria-hidden="true" /> Text
        </Button>
      )}
      <Button size="sm" onClick={() => void saveJson()}>
        <Download size={13} aria-hidden="true" /> JSON
      </Button>
      {csv && (
        <Button size="sm" onClick={() => downloadText(`${fileName(name)}.csv`, csvOf(value), 'text/csv')}>
          <Download size={13} aria-hidden="true" /> CSV
        </Button>
      )}
    </div>
  );
}
