import { checkLayer, layerCases } from '../../runtime/testing/check-layer.ts';
import residual from './residual.ts';

checkLayer(residual, layerCases('layers', residual.id));
