import { describe, expect, test } from 'vitest';
import { checkDocument } from '../../compiler/compile.ts';
import { addNode, applyCommand, connect } from '../../graph/edit.ts';
import { isError } from '../../lib/problem.ts';
import { startRun } from '../_editor/state/run-state.ts';
import { createEditorStore } from '../_editor/state/store.ts';
import { steps } from './steps.ts';
import { GAP, MISSING, tourGraph } from './tour-graph.ts';

const block = { type: MISSING, version: 1, params: { name: 'block' }, position: GAP };

describe('the tour', () => {
  test('begins with a graph in which nothing is wrong but the hole, and ends with one that runs', async () => {
    let document = tourGraph();
    const wrong = async () =>
      (await checkDocument(document)).problems.filter(isError).map(({ code, at }) => `${at?.node} ${code}`);
    expect((await wrong()).every((each) => each.startsWith('head ') || each.includes('graph/'))).toBe(true);
    document = applyCommand(document, addNode('block-1', block, 'Decoder block')).document;
    document = applyCommand(
      document,
      connect(document, 'a', { from: ['positions', 'y'], to: ['block-1', 'x'] }, false),
    ).document;
    document = applyCommand(
      document,
      connect(document, 'b', { from: ['block-1', 'y'], to: ['head', 'x'] }, false),
    ).document;
    expect(await wrong()).toEqual([]);
  });

  test('goes on as each thing is done', () => {
    const store = createEditorStore(tourGraph());
    const done = () => steps.map(({ isDone }) => isDone?.(store.getState()));
    expect(done()).toEqual([undefined, false, false, false, false, false, undefined]);
    let { log } = store.getState();
    const act = (command: Parameters<typeof applyCommand>[1]) => {
      log = { ...log, document: applyCommand(log.document, command).document };
      store.setState({ log });
    };
    act(addNode('x', block, 'Decoder block'));
    act(connect(log.document, 'a', { from: ['positions', 'y'], to: ['x', 'x'] }, false));
    expect(done().slice(1, 4)).toEqual([true, true, false]);
    act(connect(log.document, 'b', { from: ['x', 'y'], to: ['head', 'x'] }, false));
    store.setState({ run: { ...startRun('r', 'page'), status: 'running' } });
    expect(done().slice(3)).toEqual([true, true, false, undefined]);
    store.setState({ run: { ...startRun('r', 'page'), status: 'succeeded' } });
    expect(done()[5]).toBe(true);
  });
});
