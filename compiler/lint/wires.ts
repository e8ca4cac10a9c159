import type { GraphDocument } from '../../graph/document.ts';
import { nameWires } from '../../graph/edit.ts';
import { type MixedNames, mixedNames } from '../../graph/mixed-names.ts';
import { definitionId, definitionOf, editsInside, type Level } from '../../graph/subgraphs.ts';
import { freeName } from '../../graph/wire-names.ts';
import { titleOf } from '../fixes.ts';
import type { Finding, Rule, Scene } from './scene.ts';

const CODE = 'lint/wire-names';

interface Shown {
  /** Stands before the ids of its nodes. */
  readonly prefix: string;
  readonly level: Level;
  readonly definition: string | undefined;
}

/** The document, and what lies in each of its instances. */
function* levels({ document, check }: Scene): Iterable<Shown> {
  yield { prefix: '', level: document, definition: undefined };
  for (const [path, node] of check.graph.places) {
    const level = definitionOf(document.definitions, node);
    if (level) yield { prefix: `${path}/`, level, definition: definitionId(node) };
  }
}

/** What can be done: another name for one of two outputs, or one name for all wires of an output. */
function fixes({ names, outputs }: MixedNames, { level, definition }: Shown, say: (end: readonly string[]) => string) {
  const rename = (label: string, wires: readonly string[], name: string) => ({
    label,
    edits: editsInside(definition, nameWires(wires, name).edits),
  });
  if (outputs.length === 1) return names.map((name) => rename(`Call all of them “${name}”`, outputs[0]!.wires, name));
  const taken = new Set(Object.values(level.edges).flatMap(({ name }) => name ?? []));
  const name = freeName(taken, names[0]!);
  return outputs.map(({ from, wires }) => rename(`Call ${say(from)} “${name}”`, wires, name));
}

/** The first output is where it is told. */
function finding(mixed: MixedNames, shown: Shown, document: GraphDocument): Finding {
  const { names, outputs } = mixed;
  const { level, prefix } = shown;
  const titleAt = (id: string) => (level.nodes[id] ? titleOf(document, level.nodes[id]) : id);
  const say = ([node, port]: readonly string[]) => `${port} of ${titleAt(node!)}`;
  const [first, ...others] = outputs as [MixedNames['outputs'][number], ...MixedNames['outputs']];
  const id = prefix + first.from[0];
  const at = (node: string, port: string) => ({ node: prefix + node, port });
  const whose = outputs.map(({ from }) => say(from)).join(' and ');
  return {
    at: { id, origin: id, title: titleAt(first.from[0]) },
    port: first.from[1],
    message:
      outputs.length > 1
        ? `The name “${names[0]}” is on wires of ${outputs.length === 2 ? 'two' : outputs.length} outputs, ${whose}.`
        : `The wires of ${whose} have ${names.length === 2 ? 'two' : names.length} names, ${names.map((name) => `“${name}”`).join(' and ')}.`,
    hint: outputs.length > 1 ? 'Give each of them a name of its own.' : 'Give all of them one name.',
    notes: [
      ...others.map(({ from }) => ({ message: `${say(from)} has it too.`, at: at(...from) })),
      // an input that takes many may be at the end of several
      ...new Map(
        outputs.flatMap(({ wires }) =>
          wires.map((wire) => {
            const { to, name } = level.edges[wire]!;
            return [`${name} ${to}`, { message: `“${name}” leads to ${say(to)}.`, at: at(...to) }] as const;
          }),
        ),
      ).values(),
    ],
    fixes: fixes(mixed, shown, say),
  };
}

/** Rules about wires as they are drawn: what a graph computes is the same. */
export const wireRules: readonly Rule[] = [
  {
    code: CODE,
    title: 'Names of wires that are mixed up',
    reason:
      'A name stands for what one output gives. Where two outputs have the same name, or one has two, tags no longer say what flows there. Two people who name wires at once can leave that.',
    *find(scene): Iterable<Finding> {
      for (const shown of levels(scene))
        for (const { names, outputs } of mixedNames(shown.level.edges)) {
          // it is one thing at several places: where one of them is silenced, all are
          if (outputs.some(({ from }) => shown.level.nodes[from[0]]?.silenced?.includes(CODE))) continue;
          for (const own of outputs) {
            const others = outputs.filter((each) => each !== own);
            yield finding({ names, outputs: [own, ...others] }, shown, scene.document);
          }
        }
    },
  },
];
