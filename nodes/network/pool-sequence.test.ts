import { checkLayer, layerCases } from '../../runtime/testing/check-layer.ts';
import poolSequence from './pool-sequence.ts';

checkLayer(poolSequence, layerCases('layers', poolSequence.id));
