import { checkLayer, layerCases } from '../../runtime/testing/check-layer.ts';
import activation from './activation.ts';

checkLayer(activation, layerCases('layers', activation.id));
