import { checkLayer, layerCases } from '../../runtime/testing/check-layer.ts';
import { checkProblems, floats, ids } from '../../runtime/testing/check-problems.ts';
import linear from './linear.ts';

checkLayer(linear, layerCases('layers', linear.id));

checkProblems(linear, [
  {
    name: 'ids instead of vectors',
    params: { units: 3 },
    inputs: { x: ids(9, 'B', 4) },
    problem: {
      code: 'network/floats',
      message: 'Linear needs vectors of floats, got int32[B, 4].',
      hint: 'Put an Embedding before it if these are token ids.',
      at: { port: 'x' },
    },
  },
  {
    name: 'a tied weight of another width',
    inputs: { x: floats('B', 4), weight: floats(9, 5) },
    problem: {
      code: 'network/tied-weight',
      message: 'Linear needs a tied weight [units, features] for x float32[B, 4], got float32[9, 5].',
      hint: 'Make the widths equal, or take the wire away.',
      at: { port: 'weight' },
    },
  },
  {
    name: 'a tied weight with another number of units',
    params: { units: 8 },
    inputs: { x: floats('B', 4), weight: floats(9, 4) },
    problem: {
      code: 'network/tied-weight',
      message: 'Linear needs a tied weight [8, features] for x float32[B, 4], got float32[9, 4].',
      hint: 'Make the widths equal, or take the wire away.',
      at: { port: 'weight' },
    },
  },
  {
    name: 'no input',
    params: { units: 3 },
    inputs: {},
    problem: {
      code: 'graph/missing-input',
      message: 'Linear needs a tensor on x, got nothing.',
      hint: 'Wire an output that gives a tensor to it.',
      at: { port: 'x' },
    },
  },
  {
    name: 'units that are no size',
    params: { units: -1 },
    inputs: { x: floats('B', 4) },
    problem: {
      code: 'param/invalid',
      message: 'Units of Linear does not fit: too small: expected number to be >=1, got -1.',
      at: { param: 'units' },
    },
  },
]);
