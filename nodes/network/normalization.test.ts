import { checkLayer, layerCases } from '../../runtime/testing/check-layer.ts';
import normalization from './normalization.ts';

checkLayer(normalization, layerCases('layers', normalization.id));
