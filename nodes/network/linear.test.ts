import { checkLayer, layerCases } from '../../runtime/testing/check-layer.ts';
import linear from './linear.ts';

checkLayer(linear, layerCases('layers', linear.id));
