import type { GraphDocument, GraphEdge } from './document.ts';
import { applyCommand, type Command, type Edit } from './edit.ts';
import { levelsOf } from './subgraphs.ts';

/**
 * Wires with a name stand as tags at their ends. The name is on the wire, but it is the output's: all named wires of an
 * output have the same one, and no two outputs of a graph do. Where people wire at once that can fail to hold; a tag then
 * shows what it has, and still leads to its own ends.
 */

export const outputOf = ({ from }: Pick<GraphEdge, 'from'>): string => from.join('\n');

/** `train`, and where that is taken `train 2`. */
export function freeName(taken: ReadonlySet<string>, name: string): string {
  if (!taken.has(name)) return name;
  const stem = name.replace(/ \d+$/, '');
  for (let i = 2; ; i++) if (!taken.has(`${stem} ${i}`)) return `${stem} ${i}`;
}

/** The wires that a command gives a name, by level: in so many words, or as wires that bring one along. */
function given(command: Command): Map<string, Map<string, 'name' | 'wire'>> {
  const found = new Map<string, Map<string, 'name' | 'wire'>>();
  for (const { path, value } of command.edits) {
    const at = path.slice(0, path[0] === 'definitions' ? 2 : 0);
    const [root, id, field, ...rest] = path.slice(at.length);
    if (root !== 'edges' || id === undefined || value === undefined || rest.length > 0) continue;
    const whole = field === undefined && (value as GraphEdge).name !== undefined;
    if (field !== 'name' && !whole) continue;
    const level = at.join('/');
    found.set(level, (found.get(level) ?? new Map()).set(id, field === 'name' ? 'name' : 'wire'));
  }
  return found;
}

/**
 * A command with what follows from it for names: a name that is given counts for all named wires of its output, wires
 * that are put in take the name that their output has, and a name that another output has gets a number.
 */
export function withOwnNames(document: GraphDocument, command: Command): Command {
  const levels = given(command);
  if (levels.size === 0) return command;
  const more: Edit[] = [];
  for (const { at, level } of levelsOf(applyCommand(document, command).document)) {
    const touched = levels.get(at.join('/'));
    if (!touched) continue;
    const named = Object.entries(level.edges).filter(([, { name }]) => name !== undefined);
    const kept = new Map<string, string>();
    for (const [id, edge] of named) if (!touched.has(id)) kept.set(outputOf(edge), edge.name!);
    const asked = new Map<string, string>();
    for (const [id, how] of touched) {
      const edge = level.edges[id];
      if (edge?.name === undefined) continue;
      const output = outputOf(edge);
      if (how === 'name' || !(kept.has(output) || asked.has(output))) asked.set(output, edge.name);
    }
    const taken = new Set([...kept].flatMap(([output, name]) => (asked.has(output) ? [] : [name])));
    for (const [output, name] of asked) {
      const own = freeName(taken, name);
      taken.add(own);
      kept.set(output, own);
    }
    for (const [id, edge] of named) {
      const name = kept.get(outputOf(edge));
      if (name !== edge.name) more.push({ path: [...at, 'edges', id, 'name'], value: name });
    }
  }
  return more.length === 0 ? command : { ...command, edits: [...command.edits, ...more] };
}

/** Whether wires start at one output: they can have one name. */
export const haveOneOutput = ({ edges }: Pick<GraphDocument, 'edges'>, ids: Iterable<string>): boolean =>
  new Set([...ids].map((id) => edges[id] && outputOf(edges[id]))).size === 1;
