// @vitest-environment happy-dom
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import type { GraphDocument } from '../../../graph/document.ts';
import { Breadcrumbs } from '../canvas/breadcrumbs.tsx';
import { Outline } from '../panel/outline.tsx';
import { graphOf, mount, unmount } from '../testing.tsx';
import { Inspector } from './inspector.tsx';

afterEach(unmount);

const inner = graphOf(
  {
    hidden: { type: 'network/linear', params: { units: 8, name: 'hidden' } },
    bend: { type: 'network/activation', params: { name: 'bend' } },
  },
  [['hidden.y', 'bend.x']],
);
const instance = (name: string) => ({ type: 'graph/instance', params: { definition: 'part', name } });
const twice: GraphDocument = {
  ...graphOf(
    {
      data: { type: 'data/dataset', params: { dataset: 'iris' } },
      input: { type: 'network/input', params: { column: 'petal length' } },
      one: instance('one'),
      two: instance('two'),
    },
    [
      ['data.dataset', 'input.dataset'],
      ['input.y', 'one.x'],
      ['one.y', 'two.x'],
    ],
  ),
  definitions: {
    part: {
      title: 'Hidden part',
      inputs: [{ name: 'x', node: 'hidden', port: 'x' }],
      outputs: [{ name: 'y', node: 'bend', port: 'y' }],
      params: [],
      nodes: inner.nodes,
      edges: inner.edges,
    },
  },
};

const show = () =>
  mount(
    twice,
    <>
      <Breadcrumbs />
      <Outline />
      <Inspector />
    </>,
  );
const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));
const row = (name: string) => screen.getByRole('treeitem', { name });

describe('an instance in the inspector', () => {
  test('says whom it is tied to, and is cut loose with one click', async () => {
    const { session } = show();
    session.select(['two']);
    await screen.findByText(/Another node shows the same subgraph/);
    press('Make independent');
    await waitFor(() => expect(screen.queryByText(/shows the same subgraph/)).toBeNull());
    expect(Object.values(session.whole.definitions).map(({ title }) => title)).toEqual([
      'Hidden part',
      'Hidden part 2',
    ]);
    session.undo();
    expect(session.whole).toEqual(twice);
  });

  test('unpacks to its nodes', async () => {
    const { session } = show();
    session.select(['two']);
    await screen.findByRole('button', { name: 'Unpack' });
    press('Unpack');
    expect(Object.keys(session.document.nodes)).toEqual(['data', 'input', 'one', 'hidden', 'bend']);
    expect(Object.keys(session.whole.definitions)).toEqual(['part']);
  });
});

describe('an open subgraph', () => {
  test('is entered and left with the keyboard through the outline, and the breadcrumbs lead back', async () => {
    const { session, store } = show();
    expect(screen.queryByRole('navigation')).toBeNull();
    fireEvent.keyDown(row('Input'), { key: 'o' });
    expect(store.getState().scope).toEqual([]);
    fireEvent.keyDown(screen.getAllByRole('treeitem', { name: 'Hidden part, subgraph' })[1]!, { key: 'o' });
    expect(store.getState().scope).toEqual(['two']);
    expect(screen.getAllByRole('treeitem').map((each) => each.getAttribute('aria-label'))).toEqual([
      'Linear',
      'Activation',
    ]);
    expect(screen.getByRole('navigation', { name: 'Where you are' }).textContent).toContain('Hidden part');
    press('Test');
    expect(store.getState().scope).toEqual([]);
    expect(session.document.nodes).toBe(session.whole.nodes);
  });

  test('has its ports named, moved and taken away; wires of all instances follow', async () => {
    const { session } = show();
    session.goTo(['one']);
    const name = await screen.findByLabelText('Name of the input x');
    expect(screen.getByText(/2 nodes show it: a change here changes all of them/)).toBeTruthy();
    fireEvent.change(name, { target: { value: 'features' } });
    fireEvent.blur(name);
    const ends = () => Object.values(session.whole.edges).map(({ to }) => to.join('.'));
    expect(ends()).toEqual(['input.dataset', 'one.features', 'two.features']);
    fireEvent.change(screen.getByLabelText('Name of the output y'), { target: { value: ' ' } });
    fireEvent.blur(screen.getByLabelText('Name of the output y'));
    expect(screen.getByRole('alert').textContent).toBe('A port needs a name.');
    press('Take features away');
    expect(ends()).toEqual(['input.dataset']);
    session.undo();
    session.undo();
    expect(session.whole).toEqual(twice);
  });

  test('shows a setting outside, where each instance has its own value', async () => {
    const { session } = show();
    session.goTo(['one']);
    session.select(['hidden']);
    fireEvent.click(await screen.findByRole('button', { name: 'Show Units on the instances' }));
    session.goTo([]);
    session.select(['two']);
    await screen.findByText(/Another node shows/);
    fireEvent.change(await screen.findByLabelText('Units'), { target: { value: '3' } });
    expect(session.whole.nodes.two!.params).toEqual({ definition: 'part', name: 'two', units: 3 });
  });

  test('makes a port of an inner node one of its own', async () => {
    const { session } = show();
    session.goTo(['one']);
    session.select(['hidden']);
    const offers = await screen.findAllByRole('button', { name: 'Make it an output of the subgraph' });
    fireEvent.click(offers[0]!);
    expect(session.whole.definitions.part!.outputs.map(({ name }) => name)).toEqual(['y', 'y-2']);
    expect(await screen.findByText('y-2')).toBeTruthy();
  });
});

test('what is wrong inside is told on the instance with the way there; a value that it gives is mended on it', async () => {
  const { session } = show();
  session.goTo(['one']);
  session.do({ label: 'Set', edits: [{ path: ['nodes', 'hidden', 'params', 'units'], value: -1 }] });
  session.goTo([]);
  session.select(['one']);
  expect(await screen.findByRole('button', { name: 'In Hidden part › Linear' })).toBeTruthy();
  fireEvent.click(screen.getAllByRole('button', { name: 'Set Units back to its default' })[0]!);
  expect(session.whole.definitions.part!.nodes.hidden!.params).toEqual({ name: 'hidden' });
});
