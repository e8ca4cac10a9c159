import { checkLayer, layerCases } from '../../runtime/testing/check-layer.ts';
import embedding from './embedding.ts';

checkLayer(embedding, layerCases('layers', embedding.id));
