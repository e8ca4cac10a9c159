import { checkLayer, layerCases } from '../../runtime/testing/check-layer.ts';
import feedForward from './feed-forward.ts';

checkLayer(feedForward, layerCases('layers', feedForward.id));
