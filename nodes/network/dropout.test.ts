import { checkLayer, layerCases } from '../../runtime/testing/check-layer.ts';
import dropout from './dropout.ts';

checkLayer(dropout, layerCases('layers', dropout.id));
