'use client';

import { useMemo, useState } from 'react';
import type { Model, ModelCard } from '../../../graph/values.ts';
import type { Tensor } from '../../../ir/tensor.ts';
import { entryOf } from '../../../nodes/catalogue.ts';
import { Bars } from './bars.tsx';
import { histogram } from './dataset-stats.ts';

const count = ({ shape }: { readonly shape: readonly number[] }): number => shape.reduce((a, b) => a * b, 1);

/** A model's card: what it does, what it reads, how it came to be, and every parameter with its numbers on demand. */
export function ModelView({ model: { card, tensors } }: { readonly model: Model }) {
  const [query, setQuery] = useState('');
  const [opened, setOpened] = useState<string>();
  const found = card.parameters.filter(({ name }) => name.toLowerCase().includes(query.trim().toLowerCase()));
  return (
    <div className="space-y-5">
      <Facts card={card} />
      <section aria-label="Parameters">
        <div className="mb-2 flex items-center gap-3">
          <h3 className="flex-1 font-semibold text-sm">Parameters</h3>
          <input
            type="search"
            aria-label="Find a parameter"
            placeholder="Find by name"
            value={query}
            onChange={({ target }) => setQuery(target.value)}
            className="h-7 w-48 rounded-md border border-line-strong bg-surface px-2 text-xs placeholder:text-ink-3"
          />
        </div>
        {card.parameters.length === 0 ? (
          <p className="text-ink-3 text-xs">This model has no tensors that are learned by gradient.</p>
        ) : (
          <table className="w-full border-collapse text-left text-xs">
            <thead className="text-2xs text-ink-3">
              <tr>
                <th className="py-1 font-medium">Name</th>
                <th className="py-1 font-medium">Shape</th>
                <th className="py-1 text-right font-medium">Numbers</th>
                <th className="py-1 pl-4 font-medium">Trained</th>
              </tr>
            </thead>
            <tbody>
              {found.map((parameter) => {
                const { name, shape, trainable } = parameter;
                const tensor = tensors[name];
                return (
                  <tr key={name} className="border-line border-t align-top">
                    <td className="mono py-1 pr-2 text-2xs">
                      {tensor ? (
                        <button
                          type="button"
                          aria-expanded={opened === name}
                          onClick={() => setOpened(opened === name ? undefined : name)}
                          className="break-all text-left text-accent hover:underline"
                        >
                          {name}
                        </button>
                      ) : (
                        name
                      )}
                      {opened === name && tensor && <Weights tensor={tensor} />}
                    </td>
                    <td className="mono whitespace-nowrap py-1 text-2xs">{shape.join(' × ') || 'scalar'}</td>
                    <td className="tabular py-1 text-right">{count(parameter).toLocaleString('en')}</td>
                    <td className="py-1 pl-4 text-ink-2">{trainable ? 'yes' : 'frozen'}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        )}
        {card.parameters.length > 0 && found.length === 0 && (
          <p className="text-ink-3 text-xs">No parameter has that in its name.</p>
        )}
      </section>
    </div>
  );
}

function Facts({ card }: { readonly card: ModelCard }) {
  const total = card.parameters.reduce((sum, parameter) => sum + count(parameter), 0);
  const trainable = card.parameters.reduce((sum, each) => sum + (each.trainable ? count(each) : 0), 0);
  const { inputs, output, target, categories } = card.signature;
  const rows: [string, string][] = [
    ['Task', card.task.replaceAll('-', ' ')],
    ['Made by', entryOf(card.implementation)?.title ?? card.implementation],
    ['Reads', inputs.map(({ column, type }) => `${column}: ${type.dtype}[${type.shape.join(', ')}]`).join('; ') || '–'],
    ...(output ? [['Gives', `${output.dtype}[${output.shape.join(', ')}]`] as [string, string]] : []),
    ...(target ? [['Predicts', target] as [string, string]] : []),
    ...(categories ? [['Classes', categories.slice(0, 12).join(', ')] as [string, string]] : []),
    [
      'Parameters',
      `${total.toLocaleString('en')}${trainable < total ? `, ${trainable.toLocaleString('en')} trained` : ''}`,
    ],
    ...(card.capabilities.length > 0 ? [['Can', card.capabilities.join(', ')] as [string, string]] : []),
    ...Object.entries(card.training ?? {}).map(([name, value]): [string, string] => [
      name,
      typeof value === 'number' ? value.toLocaleString('en', { maximumSignificantDigits: 6 }) : value,
    ]),
  ];
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1 text-xs">
      {rows.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-ink-3 first-letter:uppercase">{name}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** How a parameter's numbers are spread. */
function Weights({ tensor }: { readonly tensor: Tensor }) {
  const { min, max, counts, mean, deviation } = useMemo(() => {
    const { data } = tensor;
    let sum = 0;
    for (let i = 0; i < data.length; i++) sum += data[i]!;
    const middle = data.length > 0 ? sum / data.length : 0;
    let squares = 0;
    for (let i = 0; i < data.length; i++) squares += (data[i]! - middle) ** 2;
    return { ...histogram(data, 40), mean: middle, deviation: Math.sqrt(squares / Math.max(1, data.length)) };
  }, [tensor]);
  const text = [
    `${min.toPrecision(3)} to ${max.toPrecision(3)}`,
    `mean ${mean.toPrecision(3)}`,
    `deviation ${deviation.toPrecision(3)}`,
  ];
  return (
    <figure data-kind="model" className="my-2">
      <Bars bars={counts} width={280} height={56} />
      <figcaption className="tabular mt-1 font-sans text-2xs text-ink-2">{text.join(', ')}</figcaption>
    </figure>
  );
}
