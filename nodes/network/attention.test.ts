import { checkLayer, layerCases } from '../../runtime/testing/check-layer.ts';
import attention from './attention.ts';

checkLayer(attention, layerCases('attention', attention.id));
