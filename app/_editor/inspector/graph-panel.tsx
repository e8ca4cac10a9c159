'use client';

import { useState } from 'react';
import { setDocumentField } from '../../../graph/edit.ts';
import { useEditor, useSession } from '../context.tsx';
import { Field, inputClass } from './field.tsx';
import { readNumber } from './number-text.ts';
import { Section } from './section.tsx';
import { TotalsList } from './totals-list.tsx';

/** All about the graph as a whole, shown while nothing is selected. */
export function GraphPanel() {
  const session = useSession();
  const name = useEditor(({ log }) => log.document.name);
  const description = useEditor(({ log }) => log.document.description);
  const { readOnly } = session;
  return (
    <div>
      <div className="px-4 pt-2 pb-3">
        <Field title="Name of the graph">
          {(ids) => (
            <input
              {...ids}
              className={inputClass}
              disabled={readOnly}
              maxLength={200}
              value={name}
              onChange={({ target }) =>
                session.do(setDocumentField('name', target.value, 'Rename the graph'), 'graph:name')
              }
            />
          )}
        </Field>
        <Field title="Description">
          {(ids) => (
            <textarea
              {...ids}
              className={`${inputClass} !h-auto resize-y py-1.5 leading-5`}
              rows={4}
              maxLength={5_000}
              disabled={readOnly}
              value={description}
              placeholder="What it does, and what to expect of it"
              onChange={({ target }) =>
                session.do(setDocumentField('description', target.value, 'Describe the graph'), 'graph:description')
              }
            />
          )}
        </Field>
        <SeedField />
      </div>
      <p className="border-line border-t px-4 py-3 text-ink-3 text-xs">
        Select a node to see its settings, types and results.
      </p>
      <Section title="Totals">
        <TotalsList />
      </Section>
    </div>
  );
}

function SeedField() {
  const session = useSession();
  const seed = useEditor(({ log }) => log.document.seed);
  const [draft, setDraft] = useState<{ text: string; of: number }>();
  const text = draft && draft.of === seed ? draft.text : String(seed);
  const schema = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;
  const read = readNumber(text, schema);
  return (
    <Field
      title="Seed"
      description="All random numbers of the graph follow from it: the same seed gives the same results."
      typed={'problem' in read ? read.problem : undefined}
    >
      {(ids) => (
        <input
          {...ids}
          className={`${inputClass} tabular`}
          inputMode="numeric"
          disabled={session.readOnly}
          value={text}
          onChange={({ target }) => {
            const next = readNumber(target.value, schema);
            const right = 'value' in next && next.value !== null;
            setDraft({ text: target.value, of: right ? next.value : seed });
            if (right) session.do(setDocumentField('seed', next.value, 'Set the seed'), 'graph:seed');
          }}
          onBlur={() => 'value' in read && setDraft(undefined)}
        />
      )}
    </Field>
  );
}
