import { checkLayer, layerCases } from '../../runtime/testing/check-layer.ts';
import positionalEncoding from './positional-encoding.ts';

checkLayer(positionalEncoding, layerCases('layers', positionalEncoding.id));
