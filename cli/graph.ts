import { readFileSync } from 'node:fs';
import { type GraphDocument, parseDocument } from '../graph/document.ts';
import { applyCommand } from '../graph/edit.ts';
import { paramEdit } from '../graph/subgraphs.ts';
import { fail } from '../lib/problem.ts';
import { showProblem } from './show.ts';

/** Reads a graph from a file, or from standard input where the name is `-`. */
export function readGraph(path: string | undefined): GraphDocument {
  if (!path)
    return fail('cli/no-graph', 'This command needs a graph file.', {
      hint: 'Give its path, or - for standard input.',
    });
  let text: string;
  try {
    text = readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    return fail('cli/no-file', `The graph ${path} can't be read: ${(error as Error).message}.`);
  }
  const { document, problems } = parseDocument(text);
  for (const problem of problems) process.stderr.write(`${showProblem({ ...problem, severity: 'warning' })}\n`);
  return document;
}

/** `--set node.param=value`: the value is JSON where it can be read as JSON, else text. */
export function setParams(document: GraphDocument, settings: readonly string[]): GraphDocument {
  return settings.reduce((current, setting) => {
    const match = /^([^.=]+)\.([^=]+)=(.*)$/s.exec(setting);
    if (!match) return fail('cli/set', `--set needs node.param=value, got ${setting}.`);
    const [, node, param, value] = match as unknown as [string, string, string, string];
    // what lies in a subgraph is set for all its instances; params that it shows outside are set on the instance
    const edit = paramEdit(current, node, param, readValue(value));
    if (!edit)
      return fail(
        'cli/set',
        `--set ${setting}: there is no node ${node}; there are ${Object.keys(current.nodes).join(', ')}.`,
      );
    return applyCommand(current, { label: 'Set', edits: [edit] }).document;
  }, document);
}

export function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
